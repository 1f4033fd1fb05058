import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { areaSums } from "../../src/data/area.ts";
import type { Picture } from "../../src/data/picture.ts";
import { pcg32 } from "../../src/random.ts";

interface ResizeCase {
  height: number;
  width: number;
  channels: 1 | 3 | 4;
  size: [height: number, width: number];
  data: number[];
  resized: number[];
}

const golden: { resize: ResizeCase[] } = JSON.parse(readFileSync("test/fixtures/images.json", "utf8"));

function drawPicture(width: number, height: number, bytes: number, seed = 1): Picture {
  const random = pcg32(seed);
  return { data: Uint8Array.from({ length: width * height * bytes }, () => random.integer(256)), width, height };
}

/** How much of pixel `pixel` of a side lies within pixel `index` of one of `to` pixels. */
function overlap(pixel: number, index: number, from: number, to: number): number {
  const [begin, end] = [(index * from) / to, ((index + 1) * from) / to];
  return Math.max(0, Math.min(pixel + 1, end) - Math.max(pixel, begin));
}

/** The slow twin: every pixel of the result looks at every pixel of the picture. */
function naive({ data, width, height }: Picture, planes: number, toHeight: number, toWidth: number): number[] {
  const bytes = data.length / (width * height);
  const valueAt = (at: number, plane: number) => {
    if (bytes === planes) return data[at + plane];
    const alpha = data[at + 3] / 255;
    return alpha * data[at + plane] + (1 - alpha) * 255;
  };
  const means: number[] = [];
  for (let y = 0; y < toHeight; y++) {
    for (let x = 0; x < toWidth; x++) {
      for (let plane = 0; plane < planes; plane++) {
        let sum = 0;
        for (let row = 0; row < height; row++) {
          for (let column = 0; column < width; column++) {
            const area = overlap(row, y, height, toHeight) * overlap(column, x, width, toWidth);
            sum += area * valueAt((row * width + column) * bytes, plane);
          }
        }
        means.push((sum * toHeight * toWidth) / (height * width));
      }
    }
  }
  return means;
}

const meansOf = (...args: Parameters<typeof areaSums>) => {
  const { sums, divisor } = areaSums(...args);
  return Array.from(sums, (sum) => sum / divisor);
};

function expectNear(got: readonly number[], wanted: readonly number[], title: string): void {
  expect(got.length, title).toBe(wanted.length);
  const far = got.map((value, index) => Math.abs(value - wanted[index]));
  expect(Math.max(...far), title).toBeLessThan(1e-10);
}

test.each(golden.resize)("$height × $width × $channels to $size is PyTorch's to 1e-10", (expected) => {
  const { height, width, channels, size, data, resized } = expected;
  expectNear(meansOf({ data: Uint8Array.from(data), width, height }, channels, ...size), resized, "means");
});

describe("areaSums is the slow twin's to 1e-10", () => {
  test("of grey pictures, from every side from 1 to 20 to every side from 1 to 20", () => {
    for (let from = 1; from <= 20; from++) {
      for (let to = 1; to <= 20; to++) {
        const title = `${from} to ${to}`;
        const [wide, high] = [drawPicture(from, 2, 1), drawPicture(3, from, 1)];
        expectNear(meansOf(wide, 1, 2, to), naive(wide, 1, 2, to), `width ${title}`);
        expectNear(meansOf(high, 1, to, 3), naive(high, 1, to, 3), `height ${title}`);
      }
    }
  });

  test.each<[bytes: number, planes: 1 | 3 | 4]>([
    [1, 1],
    [3, 3],
    [4, 4],
    [4, 3],
  ])("of %d bytes a pixel, to %d planes", (bytes, planes) => {
    for (const [width, height, toHeight, toWidth] of [
      [7, 5, 3, 4],
      [5, 7, 9, 2],
      [6, 4, 4, 6],
      [1, 1, 3, 3],
      [9, 9, 1, 1],
    ]) {
      const picture = drawPicture(width, height, bytes, width);
      const title = `${width} × ${height} to ${toWidth} × ${toHeight}`;
      expectNear(meansOf(picture, planes, toHeight, toWidth), naive(picture, planes, toHeight, toWidth), title);
    }
  });
});

test("the sums are whole numbers: those of BigInt, of a picture of 1000 × 700", () => {
  const picture = drawPicture(1000, 700, 1);
  const { sums } = areaSums(picture, 1, 3, 7);
  const units = (pixel: number, index: number, from: number, to: number) =>
    Math.max(0, Math.min((pixel + 1) * to, (index + 1) * from) - Math.max(pixel * to, index * from));
  let sum = 0n;
  for (let row = 0; row < 700; row++) {
    for (let column = 0; column < 1000; column++) {
      const weight = units(row, 1, 700, 3) * units(column, 4, 1000, 7);
      sum += BigInt(weight) * BigInt(picture.data[row * 1000 + column]);
    }
  }
  expect(BigInt(sums[1 * 7 + 4])).toBe(sum);
});

test("in its own size a picture stays as it is, to the bit", () => {
  const picture = drawPicture(13, 11, 4);
  expect(meansOf(picture, 4, 11, 13)).toEqual([...picture.data]);
});
