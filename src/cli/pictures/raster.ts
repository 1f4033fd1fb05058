/** Draws numbers as pixels of PNG pictures that are part of a page. */

import { encode } from "fast-png";
import { html, type Markup } from "../report/markup.ts";

/** Numbers on a grid, row by row. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly values: ArrayLike<number>;
}

type Colour = readonly [red: number, green: number, blue: number];

/** The colours of numbers above 0, below 0, and of sizes without a sign. They are visible on light and dark pages. */
export const [above, below, size]: readonly Colour[] = [
  [0x2f, 0x8f, 0xd8],
  [0xe0, 0x76, 0x1a],
  [0xe0, 0x1f, 0x6e],
];
const gap: Colour = [128, 128, 128];
const gapAlpha = 48;

/** @param data 1, 3 or 4 bytes a pixel @param text the alternative text */
export function picture(data: Uint8Array, width: number, height: number, text: string): Markup {
  const channels = data.length / (width * height);
  const png = encode({ width, height, data, channels, depth: 8 });
  const source = `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
  return html`<img src="${source}" width="${width}" height="${height}" alt="${text}">`;
}

/** Returns how strongly a number is drawn. `share` is its absolute value divided by the greatest one. */
export type Strength = (share: number) => number;

/**
 * Returns numbers in a colour above 0 and another below, the stronger the further from 0, up to `limit`. 0 is the colour of the page.
 * NaN, the gap between two grids, is grey.
 */
export function signedPicture(
  { width, height, values }: Grid,
  { limit, text, colours = [above, below], strength = Number }: SignedOptions,
): Markup {
  const data = new Uint8Array(4 * width * height);
  for (let index = 0; index < width * height; index++) {
    const value = values[index];
    if (Number.isNaN(value)) data.set([...gap, gapAlpha], 4 * index);
    else {
      const share = limit > 0 ? Math.min(1, Math.abs(value) / limit) : 0;
      data.set([...colours[value > 0 ? 0 : 1], Math.round(255 * strength(share))], 4 * index);
    }
  }
  return picture(data, width, height, text);
}

export interface SignedOptions {
  readonly limit: number;
  readonly text: string;
  /** The colours above and below 0. */
  readonly colours?: readonly [Colour, Colour];
  /** Default: the share itself. */
  readonly strength?: Strength;
}

/** Returns numbers of [height, width, channels] from 0 to `largest` as grey, as colours, or as colours with alpha. */
export function imagePicture(grid: Grid, largest: number, text: string): Markup {
  const { width, height, values } = grid;
  const bytes = Uint8Array.from(values, (value) => Math.max(0, Math.min(255, Math.round((255 * value) / largest))));
  return picture(bytes, width, height, text);
}

/** Returns the greatest absolute value; NaN does not count. */
export function greatestMagnitude(values: ArrayLike<number>): number {
  let most = 0;
  for (let index = 0; index < values.length; index++) {
    if (Math.abs(values[index]) > most) most = Math.abs(values[index]);
  }
  return most;
}

/** Returns grids of one size side by side, in about as many rows as columns, with a gap of a pixel between them. */
export function tileGrids(grids: readonly Grid[]): Grid {
  const [{ width, height }] = grids;
  const columns = Math.ceil(Math.sqrt(grids.length));
  const rows = Math.ceil(grids.length / columns);
  const whole = { width: columns * (width + 1) - 1, height: rows * (height + 1) - 1 };
  const values = new Float64Array(whole.width * whole.height).fill(Number.NaN);
  for (const [index, grid] of grids.entries()) {
    const [left, top] = [(index % columns) * (width + 1), Math.floor(index / columns) * (height + 1)];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) values[(top + y) * whole.width + left + x] = grid.values[y * width + x];
    }
  }
  return { ...whole, values };
}

/** Returns a grid whose sides are at most `most`, of means of square blocks, and how wide these are. */
export function shrinkGrid({ width, height, values }: Grid, most: number): { grid: Grid; block: number } {
  const block = Math.ceil(Math.max(width, height) / most);
  if (block === 1) return { grid: { width, height, values }, block };
  const [columns, rows] = [width, height].map((side) => Math.ceil(side / block));
  const sums = new Float64Array(columns * rows);
  const counts = new Float64Array(columns * rows);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = Math.floor(y / block) * columns + Math.floor(x / block);
      sums[at] += values[y * width + x];
      counts[at]++;
    }
  }
  return { grid: { width: columns, height: rows, values: sums.map((sum, at) => sum / counts[at]) }, block };
}
