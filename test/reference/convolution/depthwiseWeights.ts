/** The slow twin of assembly/convolution/depthwiseWeights.ts: every sum in the kernel's order. */
import type { ConvolutionShape } from "../../../src/topology/layers/convolution.ts";
import { BlockSum, blockTerms } from "../products/product.ts";
import type { Numbers, Round } from "./convolution.ts";
import { visitPlaces } from "./depthwise.ts";

export function depthwiseBackwardWeight(
  shape: ConvolutionShape,
  rows: number,
  input: Numbers,
  outputGrad: Numbers,
  round: Round,
): number[] {
  const { geometry: g, filters } = shape;
  const outputs = g.outputHeight * g.outputWidth;
  const result = Array.from({ length: g.kernelHeight * g.kernelWidth * filters }, () => new BlockSum(round));
  const blocks = Math.ceil(g.outputWidth / blockTerms);
  for (let row = 0; row < rows; row++) {
    visitPlaces(shape, (place, pixel, output) => {
      for (let filter = 0; filter < filters; filter++) {
        const channel = Math.floor((filter * g.channels) / filters);
        const x = input[(row * g.height * g.width + pixel) * g.channels + channel];
        const line = row * g.outputHeight + Math.floor(output / g.outputWidth);
        const block = line * blocks + Math.floor((output % g.outputWidth) / blockTerms);
        result[place * filters + filter].add(block, round(x * outputGrad[(row * outputs + output) * filters + filter]));
      }
    });
  }
  return result.map(({ value }) => value);
}
