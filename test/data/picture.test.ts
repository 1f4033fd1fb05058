import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { checkPicture, type Picture } from "../../src/data/picture.ts";

test.each([1, 3, 4] as const)("%d bytes a pixel are found", (bytes) => {
  for (const Bytes of [Uint8Array, Uint8ClampedArray]) {
    expect(checkPicture("picture", { data: new Bytes(6 * bytes), width: 2, height: 3 })).toBe(bytes);
  }
});

test("Node's Buffer passes, and so do bytes of another realm", () => {
  expect(checkPicture("picture", { data: Buffer.alloc(12), width: 2, height: 2 })).toBe(3);
  const data: Uint8Array = runInNewContext("new Uint8Array(4)");
  expect(data instanceof Uint8Array).toBe(false);
  expect(checkPicture("picture", { data, width: 1, height: 1 })).toBe(4);
});

test("an ImageData is a picture to TypeScript", () => {
  const check = (image: ImageData) => checkPicture("picture", image);
  expect(check({ data: new Uint8ClampedArray(4), width: 1, height: 1 } as ImageData)).toBe(4);
});

describe("checkPicture refuses", () => {
  test.each<[unknown, string]>([
    [undefined, "picture: got undefined, need a picture, { data, width, height }"],
    [null, "picture: got null, need a picture"],
    [[1, 2], "picture: got an array of 2, need a picture"],
    [{ width: 1, height: 1 }, "picture: got an object, need a picture"],
    [
      { data: [0], width: 1, height: 1 },
      "picture: got an array of 1 as data, need a Uint8Array or a Uint8ClampedArray",
    ],
    [{ data: new Int8Array(1), width: 1, height: 1 }, "picture: got an Int8Array as data, need"],
    [{ data: new Float32Array(1), width: 1, height: 1 }, "picture: got a Float32Array as data, need"],
  ])("%o by type", (picture, message) => {
    expect(() => checkPicture("picture", picture as Picture)).toThrow(TypeError);
    expect(() => checkPicture("picture", picture as Picture)).toThrow(message);
  });

  test.each<[number, number, number, string]>([
    [4, 0, 1, "picture, width: got 0, need a whole number from 1 to 65535"],
    [4, 1, 1.5, "picture, height: got 1.5, need a whole number from 1 to 65535"],
    [4, 65536, 1, "picture, width: got 65536, need"],
    [8, 2, 2, "picture: got 8 bytes, need 2 × 2 pixels of 1, 3 or 4 bytes each"],
    [13, 2, 2, "picture: got 13 bytes, need"],
    [0, 2, 2, "picture: got 0 bytes, need"],
    [20, 2, 2, "picture: got 20 bytes, need"],
  ])("%d bytes of %d × %d", (length, width, height, message) => {
    const picture = { data: new Uint8Array(length), width, height };
    expect(() => checkPicture("picture", picture)).toThrow(RangeError);
    expect(() => checkPicture("picture", picture)).toThrow(message);
  });
});
