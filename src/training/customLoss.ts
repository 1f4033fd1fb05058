/** A loss of one's own: a function on views of the memory, which is given a whole batch. */

import { checkArguments, checkOptions, shown } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import type { Arena } from "../memory/arena.ts";
import { checkName } from "../topology/layers/options.ts";
import { checkReduction, type LossOptions, lossKinds } from "./losses.ts";
import type { LossBlocks } from "./lossPlaces.ts";
import type { BindOptions, BoundLoss } from "./objective.ts";

/**
 * Computes the loss of a batch.
 *
 * @param outputs of the batch, row after row: [rows, positions, units]. It must not change them, nor use the network.
 * @param targets rows as wide as the output, or class numbers, one a position, as they were given. It must not change them.
 * @param outputGradients zeros, over which it writes ∂sum/∂outputs
 * @returns the sum of the losses of all rows
 */
export type LossFunction = (outputs: Values, targets: Values, outputGradients: Values) => number;

/** A custom loss, which `customLoss` makes. */
export interface CustomLoss {
  readonly name: string;
  readonly reduction: "mean" | "sum";
  readonly compute: LossFunction;
}

/**
 * Returns a custom loss. It is called for every batch, to train and to evaluate, with views that are valid during the call.
 *
 * The loss is the sum that `compute` returns, divided by the positions of the batch, or, with `reduction: "sum"`, that sum. Targets are
 * rows as wide as the output or class numbers. It has no weights of examples and of classes, and no missing targets: what it needs of
 * these stands in its targets.
 *
 * @param name with which a file finds it again: `Trainer.fromBytes(bytes, { losses: [mine] })`
 * @throws {RangeError | TypeError} if the name is none, or that of another loss, or `compute` is no function
 */
export function customLoss(name: string, compute: LossFunction, options: LossOptions = {}): CustomLoss {
  checkArguments("customLoss", arguments.length, 3);
  const who = "customLoss";
  if (typeof name !== "string") throw new TypeError(`${who}: got name ${shown(name)}, need a text`);
  checkName(who, name);
  if (Object.hasOwn(lossKinds, name)) throw new RangeError(`${who}: got ${shown(name)}, need a name that no loss has`);
  if (typeof compute !== "function") throw new TypeError(`${who}: got ${shown(compute)}, need a function`);
  checkOptions(who, options, ["reduction"]);
  const { reduction = "mean" } = options;
  checkReduction(who, reduction);
  return { name, reduction, compute };
}

/** Returns whether a loss is one's own. */
export const isCustom = (loss: unknown): loss is CustomLoss => typeof Object(loss).compute === "function";

/** A loss as a file has it: a function stays with its program. */
interface StoredLoss {
  readonly name: string;
  readonly reduction: "mean" | "sum";
  readonly isCustom: true;
}

/** Returns a loss as a file has it. */
export function storedLoss<Loss>(loss: Loss): Loss | StoredLoss {
  return isCustom(loss) ? { name: loss.name, reduction: loss.reduction, isCustom: true } : loss;
}

/**
 * Returns a loss that a file has, with its function.
 *
 * @throws {RangeError} if it is one's own and is not among `losses`
 */
export function readLoss(stored: unknown, losses: readonly CustomLoss[]): unknown {
  const { isCustom: isOwn, name, reduction } = Object(stored) as Partial<StoredLoss>;
  if (isOwn !== true) return stored;
  const found = losses.find((loss) => loss.name === name);
  if (found) return { ...found, reduction };
  const call = `customLoss(${shown(name)}, …)`;
  throw new RangeError(`fromBytes: got a trainer with the loss ${shown(name)}, need ${call} in { losses: […] }`);
}

/** Refuses what are no losses of one's own, each with a name of its own. */
export function checkLosses(who: string, losses: readonly CustomLoss[]): readonly CustomLoss[] {
  if (!Array.isArray(losses)) throw new TypeError(`${who}: losses: got ${shown(losses)}, need an array`);
  for (const [index, loss] of losses.entries()) {
    if (!isCustom(loss)) {
      throw new TypeError(`${who}: losses: got ${shown(loss)} at ${index}, need what customLoss returns`);
    }
    if (losses.findIndex(({ name }) => name === loss.name) < index) {
      throw new RangeError(`${who}: losses: got ${shown(loss.name)} twice, need each name once`);
    }
  }
  return losses;
}

