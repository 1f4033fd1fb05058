/**
 * The module that every network has: what prediction needs, the first values of parameters, and the products of training,
 * which are those of prediction with another stride.
 */

export { geluForward, geluTanhForward } from "./activations/gelu";
export {
  eluForward,
  hardSigmoidForward,
  hardSwishForward,
  leakyReluForward,
  reluForward,
  seluForward,
} from "./activations/piecewise";
export {
  mishForward,
  sigmoidForward,
  siluForward,
  softplusForward,
  softsignForward,
  tanhForward,
} from "./activations/smooth";
export { logSoftmaxForward, softmaxForward } from "./activations/softmax";
export { affineFill, orthonormalize } from "./initializers/initialize";
export { columnScale, normalizeColumns } from "./normalization/batchNorm";
export { layerNormForward } from "./normalization/layerNorm";
export { matmulBackwardInput, matmulBackwardWeight, matmulForward } from "./products/dense";
export { add, copyColumns, multiply } from "./vector/combine";
export { permute } from "./vector/permute";
export { firstNonFinite } from "./vector/reduce";

/** The first byte that the module does not use itself; it differs between the debug and the release build. */
export const heapBase: usize = __heap_base;
