/** The module's exports. A kernel that is generic over its element type leaves as two: `nameF32` and `nameF64`. */

export {
  mishBackward,
  mishForward,
  sigmoidBackward,
  sigmoidForward,
  siluBackward,
  siluForward,
  softplusBackward,
  softplusForward,
  softsignBackward,
  softsignForward,
  tanhBackward,
  tanhForward,
} from "./activation";
export { adadeltaStep } from "./adadelta";
export { adagradStep } from "./adagrad";
export { adamStep, adamWStep } from "./adam";
export { adamaxStep } from "./adamax";
export { batchNormBackward, columnScale, columnStatistics, movingAverage, normalizeColumns } from "./batchNorm";
export { add, copyColumns, multiply } from "./combine";
export { cosineSimilarityBackward, cosineSimilarityForward } from "./cosine";
export {
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  sparseSoftmaxCrossEntropyBackward,
  sparseSoftmaxCrossEntropyForward,
} from "./crossEntropy";
export { dropoutBackward, dropoutForward } from "./dropout";
export { geluBackward, geluForward, geluTanhBackward, geluTanhForward } from "./gelu";
export { affineFill, orthonormalize } from "./initialize";
export { layerNormBackward, layerNormForward } from "./layerNorm";
export { lionStep } from "./lion";
export { hingeBackward, hingeForward, squaredHingeBackward, squaredHingeForward } from "./margin";
export { matmulBackwardInput, matmulBackwardWeight, matmulForward } from "./matmul";
export {
  binaryCountsAccumulate,
  classCountsAccumulate,
  confusionAccumulate,
  correctBinary,
  correctClasses,
  correctTopClasses,
  deviationsAccumulate,
} from "./metric";
export { nadamStep } from "./nadam";
export { momentumStep, nesterovStep, sgdStep } from "./optimizer";
export {
  binaryCrossEntropyBackward,
  binaryCrossEntropyForward,
  binaryCrossEntropyWithLogitsBackward,
  binaryCrossEntropyWithLogitsForward,
  categoricalCrossEntropyBackward,
  categoricalCrossEntropyForward,
  kullbackLeiblerBackward,
  kullbackLeiblerForward,
} from "./probability";
export {
  eluBackward,
  eluForward,
  hardSigmoidBackward,
  hardSigmoidForward,
  hardSwishBackward,
  hardSwishForward,
  leakyReluBackward,
  leakyReluForward,
  reluBackward,
  reluForward,
  seluBackward,
  seluForward,
} from "./rectifier";
export { accumulate, argmax, firstNonFinite, norm, scale, sum } from "./reduce";
export {
  absoluteErrorBackward,
  absoluteErrorForward,
  huberBackward,
  huberForward,
  logCoshBackward,
  logCoshForward,
  poissonBackward,
  poissonForward,
  squaredErrorBackward,
  squaredErrorForward,
} from "./regression";
export { addPenaltyGradient, clip, limitColumns, penalty } from "./regularization";
export { rmspropStep } from "./rmsprop";
export { cosPi, power, scalarLog } from "./scalar";
export { logSoftmaxBackward, logSoftmaxForward, softmaxBackward, softmaxForward } from "./softmax";
export { rowsToExamples, stackPass } from "./stack";
export { erfMap, expMap, expm1Map, log1pMap, logMap } from "./transcendental";
export { binaryTargets, classNumberTargets, classTargets, elementWeights } from "./weighting";

/** The first byte that the module does not use itself; it differs between the debug and the release build. */
export const heapBase: usize = __heap_base;
