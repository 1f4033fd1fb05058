/** What the room of training gives to users. */

export type { LastBatch } from "./batches.ts";
export type { Callback, CallbackState, Training } from "./callbacks/callback.ts";
export { type CheckpointOptions, checkpoint, type Save } from "./callbacks/checkpoint.ts";
export { type EarlyStoppingOptions, earlyStopping } from "./callbacks/earlyStopping.ts";
export { progress, type Terminal } from "./callbacks/progress.ts";
export { Trainer, type TrainerConstructor } from "./construction.ts";
export { type CustomLoss, customLoss, type LossFunction } from "./customLoss.ts";
export type { Evaluation, OutputEvaluation } from "./evaluation.ts";
export type { Examples, TrainingInputs, TrainingTargets } from "./examples.ts";
export type {
  BatchOptions,
  CallbackOptions,
  EpochsOptions,
  FitBatchesOptions,
  FitOptions,
  RecordOptions,
} from "./fitOptions.ts";
export type { TargetRow, Targets } from "./format.ts";
export { checkGradients, type GradientCheck, type GradientCheckOptions, type ParameterCheck } from "./gradients.ts";
export type { EvaluationLists, History, Lists, MetricLists, ValidatedHistory } from "./history.ts";
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
  type SquaredErrorOptions,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
  squaredError,
  squaredHinge,
  triplet,
} from "./losses.ts";
export {
  type AllMetricValues,
  type Metric,
  type MetricName,
  type MetricNameOf,
  type Metrics,
  type MetricValues,
  type NumberMetricName,
  type TopKAccuracy,
  type TopKAccuracyOptions,
  topKAccuracy,
} from "./metrics.ts";
export { type Adadelta, type AdadeltaOptions, adadelta } from "./optimizers/adadelta.ts";
export { type Adagrad, type AdagradOptions, adagrad } from "./optimizers/adagrad.ts";
export { type Adam, type AdamOptions, adam, adamW } from "./optimizers/adam.ts";
export { type Adamax, type AdamaxOptions, adamax } from "./optimizers/adamax.ts";
export { type Lion, type LionOptions, lion } from "./optimizers/lion.ts";
export { type Nadam, type NadamOptions, nadam } from "./optimizers/nadam.ts";
export type { Optimizer, OptimizerOptions } from "./optimizers/optimizer.ts";
export { type Rmsprop, type RmspropOptions, rmsprop } from "./optimizers/rmsprop.ts";
export { type Sgd, type SgdOptions, sgd } from "./optimizers/sgd.ts";
export { type SparseAdam, type SparseAdamOptions, sparseAdam } from "./optimizers/sparseAdam.ts";
export type { AnyLoss } from "./outputs.ts";
export type { BatchRecord, EpochRecord } from "./record.ts";
export type { RegularizationOptions } from "./regularization.ts";
export { type Constant, type ConstantOptions, constant } from "./schedules/constant.ts";
export {
  type CosineDecayOptions,
  type CosineRestartsOptions,
  cosineDecay,
  cosineRestarts,
  type OneCycleOptions,
  oneCycle,
} from "./schedules/cosines.ts";
export {
  type ExponentialDecayOptions,
  exponentialDecay,
  type InverseTimeDecayOptions,
  inverseTimeDecay,
  type PolynomialDecayOptions,
  polynomialDecay,
  type StepDecayOptions,
  stepDecay,
} from "./schedules/decays.ts";
export { type LearningRate, scheduleFromJSON } from "./schedules/kinds.ts";
export { type ReduceOnPlateau, type ReduceOnPlateauOptions, reduceOnPlateau } from "./schedules/plateau.ts";
export type { InForce, Schedule, ScheduleData, ScheduleOf, ScheduleUnit } from "./schedules/schedule.ts";
export { type Warmup, type WarmupOptions, warmup } from "./schedules/warmup.ts";
export type { BatchIterable, BatchSource, StreamedBatch } from "./streamSource.ts";
export type { ExampleWeights } from "./termWeights.ts";
export type { FitForResult, ReadOptions } from "./trainer.ts";
export type { TrainerOptions } from "./trainerOptions.ts";
export type { ValidatedFit, Validation, ValidationOptions, ValidationSplit } from "./validation.ts";
export type { StopSignal } from "./waiting.ts";
export type { ClassWeights, Weights } from "./weights.ts";
