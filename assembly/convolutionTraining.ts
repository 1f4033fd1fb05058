/** The family that training adds to that of images. */

export { convolutionBackwardWeight } from "./convolution/weights";
export { winogradBackwardWeight } from "./convolution/winograd";
