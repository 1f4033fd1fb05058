/** The public names of the room of topology. */

export { readSafetensors } from "../files/readSafetensors.ts";
export type { NamedTensor, ReadTensor } from "../files/safetensors.ts";
export { type Activation, type ActivationName, elu, leakyRelu } from "./activations.ts";
export { Network, type NetworkConstructor } from "./construction.ts";
export {
  fromValues,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  lecunUniform,
  normal,
  ones,
  orthogonal,
  truncatedNormal,
  uniform,
  zeros,
} from "./initializers.ts";
export type { LayerView, ParameterView, StatisticView } from "./inspection.ts";
export { activation } from "./layers/activation.ts";
export { type AttentionOptions, attention } from "./layers/attention.ts";
export { averagePool1d, averagePool2d } from "./layers/averagePool.ts";
export { type BatchNormOptions, batchNorm } from "./layers/batchNorm.ts";
export { type BidirectionalOptions, bidirectional } from "./layers/bidirectional.ts";
export { add, concatenate, multiply, subtract } from "./layers/combination.ts";
export { type DotOptions, distance, dot } from "./layers/comparison.ts";
export {
  type Conv1dOptions,
  type Conv2dOptions,
  conv1d,
  conv2d,
  type DepthwiseConv2dOptions,
  depthwiseConv2d,
} from "./layers/conv.ts";
export { type ConvTranspose2dOptions, convTranspose2d } from "./layers/convTranspose.ts";
export { type DenseOptions, dense } from "./layers/dense.ts";
export { type DropoutOptions, dropout } from "./layers/dropout.ts";
export { type EmbeddingOptions, embedding } from "./layers/embedding.ts";
export { flatten } from "./layers/flatten.ts";
export { globalAveragePool, globalMaxPool } from "./layers/globalPool.ts";
export { groupNorm } from "./layers/groupNorm.ts";
export { gru } from "./layers/gru.ts";
export type { LayerDescription, Shape } from "./layers/layer.ts";
export { layerNorm } from "./layers/layerNorm.ts";
export { lstm } from "./layers/lstm.ts";
export { crop2d, type Margins, zeroPad2d } from "./layers/margins.ts";
export { maxPool1d, maxPool2d } from "./layers/maxPool.ts";
export type { NormalizationOptions } from "./layers/normalization.ts";
export { permute } from "./layers/permute.ts";
export type { Pool1dOptions, Pool2dOptions } from "./layers/pooling.ts";
export { positionalEncoding } from "./layers/positionalEncoding.ts";
export { type PositionEmbeddingOptions, positionEmbedding } from "./layers/positionEmbedding.ts";
export type { RecurrentOptions } from "./layers/recurrent.ts";
export { reshape } from "./layers/reshape.ts";
export { rmsNorm } from "./layers/rmsNorm.ts";
export { simpleRnn } from "./layers/simpleRnn.ts";
export { slice } from "./layers/slice.ts";
export { type SplitLayer, split } from "./layers/split.ts";
export { unitNorm } from "./layers/unitNorm.ts";
export { type Upsample2dOptions, upsample2d } from "./layers/upsample.ts";
export { input, type Layer, type Value } from "./layers/value.ts";
export type { Padding, Size, StepPadding } from "./layers/window.ts";
export type { LoadOptions } from "./loading.ts";
export type { Nested } from "./nesting.ts";
export type {
  CommonNetworkOptions,
  GraphNetworkOptions,
  ListNetworkOptions,
  NetworkOptions,
  PredictOptions,
} from "./network.ts";
export type { PartOptions, Place } from "./part.ts";
export type { InputExamples, Results } from "./prediction.ts";
export type { FlatRows, Row, Rows } from "./rows.ts";
export type { Stream } from "./stream.ts";
