import { describe, expect, expectTypeOf, test } from "vitest";
import {
  batchLike,
  checkShape,
  type ImageBatch,
  type ImageRow,
  type ImageShape,
  type ImagesLike,
  imageLike,
  imagesOf,
  readImage,
} from "../../src/data/imageRows.ts";

const shape = [2, 3, 2] as const;
const numbers = Array.from({ length: 12 }, (_, index) => index);
const nested = [0, 6].map((line) => [0, 2, 4].map((pixel) => [line + pixel, line + pixel + 1]));
const nestedTyped = nested.map((line) => line.map((pixel) => Float32Array.from(pixel)));
const doubled = Float64Array.from(numbers, (value) => value * 2.5);

/** A list with a hole at `at`, then the others. */
const hole = (before: readonly unknown[], at: number, ...others: readonly unknown[]): unknown[] => {
  const list = [...before];
  list.length = at + 1;
  return list.concat(others);
};

/** An image in a form, and how its copy with the numbers `doubled` looks. */
const forms: [string, ImageRow, unknown][] = [
  ["a list of numbers", numbers, [...doubled]],
  ["a Float32Array", Float32Array.from(numbers), Float32Array.from(doubled)],
  ["a Float64Array", Float64Array.from(numbers), doubled],
  ["a Uint8Array", Uint8Array.from(numbers), Float32Array.from(doubled)],
  ["nested lists", nested, nested.map((line) => line.map((pixel) => pixel.map((value) => value * 2.5)))],
  ["nested lists of typed arrays", nestedTyped, nestedTyped.map((line) => line.map((p) => p.map((v) => v * 2.5)))],
];

test.each(forms)("%s is read, and copied with other numbers", (_, image, copy) => {
  const into = new Float64Array(12);
  readImage("image", image, shape, into);
  expect([...into]).toEqual(numbers);
  expect(imageLike(image, doubled)).toEqual(copy);
});

test.each(forms)("%s stands in a batch, alone and among others", (_, image) => {
  expect(imagesOf("batch", [image], shape)).toEqual([image]);
  expect(imagesOf("batch", [image, numbers], shape)).toEqual([image, numbers]);
});

test("a typed array is whole images, and comes back as one", () => {
  const batch = Uint8Array.from([...numbers, ...numbers]);
  const list = imagesOf("batch", batch, shape);
  expect(list).toEqual([Uint8Array.from(numbers), Uint8Array.from(numbers)]);
  expect(batchLike(batch, [Float32Array.of(0.5), Float32Array.of(0.25)]).slice(0, 2)).toEqual(
    Float32Array.of(0.5, 0.25),
  );
  expect(batchLike(new Float64Array(1), [Float64Array.of(0.1)])).toEqual(Float64Array.of(0.1));
  expect(batchLike([numbers], [[1], [2]])).toEqual([[1], [2]]);
});

test("copies share no memory", () => {
  const copy = imageLike(Float64Array.from(numbers), doubled) as Float64Array;
  copy.fill(0);
  const pixel = (imageLike([[new Float64Array(12)]], doubled) as Float64Array[][])[0][0];
  pixel.fill(0);
  expect(doubled[1]).toBe(2.5);
});

test("an image of one pixel is nested where its first element is an array", () => {
  const into = new Float64Array(2);
  readImage("image", [[[7, 8]]], [1, 1, 2], into);
  expect([...into]).toEqual([7, 8]);
  expect(imageLike([[[7, 8]]], into)).toEqual([[[7, 8]]]);
  expect(imageLike([7, 8], into)).toEqual([7, 8]);
});

test("types: a batch comes back in its own", () => {
  expectTypeOf<ImagesLike<Float32Array>>().toEqualTypeOf<Float32Array>();
  expectTypeOf<ImagesLike<Float64Array>>().toEqualTypeOf<Float64Array>();
  expectTypeOf<ImagesLike<Uint8Array>>().toEqualTypeOf<Float32Array>();
  expectTypeOf<ImagesLike<number[][]>>().toEqualTypeOf<number[][]>();
  expectTypeOf<ImagesLike<readonly (readonly number[])[]>>().toEqualTypeOf<number[][]>();
  expectTypeOf<ImagesLike<Float32Array[]>>().toEqualTypeOf<Float32Array[]>();
  expectTypeOf<ImagesLike<Uint8Array[]>>().toEqualTypeOf<Float32Array[]>();
  expectTypeOf<ImagesLike<number[][][][]>>().toEqualTypeOf<number[][][][]>();
});

