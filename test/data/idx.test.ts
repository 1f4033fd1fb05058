import { describe, expect, test } from "vitest";
import { readIdx } from "../../src/data/index.ts";
import { pcg32 } from "../../src/random.ts";

/** An IDX file of a type, with sides and the bytes of its numbers. */
const fileOf = (type: number, shape: readonly number[], numbers: readonly number[]) => {
  const sides = shape.flatMap((side) => [(side >>> 24) & 255, (side >>> 16) & 255, (side >>> 8) & 255, side & 255]);
  return Uint8Array.from([0, 0, type, shape.length, ...sides, ...numbers]);
};

describe("readIdx reads numbers, the highest byte first:", () => {
  test.each<[string, number, number[], ArrayLike<number>]>([
    ["unsigned bytes", 0x08, [0, 127, 255], Uint8Array.of(0, 127, 255)],
    ["signed bytes", 0x09, [0, 127, 255], Int8Array.of(0, 127, -1)],
    ["16 bits", 0x0b, [1, 2, 0xff, 0xfe], Int16Array.of(258, -2)],
    ["32 bits", 0x0c, [1, 2, 3, 4, 0xff, 0xff, 0xff, 0xfe], Int32Array.of(16909060, -2)],
    ["float32", 0x0d, [0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0], Float32Array.of(1, -2.5)],
    ["float64", 0x0e, [0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 4, 0, 0, 0, 0, 0, 0], Float64Array.of(1, -2.5)],
  ])("%s", (_, type, numbers, values) => {
    expect(readIdx(fileOf(type, [values.length], numbers))).toEqual({ shape: [values.length], values });
  });

  test("images of MNIST's form, from bytes that begin elsewhere in their buffer", () => {
    const numbers = Array.from({ length: 12 }, (_, index) => index * 20);
    const file = fileOf(8, [3, 2, 2], numbers);
    const padded = new Uint8Array(file.length + 8);
    padded.set(file, 3);
    const { shape, values } = readIdx(padded.subarray(3, 3 + file.length));
    expect(shape).toEqual([3, 2, 2]);
    expect(values).toEqual(Uint8Array.from(numbers));
  });

  test("the values are new memory, of a Buffer too", () => {
    const file = Buffer.from(fileOf(8, [2], [1, 2]));
    const { values } = readIdx(file);
    values[0] = 9;
    expect([...file.subarray(8)]).toEqual([1, 2]);
    expect(Object.prototype.toString.call(values)).toBe("[object Uint8Array]");
    expect(Buffer.isBuffer(values)).toBe(false);
  });

  test("255 sides", () => {
    expect(readIdx(fileOf(8, new Array(255).fill(1), [7]))).toEqual({
      shape: new Array(255).fill(1),
      values: Uint8Array.of(7),
    });
  });
});

describe("readIdx refuses", () => {
  const need = "need an IDX file: two zeros, a type from 8, 9, 11, 12, 13 and 14, the number of sides";
  const huge = 2 ** 32 - 1;

  test.each<[string, Uint8Array, string]>([
    ["no bytes", new Uint8Array(0), `readIdx: got no bytes, ${need}`],
    ["three bytes", Uint8Array.of(0, 0, 8), `readIdx: got a file that begins with 0 0 8, ${need}`],
    [
      "another file",
      Uint8Array.from(Buffer.from("P5 2 2")),
      `readIdx: got a file that begins with 80 53 32 50, ${need}`,
    ],
    ["a first byte of 1", Uint8Array.of(1, 0, 8, 1, 0, 0, 0, 1, 5), "got a file that begins with 1 0 8 1, need"],
    ["a second byte of 1", Uint8Array.of(0, 1, 8, 1, 0, 0, 0, 1, 5), "got a file that begins with 0 1 8 1, need"],
    ["an unknown type", fileOf(0x0a, [1], [1, 2]), "readIdx: got a file that begins with 0 0 10 1, need"],
    ["no sides", fileOf(8, [], [1]), "readIdx: got a file that begins with 0 0 8 0, need"],
    ["sides that are cut off", fileOf(8, [1, 1], []).subarray(0, 11), "readIdx: got 11 bytes, need 12 for 2 sides"],
    ["a side of 0", fileOf(8, [2, 0], []), "readIdx: got 0 as side 1, need at least 1"],
    ["too few numbers", fileOf(0x0b, [2], [1, 2, 3]), "got 3 bytes of numbers, need 4, as a shape of [2] has"],
    ["too many numbers", fileOf(8, [2], [1, 2, 3]), "got 3 bytes of numbers, need 2, as a shape of [2] has"],
    ["a shape of 2^64", fileOf(8, [huge, huge], [1]), "got 1 byte of numbers, need 18446744065119617000, as"],
    [
      "a shape beyond numbers",
      fileOf(14, new Array(255).fill(huge), [1]),
      "need Infinity, as a shape of [4294967295, ",
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => readIdx(bytes)).toThrow(RangeError);
    expect(() => readIdx(bytes)).toThrow(message);
  });

  test("what is no file, and a gzip file", () => {
    expect(() => readIdx("x" as unknown as Uint8Array)).toThrow(TypeError);
    expect(() => readIdx(Uint8Array.of(0x1f, 0x8b, 8, 0))).toThrow("readIdx: got a gzip file, need unpacked bytes");
  });

  test("every beginning of a file", () => {
    const file = fileOf(0x0c, [2, 1], [0, 0, 0, 1, 0, 0, 0, 2]);
    expect(readIdx(file).values).toEqual(Int32Array.of(1, 2));
    for (let length = 0; length < file.length; length++) {
      expect(() => readIdx(file.subarray(0, length)), `${length} bytes`).toThrow(/^readIdx: got /);
    }
  });

  test("or reads, but never anything else, 5000 files with bytes changed at random", () => {
    const random = pcg32(1);
    let refused = 0;
    for (let round = 0; round < 5000; round++) {
      const file = fileOf(8 + random.integer(2), [2, 2], [1, 2, 3, 4]);
      for (let change = 1 + random.integer(3); change > 0; change--)
        file[random.integer(file.length)] = random.integer(256);
      try {
        const { shape, values } = readIdx(file);
        expect(shape.reduce((product, side) => product * side, 1)).toBe(values.length);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        expect((error as Error).message).toMatch(/^readIdx[,:] ?.*got .*, need /);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1000);
    expect(refused).toBeLessThan(5000);
  });
});
