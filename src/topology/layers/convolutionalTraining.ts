/** The training of layers of convolutions. */

import { convolutionTraining } from "../../../build/convolutionTraining.js";
import { none } from "../../kernels/operations.ts";
import { activationBackward } from "../activations.ts";
import type { ConvolutionShape } from "./convolution.ts";
import type { ConvolutionalDescription, Convolving } from "./convolutional.ts";
import { weightGradient, weightGradientBytes } from "./convolutionWeights.ts";
import { type LayerTraining, type Shape, spaceOf } from "./layer.ts";
import { biasGradient } from "./weighted.ts";

/** The parts in which the training of a convolution differs from that of a transposed one. */
interface Backward<Description> extends Pick<Convolving<Description>, "bytes" | "convolve"> {
  shapeOf(description: Description, shape: Shape): ConvolutionShape;
  /** True of a layer that makes the input of the convolution. */
  readonly isTransposed: boolean;
}

/** Returns the training of a kind. @param own how it convolves the gradient of its output to that of its input */
export function convolutionalTraining<Description extends ConvolutionalDescription>({
  shapeOf,
  bytes,
  convolve,
  isTransposed,
}: Backward<Description>): LayerTraining<Description> {
  return {
    family: convolutionTraining,

    blocks(description, { inputs: [inputShape], elementBytes }) {
      const shape = shapeOf(description, inputShape);
      const most = Math.max(bytes(shape, elementBytes), weightGradientBytes(shape, elementBytes));
      return { backwardSpace: spaceOf(most) };
    },

    backward(description, site) {
      const { batch, output, outputGrad, outputShape, elementBytes } = site;
      const { preactivation, backwardSpace: space } = site.blocks;
      const [input] = site.inputs;
      const [weight] = site.parameters;
      const [weightGrad, biasGrad] = site.parameterGrads;
      const [inputGrad] = site.inputGrads;
      const shape = shapeOf(description, site.inputShapes[0]);
      const gradients = { preactivation, activation: output, outputGrad, inputGrad: outputGrad };
      const operations = activationBackward(description.activation, outputShape, gradients);
      if (weightGrad !== undefined) {
        const values = isTransposed ? { input: outputGrad, outputGrad: input } : { input, outputGrad };
        operations.push(weightGradient(shape, { elementBytes, batch, space, weightGrad, ...values }));
      }
      if (biasGrad !== undefined) operations.push(biasGradient(outputShape, { batch, outputGrad, biasGrad }));
      if (inputGrad !== undefined) {
        const blocks = { elementBytes, space, input: outputGrad, weight, bias: none, output: inputGrad };
        operations.push(...convolve(shape, blocks));
      }
      return operations;
    },
  };
}
