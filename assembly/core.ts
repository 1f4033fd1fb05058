/**
 * The family that every network has: what prediction needs, the first values of parameters, and the products of training,
 * which are those of prediction with another stride.
 */

import { panelBytes } from "./products/panel";

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
export { matmulBackwardInput, matmulBackwardWeight, matmulForward } from "./products/dense";
export { add, copyColumns, multiply } from "./vector/combine";
export { permute } from "./vector/permute";
export { firstNonFinite } from "./vector/reduce";

export { panelBytes };
