/** Normalization to length 1: divides each example by its own length. */

import { normalization } from "../../../build/normalization.js";
import { checkArguments } from "../../errors.ts";
import { eachRow, op } from "../../kernels/operations.ts";
import type { DescriptionBase, LayerKind, LayerTraining } from "./layer.ts";
import { type NameOption, nameOption } from "./options.ts";
import { matrixOf } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface UnitNormDescription extends DescriptionBase {
  readonly kind: "unitNorm";
}

/**
 * x / ‖x‖, with the Euclidean length over the last side of the example's shape, at each position. A length below 1e-12 counts as 1e-12. So
 * zeros stay zeros, and their gradient is 10¹² times that of the output.
 *
 * Source  PyTorch's functional.normalize.
 * @throws {RangeError | TypeError} if there is an option other than a name, or if the name is not a text
 */
export function unitNorm(options: NameOption = {}): Layer<UnitNormDescription> {
  checkArguments("unitNorm", arguments.length, 1);
  return callable(unitNormKind, { kind: "unitNorm", ...nameOption("unitNorm", options) });
}

export const unitNormKind: LayerKind<UnitNormDescription> = {
  family: normalization,

  sequences: () => "steps",

  blocks: () => ({ preactivation: "input" }),

  forward(_, { inputs: [input], output, outputShape }) {
    const [positions, columns] = matrixOf(outputShape);
    return [op("unitNormForward", eachRow(positions), { input, output, columns })];
  },

  title: () => "unit norm",

  fromJSON: (options) => unitNorm(options),
};

export const unitNormTraining: LayerTraining<UnitNormDescription> = {
  backward(_, { inputs: [input], inputGrads: [inputGrad], outputGrad, outputShape }) {
    if (inputGrad === undefined) return [];
    const [positions, columns] = matrixOf(outputShape);
    return [op("unitNormBackward", eachRow(positions), { input, outputGrad, inputGrad, columns })];
  },
};
