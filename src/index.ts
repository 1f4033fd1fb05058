/** The public names of simdnet: everything that runs in memory. */

export { DivergenceError } from "./errors.ts";
export type { Dtype } from "./memory/kernels.ts";
export type { Arithmetic } from "./memory/module.ts";
export { type Generator, type GeneratorState, mt19937, pcg32 } from "./random.ts";
export { type Activation, type ActivationName, elu, leakyRelu } from "./topology/activations.ts";
export {
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
export { type AdadeltaOptions, adadelta } from "./training/optimizers/adadelta.ts";
export { type AdagradOptions, adagrad } from "./training/optimizers/adagrad.ts";
export { type AdamOptions, adam, adamW } from "./training/optimizers/adam.ts";
export { type AdamaxOptions, adamax } from "./training/optimizers/adamax.ts";
export { type LionOptions, lion } from "./training/optimizers/lion.ts";
export { type NadamOptions, nadam } from "./training/optimizers/nadam.ts";
export type { Optimizer } from "./training/optimizers/optimizer.ts";
export { type RmspropOptions, rmsprop } from "./training/optimizers/rmsprop.ts";
export { type SgdOptions, sgd } from "./training/optimizers/sgd.ts";
export { constant } from "./training/schedules/constant.ts";
export { cosineDecay, cosineRestarts, oneCycle } from "./training/schedules/cosines.ts";
export { exponentialDecay, inverseTimeDecay, polynomialDecay, stepDecay } from "./training/schedules/decays.ts";
export { type LearningRate, scheduleFromJSON } from "./training/schedules/kinds.ts";
export { type ReduceOnPlateau, reduceOnPlateau } from "./training/schedules/plateau.ts";
export type { Schedule } from "./training/schedules/schedule.ts";
export { warmup } from "./training/schedules/warmup.ts";
export {
  type BatchOptions,
  type EpochsOptions,
  type FitOptions,
  Trainer,
  type TrainerOptions,
} from "./training/trainer.ts";
export type { Validation } from "./training/validation.ts";
export type { Weights } from "./training/weights.ts";
