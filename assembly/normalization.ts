/**
 * The family of what looks at whole rows: normalizations, and comparisons of two rows. It has what prediction needs; what training
 * needs beside is in the family of training.
 */

export { cosineForward, distanceForward, dotForward } from "./comparison/pair";
export { unitNormForward } from "./comparison/unitNorm";
export { columnScale, normalizeColumns } from "./normalization/batchNorm";
export { groupNormForward } from "./normalization/groupNorm";
export { layerNormForward } from "./normalization/layerNorm";
export { rmsNormForward } from "./normalization/rmsNorm";
