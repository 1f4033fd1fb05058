/** The descriptions of all layers: a union that TypeScript narrows by `kind`. A new kind adds its own. */

import type { ActivationDescription } from "./activation.ts";
import type { AttentionDescription } from "./attention.ts";
import type { AveragePool1dDescription, AveragePool2dDescription } from "./averagePool.ts";
import type { BatchNormDescription } from "./batchNorm.ts";
import type { BidirectionalDescription } from "./bidirectional.ts";
import type { CombinationDescription } from "./combination.ts";
import type { DistanceDescription, DotDescription } from "./comparison.ts";
import type { Conv1dDescription, Conv2dDescription, DepthwiseConv2dDescription } from "./conv.ts";
import type { ConvTranspose2dDescription } from "./convTranspose.ts";
import type { DenseDescription } from "./dense.ts";
import type { DropoutDescription } from "./dropout.ts";
import type { EmbeddingDescription } from "./embedding.ts";
import type { FlattenDescription } from "./flatten.ts";
import type { GlobalAveragePoolDescription, GlobalMaxPoolDescription } from "./globalPool.ts";
import type { GroupNormDescription } from "./groupNorm.ts";
import type { GruDescription } from "./gru.ts";
import type { LayerNormDescription } from "./layerNorm.ts";
import type { LstmDescription } from "./lstm.ts";
import type { Crop2dDescription, ZeroPad2dDescription } from "./margins.ts";
import type { MaxPool1dDescription, MaxPool2dDescription } from "./maxPool.ts";
import type { PermuteDescription } from "./permute.ts";
import type { PositionalEncodingDescription } from "./positionalEncoding.ts";
import type { PositionEmbeddingDescription } from "./positionEmbedding.ts";
import type { ReshapeDescription } from "./reshape.ts";
import type { RmsNormDescription } from "./rmsNorm.ts";
import type { SimpleRnnDescription } from "./simpleRnn.ts";
import type { SliceDescription } from "./slice.ts";
import type { SplitDescription } from "./split.ts";
import type { UnitNormDescription } from "./unitNorm.ts";
import type { Upsample2dDescription } from "./upsample.ts";
import type { Layer as LayerOf } from "./value.ts";

/** A layer as plain data. Its `kind` determines which options it has. */
export type LayerDescription =
  | DenseDescription
  | DropoutDescription
  | ActivationDescription
  | BatchNormDescription
  | LayerNormDescription
  | GroupNormDescription
  | RmsNormDescription
  | CombinationDescription
  | FlattenDescription
  | ReshapeDescription
  | PermuteDescription
  | SliceDescription
  | SplitDescription
  | Conv1dDescription
  | Conv2dDescription
  | DepthwiseConv2dDescription
  | ConvTranspose2dDescription
  | MaxPool2dDescription
  | MaxPool1dDescription
  | AveragePool2dDescription
  | AveragePool1dDescription
  | GlobalAveragePoolDescription
  | GlobalMaxPoolDescription
  | Upsample2dDescription
  | ZeroPad2dDescription
  | Crop2dDescription
  | EmbeddingDescription
  | PositionalEncodingDescription
  | PositionEmbeddingDescription
  | SimpleRnnDescription
  | LstmDescription
  | GruDescription
  | DistanceDescription
  | DotDescription
  | UnitNormDescription
  | AttentionDescription
  | BidirectionalDescription;

/** A description that can be called on a value, or on several. Several calls within a network share its parameters. */
export type Layer<Description extends LayerDescription = LayerDescription> = LayerOf<Description>;
