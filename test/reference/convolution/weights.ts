/** The slow twin of assembly/convolution/weights.ts: every sum in the kernel's order. */
import type { ConvolutionShape } from "../../../src/topology/layers/convolution.ts";
import { type Numbers, type Round, visitOutputs, visitWindow } from "./convolution.ts";

export function convolutionBackwardWeight(
  shape: ConvolutionShape,
  rows: number,
  input: Numbers,
  outputGrad: Numbers,
  round: Round,
): number[] {
  const { geometry: g, filters, groups } = shape;
  const result = new Array<number>(g.kernelHeight * g.kernelWidth * (g.channels / groups) * filters).fill(0);
  visitOutputs(shape, rows, (place, output, first) => {
    visitWindow(shape, place, (at, element) => {
      result[element] = round(result[element] + round(input[first + at] * outputGrad[output]));
    });
  });
  return result;
}