/** The arguments of a call. */
interface Views {
  readonly blocks: LossBlocks;
  readonly rows: number;
  readonly outputs: Values;
  readonly targets: Values;
  readonly gradients: Values;
}

/** Binds a loss of one's own to an output, for targets that are rows, or class numbers. */
export function bindCustomLoss(
  loss: CustomLoss,
  targets: "numbers" | "classes",
  arena: Arena,
  options: BindOptions,
): BoundLoss {
  const { name, reduction, compute } = loss;
  const { positions, outputs, lossWeight = 1 } = options;
  const targetColumns = targets === "classes" ? 1 : outputs;
  const who = `loss ${shown(name)}`;
  let last: Views | undefined;
  // A call of the trainer or of the network within the function overwrites the batch that is under way.
  let state: "idle" | "called" | "spoiled" = "idle";
  const spoiled = () =>
    new RangeError(`${who}: got a call of its trainer or network within its function, need none: its batch is there`);
  const called = ({ outputs: values, targets: own, gradients }: Views): unknown => {
    if (state !== "idle") {
      state = "spoiled";
      throw spoiled();
    }
    state = "called";
    const { passes, releases } = arena;
    try {
      const sum = compute(values, own, gradients);
      const isIntact = arena.passes === passes && arena.releases === releases;
      if ((state as string) === "spoiled" || !isIntact) throw spoiled();
      return sum;
    } finally {
      state = "idle";
    }
  };
  const viewsOf = (blocks: LossBlocks, rows: number): Views => {
    // Without threads, a view has no numbers any more once the memory has grown.
    if (last?.blocks === blocks && last.rows === rows && last.outputs.length > 0) return last;
    const [width, count] = [rows * positions * outputs, rows * positions * targetColumns];
    last = {
      blocks,
      rows,
      outputs: arena.view(blocks.outputAddress, width),
      targets: arena.view(blocks.targetAddress, count),
      gradients: arena.view(blocks.outputGradAddress, width),
    };
    return last;
  };
  return {
    name,
    lossWeight,
    targets,
    form: targets,
    threshold: undefined,
    targetColumns,
    targetWidth: positions * targetColumns,
    termsPerRow: positions,
    targetsPerTerm: targetColumns,
    isPrepared: false,
    hasTermWeights: false,
    prepare: (_, rows) => rows * positions,
    pass: {
      kind: "calls",
      sum(blocks, rows) {
        const views = viewsOf(blocks, rows);
        views.gradients.fill(0);
        const sum = called(views);
        if (typeof sum !== "number") throw new TypeError(`${who}: got ${shown(sum)} returned, need a number, the sum`);
        if (Number.isFinite(sum)) checkGradients(who, views.gradients, positions * outputs);
        return sum;
      },
      gradient(blocks, rows, scale) {
        const { gradients } = viewsOf(blocks, rows);
        for (let index = 0; index < gradients.length; index++) gradients[index] *= scale;
      },
    },
    scale: reduction === "sum" ? () => 1 : (weight) => 1 / weight,
    mean: reduction === "sum" ? (sum) => sum : (sum, weight) => sum / (weight || 1),
    checkOutputs() {},
    weighted() {
      throw new RangeError(`${who}: got exampleWeights, need them among the targets: its function sums over a batch`);
    },
  };
}

/** Refuses gradients that are not finite, of a sum that is. */
function checkGradients(who: string, gradients: Values, width: number): void {
  for (let index = 0; index < gradients.length; index++) {
    if (Number.isFinite(gradients[index])) continue;
    const place = `number ${index % width} of row ${Math.floor(index / width)}`;
    throw new RangeError(`${who}: got ${gradients[index]} written as the gradient of ${place}, need a finite number`);
  }
}
