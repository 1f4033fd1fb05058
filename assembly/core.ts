/**
 * The family that every network has: what prediction needs, and the first values of parameters. The gradients of dense layers' inputs
 * are here because they need the same tiles as the forward products: reading A along its rows.
 */
import { panelBytes } from "./products/panel";

export { Gelu as geluForward, GeluTanh as geluTanhForward } from "./activations/gelu";
export {
  Elu as eluForward,
  HardSigmoid as hardSigmoidForward,
  HardSwish as hardSwishForward,
  LeakyRelu as leakyReluForward,
  Relu as reluForward,
  Selu as seluForward,
} from "./activations/piecewise";
export {
  Mish as mishForward,
  Sigmoid as sigmoidForward,
  Silu as siluForward,
  Softplus as softplusForward,
  Softsign as softsignForward,
  Tanh as tanhForward,
} from "./activations/smooth";
export { logSoftmaxForward, softmaxForward } from "./activations/softmax";
export { orthonormalize, pcg32Uniform } from "./initializers/initialize";
export { denseBackwardInput, denseForward } from "./products/dense";
export {
  mapSigmoid,
  mapTanh,
  packedProductAlongRows,
  prepare,
  preparedProduct,
  productAlongRows,
} from "./program/coreExports";
export { run } from "./program/run";
export { add, copyColumns, multiply, subtract } from "./vector/combine";
export { permute } from "./vector/permute";
export { firstNonFinite } from "./vector/reduce";

export { panelBytes };
