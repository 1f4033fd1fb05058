import { describe, expect, test } from "vitest";
import { images, readPnm } from "../../src/data/index.ts";
import { pcg32 } from "../../src/random.ts";

/** A file of text and bytes. */
const fileOf = (...parts: (string | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...Buffer.from(part, "latin1")] : part)));
const pictureOf = (width: number, height: number, data: readonly number[]) => ({
  data: Uint8Array.from(data),
  width,
  height,
});

describe("readPnm reads", () => {
  const colours = [1, 2, 3, 4, 5, 6];

  test.each<[string, Uint8Array, number[], number[]]>([
    ["P2", fileOf("P2\n2 1\n255\n0 255\n"), [2, 1], [0, 255]],
    ["P2 without an end of line", fileOf("P2 2 1 255 7 8"), [2, 1], [7, 8]],
    ["P2 with leading zeros and all white space", fileOf("P2\t2\v1\f255\r\n007\r\n  8 \n\n"), [2, 1], [7, 8]],
    ["P3", fileOf("P3\n2 1\n255\n1 2 3\n4 5 6\n"), [2, 1], colours],
    ["P5", fileOf("P5\n2 2\n255\n", [0, 10, 128, 255]), [2, 2], [0, 10, 128, 255]],
    ["P6", fileOf("P6 1 2 255 ", colours), [1, 2], colours],
    ["P5 whose pixels look like white space and comments", fileOf("P5 3 1 255\n", [10, 32, 35]), [3, 1], [10, 32, 35]],
    ["P5 with an end of line after the pixels", fileOf("P5 1 1 255\n", [9], "\n"), [1, 1], [9]],
    ["comments between all numbers", fileOf("P5# a\n# b 7\n2 #c\r1#d\n#\n255\n", [1, 2]), [2, 1], [1, 2]],
    ["a comment right after the largest number", fileOf("P5 2 1 255# 9\n", [1, 2]), [2, 1], [1, 2]],
    ["comments among numbers that are text", fileOf("P2 2 1 255 # 9\n1 # 8\n2 # no end"), [2, 1], [1, 2]],
  ])("%s", (_, bytes, [width, height], data) => {
    expect(readPnm(bytes)).toEqual([pictureOf(width, height, data)]);
  });

  test("several binary pictures, and white space between them", () => {
    const bytes = fileOf("P5 1 1 255 ", [80], "P6 1 1 255\n", [1, 2, 3], "\nP5 1 2 255 ", [4, 5], "\n\n");
    expect(readPnm(bytes)).toEqual([pictureOf(1, 1, [80]), pictureOf(1, 1, [1, 2, 3]), pictureOf(1, 2, [4, 5])]);
  });

  test("what `images` takes, in new memory", () => {
    const bytes = fileOf("P5 2 1 255 ", [0, 51]);
    const [picture] = readPnm(bytes);
    bytes.fill(0);
    expect(images(picture)).toEqual(Float32Array.of(0, 0.2));
  });

  test.each([1, 2, 15, 100, 254, 256, 1023, 4095, 65535])(
    "numbers up to %d as bytes: number · 255 / largest, rounded",
    (largest) => {
      const numbers = [0, 1, Math.floor(largest / 3), Math.floor(largest / 2), largest - 1, largest];
      const rounded = numbers.map((number) => Math.floor((number * 510 + largest) / (2 * largest)));
      const words = numbers.flatMap((number) => (largest > 255 ? [number >> 8, number & 255] : [number]));
      expect(readPnm(fileOf(`P2 6 1 ${largest} ${numbers.join(" ")}`))).toEqual([pictureOf(6, 1, rounded)]);
      expect(readPnm(fileOf(`P5 6 1 ${largest}\n`, words))).toEqual([pictureOf(6, 1, rounded)]);
      expect(readPnm(fileOf(`P6 2 1 ${largest}\n`, words))).toEqual([pictureOf(2, 1, rounded)]);
    },
  );
});

