/** The slow twin of assembly/convolution/depthwiseWeights.ts: every sum in the kernel's order. */
import type { ConvolutionShape } from "../../../src/topology/layers/convolution.ts";
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
  const result = new Array<number>(g.kernelHeight * g.kernelWidth * filters).fill(0);
  for (let row = 0; row < rows; row++) {
    visitPlaces(shape, (place, pixel, output) => {
      for (let filter = 0; filter < filters; filter++) {
        const channel = Math.floor((filter * g.channels) / filters);
        const x = input[(row * g.height * g.width + pixel) * g.channels + channel];
        const to = place * filters + filter;
        result[to] = round(result[to] + round(x * outputGrad[(row * outputs + output) * filters + filter]));
      }
    });
  }
  return result;
}
