/** Winograd's algorithm has the plain twins: it makes the same numbers, by other sums. */
export { convolution as winogradConvolution } from "./convolution.ts";
export { convolutionBackwardWeight as winogradBackwardWeight } from "./weights.ts";
