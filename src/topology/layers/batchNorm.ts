/**
 * Batch normalization: normalizes each feature with the mean and variance of the batch. Prediction uses running averages of earlier
 * batches.
 */

import { normalization } from "../../../build/normalization.js";
import { checkArguments, checkFinite, shown } from "../../errors.ts";
import { type Address, eachRow, inAll, none, type Operation, op } from "../../kernels/operations.ts";
import { type Block, columnSums, type LayerKind, type LayerTraining, type Shape, type Site } from "./layer.ts";
import {
  gainAndShift,
  type NormalizationDescription,
  type NormalizationOptions,
  normalizationOptions,
} from "./normalization.ts";
import { matrixOf } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface BatchNormOptions extends NormalizationOptions {
  /** The weight of each batch in the running statistics, from 0 to 1. Default 0.1. */
  readonly momentum?: number | undefined;
}

export interface BatchNormDescription extends NormalizationDescription {
  readonly kind: "batchNorm";
  readonly momentum: number;
}

/**
 * weight · (x − mean) / √(variance + epsilon) + bias, for each feature (each place of the last side of the shape). In training, mean and
 * (biased) variance are those of the batch. Prediction uses the running ones. Each step moves them towards the batch's by `momentum` (the
 * variance towards the unbiased one). A frozen layer computes in training as in prediction: it keeps its running statistics and takes
 * batches of one row.
 *
 * Source  Ioffe & Szegedy 2015, like PyTorch's BatchNorm1d; a frozen layer is like that in `eval()` and like Keras's.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function batchNorm(options: BatchNormOptions = {}): Layer<BatchNormDescription> {
  checkArguments("batchNorm", arguments.length, 1);
  const common = normalizationOptions("batchNorm", options, ["momentum"]);
  const { momentum = 0.1 } = options;
  if (!(checkFinite("batchNorm: momentum", momentum) >= 0 && momentum <= 1)) {
    throw new RangeError(`batchNorm: got momentum ${shown(momentum)}, need a number from 0 to 1`);
  }
  return callable(batchNormKind, { kind: "batchNorm", ...common, momentum });
}

/** Returns the operations that normalize with the given statistics. */
function normalize({ epsilon }: BatchNormDescription, site: Site, mean: Address, variance: Address): Operation[] {
  const { output, outputShape, blocks } = site;
  const { scale } = blocks;
  const [input] = site.inputs;
  const [weight, bias] = site.parameters;
  const [positions, columns] = matrixOf(outputShape);
  return [
    op("columnScale", inAll(columns), { weight, variance, scale, epsilon }),
    op("normalizeColumns", eachRow(positions), { input, mean, scale, bias, output, columns }),
  ];
}

const perColumn = (shape: Shape): Block => ({ elements: matrixOf(shape)[1], per: "network" });

export const batchNormKind: LayerKind<BatchNormDescription> = {
  sequences: () => "steps",

  family: normalization,

  trainingOptions: ["momentum"],

  parameters: (_, [shape]) => gainAndShift(matrixOf(shape)[1]),

  statistics(_, [shape]) {
    const [, columns] = matrixOf(shape);
    return [
      { name: "runningMean", shape: [columns], value: 0 },
      { name: "runningVariance", shape: [columns], value: 1, minimum: 0 },
    ];
  },

  blocks: (_, { output }) => ({ preactivation: "input", scale: perColumn(output) }),

  forward: (description, site) => normalize(description, site, site.statistics[0], site.statistics[1]),

  title: () => "batch normalization",

  fromJSON: (options) => batchNorm(options),
};

/** The training of a frozen layer: forward as in prediction, inputGrad = outputGrad · scale. */
const frozenTraining: LayerTraining<BatchNormDescription> = {
  blocks: (_, { output }) => ({ zeros: perColumn(output) }),

  backward(_, { outputShape, blocks: { scale, zeros }, outputGrad, inputGrads: [inputGrad] }) {
    if (inputGrad === undefined) return [];
    const [positions, columns] = matrixOf(outputShape);
    const product = { input: outputGrad, mean: zeros, scale, bias: zeros, output: inputGrad, columns };
    return [op("clear", inAll(columns), { output: zeros }), op("normalizeColumns", eachRow(positions), product)];
  },
};

export const batchNormTraining: LayerTraining<BatchNormDescription> = {
  frozen: frozenTraining,

  leastPositions: 2,

  blocks(_, { output }) {
    const column = perColumn(output);
    return { mean: column, variance: column, sums: columnSums(3, matrixOf(output)[1]) };
  },

  forward(description, site) {
    const { batch, outputShape, blocks } = site;
    const [input] = site.inputs;
    const [positions, columns] = matrixOf(outputShape);
    const { mean, variance, sums } = blocks;
    const parts = { batch, positions, input, mean, variance, sums, columns };
    return [op("columnStatistics", inAll(columns), parts), ...normalize(description, site, mean, variance)];
  },

  backward({ epsilon }, { batch, outputShape, blocks, outputGrad, ...site }) {
    const [input] = site.inputs;
    const [weight] = site.parameters;
    const [inputGrad = none] = site.inputGrads;
    const [weightGrad = none, biasGrad = none] = site.parameterGrads;
    const [positions, columns] = matrixOf(outputShape);
    const { mean, variance, sums } = blocks;
    const gradients = { outputGrad, inputGrad, weightGrad, biasGrad };
    const parts = { batch, positions, input, mean, variance, weight, ...gradients, sums, columns, epsilon };
    return [op("batchNormBackward", inAll(columns), parts)];
  },

  afterUpdate({ momentum }, { batch, outputShape, blocks: { mean, variance }, statistics }) {
    const [positions, columns] = matrixOf(outputShape);
    const moved = (source: Address, average: Address, isVariance: number) =>
      op("movingAverage", inAll(columns), { batch, positions, source, average, isVariance, momentum });
    return [moved(mean, statistics[0], 0), moved(variance, statistics[1], 1)];
  },
};
