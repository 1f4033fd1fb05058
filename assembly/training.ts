/** The family of networks with a trainer: what only training needs. */

export { Gelu as geluBackward, GeluTanh as geluTanhBackward } from "./activations/gelu";
export {
  Elu as eluBackward,
  HardSigmoid as hardSigmoidBackward,
  HardSwish as hardSwishBackward,
  LeakyRelu as leakyReluBackward,
  Relu as reluBackward,
  Selu as seluBackward,
} from "./activations/piecewise";
export {
  Mish as mishBackward,
  Sigmoid as sigmoidBackward,
  Silu as siluBackward,
  Softplus as softplusBackward,
  Softsign as softsignBackward,
  Tanh as tanhBackward,
} from "./activations/smooth";
export { logSoftmaxBackward, softmaxBackward } from "./activations/softmax";
export { cosineBackward, distanceBackward, dotBackward } from "./comparison/pair";
export { unitNormBackward } from "./comparison/unitNorm";
export { clearRows, embeddingBackward, markRows } from "./embedding/embedding";
export { positionBackward } from "./embedding/position";
export {
  Contrastive as contrastiveBackward,
  Contrastive as contrastiveForward,
  LinearContrastive as linearContrastiveBackward,
  LinearContrastive as linearContrastiveForward,
} from "./losses/contrastive";
export { cosineSimilarityBackward, cosineSimilarityForward } from "./losses/cosine";
export {
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  sparseSoftmaxCrossEntropyBackward,
  sparseSoftmaxCrossEntropyForward,
} from "./losses/crossEntropy";
export {
  Hinge as hingeBackward,
  Hinge as hingeForward,
  SquaredHinge as squaredHingeBackward,
  SquaredHinge as squaredHingeForward,
} from "./losses/margin";
export {
  BinaryCrossEntropy as binaryCrossEntropyBackward,
  BinaryCrossEntropy as binaryCrossEntropyForward,
  BinaryCrossEntropyWithLogits as binaryCrossEntropyWithLogitsBackward,
  BinaryCrossEntropyWithLogits as binaryCrossEntropyWithLogitsForward,
  CategoricalCrossEntropy as categoricalCrossEntropyBackward,
  CategoricalCrossEntropy as categoricalCrossEntropyForward,
  KullbackLeibler as kullbackLeiblerBackward,
  KullbackLeibler as kullbackLeiblerForward,
} from "./losses/probability";
export {
  AbsoluteError as absoluteErrorBackward,
  AbsoluteError as absoluteErrorForward,
  absoluteErrors,
  Huber as huberBackward,
  Huber as huberForward,
  LogCosh as logCoshBackward,
  LogCosh as logCoshForward,
  Poisson as poissonBackward,
  Poisson as poissonForward,
  SquaredError as squaredErrorBackward,
  SquaredError as squaredErrorForward,
  squaredErrors,
} from "./losses/regression";
export { tripletBackward, tripletForward } from "./losses/triplet";
export { binaryTargets, classNumberTargets, classTargets, elementWeights } from "./losses/weighting";
export {
  binaryCountsAccumulate,
  classCountsAccumulate,
  confusionAccumulate,
  correctBinary,
  correctClasses,
  correctTopClasses,
  deviationsAccumulate,
} from "./metrics/tallies";
export { batchNormBackward, columnStatistics, movingAverage } from "./normalization/batchNorm";
export { groupNormBackward, groupNormBackwardParameters } from "./normalization/groupNorm";
export { layerNormBackwardInput, layerNormBackwardParameters } from "./normalization/layerNorm";
export { rmsNormBackwardInput, rmsNormBackwardWeight } from "./normalization/rmsNorm";
export { adadeltaStep } from "./optimizers/adadelta";
export { adagradRows, adagradStep } from "./optimizers/adagrad";
export { adamStep, adamWStep } from "./optimizers/adam";
export { adamaxStep } from "./optimizers/adamax";
export { lionStep } from "./optimizers/lion";
export { nadamStep } from "./optimizers/nadam";
export { rmspropStep } from "./optimizers/rmsprop";
export { momentumStep, nesterovStep, sgdRows, sgdStep } from "./optimizers/sgd";
export { sparseAdamStep } from "./optimizers/sparseAdam";
export { denseBackwardBias, denseBackwardWeight } from "./products/dense";
export { rowsToExamples, stackSteps } from "./program/stack";
export { clearFirstSteps, recurrentBackwardWeight } from "./recurrent/weight";
export { dropout } from "./regularization/dropout";
export { addSquares, clip, limitNorm } from "./regularization/gradients";
export { addPenalty, addPenaltyGradient, limitColumns } from "./regularization/weights";
export { clear } from "./vector/combine";
export { norm, sum } from "./vector/reduce";
