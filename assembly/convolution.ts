/**
 * The family of images: what prediction needs of convolutions. The gradient of a convolution's input is a convolution, too. What else
 * training needs is in convolutionTraining.ts.
 */

export { convolution } from "./convolution/convolution";
export { winogradConvolution } from "./convolution/winograd";
