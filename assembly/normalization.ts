/** The family of normalizations, forward and backward. */

export {
  batchNormBackward,
  columnScale,
  columnStatistics,
  movingAverage,
  normalizeColumns,
} from "./normalization/batchNorm";
export {
  layerNormBackwardInput,
  layerNormBackwardParameters,
  layerNormForward,
} from "./normalization/layerNorm";
