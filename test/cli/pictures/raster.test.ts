import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import {
  above,
  below,
  greatestMagnitude,
  imagePicture,
  picture,
  shrinkGrid,
  signedPicture,
  tileGrids,
} from "../../../src/cli/pictures/raster.ts";
import type { Markup } from "../../../src/cli/report/markup.ts";

/** What a browser would decode. */
function decoded({ text }: Markup) {
  const [, base64] = /^<img src="data:image\/png;base64,([\w+/=]+)" /.exec(text)!;
  const { width, height, channels, data } = decode(Buffer.from(base64, "base64"));
  return { width, height, channels, data: [...data] };
}

test("a picture is an image within the page, with its sides and its text, which is escaped", () => {
  const image = picture(Uint8Array.of(1, 2, 3, 4, 5, 6), 1, 2, `"a" <b>`);
  expect(decoded(image)).toEqual({ width: 1, height: 2, channels: 3, data: [1, 2, 3, 4, 5, 6] });
  expect(image.text).toMatch(/" width="1" height="2" alt="&quot;a&quot; &lt;b&gt;">$/);
});

describe("signedPicture", () => {
  test("has a colour above 0 and another below, stronger to the limit; 0 lets through, NaN is a gap", () => {
    const grid = { width: 5, height: 1, values: [2, -1, 0, Number.NaN, 9] };
    expect(decoded(signedPicture(grid, { limit: 2, text: "" }))).toEqual({
      width: 5,
      height: 1,
      channels: 4,
      data: [...above, 255, ...below, 128, ...below, 0, 128, 128, 128, 48, ...above, 255],
    });
  });

  test("draws nothing if all is 0, and takes other colours and strengths", () => {
    const zeros = decoded(signedPicture({ width: 2, height: 1, values: [0, 0] }, { limit: 0, text: "" }));
    expect([zeros.data[3], zeros.data[7]]).toEqual([0, 0]);
    const options = { limit: 4, text: "", colours: [below, below], strength: Math.sqrt } as const;
    expect(decoded(signedPicture({ width: 1, height: 1, values: [1] }, options)).data).toEqual([...below, 128]);
  });
});

test("imagePicture makes bytes of numbers up to the largest, and cuts off what is beyond", () => {
  const grid = { width: 2, height: 2, values: [0, 0.5, 1, 2] };
  expect(decoded(imagePicture(grid, 1, "")).data).toEqual([0, 128, 255, 255]);
  expect(decoded(imagePicture({ width: 1, height: 1, values: [1, 2, 4] }, 4, ""))).toMatchObject({
    channels: 3,
    data: [64, 128, 255],
  });
});

test("greatestMagnitude is the greatest distance from 0", () => {
  expect([greatestMagnitude([1, -3, 2]), greatestMagnitude([]), greatestMagnitude([Number.NaN, -1])]).toEqual([
    3, 0, 1,
  ]);
});

test("tileGrids lays grids side by side with a gap between them", () => {
  const grids = [1, 2, 3].map((value) => ({ width: 1, height: 1, values: [value] }));
  const gap = Number.NaN;
  expect(tileGrids(grids)).toEqual({
    width: 3,
    height: 3,
    values: Float64Array.of(1, gap, 2, gap, gap, gap, 3, gap, gap),
  });
  expect(tileGrids(grids.slice(0, 1))).toEqual({ width: 1, height: 1, values: Float64Array.of(1) });
});

test("shrinkGrid makes means of blocks, of those at the border of what is there", () => {
  const grid = { width: 3, height: 2, values: [1, 3, 5, 5, 7, 9] };
  expect(shrinkGrid(grid, 3)).toEqual({ grid, block: 1 });
  expect(shrinkGrid(grid, 2)).toEqual({ grid: { width: 2, height: 1, values: Float64Array.of(4, 7) }, block: 2 });
});
