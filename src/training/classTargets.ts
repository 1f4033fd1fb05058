/** Targets that metrics of classes can count: class numbers, one-hot rows, or numbers that say yes or no. */

import { shown } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import { type Lengths, startsOf } from "../topology/sequences.ts";
import type { TargetFormat } from "./format.ts";
import { type Metric, type MetricName, nameOf } from "./metrics.ts";
import type { BoundLoss } from "./objective.ts";

const ofClasses: ReadonlySet<MetricName> = /* @__PURE__ */ new Set<MetricName>([
  ...(["accuracy", "topKAccuracy", "precision", "recall", "f1", "rocAuc", "confusionMatrix"] as const),
]);

export interface ClassTargets {
  /** The targets of one output, and nothing behind them. */
  readonly values: Values;
  readonly loss: BoundLoss;
  readonly format: TargetFormat;
  /** The number of steps of each example, if they differ. */
  readonly lengths: Lengths | undefined;
}

/**
 * Refuses targets that are not classes if a metric counts classes. NaN is accepted: it is a missing target, or `validate` refuses it.
 *
 * @throws {RangeError} naming the metric, the target and its place
 */
export function checkClassTargets(who: string, metrics: readonly Metric[], targets: ClassTargets): void {
  const metric = metrics.map(nameOf).find((name) => ofClasses.has(name));
  const { values, loss, format } = targets;
  // If the loss takes class numbers, signs or bits, they have been checked for it.
  if (!metric || (loss.targets !== "numbers" && loss.targets !== "probabilities" && loss.targets !== "counts")) return;
  const { outputs } = format;
  const areLabels = outputs === 1 || loss.threshold !== undefined;
  const invalid = areLabels ? values.findIndex(isNoLabel) : noClass(values, outputs);
  if (invalid < 0) return;
  const got = areLabels ? shortest(values, invalid) : `[${shownRow(values, invalid, outputs)}]`;
  const need = areLabels ? "0 or 1" : "a one-hot row: a single 1, the rest 0";
  throw new RangeError(`${who}: got ${got} at ${placeOf(invalid, targets)}, need ${need}, for the metric ${metric}`);
}

const isNoLabel = (value: number): boolean => value !== 0 && value !== 1 && !Number.isNaN(value);

/** Returns the index of the first row that is not one-hot; -1 if there is none. */
function noClass(values: Values, outputs: number): number {
  for (let from = 0; from < values.length; from += outputs) {
    let [ones, others, missing] = [0, 0, 0];
    for (let index = from; index < from + outputs; index++) {
      if (Number.isNaN(values[index])) missing++;
      else if (values[index] === 1) ones++;
      else if (values[index] !== 0) others++;
    }
    if (missing === 0 && (ones !== 1 || others > 0)) return from;
  }
  return -1;
}

/** Returns the shortest number that becomes this one in the network's dtype, because the user has probably written that one. */
function shortest(values: Values, index: number): string {
  const value = values[index];
  const digits = values instanceof Float32Array ? [6, 7, 8] : [];
  const short = digits.map((count) => Number(value.toPrecision(count))).find((each) => Math.fround(each) === value);
  return shown(short ?? value);
}

/** The most numbers of a row that a message shows. */
const shownColumns = 8;

function shownRow(values: Values, from: number, outputs: number): string {
  const row = Array.from({ length: Math.min(outputs, shownColumns) }, (_, column) => shortest(values, from + column));
  return [...row, ...(outputs > shownColumns ? ["…"] : [])].join(", ");
}

/** Returns the place of a target: its row and, if there are several, its position or step. */
function placeOf(index: number, { format: { positions, outputs }, lengths }: ClassTargets): string {
  const place = Math.floor(index / outputs);
  if (!lengths) {
    const row = `row ${Math.floor(place / positions)}`;
    return positions === 1 ? row : `${row}, position ${place % positions}`;
  }
  const step = Math.floor(place / positions);
  const starts = startsOf(lengths);
  const row = lengths.findIndex((_, each) => step < starts[each + 1]);
  return `row ${row}, step ${step - starts[row]}`;
}
