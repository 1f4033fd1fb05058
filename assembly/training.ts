/**
 * What only training needs: a second module on the memory and the function table of the first, so that who only predicts
 * need not load it. Its own data lie before the first module's (asconfig.json: memoryBase).
 */

export {
  mishBackward,
  sigmoidBackward,
  siluBackward,
  softplusBackward,
  softsignBackward,
  tanhBackward,
} from "./activation";
export { adadeltaStep } from "./adadelta";
export { adagradStep } from "./adagrad";
export { adamStep, adamWStep } from "./adam";
export { adamaxStep } from "./adamax";
export { batchNormBackward, columnStatistics, movingAverage } from "./batchNorm";
export { clear } from "./combine";
export { cosineSimilarityBackward, cosineSimilarityForward } from "./cosine";
export {
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  sparseSoftmaxCrossEntropyBackward,
  sparseSoftmaxCrossEntropyForward,
} from "./crossEntropy";
export { dropoutBackward, dropoutForward } from "./dropout";
export { geluBackward, geluTanhBackward } from "./gelu";
export { layerNormBackward } from "./layerNorm";
export { lionStep } from "./lion";
export { hingeBackward, hingeForward, squaredHingeBackward, squaredHingeForward } from "./margin";
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
  hardSigmoidBackward,
  hardSwishBackward,
  leakyReluBackward,
  reluBackward,
  seluBackward,
} from "./rectifier";
export { accumulate, norm, scale, sum } from "./reduce";
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
export { logSoftmaxBackward, softmaxBackward } from "./softmax";
export { rowsToExamples, stackPass } from "./stack";
export { binaryTargets, classNumberTargets, classTargets, elementWeights } from "./weighting";

/** The first byte behind the module's own data. */
export const trainingEnd: usize = __heap_base;