describe("readPnm refuses", () => {
  const format = "need a PGM or PPM picture, which begins with P2, P3, P5 or P6";

  test.each<[string, Uint8Array, string]>([
    ["no bytes", fileOf(""), `readPnm, byte 0: got the end of the file, ${format}`],
    ["a bitmap", fileOf("P4 1 1 ", [0]), `readPnm, byte 0: got "P4", ${format}`],
    ["a PAM file", fileOf("P7\nWIDTH 1\n"), `readPnm, byte 0: got "P7", ${format}`],
    ["a PNG file", fileOf([0x89], "PNG"), `readPnm, byte 0: got "\\u0089P", ${format}`],
    ["one letter", fileOf("P"), `readPnm, byte 0: got "P", ${format}`],
    ["a header that ends", fileOf("P5 2 2 "), "byte 7: got the end of the file, need a largest number, a whole number"],
    ["a header without space", fileOf("P52 2 255 "), 'byte 2: got "2", need white space before a width'],
    ["a width of 0", fileOf("P5 0 2 255 "), 'byte 3: got "0", need a width, a whole number from 1 to 2147483647'],
    ["a negative height", fileOf("P5 2 -2 255 "), 'byte 5: got "-", need a height, a whole number from 1 to'],
    ["a width of many digits", fileOf(`P5 ${"9".repeat(400)} 1 255 `), 'byte 3: got "9", need a width, a whole number'],
    [
      "a largest number of 0",
      fileOf("P5 1 1 0 ", [0]),
      'byte 7: got "0", need a largest number, a whole number from 1',
    ],
    [
      "a largest number of 65536",
      fileOf("P5 1 1 65536 ", [0, 0]),
      "need a largest number, a whole number from 1 to 65535",
    ],
    ["a letter after the header", fileOf("P5 1 1 255x", [0]), 'byte 10: got "x", need white space before the pixels'],
    ["too few pixels", fileOf("P5 2 2 255 ", [1, 2, 3]), "byte 11: got 3 bytes to the end, need 4 for 2 × 2 pixels"],
    [
      "too few bytes of 16 bits",
      fileOf("P6 1 1 256 ", [0, 1, 0, 1, 0]),
      "got 5 bytes to the end, need 6 for 1 × 1 pixels",
    ],
    ["a number above the largest", fileOf("P5 2 1 9 ", [9, 10]), "byte 10: got 10 for a pixel, need at most 9, as the"],
    ["16 bits above the largest", fileOf("P5 1 1 256 ", [1, 1]), "byte 11: got 257 for a pixel, need at most 256"],
    [
      "text above the largest",
      fileOf("P2 2 1 9 9 10"),
      'byte 11: got "1", need a number of a pixel, a whole number from 0 to 9',
    ],
    ["text that ends", fileOf("P2 2 1 255 12  "), "byte 15: got the end of the file, need a number of a pixel"],
    ["text that is no number", fileOf("P2 2 1 255 1 x"), 'byte 13: got "x", need a number of a pixel'],
    [
      "a number that goes on",
      fileOf("P2 2 1 255 1.5 2"),
      'byte 12: got ".", need white space before a number of a pixel',
    ],
    [
      "a second plain picture",
      fileOf("P2 1 1 255 1\nP2 1 1 255 1"),
      'byte 13: got "P", need the end of the file, as a plain',
    ],
    ["too little text", fileOf("P2 2 2 255 1 2 3"), "byte 10: got 6 bytes to the end, need 8 for 2 × 2 pixels as text"],
    ["a comment after a binary picture", fileOf("P5 1 1 255 ", [1], "# x"), `readPnm, byte 12: got "# ", ${format}`],
    ["other bytes after a picture", fileOf("P5 1 1 255 ", [1], "xy"), `readPnm, byte 12: got "xy", ${format}`],
    ["a comment without an end", fileOf("P5 # 2 2 255 "), "byte 13: got the end of the file, need a width"],
  ])("%s", (_, bytes, message) => {
    expect(() => readPnm(bytes)).toThrow(RangeError);
    expect(() => readPnm(bytes)).toThrow(message);
  });

  test("pictures larger than their file, before memory is asked for", () => {
    const most = 2 ** 31 - 1;
    for (const kind of ["P2", "P3", "P5", "P6"]) {
      expect(() => readPnm(fileOf(`${kind} ${most} ${most} 65535 1 2 3 4`))).toThrow(/got \d+ bytes to the end, need/);
    }
  });

  test("what is no file, and a gzip file", () => {
    expect(() => readPnm("P5" as unknown as Uint8Array)).toThrow(TypeError);
    expect(() => readPnm(fileOf([0x1f, 0x8b]))).toThrow("readPnm: got a gzip file, need unpacked bytes");
  });

  test("every beginning of a file, but for the end of text", () => {
    for (const file of [fileOf("P6 2 1 300#\n", new Array(12).fill(1)), fileOf("P2 2 1 255 12 7 ")]) {
      expect(readPnm(file).length).toBe(1);
      for (let length = 0; length < file.length - 1; length++) {
        expect(() => readPnm(file.subarray(0, length)), `${length} bytes`).toThrow(/^readPnm, byte \d+: got /);
      }
    }
  });

  test("or reads, but never anything else, 5000 files with bytes changed at random", () => {
    const random = pcg32(1);
    let refused = 0;
    for (let round = 0; round < 5000; round++) {
      const file = round % 2 === 0 ? fileOf("P2 2 2 25 1 2 3 4\n") : fileOf("P6 2 2 255 ", new Array(12).fill(7));
      for (let change = 1 + random.integer(3); change > 0; change--)
        file[random.integer(file.length)] = random.integer(256);
      try {
        const [{ data, width, height }] = readPnm(file);
        expect([width * height, 3 * width * height]).toContain(data.length);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        expect((error as Error).message).toMatch(/^readPnm[,:] ?.*got .*, need /);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1000);
    expect(refused).toBeLessThan(5000);
  });
});
