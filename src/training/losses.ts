/** The losses by name: their kernels, what targets they take, and what they are a mean over. PyTorch's definitions. */

import { checkOptions, unknownName } from "../errors.ts";
import type { Kernels, Values } from "../memory/kernels.ts";

export type LossName =
  | "meanSquaredError"
  | "meanAbsoluteError"
  | "binaryCrossEntropy"
  | "binaryCrossEntropyWithLogits"
  | "categoricalCrossEntropy"
  | "softmaxCrossEntropy"
  | "sparseSoftmaxCrossEntropy";

/** A loss as plain data. */
export interface Loss {
  readonly name: LossName | "squaredError";
  /** The mean over examples (and outputs, where the loss has one term for each), or the plain sum. */
  readonly reduction: "mean" | "sum";
}

/** What the numbers of a row of targets must be; "classes" are class numbers, one a row. */
export type TargetKind = "numbers" | "probabilities" | "classes";

interface LossKind {
  /** The stem of the kernels' names. */
  readonly kernel: string;
  /** Whether each output has a term of its own, or each example one. */
  readonly terms: "output" | "example";
  readonly targets: TargetKind;
  /** The same loss for class numbers, if there is one. */
  readonly sparse?: LossName;
  /** For a loss of probabilities: what makes outputs such, for the message to one who has none. */
  readonly probabilities?: string;
}

const lossKinds: Readonly<Record<Loss["name"], LossKind>> = {
  squaredError: { kernel: "squaredError", terms: "output", targets: "numbers" },
  meanSquaredError: { kernel: "squaredError", terms: "output", targets: "numbers" },
  meanAbsoluteError: { kernel: "absoluteError", terms: "output", targets: "numbers" },
  binaryCrossEntropy: {
    kernel: "binaryCrossEntropy",
    terms: "output",
    targets: "probabilities",
    probabilities: 'end the network with the activation "sigmoid", or use the loss binaryCrossEntropyWithLogits',
  },
  binaryCrossEntropyWithLogits: { kernel: "binaryCrossEntropyWithLogits", terms: "output", targets: "probabilities" },
  categoricalCrossEntropy: {
    kernel: "categoricalCrossEntropy",
    terms: "example",
    targets: "probabilities",
    probabilities: 'end the network with the activation "softmax", or use the loss softmaxCrossEntropy',
  },
  softmaxCrossEntropy: {
    kernel: "softmaxCrossEntropy",
    terms: "example",
    targets: "probabilities",
    sparse: "sparseSoftmaxCrossEntropy",
  },
  sparseSoftmaxCrossEntropy: { kernel: "sparseSoftmaxCrossEntropy", terms: "example", targets: "classes" },
};

/**
 * Σ(y − ŷ)² over the outputs and, by `reduction`, summed over the examples or averaged over both.
 *
 * @throws {RangeError | TypeError} if `reduction` is neither "sum" nor "mean", or is not the only option
 */
export function squaredError(options: { readonly reduction?: "sum" | "mean" } = {}): Loss {
  checkOptions("squaredError", options, ["reduction"]);
  const { reduction = "sum" } = options;
  return lossOf({ name: "squaredError", reduction });
}

/**
 * The loss that a name or a call stands for.
 *
 * @throws {RangeError | TypeError} if there is none
 */
export function lossOf(loss: LossName | Loss): Loss {
  const { name, reduction } = typeof loss === "string" ? { name: loss, reduction: "mean" as const } : Object(loss);
  if (!Object.hasOwn(lossKinds, name)) throw unknownName("trainer: loss", name ?? loss, Object.keys(lossKinds));
  if (typeof loss !== "string") checkOptions(name, loss, ["name", "reduction"]);
  if (reduction !== "sum" && reduction !== "mean") throw unknownName(`${name}: reduction`, reduction, ["sum", "mean"]);
  return { name, reduction };
}

/** The loss to compute for targets that are class numbers, or undefined if there is none. */
export function sparseForm(loss: Loss): Loss | undefined {
  const { targets, sparse } = lossKinds[loss.name];
  const name = targets === "classes" ? loss.name : sparse;
  return name && { ...loss, name };
}

/** A loss bound to a network of so many outputs. */
export interface BoundLoss {
  readonly name: Loss["name"];
  readonly targets: TargetKind;
  /** Numbers in a row of targets. */
  readonly targetWidth: number;
  /** The names of the two kernels that `sum` and `gradient` call. */
  readonly forward: keyof Kernels;
  readonly backward: keyof Kernels;
  /** Σ of the loss over `rows` rows. */
  readonly sum: (output: number, targets: number, rows: number) => number;
  /** Writes ∂(scale · Σ)/∂output over outputGrad. */
  readonly gradient: (output: number, targets: number, outputGrad: number, rows: number, scale: number) => void;
  /** What Σ over `rows` rows is divided by. */
  readonly divisor: (rows: number) => number;
  /** Refuses outputs that the loss cannot take. */
  readonly checkOutputs: (outputs: Values) => void;
}

/**
 * @param outputs of the network
 * @throws {RangeError} if the loss is one of classes, and the network has one output
 */
export function bindLoss({ name, reduction }: Loss, kernels: Kernels, outputs: number): BoundLoss {
  const { kernel, terms, targets, probabilities } = lossKinds[name];
  if (terms === "example" && outputs === 1) {
    throw new RangeError(`${name}: got a network of 1 output, need one for each class, or the loss binaryCrossEntropy`);
  }
  const names = { forward: `${kernel}Forward`, backward: `${kernel}Backward` } as {
    readonly forward: "squaredErrorForward";
    readonly backward: "squaredErrorBackward";
  };
  const forward = kernels[names.forward];
  const backward = kernels[names.backward];
  const termsPerRow = terms === "output" ? outputs : 1;
  return {
    name,
    targets,
    targetWidth: targets === "classes" ? 1 : outputs,
    ...names,
    sum: (output, target, rows) => forward(output, target, 0, rows, outputs, 0),
    gradient: (output, target, outputGrad, rows, scale) =>
      backward(output, target, 0, outputGrad, rows, outputs, scale, 0),
    divisor: reduction === "sum" ? () => 1 : (rows) => rows * termsPerRow,
    checkOutputs(values) {
      const stranger = probabilities && values.find((value) => value < 0 || value > 1);
      if (!stranger) return;
      throw new RangeError(`${name}: got an output of ${stranger}, need outputs from 0 to 1: ${probabilities}`);
    },
  };
}
