/** The convolutions that kernels are tested on. */
import type { ConvolutionShape } from "../../../src/topology/layers/convolution.ts";
import { checkPadding, checkSize, geometryOf } from "../../../src/topology/layers/window.ts";
import { random } from "../scratch.ts";

export interface Options {
  readonly size?: number | readonly [number, number];
  readonly stride?: number | readonly [number, number];
  readonly dilation?: number | readonly [number, number];
  readonly padding?: unknown;
  readonly groups?: number;
}

/** Returns a convolution of images of [height, width, channels]. */
export function shapeOf(
  image: readonly [number, number, number],
  filters: number,
  { size = 3, stride = 1, dilation = 1, padding = "valid", groups = 1 }: Options = {},
): ConvolutionShape {
  const windows = {
    size: checkSize("size", size, 2),
    stride: checkSize("stride", stride, 2),
    dilation: checkSize("dilation", dilation, 2),
    padding: checkPadding("padding", padding, 2),
  };
  return { geometry: geometryOf("test", windows, image), filters, groups };
}

const upTo20 = Array.from({ length: 20 }, (_, index) => index + 1);

/** Convolutions with sizes drawn at random, some with strides, dilation, groups, and paddings that differ by side. */
function drawn(count: number): ConvolutionShape[] {
  const shapes: ConvolutionShape[] = [];
  for (let seed = 1; shapes.length < count; seed++) {
    const draws = random(20, seed);
    const next = (low: number, high: number) => low + Math.floor(((draws.pop()! + 1) / 2) * (high - low + 1));
    const groups = next(0, 2) === 0 ? next(2, 3) : 1;
    const image = [next(1, 9), next(1, 9), groups * next(1, 6)] as const;
    const pair = (high: number) => [next(1, high), next(1, high)] as const;
    const padding = [
      [next(0, 3), next(0, 3)],
      [next(0, 3), next(0, 3)],
    ];
    try {
      const options = { size: pair(4), stride: pair(3), dilation: pair(3), padding, groups };
      shapes.push(shapeOf(image, groups * next(1, 20), options));
    } catch {
      // Windows larger than the padded image: another draw.
    }
  }
  return shapes;
}

/** Every side, channel and filter count from 1 to 20; where paths switch; and drawn ones. */
export const shapes: readonly ConvolutionShape[] = [
  ...upTo20.flatMap((count) => [
    shapeOf([count, 21 - count, 2], 5, { padding: "same" }),
    shapeOf([4, 5, count], 3, { size: 2 }),
    shapeOf([5, 4, 3], count, { padding: "same" }),
    shapeOf([3, 6, count], count, { size: [1, 2], stride: [1, 2], padding: 1 }),
    shapeOf([count, count, 1], 2, { size: Math.min(count, 5), padding: "same", stride: 2 }),
  ]),
  // One filter a group, or one channel, where products are faster than the kernels of depthwise convolutions.
  shapeOf([3, 4, 6], 2, { size: 2, groups: 2 }),
  shapeOf([3, 4, 2], 14, { size: 2, padding: "same", groups: 2 }),
  // Nine steps of k, written out: one channel, several bands, pixels that are no multiple of four; and three channels.
  shapeOf([7, 5, 1], 8),
  shapeOf([3, 9, 1], 21, { padding: "same", stride: [1, 2] }),
  shapeOf([5, 6, 3], 6, { size: [3, 1], dilation: [1, 2] }),
  shapeOf([5, 6, 2], 10, { groups: 2 }),
  // Rows of a kernel that are more than a block of a sum, by channels and by filters, and dilated.
  shapeOf([2, 4, 150], 5, { size: [2, 3] }),
  shapeOf([3, 4, 3], 300, { size: 2 }),
  shapeOf([2, 9, 60], 5, { size: [2, 3], dilation: [1, 2] }),
  shapeOf([1, 9, 300], 6, { size: [1, 3], dilation: [1, 2] }),
  // A panel beyond the cache: sums go on through the output. More than 256 pixels across: weights in pieces of lines.
  shapeOf([4, 5, 33], 21, { size: [3, 4] }),
  shapeOf([2, 300, 1], 6, { size: [2, 3] }),
  shapeOf([3, 130, 2], 2, { size: 2 }),
  // Filters in several bands, the last of which would have fewer than a vector.
  ...[17, 18, 33, 49, 65].map((filters) => shapeOf([3, 3, 4], filters, { size: 2 })),
  // Strides beyond the kernel: elements of the input that no window reaches. Strides and dilation with common divisors.
  shapeOf([7, 8, 3], 4, { size: 1, stride: 3, padding: 1 }),
  shapeOf([9, 9, 2], 4, { size: [2, 3], stride: [4, 2], dilation: [2, 4], padding: 4 }),
  // What Winograd's algorithm suits but for odd sides that are too short.
  shapeOf([6, 3, 8], 8, { padding: "same" }),
  shapeOf([1, 6, 32], 32, { padding: "same" }),
  // Padding beyond the kernel.
  shapeOf([2, 2, 3], 5, { size: 1, padding: 3 }),
  ...drawn(60),
];

