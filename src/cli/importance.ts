/**
 * Computes the permutation importance of each column: the loss of quality when the column's values are shuffled.
 *
 * Source  Breiman 2001, "Random Forests", section 10. Whole columns are shuffled, not features, to keep categories intact.
 */

import { type SeriesColumns, transformFromJSON } from "../data/index.ts";
import { inputGradients, type Pipeline, pcg32 } from "../index.ts";
import { classFrom, numberFrom } from "../pipeline/target.ts";
import { greatestOf, leastOf } from "./numbers.ts";
import { rankingOf } from "./ranking.ts";
import { scoresOf } from "./score.ts";
import { columnsAt, rowsOf } from "./table.ts";

export interface Importance {
  readonly column: string;
  /** The mean growth of the error over the shuffles, in the measure of `importanceUnit`. */
  readonly mean: number;
  readonly least: number;
  readonly greatest: number;
}

export interface ImportanceOptions {
  /** Class numbers, or numbers in their own unit, for each row. */
  readonly targets: ArrayLike<number>;
  readonly seed: number;
}

/** The number of times that each column is shuffled. */
export const shuffles = 5;

/** The most rows and columns, multiplications and values for the importance of columns: about a second. */
const [mostRows, mostColumns, mostWork, mostValues] = [1000, 100, 3e9, 2e7];
/** The least rows and columns, however large the network. */
const [leastRows, leastColumns] = [100, 10];
/** The rows by which columns are chosen if there are too many. */
const screenedRows = 100;

/** Names the measure: of two classes the area under the ROC curve, of more the accuracy, of numbers the error. */
export const importanceUnit = ({ target }: Pick<Pipeline, "target">): string => {
  if (target.kind === "number") return "added root mean squared error";
  return `${target.classes.length === 2 ? "ROC AUC" : "accuracy"} lost, in percentage points`;
};

/**
 * Returns the importance of the columns by a random sample of rows, the most important first. Of very many columns these are the ones that
 * change the answer most at the sample's first rows.
 *
 * @param columnsOf returns the columns of the rows at some places among the targets
 */
export function sampledImportances(
  model: Pipeline,
  columnsOf: (places: Int32Array) => SeriesColumns,
  { targets, seed }: ImportanceOptions,
): { readonly importances: Importance[]; readonly rows: number } {
  const { length } = model.columns;
  // The rows of all passes: each costs the multiplications of the network, and the encoding of all columns.
  const passedRows = Math.min(mostWork / multiplications(model), mostValues / length) / shuffles;
  // Words have no gradients by which columns could be chosen.
  const isWide = model.encoding.inputs.length === 1 && model.features.length > 0;
  const most = Math.min(mostColumns, Math.max(leastColumns, Math.floor(passedRows / leastRows)));
  const count = isWide ? Math.min(length, most) : length;
  const rows = Math.min(targets.length, mostRows, Math.max(leastRows, Math.floor(passedRows / count)));
  const sample = pcg32(seed)
    .shuffle(Int32Array.from(targets, (_, row) => row))
    .slice(0, rows);
  const sampled = columnsOf(sample);
  const names = count < length ? influentialColumns(model, sampled, count) : undefined;
  const labels = Float64Array.from(sample, (row) => targets[row]);
  return { importances: importances(model, sampled, { targets: labels, seed }, names), rows };
}

/** Returns the multiplications for a row: one for each parameter, except in tables of words. */
const multiplications = ({ network: { layers } }: Pipeline): number =>
  layers.reduce((sum, { description, parameterCount }) => {
    return description.kind === "embedding" ? sum : sum + parameterCount;
  }, 1);

/** Returns the columns whose features have the greatest gradients. */
function influentialColumns(model: Pipeline, columns: SeriesColumns, most: number): string[] {
  const { encoding, network } = model;
  const rows = Array.from({ length: Math.min(screenedRows, Object.values(columns)[0].length) }, (_, row) => row);
  const inputs = encoding.apply(columnsAt(columns, rows)) as Float64Array;
  const gradients = inputGradients(network, inputs) as ArrayLike<number>;
  const width = encoding.features.length;
  const influence = new Float64Array(width);
  for (let index = 0; index < rows.length * width; index++) influence[index % width] += Math.abs(gradients[index]);
  let at = 0;
  const found = model.columns.map((column) => {
    const alone = transformFromJSON({ kind: "encodeRecords", columns: [column], ignored: [] });
    const part = influence.subarray(at, at + alone.features.length);
    at += alone.features.length;
    return { name: column.name, influence: greatestOf([...part]) };
  });
  const best = found.sort((one, other) => other.influence - one.influence).slice(0, most);
  return best.map(({ name }) => name);
}

/**
 * Returns the importance of columns of the model, the most important first. All columns are shuffled in the same orders.
 *
 * @param names the columns to shuffle. Default all
 */
export function importances(
  model: Pick<Pipeline, "target" | "columns" | "outputs">,
  columns: SeriesColumns,
  { targets, seed }: ImportanceOptions,
  names: readonly string[] = model.columns.map(({ name }) => name),
): Importance[] {
  const errorOf = (columns: SeriesColumns) => errorIn(model, model.outputs(columns), targets);
  const generator = pcg32(seed);
  const orders = Array.from({ length: shuffles }, () =>
    generator.shuffle(Int32Array.from({ length: targets.length }, (_, row) => row)),
  );
  const whole = errorOf(columns);
  const found = names.map((name): Importance => {
    const losses = orders.map((order) => errorOf({ ...columns, [name]: rowsOf(columns[name], order) }) - whole);
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / shuffles;
    return { column: name, mean, least: leastOf(losses), greatest: greatestOf(losses) };
  });
  return found.sort((one, other) => other.mean - one.mean);
}

function errorIn({ target }: Pick<Pipeline, "target">, outputs: ArrayLike<number>, targets: ArrayLike<number>): number {
  const rows = targets.length;
  if (target.kind === "number") {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += (numberFrom(target, outputs[row]) - targets[row]) ** 2;
    return Math.sqrt(sum / rows);
  }
  const width = outputs.length / rows;
  if (target.classes.length === 2) {
    const second = Float64Array.from(targets, (_, row) => outputs[row * width + width - 1]);
    return 100 * (1 - (rankingOf(scoresOf(second, targets, 1))?.rocAuc ?? 1));
  }
  let wrong = 0;
  for (let row = 0; row < rows; row++) if (classFrom(target, outputs, width, row * width) !== targets[row]) wrong++;
  return (100 * wrong) / rows;
}
