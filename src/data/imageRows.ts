/**
 * Batches of images, in the forms that trainers take: rows of all numbers of an image, arrays nested as [height][width][channels], or whole
 * rows in one typed array. `augment` reads them and returns its images in the same form.
 */

import { checkInteger, plural, shown } from "../errors.ts";

/** A flat array of an image's numbers, or of those of several images. */
export type FlatImages =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** The numbers of an image, flat or nested. */
export type ImageRow = FlatImages | readonly number[] | readonly (readonly (FlatImages | readonly number[])[])[];

/** Several images, or whole images one after the other in a typed array. */
export type ImageBatch = FlatImages | readonly ImageRow[];

/** The form of the returned images: that of the input, but a typed array of whole numbers becomes a Float32Array. */
export type ImagesLike<Images> = Images extends Float64Array
  ? Float64Array
  : Images extends FlatImages
    ? Float32Array
    : Images extends readonly (infer Part)[]
      ? (Part extends number ? number : ImagesLike<Part>)[]
      : never;

/** [height, width, channels] */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** Error messages do not count the numbers of an image beyond this. */
const mostNumbers = 2 ** 30;

export const isFlat = (data: unknown): data is FlatImages =>
  ArrayBuffer.isView(data) && !(data instanceof DataView) && typeof (data as FlatImages)[0] !== "bigint";

/** @throws {RangeError | TypeError} if `shape` is not [height, width, channels] */
export function checkShape(who: string, shape: unknown): asserts shape is ImageShape {
  if (!Array.isArray(shape) || shape.length !== 3) {
    throw new TypeError(`${who} shape: got ${shown(shape)}, need [height, width, channels]`);
  }
  for (const side of shape) checkInteger(`${who} shape`, side, 1, mostNumbers);
  checkInteger(`${who} shape, numbers of an image`, shape[0] * shape[1] * shape[2], 1, mostNumbers);
}

/**
 * Returns the images of a batch, one by one. Those of a typed array are parts of it.
 *
 * @throws {TypeError | RangeError} if an image has another shape or a number that is not finite; the message names the image, from 0
 */
export function imagesOf(who: string, batch: ImageBatch, shape: ImageShape): readonly ImageRow[] {
  const size = shape[0] * shape[1] * shape[2];
  let list: readonly ImageRow[];
  if (isFlat(batch)) {
    if (batch.length % size !== 0) {
      throw new RangeError(`${who}: got ${plural(batch.length, "number")}, need whole images of ${size}`);
    }
    list = Array.from({ length: batch.length / size }, (_, row) => batch.subarray(row * size, (row + 1) * size));
  } else if (Array.isArray(batch)) {
    list = batch;
  } else {
    throw new TypeError(`${who}: got ${shown(batch)}, need an array of images, or a typed array of whole ones`);
  }
  if (list.length === 0) throw new RangeError(`${who}: got no images, need at least one`);
  const numbers = new Float64Array(size);
  for (let row = 0; row < list.length; row++) readImage(`${who}, row ${row}`, list[row], shape, numbers);
  return list;
}

/**
 * Copies the numbers of an image.
 *
 * @param into an array with one place for each number of the shape
 * @throws {TypeError | RangeError} if the image has another shape or a number that is not finite
 */
export function readImage(who: string, image: ImageRow, shape: ImageShape, into: Float64Array): void {
  const [height, width, channels] = shape;
  if (!isNested(image)) {
    const need = `${into.length}, or an image nested as [${shape.join(", ")}]`;
    copyNumbers(() => who, image, need, into);
    return;
  }
  const lines = listOf(who, image, height);
  let at = 0;
  for (let y = 0; y < height; y++) {
    const pixels = listOf(`${who}, place [${y}]`, lines[y], width);
    for (let x = 0; x < width; x++) {
      const place = () => `${who}, place [${y}, ${x}]`;
      copyNumbers(place, pixels[x], String(channels), into.subarray(at, at + channels));
      at += channels;
    }
  }
}

/** Tells whether an image is an array of arrays. A value that is not an array is read, and refused, as numbers. */
const isNested = (image: unknown): image is readonly unknown[] => Array.isArray(image) && Array.isArray(image[0]);

function listOf(who: string, value: unknown, count: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${who}: got ${shown(value)}, need an array of ${count}`);
  if (value.length !== count) throw new RangeError(`${who}: got ${shown(value)}, need one of ${count}`);
  return value;
}

/** Fills `into` with numbers. @param name makes the beginning of an error message, which most calls do not need */
function copyNumbers(name: () => string, values: unknown, need: string, into: Float64Array): void {
  const { length } = into;
  if (!Array.isArray(values) && !isFlat(values)) {
    throw new TypeError(`${name()}: got ${shown(values)}, need an array of numbers`);
  }
  if (values.length !== length) throw new RangeError(`${name()}: got ${plural(values.length, "number")}, need ${need}`);
  if (isFlat(values)) into.set(values);
  else for (let index = 0; index < length; index++) into[index] = numberOf(values[index]);
  for (let index = 0; index < length; index++) {
    if (Number.isFinite(into[index])) continue;
    throw new RangeError(`${name()}, number ${index}: got ${shown(values[index])}, need a finite number`);
  }
}

const numberOf = (value: unknown) => (typeof value === "number" ? value : Number.NaN);

/** Returns a copy of `values` in the form of `image`. */
export function imageLike(image: ImageRow, values: Float64Array): ImageRow {
  if (isFlat(image)) return image instanceof Float64Array ? values.slice() : new Float32Array(values);
  if (!isNested(image)) return Array.from(values);
  const lines = image as readonly (readonly ImageRow[])[];
  const channels = values.length / (lines.length * lines[0].length);
  let at = 0;
  return lines.map((line) =>
    line.map((pixel) => {
      at += channels;
      return imageLike(pixel, values.subarray(at - channels, at)) as FlatImages | number[];
    }),
  );
}

/** Returns images in the form of the batch that they come from. */
export function batchLike(batch: ImageBatch, images: readonly ImageRow[]): ImageBatch {
  if (!isFlat(batch)) return images;
  const joined = batch instanceof Float64Array ? new Float64Array(batch.length) : new Float32Array(batch.length);
  let at = 0;
  for (const image of images as readonly FlatImages[]) {
    joined.set(image, at);
    at += image.length;
  }
  return joined;
}
