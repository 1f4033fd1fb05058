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
  /** Those of one output, without what is not theirs behind them. */
  readonly values: Values;
  readonly loss: BoundLoss;
  readonly format: TargetFormat;
  /** How many steps each example has, if they differ. */
  readonly lengths: Lengths | undefined;
}

/**
 * Refuses targets that are no classes where a metric counts classes. NaN, which is missing or which `validate` refuses, is no matter here.
 *
 * @throws {RangeError} naming the metric, the target, and where it stands
 */
export function checkClassTargets(who: string, metrics: readonly Metric[], targets: ClassTargets): void {
  const metric = metrics.map(nameOf).find((name) => ofClasses.has(name));
  const { values, loss, format } = targets;
  // Class numbers, signs and bits are what the loss has asked for.
  if (!metric || (loss.targets !== "numbers" && loss.targets !== "probabilities" && loss.targets !== "counts")) return;
  const { outputs } = format;
  const areLabels = outputs === 1 || loss.threshold !== undefined;
  const stranger = areLabels ? values.findIndex(isNoLabel) : noClass(values, outputs);
  if (stranger < 0) return;
  const got = areLabels ? shortest(values, stranger) : `[${shownRow(values, stranger, outputs)}]`;
  const need = areLabels ? "0 or 1" : "a one-hot row: a single 1, the rest 0";
  throw new RangeError(`${who}: got ${got} at ${placeOf(stranger, targets)}, need ${need}, for the metric ${metric}`);
}

const isNoLabel = (value: number): boolean => value !== 0 && value !== 1 && !Number.isNaN(value);

/** The first number of the first row that is not one-hot; -1 if there is none. */
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

/** The shortest number that becomes this one in the network's dtype, as it was given. */
function shortest(values: Values, index: number): string {
  const value = values[index];
  const digits = values instanceof Float32Array ? [6, 7, 8] : [];
  const short = digits.map((count) => Number(value.toPrecision(count))).find((each) => Math.fround(each) === value);
  return shown(short ?? value);
}

/** Numbers of a row that a message shows. */
const shownColumns = 8;

function shownRow(values: Values, from: number, outputs: number): string {
  const row = Array.from({ length: Math.min(outputs, shownColumns) }, (_, column) => shortest(values, from + column));
  return [...row, ...(outputs > shownColumns ? ["…"] : [])].join(", ");
}

/** Where a target stands: its row and, if there are several, its position or step. */
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
