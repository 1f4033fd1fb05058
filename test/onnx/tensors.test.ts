/** Tensors of every type, in bytes and in lists, and the checks of their sizes. */
import { describe, expect, test } from "vitest";
import { checkDims, elementTypeOf, readTensor } from "../../src/onnx/tensors.ts";

const raw = (view: ArrayBufferView) => new Uint8Array(view.buffer);
const values = (tensor: object) => Array.from(readTensor({ dims: [2], ...tensor }).values);

describe("numbers in bytes", () => {
  test.each([
    ["float", 1, Float32Array.of(1.5, -2), [1.5, -2]],
    ["uint8", 2, Uint8Array.of(1, 255), [1, 255]],
    ["int8", 3, Int8Array.of(1, -1), [1, -1]],
    ["uint16", 4, Uint16Array.of(1, 65535), [1, 65535]],
    ["int16", 5, Int16Array.of(1, -2), [1, -2]],
    ["int32", 6, Int32Array.of(1, -2), [1, -2]],
    ["int64", 7, BigInt64Array.of(1n, -2n), [1, -2]],
    ["bool", 9, Uint8Array.of(1, 0), [1, 0]],
    ["float16", 10, Uint16Array.of(0x3c00, 0x8001), [1, -(2 ** -24)]],
    ["double", 11, Float64Array.of(0.1, 1e300), [0.1, 1e300]],
    ["uint32", 12, Uint32Array.of(1, 2 ** 32 - 1), [1, 2 ** 32 - 1]],
    ["uint64", 13, BigUint64Array.of(1n, 2n ** 40n), [1, 2 ** 40]],
    ["bfloat16", 16, Uint16Array.of(0x3f80, 0xc000), [1, -2]],
  ])("%s", (_, type, view, expected) => {
    expect(values({ type, raw: raw(view) })).toEqual(expected);
  });

  test("at a place that is not aligned", () => {
    const bytes = new Uint8Array(9);
    bytes.set(raw(Float32Array.of(1, 2)), 1);
    expect(values({ type: 1, raw: bytes.subarray(1) })).toEqual([1, 2]);
  });
});

test("numbers in the list of their type", () => {
  expect(values({ type: 1, floats: [1, 2] })).toEqual([1, 2]);
  expect(values({ type: 7, longs: [1, -2] })).toEqual([1, -2]);
  expect(values({ type: 6, ints: [3, 4] })).toEqual([3, 4]);
  expect(values({ type: 11, doubles: [0.1, 2] })).toEqual([0.1, 2]);
  expect(values({ type: 10, ints: [0x3c00, 0xc000] })).toEqual([1, -2]);
  expect(values({ type: 16, ints: [0x3f80, 0xc000] })).toEqual([1, -2]);
  expect(values({ type: 13, unsigned: [5, 6] })).toEqual([5, 6]);
});

describe("numbers in another file", () => {
  const file = raw(Float32Array.of(1, 2, 3, 4));
  const read = (entries: Readonly<Record<string, string>>, bytes: unknown = file) => {
    const external = Object.entries({ location: "w.data", ...entries }).map(([key, value]) => ({ key, value }));
    const tensor = { dims: [2], type: 1, location: 1, external };
    return [...readTensor(tensor, (name) => (name === "w.data" ? (bytes as Uint8Array) : file)).values];
  };

  test("are at a place of it", () => {
    expect(read({ offset: "4", length: "8" })).toEqual([2, 3]);
    expect(read({ offset: "8" })).toEqual([3, 4]);
    expect(read({ length: "8" }, file.buffer)).toEqual([1, 2]);
  });

  test.each([
    [{ offset: "12", length: "8" }, 'got 8 bytes from 12 in "w.data", need some of its 16 bytes'],
    [{ offset: "-4", length: "8" }, "got 8 bytes from -4"],
    [{ offset: "x" }, "got NaN bytes from NaN"],
    [{ length: "12" }, "got 3 numbers for the shape [2] of float, need 2"],
  ])("%j is refused", (entries, message) => {
    expect(() => read(entries)).toThrow(message);
    expect(() => read({}, "text")).toThrow('fromOnnx: externalFile("w.data"): got "text", need a Uint8Array');
  });
});

test("float16 has infinities and NaN", () => {
  expect(values({ type: 10, ints: [0x7c00, 0x7e00] })).toEqual([Number.POSITIVE_INFINITY, Number.NaN]);
});

describe("refused is", () => {
  test.each([
    [
      "other bytes than the shape says",
      { type: 1, raw: new Uint8Array(4) },
      "got 1 number for the shape [2] of float, need 2",
    ],
    ["a part of a number", { type: 1, raw: new Uint8Array(6) }, "got 1.5 numbers"],
    ["a huge shape of no bytes", { type: 1, dims: [2 ** 31 - 1], raw: new Uint8Array(4) }, "need 2147483647"],
    ["a shape beyond 2³¹ numbers", { type: 1, dims: [2 ** 20, 2 ** 20] }, "need at most 16 sides and 2³¹ numbers"],
    ["a negative side", { type: 1, dims: [-1] }, "got a shape of [-1]"],
    ["texts", { type: 8 }, "got texts, need numbers: float, uint8"],
    ["numbers in another file", { type: 1, location: 1 }, "or one file (in PyTorch: external_data=False)"],
    ["a segment", { type: 1, segment: {} }, "got a segment of a tensor, need a whole one"],
  ])("%s", (_, tensor, message) => {
    expect(() => readTensor({ dims: [2], ...tensor })).toThrow(message);
  });
});

test("checkDims takes no more than 16 sides", () => {
  expect(checkDims([0, 3])).toEqual([0, 3]);
  expect(() => checkDims(new Array(17).fill(1))).toThrow("got a shape of 17 sides");
  expect(elementTypeOf(7).isInteger).toBe(true);
});