/** Depthwise convolutions: lines copied between zeros, and images as they are. */
export const depthwiseShapes: readonly ConvolutionShape[] = [
  ...upTo20.flatMap((count) => [
    shapeOf([4, count, count + 1], count + 1, { padding: "same", groups: count + 1 }),
    shapeOf([count, 5, count + 1], count + 1, { size: [Math.min(count, 3), 2], stride: [1, 2], groups: count + 1 }),
    shapeOf([3, 4, count + 1], (count + 1) * 2, { size: 2, padding: "same", groups: count + 1 }),
    shapeOf([3, 4, 2], 2 * Math.min(count, 3), { size: 2, padding: "same", groups: 2 }),
  ]),
  shapeOf([9, 8, 5], 10, { size: [2, 3], stride: [3, 2], dilation: [2, 3], padding: 4, groups: 5 }),
  shapeOf([7, 8, 33], 33, { size: 5, padding: "same", groups: 33 }),
  shapeOf([5, 5, 8], 8, { size: 1, stride: 3, padding: 1, groups: 8 }),
  // Places of a window, and pixels of a line, that are more than a block of a sum; the last four pixels overlap others.
  shapeOf([18, 22, 3], 3, { size: 17, groups: 3 }),
  shapeOf([2, 270, 4], 4, { size: 2, groups: 4 }),
];

/** Of several channels a filter: forward as a depthwise convolution backwards, and the other way round. */
export const foldedShapes: readonly ConvolutionShape[] = [
  ...upTo20.map((count) => shapeOf([3, 4, 8 * (count + 1)], 8, { size: 2, stride: 2, padding: 1, groups: 8 })),
  shapeOf([5, 7, 27], 9, { size: [3, 2], groups: 9 }),
  shapeOf([4, 9, 8 * 70], 8, { size: 2, groups: 8 }),
];

/** Convolutions by Winograd's algorithm: tiles in several rows at a time and a rest, with and without padding. */
export const winogradShapes: readonly ConvolutionShape[] = [
  shapeOf([6, 8, 8], 16, { padding: "same" }),
  ...[2, 4, 6, 20].flatMap((side) => [
    shapeOf([side, 2, 8], 16, { padding: "same" }),
    shapeOf([4, side, 16], 8, { padding: "same" }),
    shapeOf([side + 2, 6, 8], 24),
  ]),
  // Features that are no whole vectors, alone and with odd sides.
  ...[11, 12, 13, 14, 15, 17, 18, 19, 33].flatMap((count) => [
    shapeOf([4, 6, count], 12),
    shapeOf([6, 4, 11], count, { padding: "same" }),
    shapeOf([13, 6, count], count + 2, { padding: "same" }),
  ]),
  // Odd heights and widths.
  shapeOf([13, 13, 8], 16),
  shapeOf([6, 11, 16], 8, { padding: "same" }),
  shapeOf([7, 7, 32], 40, { padding: "same" }),
  shapeOf([9, 12, 16], 32, {
    padding: [
      [0, 3],
      [2, 0],
    ],
  }),
  shapeOf([18, 40, 64], 8, { padding: "same" }),
  shapeOf([6, 6, 8], 8, {
    padding: [
      [1, 1],
      [2, 0],
    ],
  }),
  shapeOf([2, 500, 8], 8, { padding: "same" }),
];
