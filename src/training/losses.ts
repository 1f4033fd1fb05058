/**
 * The losses by name: their kernels, what targets they take, and what they are a mean over. Each acts on the last side of an output, at
 * every position alike; a row is what a position has, and of an output of one side the example is the only position.
 */

import { checkArguments, checkOptions, isKnown, shown, unknownName } from "../errors.ts";
import { escapeHidden } from "../hidden.ts";
import type { Dtype } from "../kernels/dtype.ts";
import { checkRange } from "../topology/range.ts";

/** The name of a loss. */
export type LossName =
  | "meanSquaredError"
  | "meanAbsoluteError"
  | "huber"
  | "binaryCrossEntropy"
  | "binaryCrossEntropyWithLogits"
  | "categoricalCrossEntropy"
  | "softmaxCrossEntropy"
  | "sparseSoftmaxCrossEntropy"
  | "hinge"
  | "squaredHinge"
  | "logCosh"
  | "poisson"
  | "kullbackLeibler"
  | "cosineSimilarity"
  | "contrastive"
  | "triplet";

/** A loss as plain data. */
export interface Loss {
  readonly name: LossName | "squaredError";
  /** The mean over all positions of the batch (and outputs, where the loss has one term for each), or the plain sum. */
  readonly reduction: "mean" | "sum";
  /** The delta of huber, the margin of contrastive and triplet; no other loss has one. */
  readonly parameter?: number | undefined;
  /** The power of contrastive; no other loss has one. */
  readonly power?: 1 | 2 | undefined;
  /** The share of each target that goes to all classes alike; of losses of classes only. Default 0. */
  readonly labelSmoothing?: number | undefined;
}

export interface LossOptions {
  /** The mean over all positions of the batch, and outputs, or the plain sum. Default "mean". */
  readonly reduction?: "mean" | "sum" | undefined;
}

export interface SquaredErrorOptions extends LossOptions {
  /** The plain sum over all positions of the batch, and outputs, or their mean. Default "sum". */
  readonly reduction?: "mean" | "sum" | undefined;
}

export interface HuberOptions extends LossOptions {
  /** The distance at which the square becomes a line. Default 1. */
  readonly delta?: number | undefined;
}

export interface MarginOptions extends LossOptions {
  /** The distance that examples of different classes should have; of a triplet, how much more than examples of one class. Default 1. */
  readonly margin?: number | undefined;
}

export interface ContrastiveOptions extends MarginOptions {
  /** The power of margin − distance, for examples of different classes. Default 2. */
  readonly power?: 1 | 2 | undefined;
}

export interface ClassLossOptions extends LossOptions {
  /** The share of each target, from 0 to below 1, that goes to all classes alike. Default 0. */
  readonly labelSmoothing?: number | undefined;
}

/** Names what targets are: "classes" are class numbers, one a position; "signs" are -1 and 1, "bits" 0 and 1; "none" are no targets. */
export type TargetKind = "numbers" | "probabilities" | "classes" | "signs" | "counts" | "bits" | "none";

/** What outputs are, as far as their last activation says: amounts are numbers from 0 up, a row of shares sums to 1. */
export type Ending = "scores" | "amounts" | "probabilities" | "shares" | "logarithms";

/** What a loss takes. */
export interface Taken {
  readonly endings: readonly Ending[];
  /** The same in words. */
  readonly what: string;
  /** What to do where a network does not make it. */
  readonly need: string;
  /** The loss that takes other endings. */
  readonly others: Partial<Record<Ending, string>>;
}

export interface LossKind {
  /** The kernels' names. All losses' have one signature, so the type says one of them. */
  readonly forward: "squaredErrorForward";
  readonly backward: "squaredErrorBackward";
  /** "output": each output has a term of its own; "position": each position has one. */
  readonly terms: "output" | "position";
  readonly targets: TargetKind;
  /** "row": a target is a class of its position; "output": it is 0 or 1 for each output; undefined for losses without classes. */
  readonly classes?: "row" | "output" | undefined;
  /** The number between the two classes, for a loss whose every output chooses between two. */
  readonly threshold?: number | undefined;
  /** The same loss for class numbers, if there is one. */
  readonly sparse?: LossName | undefined;
  /** The option that its parameter is, with its default, if it has one. */
  readonly parameter?: { readonly option: "delta" | "margin"; readonly usual: number };
  /** The default of the option `power`, if it has one, and the kernels for power 1. */
  readonly power?: { readonly usual: 1 | 2; readonly linear: Pick<LossKind, "forward" | "backward"> };
  /** True if an output is a distance: one number at each position, and small where the target is 1. */
  readonly isOfDistances?: boolean | undefined;
  /** Of one loss of several outputs, without targets: what these are, in their order. */
  readonly joint?: readonly string[] | undefined;
  /** What outputs it takes, if it matters what they end with. */
  readonly takes?: Taken | undefined;
}

