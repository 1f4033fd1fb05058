/** The training of each kind of layer. A new kind adds a row here, a row in kinds.ts, and its name in index.ts. */

import { activationTraining } from "./activation.ts";
import { batchNormTraining } from "./batchNorm.ts";
import { addTraining, concatenateTraining, multiplyTraining } from "./combination.ts";
import { convTraining } from "./conv.ts";
import { copyTraining } from "./copy.ts";
import { denseTraining } from "./dense.ts";
import { dropoutTraining } from "./dropout.ts";
import { groupNormTraining } from "./groupNorm.ts";
import type { kinds } from "./kinds.ts";
import type { LayerDescription, LayerTraining } from "./layer.ts";
import { layerNormTraining } from "./layerNorm.ts";
import { permuteTraining } from "./permute.ts";
import { rmsNormTraining } from "./rmsNorm.ts";
import { sliceTraining } from "./slice.ts";
import { splitTraining } from "./split.ts";

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
};

/** Returns the training of the kind of a layer that `kindOf` knows. */
export const trainingOf = ({ kind }: LayerDescription) => trainings[kind as keyof typeof kinds] as LayerTraining;
