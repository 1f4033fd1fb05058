/** The public names of this folder. */

export { readSafetensors } from "../files/readSafetensors.ts";
export type { NamedTensor, ReadTensor } from "../files/safetensors.ts";
export {
  type Activation,
  type ActivationName,
  type EluOptions,
  elu,
  type LeakyReluOptions,
  leakyRelu,
} from "./activations.ts";
export { Network, type NetworkConstructor } from "./construction.ts";
export type { CopyOptions } from "./copying.ts";
export type { TensorSource } from "./counterparts.ts";
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
export type { NetworkJSON } from "./json.ts";
export type { ActivationDescription } from "./layers/activation.ts";
export { activation } from "./layers/activation.ts";
export type { AttentionDescription } from "./layers/attention.ts";
export { type AttentionOptions, attention } from "./layers/attention.ts";
export type { AveragePool1dDescription, AveragePool2dDescription } from "./layers/averagePool.ts";
export { averagePool1d, averagePool2d } from "./layers/averagePool.ts";
export type { BatchNormDescription } from "./layers/batchNorm.ts";
export { type BatchNormOptions, batchNorm } from "./layers/batchNorm.ts";
export type { BidirectionalDescription } from "./layers/bidirectional.ts";
export { type BidirectionalOptions, bidirectional, type Merge } from "./layers/bidirectional.ts";
export type { CombinationDescription, ValueList } from "./layers/combination.ts";
export { add, concatenate, multiply, subtract } from "./layers/combination.ts";
export type { DistanceDescription, DotDescription } from "./layers/comparison.ts";
export { type DotOptions, distance, dot } from "./layers/comparison.ts";
export type { Conv1dDescription, Conv2dDescription, DepthwiseConv2dDescription } from "./layers/conv.ts";
export {
  type Conv1dOptions,
  type Conv2dOptions,
  conv1d,
  conv2d,
  type DepthwiseConv2dOptions,
  depthwiseConv2d,
} from "./layers/conv.ts";
export type {
  ConvolutionalDescription,
  ConvolutionalOptions,
  GroupedDescription,
  GroupsOption,
} from "./layers/convolutional.ts";
export type { ConvTranspose2dDescription } from "./layers/convTranspose.ts";
export { type ConvTranspose2dOptions, convTranspose2d } from "./layers/convTranspose.ts";
export type { DenseDescription } from "./layers/dense.ts";
export { type DenseOptions, dense } from "./layers/dense.ts";
export type { Layer, LayerDescription } from "./layers/descriptions.ts";
export type { DropoutDescription } from "./layers/dropout.ts";
export { type DropoutOptions, dropout } from "./layers/dropout.ts";
export type { EmbeddingDescription } from "./layers/embedding.ts";
export { type EmbeddingOptions, embedding } from "./layers/embedding.ts";
export type { FlattenDescription } from "./layers/flatten.ts";
export { flatten } from "./layers/flatten.ts";
export type { GlobalAveragePoolDescription, GlobalMaxPoolDescription } from "./layers/globalPool.ts";
export { globalAveragePool, globalMaxPool } from "./layers/globalPool.ts";
export type { GroupNormDescription } from "./layers/groupNorm.ts";
export { groupNorm } from "./layers/groupNorm.ts";
export type { GruDescription } from "./layers/gru.ts";
export { gru } from "./layers/gru.ts";
export type { DescriptionBase, Shape } from "./layers/layer.ts";
export type { LayerNormDescription } from "./layers/layerNorm.ts";
export { layerNorm } from "./layers/layerNorm.ts";
export type { SequenceLengths, StepRule } from "./layers/lengths.ts";
export type { LstmDescription, LstmOptions } from "./layers/lstm.ts";
export { lstm } from "./layers/lstm.ts";
export type { Crop2dDescription, ZeroPad2dDescription } from "./layers/margins.ts";
export { crop2d, type MarginPairs, type Margins, zeroPad2d } from "./layers/margins.ts";
export type { MaxPool1dDescription, MaxPool2dDescription } from "./layers/maxPool.ts";
export { maxPool1d, maxPool2d } from "./layers/maxPool.ts";
export type { NormalizationDescription, NormalizationOptions } from "./layers/normalization.ts";
export type { NameOption, TrainableOptions } from "./layers/options.ts";
export type { PermuteDescription } from "./layers/permute.ts";
export { permute } from "./layers/permute.ts";
export type { Pool1dOptions, Pool2dOptions, PoolDescription } from "./layers/pooling.ts";
export type { PositionalEncodingDescription } from "./layers/positionalEncoding.ts";
export { positionalEncoding } from "./layers/positionalEncoding.ts";
export type { PositionEmbeddingDescription } from "./layers/positionEmbedding.ts";
export { type PositionEmbeddingOptions, positionEmbedding } from "./layers/positionEmbedding.ts";
export type { RecurrentDescription, RecurrentOptions } from "./layers/recurrent.ts";
export type { ReshapeDescription } from "./layers/reshape.ts";
export { reshape } from "./layers/reshape.ts";
export type { RmsNormDescription, RmsNormOptions } from "./layers/rmsNorm.ts";
export { rmsNorm } from "./layers/rmsNorm.ts";
export type { SimpleRnnDescription } from "./layers/simpleRnn.ts";
export { simpleRnn } from "./layers/simpleRnn.ts";
export type { SliceDescription } from "./layers/slice.ts";
export { slice } from "./layers/slice.ts";
export type { SplitDescription } from "./layers/split.ts";
export { type SplitLayer, split } from "./layers/split.ts";
export type { UnitNormDescription } from "./layers/unitNorm.ts";
export { unitNorm } from "./layers/unitNorm.ts";
export type { Upsample2dDescription } from "./layers/upsample.ts";
export { type Upsample2dOptions, upsample2d } from "./layers/upsample.ts";
export { type InputOptions, input, type Value } from "./layers/value.ts";
export type { MaxNormOption, WeightedDescription, WeightedOptions } from "./layers/weighted.ts";
export type { Padding, Size, StepPadding, Windows } from "./layers/window.ts";
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
export type { LengthsOption } from "./ragged.ts";
export type { FlatRows, Row, Rows } from "./rows.ts";
export type { SaveOptions } from "./saving.ts";
export type { Stream } from "./stream.ts";
