/**
 * What each column is worth to a model: how much worse it gets when the column's values are dealt out to other rows.
 *
 * Source  Breiman 2001, "Random Forests", section 10; columns of a table rather than features, so that categories stay whole.
 */

import type { SeriesColumns } from "../../data/index.ts";
import { type Pipeline, pcg32 } from "../../index.ts";
import { greatestOf, leastOf } from "../numbers.ts";
import { scoreOf } from "../score.ts";
import { rowsOf } from "../table.ts";

export interface Importance {
  readonly column: string;
  /** How much the error grows, over some shuffles: percentage points of accuracy lost, or root mean squared error added. */
  readonly mean: number;
  readonly least: number;
  readonly greatest: number;
}

export interface ImportanceOptions {
  /** Class numbers, or numbers in their own unit, for each row. */
  readonly targets: ArrayLike<number>;
  readonly seed: number;
}

/** How often each column is shuffled. */
export const shuffles = 5;

/** Every column of the model, the one that is worth most first. All columns are shuffled in the same ways. */
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
