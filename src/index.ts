/** The public names of simdnet: everything that runs in memory. */

export { DivergenceError } from "./errors.ts";
export type { Dtype } from "./memory/kernels.ts";
export type { Arithmetic } from "./memory/module.ts";
export { type Generator, type GeneratorState, mt19937, pcg32 } from "./random.ts";
export { type Activation, type ActivationName, elu, leakyRelu } from "./topology/activations.ts";
export {
  constant,
  fromValues,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  lecunUniform,
  normal,
  ones,
  orthogonal,
  truncatedNormal,
  uniform,
  zeros,
} from "./topology/initializers.ts";
export type { LayerView, ParameterView } from "./topology/inspection.ts";
export { activation } from "./topology/layers/activation.ts";
export { type BatchNormOptions, batchNorm } from "./topology/layers/batchNorm.ts";
export { add, concatenate, multiply } from "./topology/layers/combination.ts";
export { type DenseOptions, dense } from "./topology/layers/dense.ts";
export { dropout } from "./topology/layers/dropout.ts";
export type { LayerDescription, Shape } from "./topology/layers/layer.ts";
export { layerNorm } from "./topology/layers/layerNorm.ts";
export type { NormalizationOptions } from "./topology/layers/normalization.ts";
export { input, type Layer, type Value } from "./topology/layers/value.ts";
export {
  type GraphNetworkOptions,
  type ListNetworkOptions,
  Network,
  type NetworkOptions,
  type PredictOptions,
} from "./topology/network.ts";
export type { FlatRows, Rows } from "./topology/rows.ts";
export type { Evaluation } from "./training/evaluation.ts";
export type { Examples, Targets } from "./training/examples.ts";
export { checkGradients, type GradientCheck, type ParameterCheck } from "./training/gradients.ts";
export type { History } from "./training/history.ts";
export type { BatchRecord, EpochRecord } from "./training/loop.ts";
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type ClassLossOptions,
  categoricalCrossEntropy,
  cosineSimilarity,
  type HuberOptions,
  hinge,
  huber,
  kullbackLeibler,
  type Loss,
  type LossName,
  type LossOptions,
  logCosh,
  meanAbsoluteError,
  meanSquaredError,
  poisson,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
  squaredError,
  squaredHinge,
} from "./training/losses.ts";
export {
  type Metric,
  type MetricName,
  type MetricValues,
  type TopKAccuracy,
  topKAccuracy,
} from "./training/metrics.ts";
export { type AdamOptions, adam, adamW, type Optimizer, type SgdOptions, sgd } from "./training/optimizers.ts";
export {
  type BatchOptions,
  type EpochsOptions,
  type FitOptions,
  Trainer,
  type TrainerOptions,
} from "./training/trainer.ts";
export type { Validation } from "./training/validation.ts";
export type { Weights } from "./training/weights.ts";
