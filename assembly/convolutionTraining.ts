/** The family of images that are trained on: their gradients, as far as the family convolution has none that serve as such. */

export { depthwiseBackwardWeight } from "./convolution/depthwiseWeights";
export { convolutionBackwardWeight } from "./convolution/weights";
export { winogradBackwardWeight } from "./convolution/winograd";
export { bilinearBackward } from "./pooling/bilinear";
export { maxPoolBackward } from "./pooling/max";