describe("imagesOf refuses", () => {
  const nan = Number.NaN;

  test.each<[string, unknown, string]>([
    ["a number", 5, "batch: got 5, need an array of images, or a typed array of whole ones"],
    ["64-bit integers", new BigInt64Array(12), "batch: got a BigInt64Array, need an array of images"],
    ["one image that is a list", numbers, "batch, row 0: got 0, need an array of numbers"],
    ["a hole among rows", hole([numbers], 1), "batch, row 1: got undefined, need an array of numbers"],
    ["a hole among lines", [hole([nested[0]], 1)], "batch, row 0, place [1]: got undefined, need an array of 3"],
    [
      "a hole among pixels",
      [[nested[0], hole([[1, 2]], 1, [3, 4])]],
      "row 0, place [1, 1]: got undefined, need an array of",
    ],
    ["a row that is text", [numbers, "abc"], 'batch, row 1: got "abc", need an array of numbers'],
    ["a line that is no array", [[...nested.slice(0, 1), 5]], "batch, row 0, place [1]: got 5, need an array of 3"],
    [
      "a pixel that is no array",
      [[nested[0], [[1, 2], 5, [3, 4]]]],
      "batch, row 0, place [1, 1]: got 5, need an array of",
    ],
  ])("%s, by type", (_, batch, message) => {
    expect(() => imagesOf("batch", batch as ImageBatch, shape)).toThrow(TypeError);
    expect(() => imagesOf("batch", batch as ImageBatch, shape)).toThrow(message);
  });

  test.each<[string, unknown, string]>([
    ["no images", [], "batch: got no images, need at least one"],
    ["no numbers", new Float32Array(0), "batch: got no images, need at least one"],
    ["part of an image", new Float32Array(13), "batch: got 13 numbers, need whole images of 12"],
    ["a row that is too short", [numbers, [1]], "batch, row 1: got 1 number, need 12, or an image nested as [2, 3, 2]"],
    ["an empty row", [[]], "batch, row 0: got 0 numbers, need 12, or an image"],
    ["a typed row that is too long", [new Float32Array(13)], "batch, row 0: got 13 numbers, need 12, or"],
    ["one nested image", nested, "batch, row 0: got an array of 3, need one of 2"],
    ["too few lines", [nested.slice(1)], "batch, row 0: got an array of 1, need one of 2"],
    ["too many pixels", [[nested[0], [...nested[1], [1, 2]]]], "row 0, place [1]: got an array of 4, need one of 3"],
    [
      "too many channels",
      [
        [
          nested[0],
          [
            [1, 2],
            [3, 4, 5],
            [6, 7],
          ],
        ],
      ],
      "place [1, 1]: got 3 numbers, need 2",
    ],
    ["NaN", [numbers, numbers.with(3, nan)], "batch, row 1, number 3: got NaN, need a finite number"],
    [
      "infinity in a typed array",
      new Float32Array(24).fill(Number.POSITIVE_INFINITY, 23),
      "row 1, number 11: got Infinity",
    ],
    ["a number as text", [numbers.map(String)], 'batch, row 0, number 0: got "0", need a finite number'],
    ["a hole", [new Array(12)], "batch, row 0, number 0: got undefined, need a finite number"],
    [
      "NaN in a pixel",
      [
        [
          nested[0],
          [
            [1, 2],
            [3, nan],
            [5, 6],
          ],
        ],
      ],
      "row 0, place [1, 1], number 1: got NaN",
    ],
  ])("%s", (_, batch, message) => {
    expect(() => imagesOf("batch", batch as ImageBatch, shape)).toThrow(RangeError);
    expect(() => imagesOf("batch", batch as ImageBatch, shape)).toThrow(message);
  });
});

describe("checkShape", () => {
  test("takes three sides", () => expect(() => checkShape("who", [28, 28, 1])).not.toThrow());

  test.each([undefined, 28, [28, 28], [28, 28, 1, 1], "abc"])("refuses %o by type", (value) => {
    expect(() => checkShape("who", value)).toThrow(TypeError);
    expect(() => checkShape("who", value)).toThrow(/^who shape: got .*, need \[height, width, channels\]$/);
  });

  test.each<[unknown[], string]>([
    [[0, 28, 1], "who shape: got 0, need a whole number from 1 to"],
    [[28, 2.5, 1], "who shape: got 2.5, need"],
    [[28, 28, "1"], 'who shape: got "1", need'],
    [[2 ** 16, 2 ** 16, 1], "who shape, numbers of an image: got 4294967296, need a whole number from 1 to 1073741824"],
  ])("refuses %o", (sides, message) => {
    expect(() => checkShape("who", sides as unknown as ImageShape)).toThrow(RangeError);
    expect(() => checkShape("who", sides as unknown as ImageShape)).toThrow(message);
  });
});
