/** The training of each kind of layer. A new kind adds a row here, a row in kinds.ts, and its name in index.ts. */

import { activationTraining } from "./activation.ts";
import { attentionTraining } from "./attentionTraining.ts";
import { averagePoolTraining } from "./averagePool.ts";
import { batchNormTraining } from "./batchNorm.ts";
import { bidirectionalTraining } from "./bidirectional.ts";
import { addTraining, concatenateTraining, multiplyTraining, subtractTraining } from "./combination.ts";
import { distanceTraining, dotTraining } from "./comparison.ts";
import { convTraining } from "./conv.ts";
import { convTranspose2dTraining } from "./convTranspose.ts";
import { copyTraining } from "./copy.ts";
import { denseTraining } from "./dense.ts";
import { dropoutTraining } from "./dropout.ts";
import { embeddingTraining } from "./embedding.ts";
import { globalAveragePoolTraining, globalMaxPoolTraining } from "./globalPool.ts";
import { groupNormTraining } from "./groupNorm.ts";
import { gruTraining } from "./gru.ts";
import type { kinds } from "./kinds.ts";
import type { DescriptionBase, LayerTraining } from "./layer.ts";
import { layerNormTraining } from "./layerNorm.ts";
import { lstmTraining } from "./lstm.ts";
import { crop2dTraining, zeroPad2dTraining } from "./margins.ts";
import { maxPoolTraining } from "./maxPool.ts";
import { permuteTraining } from "./permute.ts";
import { positionalEncodingTraining } from "./positionalEncoding.ts";
import { positionEmbeddingTraining } from "./positionEmbedding.ts";
import { rmsNormTraining } from "./rmsNorm.ts";
import { simpleRnnTraining } from "./simpleRnn.ts";
import { sliceTraining } from "./slice.ts";
import { splitTraining } from "./split.ts";
import { unitNormTraining } from "./unitNorm.ts";
import { upsample2dTraining } from "./upsample.ts";

const trainings: Readonly<Record<keyof typeof kinds, unknown>> = {
  dense: denseTraining,
  dropout: dropoutTraining,
  activation: activationTraining,
  batchNorm: batchNormTraining,
  layerNorm: layerNormTraining,
  groupNorm: groupNormTraining,
  rmsNorm: rmsNormTraining,
  add: addTraining,
  multiply: multiplyTraining,
  concatenate: concatenateTraining,
  flatten: copyTraining,
  reshape: copyTraining,
  permute: permuteTraining,
  slice: sliceTraining,
  split: splitTraining,
  conv1d: convTraining,
  conv2d: convTraining,
  depthwiseConv2d: convTraining,
  convTranspose2d: convTranspose2dTraining,
  maxPool2d: maxPoolTraining,
  maxPool1d: maxPoolTraining,
  averagePool2d: averagePoolTraining,
  averagePool1d: averagePoolTraining,
  globalAveragePool: globalAveragePoolTraining,
  globalMaxPool: globalMaxPoolTraining,
  upsample2d: upsample2dTraining,
  zeroPad2d: zeroPad2dTraining,
  crop2d: crop2dTraining,
  embedding: embeddingTraining,
  positionalEncoding: positionalEncodingTraining,
  positionEmbedding: positionEmbeddingTraining,
  simpleRnn: simpleRnnTraining,
  lstm: lstmTraining,
  gru: gruTraining,
  subtract: subtractTraining,
  distance: distanceTraining,
  dot: dotTraining,
  unitNorm: unitNormTraining,
  attention: attentionTraining,
  bidirectional: bidirectionalTraining,
};

/** Returns the training for a layer whose kind is known. */
export const trainingOf = ({ kind }: DescriptionBase) => trainings[kind as keyof typeof kinds] as LayerTraining;