/**
 * Without spreads in what it is given, and said to have no side effects, it lets bundlers leave the losses out.
 *
 * @param stem of the kernels' names
 */
// @__NO_SIDE_EFFECTS__
const kind = (stem: string, rest: Partial<LossKind> = {}, form: Partial<LossKind> = {}) =>
  ({
    terms: "output",
    targets: "numbers",
    ...form,
    ...rest,
    forward: `${stem}Forward`,
    backward: `${stem}Backward`,
  }) as LossKind;

const unitMargin = { option: "margin", usual: 1 } as const;
const tripletOutputs = ["the anchor", "one of the same class", "one of another class"] as const;

const binary = { targets: "probabilities", classes: "output" } as const;
const byRow = { terms: "position", targets: "probabilities", classes: "row" } as const;

const ofOneHotRows = { shares: "categoricalCrossEntropy, of one-hot rows" };
const scores = (own: string): Taken => ({
  endings: ["scores", "amounts"],
  what: `raw scores${own}`,
  need: "no last activation",
  others: { probabilities: "binaryCrossEntropy", logarithms: "kullbackLeibler", ...ofOneHotRows },
});
const toSoftmax = scores(", of which it takes the softmax itself");
const toSigmoid = scores(", of which it takes the sigmoid itself");
const signed = scores(", below zero for the target -1");
const probabilities: Taken = {
  endings: ["probabilities"],
  what: "outputs from 0 to 1, each by itself",
  need: 'the last activation "sigmoid", or the loss binaryCrossEntropyWithLogits',
  others: ofOneHotRows,
};
const shares: Taken = {
  endings: ["shares"],
  what: "outputs from 0 to 1",
  need: 'the last activation "softmax", or the loss softmaxCrossEntropy',
  others: {},
};
const logarithms: Taken = {
  endings: ["logarithms"],
  what: "logarithms of probabilities",
  need: 'the last activation "logSoftmax", or the loss softmaxCrossEntropy',
  others: {},
};
const logRates: Taken = {
  endings: ["scores", "logarithms"],
  what: "the logarithms of rates",
  need: "no last activation",
  others: {},
};

export const lossKinds: Readonly<Record<Loss["name"], LossKind>> = {
  squaredError: kind("squaredError"),
  meanSquaredError: kind("squaredError"),
  meanAbsoluteError: kind("absoluteError"),
  huber: kind("huber", { parameter: { option: "delta", usual: 1 } }),
  binaryCrossEntropy: kind("binaryCrossEntropy", { threshold: 0.5, takes: probabilities }, binary),
  binaryCrossEntropyWithLogits: kind("binaryCrossEntropyWithLogits", { threshold: 0, takes: toSigmoid }, binary),
  categoricalCrossEntropy: kind("categoricalCrossEntropy", { takes: shares }, byRow),
  softmaxCrossEntropy: kind("softmaxCrossEntropy", { sparse: "sparseSoftmaxCrossEntropy", takes: toSoftmax }, byRow),
  sparseSoftmaxCrossEntropy: kind(
    "sparseSoftmaxCrossEntropy",
    { targets: "classes", sparse: "sparseSoftmaxCrossEntropy", takes: toSoftmax },
    byRow,
  ),
  hinge: kind("hinge", { targets: "signs", threshold: 0, takes: signed }),
  squaredHinge: kind("squaredHinge", { targets: "signs", threshold: 0, takes: signed }),
  logCosh: kind("logCosh"),
  poisson: kind("poisson", { targets: "counts", takes: logRates }),
  kullbackLeibler: kind("kullbackLeibler", { targets: "probabilities", takes: logarithms }),
  cosineSimilarity: kind("cosineSimilarity", { terms: "position" }),
  contrastive: kind(
    "contrastive",
    { targets: "bits", parameter: unitMargin, isOfDistances: true },
    { power: { usual: 2, linear: kind("linearContrastive") } },
  ),
  triplet: kind("triplet", { targets: "none", terms: "position", parameter: unitMargin, joint: tripletOutputs }),
};

