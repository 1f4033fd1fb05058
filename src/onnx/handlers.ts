/** The operators that are read, and how they have the sides of their inputs. */

import { activationHandlers } from "./operators/activations.ts";
import { arithmeticHandlers } from "./operators/arithmetic.ts";
import { attentionHandlers } from "./operators/attention.ts";
import { comparisonHandlers } from "./operators/comparisons.ts";
import { convolutionHandlers } from "./operators/convolutions.ts";
import { moveHandlers } from "./operators/moves.ts";
import { normalizationHandlers } from "./operators/normalizations.ts";
import { padHandlers } from "./operators/pads.ts";
import { poolHandlers } from "./operators/pools.ts";
import { productHandlers } from "./operators/products.ts";
import { recurrentHandlers } from "./operators/recurrents.ts";
import { reductionHandlers } from "./operators/reductions.ts";
import { resizeHandlers } from "./operators/resize.ts";
import type { Handler } from "./reader.ts";

/** The handlers of all operators. */
export const handlers: Readonly<Record<string, Handler>> = {
  ...activationHandlers,
  ...arithmeticHandlers,
  ...attentionHandlers,
  ...comparisonHandlers,
  ...convolutionHandlers,
  ...moveHandlers,
  ...normalizationHandlers,
  ...padHandlers,
  ...poolHandlers,
  ...productHandlers,
  ...recurrentHandlers,
  ...reductionHandlers,
  ...resizeHandlers,
};

/** Operators that read images or sequences with their channels first. */
export const readingChannelsFirst = new Set(
  "Conv ConvTranspose MaxPool AveragePool GlobalMaxPool GlobalAveragePool BatchNormalization InstanceNormalization GroupNormalization Resize Upsample DepthToSpace SpaceToDepth".split(
    " ",
  ),
);
/** Operators that give each number, or pair of numbers, a new one, so that they do not say where the channels are. */
export const elementwise = new Set(
  [
    ...Object.keys(activationHandlers),
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Sum",
    "Mean",
    "Neg",
    "Identity",
    "Cast",
    "Dropout",
    "Pad",
  ].filter((name) => name !== "Softmax" && name !== "LogSoftmax"),
);
/** Operators that read a shape, in which the number of examples may be a side. */
export const readingShapes = new Set(["Reshape", "Expand", "Resize"]);
/** Operators that read sequences with their steps first. */
export const readingStepsFirst = new Set(["LSTM", "GRU", "RNN"]);
