/** Loads handwritten digits, or other IDX files of 28 × 28 pixels. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { pcg32 } from "simdnet";
import { addNoise, readIdx } from "simdnet/data";
import { Mistake } from "../shared/command.mjs";
import { digitSize } from "./networks.mjs";

const pixels = digitSize * digitSize;
/** The number of test digits of each kind, if they come from the package. */
const testOfKind = 100;
/** The standard deviation of the noise, where black is 0 and white is 1. */
export const deviation = 0.5;

/**
 * Loads clean digits.
 *
 * @param folder the folder of the IDX files of MNIST or a similar data set; without it, the 10,000 digits of the package `mnist`
 * @returns `train` and `test`, each whole images one after the other with values from 0 to 1
 */
export function loadDigits(folder) {
  if (folder === undefined) return fromPackage();
  return { train: imagesIn(folder, "train"), test: imagesIn(folder, "t10k") };
}

/** Adds noise, which depends on the seed. */
export function withNoise({ train, test }, seed) {
  const options = { deviation, clip: [0, 1], seed: pcg32(seed) };
  return { train: addNoise(train, options), test: addNoise(test, options) };
}

/** The first digits of each kind are for the test. */
function fromPackage() {
  const { resolve } = createRequire(import.meta.url);
  const kinds = Array.from({ length: 10 }, (_, digit) => {
    const { data } = JSON.parse(readFileSync(resolve(`mnist/src/digits/${digit}.json`), "utf8"));
    return Array.from({ length: data.length / pixels }, (_, row) => data.slice(row * pixels, (row + 1) * pixels));
  });
  return {
    train: mixKinds(kinds.map((digits) => digits.slice(testOfKind))),
    test: mixKinds(kinds.map((digits) => digits.slice(0, testOfKind))),
  };
}

/** Spreads each kind evenly over the whole, so that every part of the images contains all of them. */
function mixKinds(kinds) {
  const placed = kinds.flatMap((digits) => digits.map((digit, row) => ({ digit, place: row / digits.length })));
  placed.sort((a, b) => a.place - b.place);
  return Float32Array.from(placed.flatMap(({ digit }) => digit));
}

function imagesIn(folder, part) {
  const names = [`${part}-images-idx3-ubyte`, `${part}-images.idx3-ubyte`].flatMap((name) => [name, `${name}.gz`]);
  const path = names.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (path === undefined) throw new Mistake(`${folder}: need a folder with ${names[0]} or ${names[1]} in it`);
  const { shape, values } = tensorOf(path);
  if (shape.length !== 3 || shape[1] !== digitSize || shape[2] !== digitSize) {
    throw new Mistake(`${path}: got the shape [${shape.join(", ")}], need images of ${digitSize} × ${digitSize}`);
  }
  return Float32Array.from(values, (value) => value / 255);
}

function tensorOf(path) {
  try {
    const bytes = readFileSync(path);
    return readIdx(path.endsWith(".gz") ? gunzipSync(bytes) : bytes);
  } catch (error) {
    throw new Mistake(`${path}: ${error.message}`);
  }
}