/** Σ(y − ŷ)² over the outputs and, by `reduction`, summed over the positions or averaged over both. */
export function squaredError(options?: SquaredErrorOptions): Loss {
  return called("squaredError", arguments.length, options, "sum");
}

/** The mean of (y − ŷ)². */
export function meanSquaredError(options?: LossOptions): Loss {
  return called("meanSquaredError", arguments.length, options);
}

/** The mean of |y − ŷ|. */
export function meanAbsoluteError(options?: LossOptions): Loss {
  return called("meanAbsoluteError", arguments.length, options);
}

/** The mean of e²/2 where |e| ≤ delta, else of delta·(|e| − delta/2), e = y − ŷ: PyTorch's HuberLoss. */
export function huber(options?: HuberOptions): Loss {
  return called("huber", arguments.length, options);
}

/** The cross-entropy of each output, a probability, with a target from 0 to 1. */
export function binaryCrossEntropy(options?: ClassLossOptions): Loss {
  return called("binaryCrossEntropy", arguments.length, options);
}

/** binaryCrossEntropy of sigmoid(ŷ), exact for every logit ŷ. */
export function binaryCrossEntropyWithLogits(options?: ClassLossOptions): Loss {
  return called("binaryCrossEntropyWithLogits", arguments.length, options);
}

/** The cross-entropy of each row of probabilities with a one-hot or soft row of targets. */
export function categoricalCrossEntropy(options?: ClassLossOptions): Loss {
  return called("categoricalCrossEntropy", arguments.length, options);
}

/** The cross-entropy of the softmax of each row of logits with a class number, or a one-hot or soft row. */
export function softmaxCrossEntropy(options?: ClassLossOptions): Loss {
  return called("softmaxCrossEntropy", arguments.length, options);
}

/** softmaxCrossEntropy of class numbers only. */
export function sparseSoftmaxCrossEntropy(options?: ClassLossOptions): Loss {
  return called("sparseSoftmaxCrossEntropy", arguments.length, options);
}

/** The mean of max(1 − y·ŷ, 0); the targets are −1 and 1. */
export function hinge(options?: LossOptions): Loss {
  return called("hinge", arguments.length, options);
}

/** The mean of max(1 − y·ŷ, 0)²; the targets are −1 and 1. */
export function squaredHinge(options?: LossOptions): Loss {
  return called("squaredHinge", arguments.length, options);
}

/** The mean of log cosh(y − ŷ). */
export function logCosh(options?: LossOptions): Loss {
  return called("logCosh", arguments.length, options);
}

/** The mean of exp(ŷ) − y·ŷ: ŷ is the logarithm of a rate, y a count. PyTorch's PoissonNLLLoss. */
export function poisson(options?: LossOptions): Loss {
  return called("poisson", arguments.length, options);
}

/** The mean of y·(log y − ŷ): ŷ is the logarithm of a probability. PyTorch's KLDivLoss. */
export function kullbackLeibler(options?: LossOptions): Loss {
  return called("kullbackLeibler", arguments.length, options);
}

/** The mean over positions of 1 − cos, the cosine of the angle between outputs and targets. */
export function cosineSimilarity(options?: LossOptions): Loss {
  return called("cosineSimilarity", arguments.length, options);
}

/**
 * The mean of d² where the target is 1, and of max(margin − d, 0)^power where it is 0: outputs are distances, and pairs of the same class
 * have the target 1. Source: Hadsell, Chopra & LeCun 2006, without their factor ½.
 */
export function contrastive(options?: ContrastiveOptions): Loss {
  return called("contrastive", arguments.length, options);
}

