/** The slow twin of assembly/convolution/weights.ts: every sum in the kernel's order. */
import { type ConvolutionShape, suitsDepthwise } from "../../../src/topology/layers/convolution.ts";
import { BlockSum, blockTerms } from "../products/product.ts";
import { type Numbers, type Round, visitOutputs, visitWindow } from "./convolution.ts";

export function convolutionBackwardWeight(
  shape: ConvolutionShape,
  rows: number,
  input: Numbers,
  outputGrad: Numbers,
  round: Round,
): number[] {
  const { geometry: g, filters, groups } = shape;
  const weights = g.kernelHeight * g.kernelWidth * (g.channels / groups) * filters;
  const result = Array.from({ length: weights }, () => new BlockSum(round));
  // Some lines of an image, or parts of one.
  const isDepthwise = suitsDepthwise(g.channels, filters, groups);
  const lines = isDepthwise ? 1 : Math.max(1, Math.floor(blockTerms / g.outputWidth));
  const [down, across] = [Math.ceil(g.outputHeight / lines), Math.ceil(g.outputWidth / blockTerms)];
  const outputs = g.outputHeight * g.outputWidth * filters;
  visitOutputs(shape, rows, (place, output, first) => {
    const [y, x] = place;
    const image = Math.floor(output / outputs);
    const block = (image * down + Math.floor(y / lines)) * across + Math.floor(x / blockTerms);
    visitWindow(shape, place, (at, element) => {
      result[element].add(block, round(input[first + at] * outputGrad[output]));
    });
  });
  return result.map(({ value }) => value);
}
