/** Slow twins of assembly/convolution/convolution.ts: every sum in the kernels' order, each product and each sum rounded by `round`. */
import { type ConvolutionShape, suitsDepthwise } from "../../../src/topology/layers/convolution.ts";
import { BlockSum, blockTerms } from "../products/product.ts";

export type Numbers = ArrayLike<number>;
export type Round = (x: number) => number;

/** Calls `visit` for each pair of an element of the input and one of the kernel that an output is made of, padding left out. */
export function visitWindow(
  { geometry: g, filters, groups }: ConvolutionShape,
  [y, x, filter]: readonly [number, number, number],
  visit: (input: number, weight: number) => void,
): void {
  const channels = g.channels / groups;
  const group = Math.floor(filter / (filters / groups));
  for (let i = 0; i < g.kernelHeight; i++) {
    for (let j = 0; j < g.kernelWidth; j++) {
      const row = y * g.strideHeight + i * g.dilationHeight - g.padTop;
      const column = x * g.strideWidth + j * g.dilationWidth - g.padLeft;
      if (row < 0 || column < 0 || row >= g.height || column >= g.width) continue;
      for (let channel = 0; channel < channels; channel++) {
        const input = (row * g.width + column) * g.channels + group * channels + channel;
        visit(input, ((i * g.kernelWidth + j) * channels + channel) * filters + filter);
      }
    }
  }
}

/** Calls `visit` for every output of every row, in order: its place in the row, its index, the first index of its row's input. */
export function visitOutputs(
  { geometry: g, filters }: ConvolutionShape,
  rows: number,
  visit: (place: readonly [number, number, number], output: number, input: number) => void,
): void {
  let output = 0;
  for (let row = 0; row < rows; row++) {
    for (let y = 0; y < g.outputHeight; y++) {
      for (let x = 0; x < g.outputWidth; x++) {
        for (let filter = 0; filter < filters; filter++) {
          visit([y, x, filter], output++, row * g.height * g.width * g.channels);
        }
      }
    }
  }
}

/** What an operation sums up for a pixel: rows and columns of its kernel, and channels at each place. */
interface Window {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly isDilated: boolean;
  /** Whether it is a depthwise convolution, which has places side by side. */
  readonly isDepthwise: boolean;
}

/** Returns the number of the block of a sum that a place is in. A long window has a block a row, a long row one a place or a run. */
function blockOf({ rows, columns, channels, ...is }: Window, row: number, column: number, channel: number): number {
  const place = column * channels + channel;
  if (is.isDepthwise) return Math.floor((row * columns * channels + place) / blockTerms);
  const isDilated = is.isDilated && columns > 1;
  if (!isDilated && rows * columns * channels <= blockTerms) return 0;
  if (columns * channels <= blockTerms) return row;
  const runs = Math.ceil((isDilated ? channels : columns * channels) / blockTerms);
  if (!isDilated) return row * runs + Math.floor(place / blockTerms);
  return (row * columns + column) * runs + Math.floor(channel / blockTerms);
}

export function convolution(
  shape: ConvolutionShape,
  rows: number,
  input: Numbers,
  weight: Numbers,
  bias: Numbers | undefined,
  round: Round,
): number[] {
  const { geometry: g, filters, groups } = shape;
  const channels = g.channels / groups;
  const window = {
    ...{ rows: g.kernelHeight, columns: g.kernelWidth, channels },
    ...{ isDilated: g.dilationWidth > 1, isDepthwise: suitsDepthwise(g.channels, filters, groups) },
  };
  const result: number[] = [];
  visitOutputs(shape, rows, (place, _, first) => {
    const sum = new BlockSum(round, bias?.[place[2]]);
    visitWindow(shape, place, (at, element) => {
      const k = Math.floor(element / shape.filters);
      const tap = Math.floor(k / channels);
      const block = blockOf(window, Math.floor(tap / g.kernelWidth), tap % g.kernelWidth, k % channels);
      sum.add(block, round(input[first + at] * weight[element]));
    });
    result.push(sum.value);
  });
  return result;
}

/** The gradient of the input, by the kernel from its last element to its first and then by filters; `bias` is added. */
export function convolutionBackward(
  { geometry: g, filters, groups }: ConvolutionShape,
  rows: number,
  outputGrad: Numbers,
  weight: Numbers,
  bias: Numbers | undefined,
  round: Round,
): number[] {
  const [channels, ofGroup] = [g.channels / groups, filters / groups];
  const result: number[] = [];
  const outputOf = (at: number, stride: number, count: number) =>
    at % stride === 0 && at >= 0 && at / stride < count ? at / stride : -1;
  for (let index = 0; index < rows * g.height * g.width * g.channels; index++) {
    const channel = index % g.channels;
    const column = Math.floor(index / g.channels) % g.width;
    const row = Math.floor(index / g.channels / g.width) % g.height;
    const image = Math.floor(index / g.channels / g.width / g.height);
    const group = Math.floor(channel / channels);
    const sum = new BlockSum(round, bias?.[channel]);
    // The rows and columns of the kernel that a step of the stride leaves are a kernel of its own.
    const ofRow = Array.from({ length: g.kernelHeight }, (_, i) => g.kernelHeight - 1 - i).filter(
      (i) => (row + g.padTop - i * g.dilationHeight) % g.strideHeight === 0,
    );
    const ofColumn = Array.from({ length: g.kernelWidth }, (_, j) => g.kernelWidth - 1 - j).filter(
      (j) => (column + g.padLeft - j * g.dilationWidth) % g.strideWidth === 0,
    );
    const window = {
      ...{ rows: ofRow.length, columns: ofColumn.length, channels: ofGroup },
      isDilated: g.strideWidth % g.dilationWidth !== 0,
      isDepthwise: suitsDepthwise(filters, g.channels, groups),
    };
    for (const [atRow, i] of ofRow.entries()) {
      for (const [atColumn, j] of ofColumn.entries()) {
        const y = outputOf(row + g.padTop - i * g.dilationHeight, g.strideHeight, g.outputHeight);
        const x = outputOf(column + g.padLeft - j * g.dilationWidth, g.strideWidth, g.outputWidth);
        if (y < 0 || x < 0) continue;
        const pixel = ((image * g.outputHeight + y) * g.outputWidth + x) * filters;
        const tap = ((i * g.kernelWidth + j) * channels + (channel % channels)) * filters;
        for (let filter = group * ofGroup; filter < (group + 1) * ofGroup; filter++) {
          const block = blockOf(window, atRow, atColumn, filter % ofGroup);
          sum.add(block, round(outputGrad[pixel + filter] * weight[tap + filter]));
        }
      }
    }
    result.push(sum.value);
  }
  return result;
}
