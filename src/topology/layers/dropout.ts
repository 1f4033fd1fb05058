/** Dropout: training sets some elements to 0 and enlarges the others; prediction does nothing. */

import { checkArguments, checkFinite, checkOptions, shown } from "../../errors.ts";
import { type Address, eachRow, type Operation, op } from "../../kernels/operations.ts";
import { copyForward, copyTraining } from "./copy.ts";
import {
  type DescriptionBase,
  type LayerKind,
  type LayerTraining,
  piecesOf,
  sizeOf,
  type TrainingSite,
} from "./layer.ts";
import { checkName, type NameOption } from "./options.ts";
import { matrixOf, onlyShape, shownShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface DropoutOptions extends NameOption {
  /** If true, a channel (of the last side of the shape) is dropped or kept at all positions of an example alike. Default false. */
  readonly wholeChannels?: boolean | undefined;
}

export interface DropoutDescription extends DescriptionBase {
  readonly kind: "dropout";
  readonly rate: number;
  /** Only present if true. */
  readonly wholeChannels?: boolean | undefined;
}

/**
 * Inverted dropout: in training, each element becomes 0 with probability `rate`, else it is multiplied by 1 / (1 − rate). With
 * `wholeChannels`, this applies to each channel of each example, at all of its steps. The choice depends only on the trainer's seed, the
 * step, the layer and the place in the batch, of the element or of the channel.
 *
 * Source  Srivastava et al. 2014, like PyTorch's Dropout; for whole channels Tompson et al. 2015, like PyTorch's Dropout2d.
 * @param rate from 0 to below 1
 * @throws {RangeError | TypeError} if it is out of range, or an option is unknown or does not fit
 */
export function dropout(rate: number, options: DropoutOptions = {}): Layer<DropoutDescription> {
  checkArguments("dropout", arguments.length, 2);
  checkFinite("dropout: rate", rate);
  if (rate < 0 || rate >= 1) throw new RangeError(`dropout: got rate ${shown(rate)}, need a number from 0 to below 1`);
  checkOptions("dropout", options, ["name", "wholeChannels"]);
  const name = checkName("dropout", options.name);
  const { wholeChannels = false } = options;
  if (typeof wholeChannels !== "boolean") {
    throw new TypeError(`dropout: got wholeChannels ${shown(wholeChannels)}, need true or false`);
  }
  return callable(dropoutKind, {
    kind: "dropout",
    rate,
    ...(wholeChannels && { wholeChannels }),
    ...(name !== undefined && { name }),
  });
}

export const dropoutKind: LayerKind<DropoutDescription> = {
  keepsRange: true,

  trainingOptions: ["rate", "wholeChannels"],

  outputShape({ wholeChannels }, inputShapes) {
    const shape = onlyShape("dropout", inputShapes);
    if (!wholeChannels || shape.length > 1) return shape;
    const need = "one with positions, such as [height, width, channels]; features alone are dropped by dropout(rate)";
    throw new RangeError(`dropout: got a value ${shownShape(shape)} for wholeChannels, need ${need}`);
  },

  // Dropping whole channels needs whole sequences, but only in training.
  sequences: ({ wholeChannels }) => (wholeChannels ? "kept" : "steps"),

  streaming: ({ wholeChannels }) =>
    wholeChannels ? { blocks: () => ({ preactivation: "input" }), keeps: [], forward: copyForward } : undefined,

  blocks: () => ({ preactivation: "input" }),

  forward: copyForward,

  title: ({ rate, wholeChannels }) => `dropout ${rate}${wholeChannels ? " of whole channels" : ""}`,

  fromJSON: ({ rate, ...options }) => dropout(rate as number, options),
};

/** Returns the operation that drops elements of a value or, at the same places, of its gradient. */
function drop(
  { rate, wholeChannels }: DropoutDescription,
  site: TrainingSite,
  input: Address,
  output: Address,
): Operation {
  const { batch, position: stream, offsets } = site;
  const { shape } = piecesOf(site);
  const [positions, columns] = wholeChannels ? matrixOf(shape) : [1, sizeOf(shape)];
  return op("dropout", eachRow(), { batch, input, output, offsets: offsets[0], positions, columns, stream, rate });
}

export const dropoutTraining: LayerTraining<DropoutDescription> = {
  isRandom: true,

  predicting: copyTraining,

  forward: (description, site) => [drop(description, site, site.inputs[0], site.output)],

  backward(description, site) {
    const [inputGrad] = site.inputGrads;
    return inputGrad === undefined ? [] : [drop(description, site, site.outputGrad, inputGrad)];
  },
};
