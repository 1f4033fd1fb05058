/** The family of normalizations: what prediction needs. What training needs beside is in the family of training. */

export { columnScale, normalizeColumns } from "./normalization/batchNorm";
export { groupNormForward } from "./normalization/groupNorm";
export { layerNormForward } from "./normalization/layerNorm";
export { rmsNormForward } from "./normalization/rmsNorm";
