/** What the room of training gives to users. */

export type { Callback, CallbackState, Training } from "./callbacks/callback.ts";
export { type CheckpointOptions, checkpoint, type Save } from "./callbacks/checkpoint.ts";
export { type EarlyStoppingOptions, earlyStopping } from "./callbacks/earlyStopping.ts";
export { progress, type Terminal } from "./callbacks/progress.ts";
export { type CustomLoss, customLoss, type LossFunction } from "./customLoss.ts";
export type { Evaluation, OutputEvaluation } from "./evaluation.ts";
export type { Examples } from "./examples.ts";
export type { BatchOptions, EpochsOptions, FitBatchesOptions, FitOptions } from "./fitOptions.ts";
export type { TargetRow, Targets } from "./format.ts";
export { checkGradients, type GradientCheck, type GradientCheckOptions, type ParameterCheck } from "./gradients.ts";
export type { History } from "./history.ts";
export { type InputGradientsOptions, inputGradients } from "./inputGradients.ts";
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type ClassLossOptions,
  type ContrastiveOptions,
  categoricalCrossEntropy,
  contrastive,
  cosineSimilarity,
  type HuberOptions,
  hinge,
  huber,
  kullbackLeibler,
  type Loss,
  type LossName,
  type LossOptions,
  logCosh,
  type MarginOptions,
  meanAbsoluteError,
  meanSquaredError,
  poisson,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
  squaredError,
  squaredHinge,
  triplet,
} from "./losses.ts";
export {
  type Metric,
  type MetricName,
  type Metrics,
  type MetricValues,
  type TopKAccuracy,
  topKAccuracy,
} from "./metrics.ts";
export { type AdadeltaOptions, adadelta } from "./optimizers/adadelta.ts";
export { type AdagradOptions, adagrad } from "./optimizers/adagrad.ts";
export { type AdamOptions, adam, adamW } from "./optimizers/adam.ts";
export { type AdamaxOptions, adamax } from "./optimizers/adamax.ts";
export { type LionOptions, lion } from "./optimizers/lion.ts";
export { type NadamOptions, nadam } from "./optimizers/nadam.ts";
export type { Optimizer } from "./optimizers/optimizer.ts";
export { type RmspropOptions, rmsprop } from "./optimizers/rmsprop.ts";
export { type SgdOptions, sgd } from "./optimizers/sgd.ts";
export { type SparseAdamOptions, sparseAdam } from "./optimizers/sparseAdam.ts";
export type { BatchRecord, EpochRecord } from "./record.ts";
export { constant } from "./schedules/constant.ts";
export { cosineDecay, cosineRestarts, oneCycle } from "./schedules/cosines.ts";
export { exponentialDecay, inverseTimeDecay, polynomialDecay, stepDecay } from "./schedules/decays.ts";
export { type LearningRate, scheduleFromJSON } from "./schedules/kinds.ts";
export { type ReduceOnPlateau, reduceOnPlateau } from "./schedules/plateau.ts";
export type { Schedule } from "./schedules/schedule.ts";
export { warmup } from "./schedules/warmup.ts";
export type { BatchSource, StreamedBatch } from "./stream.ts";
export type { ExampleWeights } from "./termWeights.ts";
export { type FitForResult, type ReadOptions, Trainer } from "./trainer.ts";
export type { TrainerOptions } from "./trainerOptions.ts";
export type { Validation } from "./validation.ts";
export type { ClassWeights, Weights } from "./weights.ts";
