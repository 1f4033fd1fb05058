/**
 * The module that every network has: what prediction needs, the first values of parameters, and the products of training,
 * which are those of prediction with another stride.
 */

export { mishForward, sigmoidForward, siluForward, softplusForward, softsignForward, tanhForward } from "./activation";
export { columnScale, normalizeColumns } from "./batchNorm";
export { add, copyColumns, multiply } from "./combine";
export { geluForward, geluTanhForward } from "./gelu";
export { affineFill, orthonormalize } from "./initialize";
export { layerNormForward } from "./layerNorm";
export { matmulBackwardInput, matmulBackwardWeight, matmulForward } from "./matmul";
export { permute } from "./permute";
export {
  eluForward,
  hardSigmoidForward,
  hardSwishForward,
  leakyReluForward,
  reluForward,
  seluForward,
} from "./rectifier";
export { firstNonFinite } from "./reduce";
export { logSoftmaxForward, softmaxForward } from "./softmax";

/** The first byte that the module does not use itself; it differs between the debug and the release build. */
export const heapBase: usize = __heap_base;
