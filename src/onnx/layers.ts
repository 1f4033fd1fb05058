/** The writers of each kind of layer. */

import type { LayerDescription } from "../index.ts";
import { activationLayer, dropoutLayer } from "./writers/activations.ts";
import { attentionLayer } from "./writers/attention.ts";
import { combination, concatenateLayer, distanceLayer, dotLayer } from "./writers/combinations.ts";
import { convolutionLayer, globalPool, poolLayer, transposedLayer } from "./writers/convolutions.ts";
import { denseLayer } from "./writers/dense.ts";
import {
  cropLayer,
  flattenLayer,
  padLayer,
  permuteLayer,
  reshapeLayer,
  sliceLayer,
  splitLayer,
  upsampleLayer,
} from "./writers/moves.ts";
import {
  batchNormLayer,
  groupNormLayer,
  layerNormLayer,
  rmsNormLayer,
  unitNormLayer,
} from "./writers/normalizations.ts";
import { bidirectionalLayer, recurrentLayer } from "./writers/recurrents.ts";
import { embeddingLayer, positionalEncodingLayer, positionEmbeddingLayer } from "./writers/sequences.ts";
import type { Write } from "./writers/use.ts";

/** Each kind of layer. */
export const layerWriters: { readonly [Kind in LayerDescription["kind"]]: Write<Kind> } = {
  dense: denseLayer,
  dropout: dropoutLayer,
  activation: activationLayer,
  batchNorm: batchNormLayer,
  layerNorm: layerNormLayer,
  groupNorm: groupNormLayer,
  rmsNorm: rmsNormLayer,
  add: combination("Add"),
  subtract: combination("Sub"),
  multiply: combination("Mul"),
  concatenate: concatenateLayer,
  flatten: flattenLayer,
  reshape: reshapeLayer,
  permute: permuteLayer,
  slice: sliceLayer,
  split: splitLayer,
  conv1d: convolutionLayer,
  conv2d: convolutionLayer,
  depthwiseConv2d: convolutionLayer,
  convTranspose2d: transposedLayer,
  maxPool2d: poolLayer,
  maxPool1d: poolLayer,
  averagePool2d: poolLayer,
  averagePool1d: poolLayer,
  globalAveragePool: globalPool("GlobalAveragePool"),
  globalMaxPool: globalPool("GlobalMaxPool"),
  upsample2d: upsampleLayer,
  zeroPad2d: padLayer,
  crop2d: cropLayer,
  embedding: embeddingLayer,
  positionalEncoding: positionalEncodingLayer,
  positionEmbedding: positionEmbeddingLayer,
  simpleRnn: recurrentLayer,
  lstm: recurrentLayer,
  gru: recurrentLayer,
  distance: distanceLayer,
  dot: dotLayer,
  unitNorm: unitNormLayer,
  attention: attentionLayer,
  bidirectional: bidirectionalLayer,
};
