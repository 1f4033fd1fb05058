/** Comparisons: layers that compute one number from two values, at each position. */

import { normalization } from "../../../build/normalization.js";
import { checkArguments, checkOptions, shown } from "../../errors.ts";
import { eachRow, none, op } from "../../kernels/operations.ts";
import type { BackwardSite, DescriptionBase, LayerKind, LayerTraining, Shape, Site } from "./layer.ts";
import { checkName, type NameOption, nameOption } from "./options.ts";
import { matrixOf, pairShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface DistanceDescription extends DescriptionBase {
  readonly kind: "distance";
}

export interface DotDescription extends DescriptionBase {
  readonly kind: "dot";
  /** Only present if true. */
  readonly normalize?: boolean | undefined;
}

export interface DotOptions extends NameOption {
  /** If true, each value is divided by its length, which gives the cosine of the angle between them. Default false. */
  readonly normalize?: boolean | undefined;
}

/**
 * √Σ(a − b)², the Euclidean distance of two values of one shape over their last side. [features] becomes [1]; [steps, features] becomes
 * [steps, 1], a distance for each step. The gradient is 0 where the values are equal.
 *
 * @throws {RangeError | TypeError} if there is an option other than a name, or if the name is not a text
 */
export function distance(options: NameOption = {}): Layer<DistanceDescription> {
  checkArguments("distance", arguments.length, 1);
  return callable(distanceKind, { kind: "distance", ...nameOption("distance", options) });
}

/**
 * Σ a·b, the dot product of two values of one shape over their last side. [features] becomes [1]; [steps, features] becomes [steps, 1], a
 * product for each step. With `normalize` it is the cosine, Σ a·b / (|a| |b|), where a length below 1e-8 counts as 1e-8.
 *
 * Source  the cosine is PyTorch's CosineSimilarity.
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function dot(options: DotOptions = {}): Layer<DotDescription> {
  checkArguments("dot", arguments.length, 1);
  checkOptions("dot", options, ["name", "normalize"]);
  const name = checkName("dot", options.name);
  const { normalize = false } = options;
  if (typeof normalize !== "boolean") {
    throw new TypeError(`dot: got normalize ${shown(normalize)}, need true or false`);
  }
  return callable(dotKind, {
    kind: "dot",
    ...(normalize && { normalize }),
    ...(name !== undefined && { name }),
  });
}

/** Returns the shape with one number at each position. */
const numbersOf = (who: string, inputShapes: readonly Shape[]) => pairShape(who, inputShapes).with(-1, 1);

/** Compares both inputs at each position. */
function compare(name: "distanceForward" | "dotForward" | "cosineForward", { inputs, inputShapes, output }: Site) {
  const [a, b] = inputs;
  const [positions, columns] = matrixOf(inputShapes[0]);
  return [op(name, eachRow(positions), { a, b, output, columns })];
}

/** Computes the wanted gradients. */
function derive(name: "distanceBackward" | "dotBackward" | "cosineBackward", site: BackwardSite) {
  const { inputs, inputShapes, inputGrads, outputGrad } = site;
  const [a, b] = inputs;
  const [aGrad = none, bGrad = none] = inputGrads;
  if (aGrad === none && bGrad === none) return [];
  const [positions, columns] = matrixOf(inputShapes[0]);
  return [op(name, eachRow(positions), { a, b, outputGrad, aGrad, bGrad, columns })];
}

export const distanceKind: LayerKind<DistanceDescription> = {
  family: normalization,

  outputShape: (_, inputShapes) => numbersOf("distance", inputShapes),

  sequences: () => "steps",

  forward: (_, site) => compare("distanceForward", site),

  title: () => "distance",
  fromJSON: (options) => distance(options),
};

export const distanceTraining: LayerTraining<DistanceDescription> = {
  backward: (_, site) => derive("distanceBackward", site),
};

export const dotKind: LayerKind<DotDescription> = {
  family: normalization,

  outputShape: (_, inputShapes) => numbersOf("dot", inputShapes),

  sequences: () => "steps",

  forward: ({ normalize }, site) => compare(normalize ? "cosineForward" : "dotForward", site),

  title: ({ normalize }) => (normalize ? "cosine" : "dot product"),
  fromJSON: (options) => dot(options),
};

export const dotTraining: LayerTraining<DotDescription> = {
  backward: ({ normalize }, site) => derive(normalize ? "cosineBackward" : "dotBackward", site),
};
