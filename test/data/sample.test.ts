import { describe, expect, test } from "vitest";
import type { ImageShape } from "../../src/data/imageRows.ts";
import { type AffineMap, sample } from "../../src/data/sample.ts";
import { pcg32 } from "../../src/random.ts";

const still: AffineMap = { xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 };
const drawImage = (length: number, seed = 1) => {
  const random = pcg32(seed);
  return Float64Array.from({ length }, () => random.normal());
};

/** The slow twin: every pixel of the source counts as far as it is near, in a source that goes on at its edges. */
function naive(source: Float64Array, [height, width, channels]: ImageShape, map: AffineMap): number[] {
  const nearness = (distance: number) => Math.max(0, 1 - Math.abs(distance));
  const within = (value: number, most: number) => Math.min(Math.max(value, 0), most);
  return Array.from(source, (_, index) => {
    const [channel, pixel] = [index % channels, Math.floor(index / channels)];
    const [column, row] = [pixel % width, Math.floor(pixel / width)];
    const x = within(map.xx * column + map.xy * row + map.x0, width - 1);
    const y = within(map.yx * column + map.yy * row + map.y0, height - 1);
    let sum = 0;
    for (let from = 0; from < height * width; from++) {
      const weight = nearness(x - (from % width)) * nearness(y - Math.floor(from / width));
      sum += weight * source[from * channels + channel];
    }
    return sum;
  });
}

function sampled(source: Float64Array, shape: ImageShape, map: AffineMap): number[] {
  // What is not overwritten would be NaN.
  const target = new Float64Array(source.length).fill(Number.NaN);
  sample(source, target, shape, map);
  return [...target];
}

test("sample is the slow twin's to 1e-12, of every height, width and number of channels from 1 to 20", () => {
  const random = pcg32(2);
  const near = () => 2 * random.next() - 1;
  for (let size = 1; size <= 20; size++) {
    for (const shape of [
      [size, 3, 2],
      [4, size, 1],
      [2, 3, size],
      [size, size, 3],
    ] as const) {
      const source = drawImage(shape[0] * shape[1] * shape[2], size);
      const map = { xx: near(), xy: near(), x0: 4 * near(), yx: near(), yy: near(), y0: 4 * near() };
      const wanted = naive(source, shape, map);
      const far = sampled(source, shape, map).map((value, index) => Math.abs(value - wanted[index]));
      expect(Math.max(...far), shape.join(" × ")).toBeLessThan(1e-12);
    }
  }
});

describe("to the bit", () => {
  const shape = [3, 4, 2] as const;
  const source = drawImage(24);
  const pixel = (row: number, column: number) => {
    const at = (Math.min(Math.max(row, 0), 2) * 4 + Math.min(Math.max(column, 0), 3)) * 2;
    return [source[at], source[at + 1]];
  };
  const pixels = (from: (row: number, column: number) => [number, number]) =>
    [0, 1, 2].flatMap((row) => [0, 1, 2, 3].flatMap((column) => pixel(...from(row, column))));

  test.each<[string, Partial<AffineMap>, (row: number, column: number) => [number, number]]>([
    ["nothing moves", {}, (row, column) => [row, column]],
    ["columns are mirrored", { xx: -1, x0: 3 }, (row, column) => [row, 3 - column]],
    ["rows are mirrored", { yy: -1, y0: 2 }, (row, column) => [2 - row, column]],
    ["one column to the right, edges go on", { x0: -1 }, (row, column) => [row, column - 1]],
    ["far beyond all edges", { x0: 100, y0: -100 }, () => [0, 3]],
    ["a quarter of a turn", { xx: 0, xy: 1, yx: 1, yy: 0 }, (row, column) => [column, row]],
  ])("%s", (_, map, from) => {
    expect(sampled(source, shape, { ...still, ...map })).toEqual(pixels(from));
  });

  test("an even image stays even under any map", () => {
    const map = { xx: 0.7, xy: 0.3, x0: -0.4, yx: -0.3, yy: 0.7, y0: 0.2 };
    expect(sampled(new Float64Array(24).fill(0.1), shape, map)).toEqual(new Array(24).fill(0.1));
  });
});

test("halfway between pixels is their mean", () => {
  expect(sampled(Float64Array.of(1, 2, 5, 10), [2, 2, 1], { ...still, x0: 0.5, y0: 0.5 })).toEqual([4.5, 6, 7.5, 10]);
});
