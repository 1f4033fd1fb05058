/** Batch normalization: each feature by its mean and variance over the batch, or, to predict, over the batches of before. */

import { normalization } from "../../../build/normalization.js";
import { checkFinite } from "../../errors.ts";
import type { LayerKind, Site } from "./layer.ts";
import {
  gainAndShift,
  type NormalizationDescription,
  type NormalizationOptions,
  normalizationOptions,
} from "./normalization.ts";
import { matrixOf, onlyShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface BatchNormOptions extends NormalizationOptions {
  /** The share of each batch in the running statistics, from 0 to 1. Default 0.1. */
  readonly momentum?: number;
}

export interface BatchNormDescription extends NormalizationDescription {
  readonly kind: "batchNorm";
  readonly momentum: number;
}

/**
 * weight · (x − mean) / √(variance + epsilon) + bias, for each feature (of a shape: each place of its last side). In training
 * mean and (biased) variance are the batch's; in prediction they are the running ones, which each step moves by
 * `momentum` towards the batch's (of the variance the unbiased one), in layers that are not trained, too.
 *
 * Source  Ioffe & Szegedy 2015, as PyTorch's BatchNorm1d.
 * @throws {RangeError | TypeError} if an option is unknown or out of range
 */
export function batchNorm(options: BatchNormOptions = {}): Layer<BatchNormDescription> {
  const common = normalizationOptions("batchNorm", options, ["momentum"]);
  const { momentum = 0.1 } = options;
  if (!(checkFinite("batchNorm: momentum", momentum) >= 0 && momentum <= 1)) {
    throw new RangeError(`batchNorm: got momentum ${momentum}, need a number from 0 to 1`);
  }
  return callable(batchNormKind, { kind: "batchNorm", momentum, ...common });
}

/** The scratch of one use: the batch's mean and variance, and what a deviation is multiplied by. */
function scratchOf({ scratch, outputShape, elementBytes }: Site) {
  const bytes = matrixOf(outputShape)[1] * elementBytes;
  // Each starts on 16 bytes.
  const stride = Math.ceil(bytes / 16) * 16;
  return { mean: scratch, variance: scratch + stride, scale: scratch + 2 * stride };
}

/** The calls that normalize by these statistics. */
function normalize({ epsilon }: BatchNormDescription, site: Site, mean: number, variance: number) {
  const { kernels, output, outputShape } = site;
  const [input] = site.inputs;
  const [weight, bias] = site.parameters;
  const [positions, columns] = matrixOf(outputShape);
  const { scale } = scratchOf(site);
  return [
    () => kernels.columnScale(weight, variance, scale, columns, epsilon),
    (rows: number) => kernels.normalizeColumns(input, mean, scale, bias, output, rows * positions, columns),
  ];
}

export const batchNormKind: LayerKind<BatchNormDescription> = {
  family: normalization,

  outputShape: (_, inputShapes) => onlyShape("batchNorm", inputShapes),

  parameters: (_, [shape]) => gainAndShift(matrixOf(shape)[1]),

  statistics(_, [shape]) {
    const [, columns] = matrixOf(shape);
    return [
      { name: "runningMean", shape: [columns], value: 0 },
      { name: "runningVariance", shape: [columns], value: 1, minimum: 0 },
    ];
  },

  preactivation: () => "input",

  // Three vectors of a column each, and room for each to start on 16 bytes.
  scratch: (_, [shape]) => 3 * (matrixOf(shape)[1] + 3),

  leastRows: ([shape]) => (matrixOf(shape)[0] > 1 ? 1 : 2),

  forward: (description, site) => normalize(description, site, site.statistics[0], site.statistics[1]),

  forwardTraining(description, site) {
    const { kernels, outputShape } = site;
    const [input] = site.inputs;
    const [positions, columns] = matrixOf(outputShape);
    const { mean, variance } = scratchOf(site);
    return [
      (rows) => kernels.columnStatistics(input, mean, variance, rows * positions, columns),
      ...normalize(description, site, mean, variance),
    ];
  },

  afterUpdate({ momentum }, site) {
    const { kernels, outputShape } = site;
    const [runningMean, runningVariance] = site.statistics;
    const [positions, columns] = matrixOf(outputShape);
    const { mean, variance } = scratchOf(site);
    return [
      () => kernels.movingAverage(mean, runningMean, columns, momentum, 1),
      (rows) => {
        const count = rows * positions;
        kernels.movingAverage(variance, runningVariance, columns, momentum, count / (count - 1));
      },
    ];
  },

  backward({ epsilon }, site) {
    const { kernels, outputGrad, outputShape } = site;
    const [input] = site.inputs;
    const [weight] = site.parameters;
    const [inputGrad = 0] = site.inputGrads;
    const [weightGrad = 0, biasGrad = 0] = site.parameterGrads;
    const [positions, columns] = matrixOf(outputShape);
    const { mean, variance } = scratchOf(site);
    return [
      (rows) =>
        kernels.batchNormBackward(
          input,
          mean,
          variance,
          weight,
          outputGrad,
          inputGrad,
          weightGrad,
          biasGrad,
          rows * positions,
          columns,
          epsilon,
        ),
    ];
  },

  title: () => "batch normalization",

  toJSON: ({ epsilon, momentum }) => ({ epsilon, momentum }),

  fromJSON: (options) => batchNorm(options),
};
