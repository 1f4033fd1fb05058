/** The kinds of layers. A new kind adds a row here, a row in trainings.ts, and its name in index.ts. */

import { isKnown, unknownName } from "../../errors.ts";
import { activationKind } from "./activation.ts";
import { attentionKind } from "./attention.ts";
import { averagePool1dKind, averagePool2dKind } from "./averagePool.ts";
import { batchNormKind } from "./batchNorm.ts";
import { bidirectionalKind } from "./bidirectional.ts";
import { addKind, concatenateKind, multiplyKind, subtractKind } from "./combination.ts";
import { distanceKind, dotKind } from "./comparison.ts";
import { conv1dKind, conv2dKind, depthwiseConv2dKind } from "./conv.ts";
import { convTranspose2dKind } from "./convTranspose.ts";
import { denseKind } from "./dense.ts";
import { dropoutKind } from "./dropout.ts";
import { embeddingKind } from "./embedding.ts";
import { flattenKind } from "./flatten.ts";
import { globalAveragePoolKind, globalMaxPoolKind } from "./globalPool.ts";
import { groupNormKind } from "./groupNorm.ts";
import { gruKind } from "./gru.ts";
import type { DescriptionBase, LayerKind } from "./layer.ts";
import { layerNormKind } from "./layerNorm.ts";
import { lstmKind } from "./lstm.ts";
import { crop2dKind, zeroPad2dKind } from "./margins.ts";
import { maxPool1dKind, maxPool2dKind } from "./maxPool.ts";
import { permuteKind } from "./permute.ts";
import { positionalEncodingKind } from "./positionalEncoding.ts";
import { positionEmbeddingKind } from "./positionEmbedding.ts";
import { reshapeKind } from "./reshape.ts";
import { rmsNormKind } from "./rmsNorm.ts";
import { simpleRnnKind } from "./simpleRnn.ts";
import { sliceKind } from "./slice.ts";
import { splitKind } from "./split.ts";
import { unitNormKind } from "./unitNorm.ts";
import { upsample2dKind } from "./upsample.ts";

export const kinds = {
  dense: denseKind,
  dropout: dropoutKind,
  activation: activationKind,
  batchNorm: batchNormKind,
  layerNorm: layerNormKind,
  groupNorm: groupNormKind,
  rmsNorm: rmsNormKind,
  add: addKind,
  multiply: multiplyKind,
  concatenate: concatenateKind,
  flatten: flattenKind,
  reshape: reshapeKind,
  permute: permuteKind,
  slice: sliceKind,
  split: splitKind,
  conv1d: conv1dKind,
  conv2d: conv2dKind,
  depthwiseConv2d: depthwiseConv2dKind,
  convTranspose2d: convTranspose2dKind,
  maxPool2d: maxPool2dKind,
  maxPool1d: maxPool1dKind,
  averagePool2d: averagePool2dKind,
  averagePool1d: averagePool1dKind,
  globalAveragePool: globalAveragePoolKind,
  globalMaxPool: globalMaxPoolKind,
  upsample2d: upsample2dKind,
  zeroPad2d: zeroPad2dKind,
  crop2d: crop2dKind,
  embedding: embeddingKind,
  positionalEncoding: positionalEncodingKind,
  positionEmbedding: positionEmbeddingKind,
  simpleRnn: simpleRnnKind,
  lstm: lstmKind,
  gru: gruKind,
  subtract: subtractKind,
  distance: distanceKind,
  dot: dotKind,
  unitNorm: unitNormKind,
  attention: attentionKind,
  bidirectional: bidirectionalKind,
} as const;

/**
 * Returns the kind of a description's layer.
 *
 * @throws {RangeError} if it does not come from a layer function
 */
export function kindOf(description: DescriptionBase): LayerKind {
  const { kind } = Object(description) as DescriptionBase;
  if (isKnown(kinds, kind)) return kinds[kind] as unknown as LayerKind;
  const makers = Object.keys(kinds).map((name) => `${name}()`);
  throw unknownName("layer", kind ?? description, makers);
}

/**
 * Returns the description of a layer. A description that no layer function has made, such as one from JSON, is checked and gets its
 * defaults.
 *
 * @throws {RangeError | TypeError} if its kind or an option is invalid
 */
export function checkLayer(layer: DescriptionBase): DescriptionBase {
  if (typeof layer === "function") return { ...(layer as DescriptionBase) };
  const kind = kindOf(layer);
  const { kind: _, ...given } = layer as DescriptionBase & { readonly layer?: DescriptionBase };
  const { name, trainable, learningRateFactor } = given;
  const kept = kind.toJSON ? { ...kind.toJSON(layer), name, trainable, learningRateFactor } : given;
  const description = kind.fromJSON(kept);
  // These are options that a file does not have, such as initializers.
  const others = Object.entries(given).filter(([option]) => !Object.hasOwn(kept, option));
  const unknown = others.find(([option]) => !Object.hasOwn(description, option));
  if (unknown) throw unknownName(`${layer.kind} option`, unknown[0], Object.keys({ ...kept, ...description }));
  // A layer within it may also have such options.
  const { layer: inner } = kept as { readonly layer?: DescriptionBase };
  return { ...description, ...(inner && { layer: checkLayer(given.layer!) }), ...Object.fromEntries(others) };
}
