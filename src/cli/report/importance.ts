/**
 * Computes the permutation importance of each column: the loss of quality when the column's values are shuffled.
 *
 * Source  Breiman 2001, "Random Forests", section 10. Whole columns are shuffled, not features, to keep categories intact.
 */

import type { SeriesColumns } from "../../data/index.ts";
import { type Pipeline, pcg32 } from "../../index.ts";
import { greatestOf, leastOf } from "../numbers.ts";
import { scoreOf } from "../score.ts";
import { rowsOf } from "../table.ts";

export interface Importance {
  readonly column: string;
  /** The mean growth of the error over the shuffles: percentage points of accuracy lost, or root mean squared error added. */
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

/** Returns every column of the model, the most important first. All columns are shuffled in the same orders. */
export function importances(
  model: Pick<Pipeline, "target" | "columns" | "outputs">,
  columns: SeriesColumns,
  { targets, seed }: ImportanceOptions,
): Importance[] {
  const { target } = model;
  const errorOf = (columns: SeriesColumns) => {
    const score = scoreOf(target, model.outputs(columns), targets, 0);
    return score.kind === "number" ? score.rootMeanSquaredError : (100 * (score.rows - score.right)) / score.rows;
  };
  const generator = pcg32(seed);
  const orders = Array.from({ length: shuffles }, () =>
    generator.shuffle(Int32Array.from({ length: targets.length }, (_, row) => row)),
  );
  const whole = errorOf(columns);
  const found = model.columns.map(({ name }): Importance => {
    const losses = orders.map((order) => errorOf({ ...columns, [name]: rowsOf(columns[name], order) }) - whole);
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / shuffles;
    return { column: name, mean, least: leastOf(losses), greatest: greatestOf(losses) };
  });
  return found.sort((one, other) => other.mean - one.mean);
}