/**
 * The mean of max(|a − s| − |a − o| + margin, 0), one loss of a network's three outputs: an anchor a, one of the same class s and one
 * of another class o. The distances are Euclidean, with 10⁻⁶ added to each difference; targets are null. PyTorch's TripletMarginLoss.
 */
export function triplet(options?: MarginOptions): Loss {
  return called("triplet", arguments.length, options);
}

/**
 * The loss that a call describes.
 *
 * @param count arguments of the call
 * @throws {RangeError | TypeError} if an option is none of this loss, or does not fit
 */
function called(
  name: Loss["name"],
  count: number,
  options: HuberOptions & ClassLossOptions & ContrastiveOptions = {},
  usual: Loss["reduction"] = "mean",
): Loss {
  checkArguments(name, count, 1);
  const { parameter, power: ofPower, classes } = lossKinds[name];
  const known = ["reduction", parameter?.option, ofPower && "power", classes && "labelSmoothing"];
  checkOptions(
    name,
    options,
    known.filter((option) => typeof option === "string"),
  );
  const { reduction = usual, power, labelSmoothing } = options;
  return checked({ name, reduction, parameter: parameter && options[parameter.option], power, labelSmoothing });
}

/**
 * The loss that a name or a call stands for.
 *
 * @throws {RangeError | TypeError} if there is none
 */
export function lossOf(loss: LossName | Loss): Loss {
  if (typeof loss === "function") {
    const { name } = loss as { name: string };
    throw new TypeError(
      `trainer: loss: got a function, need a name or a call such as ${escapeHidden(name) || "huber"}()`,
    );
  }
  const name = typeof loss === "string" ? loss : Object(loss).name;
  if ((loss as string) === "squaredError") {
    throw new RangeError('trainer: loss: got "squaredError", need squaredError(), a sum, or "meanSquaredError"');
  }
  if (!isKnown(lossKinds, name)) throw unknownName("trainer: loss", name ?? loss, Object.keys(lossKinds));
  if (typeof loss === "string") return checked({ name, reduction: "mean" });
  const { parameter, power, classes } = lossKinds[loss.name];
  const known = ["name", "reduction", parameter && "parameter", power && "power", classes && "labelSmoothing"];
  checkOptions(
    name,
    loss,
    known.filter((option) => typeof option === "string"),
  );
  return checked(loss);
}

/** Refuses what is neither "sum" nor "mean". */
export function checkReduction(who: string, reduction: unknown): void {
  if (reduction === "sum" || reduction === "mean") return;
  throw unknownName(`${who}: reduction`, reduction, ["sum", "mean"]);
}

/** The loss with its defaults, of options that it has; those that are not asked for are left out. */
function checked({ name, reduction, labelSmoothing, ...rest }: Loss): Loss {
  const kind = lossKinds[name];
  const { parameter = kind.parameter?.usual, power = kind.power?.usual } = rest;
  checkReduction(name, reduction);
  if (parameter !== undefined && !(Number.isFinite(parameter) && parameter > 0)) {
    throw new RangeError(`${name}: ${kind.parameter?.option}: got ${shown(parameter)}, need a number above 0`);
  }
  if (power !== undefined && power !== 1 && power !== 2) {
    throw new RangeError(`${name}: power: got ${shown(power)}, need 1 or 2`);
  }
  if (labelSmoothing !== undefined && !(Number.isFinite(labelSmoothing) && labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new RangeError(`${name}: labelSmoothing: got ${shown(labelSmoothing)}, need a number from 0 to below 1`);
  }
  return {
    name,
    reduction,
    ...(parameter !== undefined && { parameter }),
    ...(power !== undefined && { power }),
    ...(labelSmoothing !== undefined && { labelSmoothing }),
  };
}

/** Refuses options of a loss that a network's type cannot hold. @throws {RangeError} naming the option */
export function checkLossRange({ name, parameter, labelSmoothing }: Loss, dtype: Dtype): void {
  const option = lossKinds[name].parameter?.option;
  checkRange(name, { ...(option && { [option]: parameter }), labelSmoothing }, dtype);
}

/** The loss to compute for targets that are class numbers, or undefined if there is none. */
export function sparseForm(loss: Loss): Loss | undefined {
  const { sparse } = lossKinds[loss.name];
  return sparse && { ...loss, name: sparse };
}
