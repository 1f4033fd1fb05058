/** Cuts series into inputs and the steps to forecast. */

import { checkArguments, checkInteger, checkOptions, plural, shown } from "../errors.ts";
import { checkRows } from "./rows.ts";
import type { SplitExamples } from "./split.ts";

/** A number for each step; or, for several series side by side, a row of numbers for each step. */
export type Series = ArrayLike<number> | readonly ArrayLike<number>[];

export interface WindowsOptions {
  /** The number of steps of an input. */
  length: number;
  /** The number of steps of a target, which follow the input. Default 1. */
  horizon?: number | undefined;
  /** The number of steps from one window to the next. Default 1. */
  step?: number | undefined;
  /** Columns to forecast, counted from 0. Default all. */
  targets?: readonly number[] | undefined;
}

export interface TrainTestWindowsOptions extends WindowsOptions {
  /** The share of the steps, at the end, that only test windows may have as targets; above 0 and below 1. Default 0.2. */
  testFraction?: number | undefined;
}

/** Rows of numbers: an input has `length` steps, a target `horizon` steps, one after the other. */
export type WindowExamples = SplitExamples<number[], number[]>;

/**
 * Cuts a series into windows: `length` steps are the input, the next `horizon` steps are the target. Rows are flat: the input of several
 * series is [length, series], which a network takes as `inputs: [length, series]`. A single series is [length, 1].
 *
 * Series that are not side by side, such as those of several shops, are cut one by one and joined by `flatMap`.
 *
 * @param series numbers, or rows of numbers; all of them finite
 * @throws {TypeError} if the series is not an array
 * @throws {RangeError} if a value is missing or not a number (the message names step and column, from 0), if the series is shorter than a
 * window and its target, or if an option is unknown or does not fit
 */
export function windows(series: Series, options: WindowsOptions): WindowExamples {
  checkArguments("windows", arguments.length, 2);
  const who = "windows";
  checkOptions(who, options, optionNames);
  const rows = checkSeries(who, series);
  const cut = checkWindows(who, Object(options), rows[0].length);
  checkSteps(who, rows.length, cut);
  return cutWindows(rows, cut, 0, rows.length);
}

/**
 * Cuts a series into windows for training and for testing, by time. Only test windows have the last steps as targets, and no training
 * window contains these steps. The input of a test window may reach back to earlier steps. Otherwise the windows are those of `windows`.
 *
 * @returns `test` with the windows whose targets lie in the last round(steps · testFraction) steps, at least `horizon` of them
 * @throws {TypeError|RangeError} as `windows` does, and if `train` or `test` would have no window
 */
export function trainTestWindows(
  series: Series,
  options: TrainTestWindowsOptions,
): { train: WindowExamples; test: WindowExamples } {
  checkArguments("trainTestWindows", arguments.length, 2);
  const who = "trainTestWindows";
  checkOptions(who, options, [...optionNames, "testFraction"]);
  const { testFraction = 0.2 }: TrainTestWindowsOptions = Object(options);
  if (typeof testFraction !== "number" || !(testFraction > 0 && testFraction < 1)) {
    throw new RangeError(`${who}: got testFraction ${shown(testFraction)}, need a number above 0 and below 1`);
  }
  const rows = checkSeries(who, series);
  const cut = checkWindows(who, Object(options), rows[0].length);
  checkSteps(who, rows.length, cut);
  const { length, horizon } = cut;
  const first = rows.length - Math.max(horizon, Math.round(rows.length * testFraction));
  checkSteps(who, first, cut, ` before the last ${rows.length - first} of ${rows.length}, which are for testing`);
  return { train: cutWindows(rows, cut, 0, first), test: cutWindows(rows, cut, first - length, rows.length) };
}

const optionNames = ["length", "horizon", "step", "targets"];

/** All options, checked. */
type Cut = Required<WindowsOptions>;

function checkWindows(who: string, options: WindowsOptions, columns: number): Cut {
  const { length, horizon = 1, step = 1 } = options;
  for (const [name, value] of Object.entries({ length, horizon, step })) {
    checkInteger(`${who}: ${name}`, value, 1, 2 ** 31 - 1);
  }
  const { targets = Array.from({ length: columns }, (_, column) => column) } = options;
  if (!Array.isArray(targets) || targets.length === 0) {
    throw new TypeError(`${who}: got targets ${shown(targets)}, need an array of columns`);
  }
  for (const column of targets) checkInteger(`${who}: targets`, column, 0, columns - 1);
  return { length, horizon, step, targets };
}

function checkSteps(who: string, steps: number, { length, horizon }: Cut, where = ""): void {
  if (steps >= length + horizon) return;
  const need = `at least ${length + horizon}: length and horizon together`;
  throw new RangeError(`${who}: got ${plural(steps, "step")}${where}, need ${need}`);
}

/** Returns the steps of a series as rows. */
function checkSeries(who: string, series: Series): readonly ArrayLike<number>[] {
  const isArray = Array.isArray(series) || (ArrayBuffer.isView(series) && "length" in series);
  if (!isArray) throw new TypeError(`${who}: got ${shown(series)}, need an array of numbers, or of rows of numbers`);
  if (series.length === 0) throw new RangeError(`${who}: got a series of no steps, need at least one`);
  const isSingle = typeof series[0] !== "object" || series[0] === null;
  const rows = isSingle ? Array.from(series as ArrayLike<number>, (value) => [value]) : (series as ArrayLike<number>[]);
  const gap = rows.findIndex((row) => isSingle && !Number.isFinite(row[0]));
  if (gap >= 0) {
    throw new RangeError(`${who}: got ${shown(rows[gap][0])} at step ${gap}, need a finite number`);
  }
  if (!isSingle) checkRows(who, rows);
  return rows;
}

/** Returns the windows that start every `step` steps from `begin` and whose targets end by `end`. */
function cutWindows(rows: readonly ArrayLike<number>[], cut: Cut, begin: number, end: number): WindowExamples {
  const { length, horizon, step, targets } = cut;
  const examples: WindowExamples = { inputs: [], targets: [] };
  for (let start = begin; start + length + horizon <= end; start += step) {
    const next = start + length;
    examples.inputs.push(rows.slice(start, next).flatMap((row) => Array.from(row)));
    examples.targets.push(rows.slice(next, next + horizon).flatMap((row) => targets.map((column) => row[column])));
  }
  return examples;
}
