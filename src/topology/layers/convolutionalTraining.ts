/** The training of layers of convolutions. */

import { convolutionTraining } from "../../../build/convolutionTraining.js";
import { type Address, none, type Operation } from "../../kernels/operations.ts";
import { activationBackward } from "../activations.ts";
import { type ConvolutionBlocks, type ConvolutionShape, phaseTables, someTable } from "./convolution.ts";
import { type ConvolutionalDescription, type Convolving, windowsOf } from "./convolutional.ts";
import { weightGradient, weightGradientBytes } from "./convolutionWeights.ts";
import { countedIn, type LayerTraining, rowShapeOf, spaceOf, type WindowTable } from "./layer.ts";
import { biasGradient } from "./weighted.ts";

/** The parts in which the training of a convolution differs from that of a transposed one. */
interface Backward<Description> extends Pick<Convolving<Description>, "shapeOf"> {
  /** Returns the bytes of working space that it needs. @param tables the tables of the phases, if sequences differ in length */
  bytes(shape: ConvolutionShape, elementBytes: number, tables?: readonly Address[]): number;
  convolve(
    shape: ConvolutionShape,
    blocks: ConvolutionBlocks & Record<"input" | "weight" | "bias" | "output", Address>,
    tables?: readonly Address[],
  ): readonly Operation[];
  /** True for a layer that computes the input of the convolution. */
  readonly isTransposed: boolean;
}

/** The name of the block of a phase's table. */
const phaseName = (index: number) => `phase${index}`;

/** Returns the training of a kind. @param own how the kind convolves the gradient of its output to that of its input */
export function convolutionalTraining<Description extends ConvolutionalDescription>({
  shapeOf,
  bytes,
  convolve,
  isTransposed,
}: Backward<Description>): LayerTraining<Description> {
  return {
    family: convolutionTraining,
    hasIndependentParameters: true,

    blocks(description, { inputs: [inputShape], elementBytes, isRagged }) {
      const shape = shapeOf(description, inputShape, isRagged ? someTable : none);
      const tables: readonly WindowTable[] = isRagged ? phaseTables(windowsOf(description), inputShape[0]) : [];
      const some = isRagged ? tables.map(() => someTable) : undefined;
      const most = Math.max(bytes(shape, elementBytes, some), weightGradientBytes(shape, elementBytes));
      const phases = Object.fromEntries(tables.map((table, index) => [phaseName(index), table]));
      return { backwardSpace: spaceOf(most), ...phases };
    },

    backward(description, site) {
      const { batch, output, outputBatch, outputGrad, elementBytes } = site;
      const { preactivation, backwardSpace: space, windows } = site.blocks;
      const [input] = site.inputs;
      const [weight] = site.parameters;
      const [weightGrad, biasGrad] = site.parameterGrads;
      const [inputGrad] = site.inputGrads;
      const shape = shapeOf(description, site.inputShapes[0], windows);
      const rowShape = rowShapeOf(site);
      const gradients = { preactivation, activation: output, outputGrad, inputGrad: outputGrad };
      const operations = [...countedIn(outputBatch, activationBackward(description.activation, rowShape, gradients))];
      if (weightGrad !== undefined) {
        const values = isTransposed ? { input: outputGrad, outputGrad: input } : { input, outputGrad };
        operations.push(weightGradient(shape, { elementBytes, batch, space, weightGrad, ...values }));
      }
      if (biasGrad !== undefined) {
        operations.push(biasGradient(rowShape, { batch: outputBatch, outputGrad, biasGrad }));
      }
      if (inputGrad !== undefined) {
        const blocks = { elementBytes, space, input: outputGrad, weight, bias: none, output: inputGrad };
        const phases = windows && phaseTables(windowsOf(description), site.inputShapes[0][0]);
        const tables = phases?.map((_, index) => site.blocks[phaseName(index)]);
        for (const operation of convolve(shape, blocks, tables)) operations.push(operation);
      }
      return operations;
    },
  };
}
