/** Slow twins of assembly/convolution/convolution.ts: every sum in the kernels' order, each product and each sum rounded by `round`. */
import type { ConvolutionShape } from "../../../src/topology/layers/convolution.ts";

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

export function convolution(
  shape: ConvolutionShape,
  rows: number,
  input: Numbers,
  weight: Numbers,
  bias: Numbers | undefined,
  round: Round,
): number[] {
  const result: number[] = [];
  visitOutputs(shape, rows, (place, _, first) => {
    let sum = bias?.[place[2]] ?? 0;
    visitWindow(shape, place, (at, element) => {
      sum = round(sum + round(input[first + at] * weight[element]));
    });
    result.push(sum);
  });
  return result;
}

/** The gradient of the input, by the kernel from its last element to its first and then by filters; `bias` is where sums begin. */
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
    let sum = bias?.[channel] ?? 0;
    for (let i = g.kernelHeight - 1; i >= 0; i--) {
      for (let j = g.kernelWidth - 1; j >= 0; j--) {
        const y = outputOf(row + g.padTop - i * g.dilationHeight, g.strideHeight, g.outputHeight);
        const x = outputOf(column + g.padLeft - j * g.dilationWidth, g.strideWidth, g.outputWidth);
        if (y < 0 || x < 0) continue;
        const pixel = ((image * g.outputHeight + y) * g.outputWidth + x) * filters;
        const tap = ((i * g.kernelWidth + j) * channels + (channel % channels)) * filters;
        for (let filter = group * ofGroup; filter < (group + 1) * ofGroup; filter++) {
          sum = round(sum + round(outputGrad[pixel + filter] * weight[tap + filter]));
        }
      }
    }
    result.push(sum);
  }
  return result;
}
