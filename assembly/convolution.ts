/** The family of images: what their prediction needs. What training needs beside is in the family convolutionTraining. */

export { convolution } from "./convolution/convolution";
export { depthwiseConvolution } from "./convolution/depthwise";
export { winogradConvolution } from "./convolution/winograd";
export { bilinearForward } from "./pooling/bilinear";
export { addMargins, removeMargins } from "./pooling/margins";
export { maxPoolForward } from "./pooling/max";
export { spreadWindows, sumWindows } from "./pooling/sum";
