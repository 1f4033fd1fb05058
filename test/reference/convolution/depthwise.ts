/** Slow twins of assembly/convolution/depthwise.ts: one channel of the input for each filter, each product and each sum rounded. */
import type { ConvolutionShape } from "../../../src/topology/layers/convolution.ts";
import { BlockSum, blockTerms } from "../products/product.ts";
import type { Numbers, Round } from "./convolution.ts";

/** Calls `visit` for each place of a window that lies on the image: its index in the weight, that of its pixel, the place of its output. */
export function visitPlaces(
  { geometry: g }: ConvolutionShape,
  visit: (place: number, pixel: number, output: number) => void,
): void {
  for (let output = 0; output < g.outputHeight * g.outputWidth; output++) {
    const [y, x] = [Math.floor(output / g.outputWidth) * g.strideHeight, (output % g.outputWidth) * g.strideWidth];
    for (let place = 0; place < g.kernelHeight * g.kernelWidth; place++) {
      const row = y + Math.floor(place / g.kernelWidth) * g.dilationHeight - g.padTop;
      const column = x + (place % g.kernelWidth) * g.dilationWidth - g.padLeft;
      if (row >= 0 && row < g.height && column >= 0 && column < g.width) visit(place, row * g.width + column, output);
    }
  }
}

export function depthwiseConvolution(
  shape: ConvolutionShape,
  rows: number,
  input: Numbers,
  weight: Numbers,
  bias: Numbers | undefined,
  round: Round,
): number[] {
  const { geometry: g, filters } = shape;
  const outputs = g.outputHeight * g.outputWidth;
  const result = Array.from({ length: rows * outputs * filters }, (_, i) => new BlockSum(round, bias?.[i % filters]));
  for (let row = 0; row < rows; row++) {
    visitPlaces(shape, (place, pixel, output) => {
      for (let filter = 0; filter < filters; filter++) {
        const channel = Math.floor((filter * g.channels) / filters);
        const x = input[(row * g.height * g.width + pixel) * g.channels + channel];
        const to = (row * outputs + output) * filters + filter;
        result[to].add(Math.floor(place / blockTerms), round(x * weight[place * filters + filter]));
      }
    });
  }
  return result.map(({ value }) => value);
}
