/** Scores predictions on rows with known targets, next to a naive baseline and a linear model. */

import type { Target } from "../index.ts";
import { classFrom, isTooLarge, numberFrom } from "../pipeline/target.ts";
import { type Interval, independentRows, meanInterval, shareInterval } from "./intervals.ts";
import { placeOfGreatest } from "./numbers.ts";
import { rankingOf } from "./ranking.ts";

export interface ClassScore {
  readonly kind: "classes";
  readonly rows: number;
  /** The number of independent units: groups, or rows without their copies. */
  readonly units?: number | undefined;
  readonly right: number;
  readonly accuracy: number;
  /** The interval that holds the accuracy on many rows with a chance of 95 %. */
  readonly accuracyInterval: Interval;
  /** The mean of −ln of the probability of the right class. */
  readonly crossEntropy: number;
  /** The value of either of two classes; of more, the mean over the classes, each against all others. null if only one class is tested. */
  readonly rocAuc: number | null;
  /** The value of the rarer of two classes; of more, the mean over the classes. */
  readonly averagePrecision: number | null;
  /** The mean over the tested classes. */
  readonly f1: number;
  readonly byClass: readonly OneClassScore[];
  readonly calibration: Calibration;
  /** The score of always predicting the most frequent class of the training rows. */
  readonly baseline: { readonly says: string | number; readonly accuracy: number };
  /** The score of a network without hidden layers; null if there is none. */
  readonly linear: { readonly accuracy: number; readonly crossEntropy: number; readonly rocAuc: number | null } | null;
  readonly classes: readonly (string | number)[];
  /** confusion[is][said] */
  readonly confusion: readonly (readonly number[])[];
}

/** The score of one class against all others. A value is null if there is nothing to divide by. */
export interface OneClassScore {
  /** The number of rows of the class. */
  readonly rows: number;
  /** The share of the rows predicted as the class that are of it. */
  readonly precision: number | null;
  /** The share of the rows of the class that are predicted as it. */
  readonly recall: number | null;
  readonly f1: number | null;
  readonly rocAuc: number | null;
  readonly averagePrecision: number | null;
}

/** Predicted probabilities beside what came true: of two classes that of the second, of more that of the predicted class. */
export interface Calibration {
  /** The mean difference between the two over all rows. */
  readonly error: number;
  readonly bins: readonly { readonly rows: number; readonly predicted: number; readonly actual: number }[];
}

export interface NumberScore {
  readonly kind: "number";
  /** The number of rows that are scored. */
  readonly rows: number;
  /** The number of rows that are left out, as their predictions are too large for a number. Default none. */
  readonly tooLarge?: number | undefined;
  /** The number of independent units, as `ClassScore` has it. */
  readonly units?: number | undefined;
  readonly meanAbsoluteError: number;
  readonly medianAbsoluteError: number;
  readonly rootMeanSquaredError: number;
  /** The intervals that hold the errors on many rows with a chance of 95 %. */
  readonly meanAbsoluteErrorInterval: Interval;
  readonly rootMeanSquaredErrorInterval: Interval;
  /** null if all targets are the same. */
  readonly r2: number | null;
  /** Quantiles of prediction minus target. */
  readonly residuals: Readonly<Record<"p5" | "p25" | "p50" | "p75" | "p95", number>>;
  /** The share of the targets that intervals of predictions are to hold, and do hold; null if the target has no errors. */
  readonly interval: { readonly share: number; readonly held: number } | null;
  /** The score of always predicting the mean of the training rows. */
  readonly baseline: {
    readonly says: number;
    readonly meanAbsoluteError: number;
    readonly rootMeanSquaredError: number;
  };
  /** The score of a network without hidden layers; null if there is none, or if it is not finite. */
  readonly linear: { readonly meanAbsoluteError: number; readonly rootMeanSquaredError: number } | null;
}

export type Score = ClassScore | NumberScore;

/** The predictions of a model for rows with known targets. */
export interface Tested {
  readonly target: Target;
  /** The outputs of the pipeline, for each row. */
  readonly outputs: ArrayLike<number>;
  /** Class numbers, or numbers in their own unit. */
  readonly targets: ArrayLike<number>;
  /** The number of the unit of each row, such as a group, the same in all tests; undefined if each row is its own. */
  readonly units?: ArrayLike<number> | undefined;
  /** The outputs of a linear model. */
  readonly linear?: ArrayLike<number> | undefined;
}

/** @param naive the naive prediction: a class number, or a number */
export const scoreOf = (target: Target, outputs: ArrayLike<number>, targets: ArrayLike<number>, naive: number): Score =>
  scoreOfAll([{ target, outputs, targets }], naive);

/**
 * Scores the predictions of one model, or of several on rows of their own.
 *
 * @param tests of the same target: only its scale, its threshold and its errors may differ
 * @param naive as in `scoreOf`
 */
export function scoreOfAll(tests: readonly Tested[], naive: number): Score {
  const [{ target }] = tests;
  return target.kind === "classes" ? classScore(target.classes, tests, naive) : numberScore(tests, naive);
}

/** Returns the units of the rows of several tests, one after the other; undefined if each row is its own. */
function unitsOf(tests: readonly Tested[]): Float64Array | undefined {
  if (tests.some(({ units }) => !units)) return undefined;
  return Float64Array.from(tests.flatMap(({ units }) => Array.from(units!)));
}

const unitCount = (units: Float64Array | undefined) => units && { units: new Set(units).size };

/** Returns whether a model beats the naive baseline: by more right predictions, or by an order of the rows that is no chance. */
export function isBetterThanNaive(score: Score): boolean {
  return score.kind === "classes"
    ? score.accuracy > score.baseline.accuracy || ranksWell(score)
    : score.rootMeanSquaredError < score.baseline.rootMeanSquaredError;
}

/** The area under the curve of an order that says something, also on some hundred rows. */
const leastArea = 0.65;

export const ranksWell = ({ rocAuc, rows, units = rows }: ClassScore): boolean =>
  units >= 30 && rocAuc !== null && rocAuc >= leastArea;

/** Returns the most frequent class number, the first of equals. */
export function mostFrequentClass(classNumbers: ArrayLike<number>, classes: number): number {
  const counts = new Array<number>(classes).fill(0);
  for (let row = 0; row < classNumbers.length; row++) counts[classNumbers[row]]++;
  return placeOfGreatest(counts);
}

/** The probabilities of classes for the rows of several tests, one test after the other. */
export class Probabilities {
  readonly rows: number;
  readonly targets: Int32Array;
  readonly #tests: readonly { readonly outputs: ArrayLike<number>; readonly rows: number }[];
  readonly width: number;

  constructor(tests: readonly Pick<Tested, "outputs" | "targets">[]) {
    this.targets = Int32Array.from(tests.flatMap(({ targets }) => Array.from(targets)));
    this.rows = this.targets.length;
    this.#tests = tests.map(({ outputs, targets }) => ({ outputs, rows: targets.length }));
    this.width = this.#tests[0].outputs.length / this.#tests[0].rows;
  }

  /** Returns the probability of a class for each row. */
  of(number: number): Float64Array {
    const values = new Float64Array(this.rows);
    let at = 0;
    for (const { outputs, rows } of this.#tests) {
      for (let row = 0; row < rows; row++) {
        if (this.width > 1) values[at++] = outputs[row * this.width + number];
        else values[at++] = number === 1 ? outputs[row] : 1 - outputs[row];
      }
    }
    return values;
  }

  /** Returns the probability of one class for each row: the class number of the row. */
  at(classNumbers: ArrayLike<number>): Float64Array {
    const values = new Float64Array(this.rows);
    let at = 0;
    for (const { outputs, rows } of this.#tests) {
      for (let row = 0; row < rows; row++, at++) {
        const number = classNumbers[at];
        if (this.width > 1) values[at] = outputs[row * this.width + number];
        else values[at] = number === 1 ? outputs[row] : 1 - outputs[row];
      }
    }
    return values;
  }
}

/** The least logarithm, which is PyTorch's: a probability may round to 0. */
const crossEntropyOf = (right: Float64Array): number =>
  right.reduce((sum, probability) => sum - Math.max(Math.log(probability), -100), 0) / right.length;

/** The most probabilities that are put in order, over all classes. More rows are thinned out. */
const mostRanked = 4e6;

/** Returns the scores of the rows of a class and of the others. @param every takes one of this many rows */
export function scoresOf(probabilities: Float64Array, targets: ArrayLike<number>, number: number, every = 1) {
  const [positives, negatives]: [number[], number[]] = [[], []];
  for (let row = 0; row < probabilities.length; row += every) {
    (targets[row] === number ? positives : negatives).push(probabilities[row]);
  }
  return { positives: Float64Array.from(positives), negatives: Float64Array.from(negatives) };
}

/** Returns the areas of each class. Of two classes, the first has what the second has, with the signs turned. */
function rankingsOf(probabilities: Probabilities, classes: number) {
  const every = Math.ceil((probabilities.rows * classes) / mostRanked);
  return Array.from({ length: classes }, (_, number) =>
    rankingOf(scoresOf(probabilities.of(number), probabilities.targets, number, every)),
  );
}

/** Returns the mean of the values that are there; null if there is none. */
function meanOf(values: readonly (number | null | undefined)[]): number | null {
  const present = values.filter((value) => value !== null && value !== undefined);
  return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length;
}

function classScore(classes: readonly (string | number)[], tests: readonly Tested[], naive: number): ClassScore {
  const probabilities = new Probabilities(tests);
  const { rows, targets, width } = probabilities;
  const units = unitsOf(tests);
  const confusion = classes.map(() => classes.map(() => 0));
  const said = new Int32Array(rows);
  let at = 0;
  for (const { target, outputs, targets } of tests) {
    for (let row = 0; row < targets.length; row++, at++) {
      said[at] = target.kind === "classes" ? classFrom(target, outputs, width, row * width) : 0;
      confusion[targets[row]][said[at]]++;
    }
  }
  const rankings = rankingsOf(probabilities, classes.length);
  const saidCounts = classes.map(() => 0);
  for (const number of said) saidCounts[number]++;
  const byClass = classes.map((_, number): OneClassScore => {
    const right = confusion[number][number];
    const rowsOf = confusion[number].reduce((sum, count) => sum + count, 0);
    return {
      rows: rowsOf,
      precision: saidCounts[number] === 0 ? null : right / saidCounts[number],
      recall: rowsOf === 0 ? null : right / rowsOf,
      f1: rowsOf + saidCounts[number] === 0 ? null : (2 * right) / (rowsOf + saidCounts[number]),
      rocAuc: rankings[number]?.rocAuc ?? null,
      averagePrecision: rankings[number]?.averagePrecision ?? null,
    };
  });
  const right = confusion.reduce((sum, row, number) => sum + row[number], 0);
  const rarer = classes.length === 2 ? byClass[byClass[1].rows <= byClass[0].rows ? 1 : 0] : undefined;
  return {
    kind: "classes",
    rows,
    ...unitCount(units),
    right,
    accuracy: right / rows,
    accuracyInterval: shareInterval(right, rows, units && independentRows(units)),
    crossEntropy: crossEntropyOf(probabilities.at(targets)),
    rocAuc: meanOf(byClass.map(({ rocAuc }) => rocAuc)),
    averagePrecision: rarer ? rarer.averagePrecision : meanOf(byClass.map(({ averagePrecision }) => averagePrecision)),
    f1: meanOf(byClass.filter(({ rows }) => rows > 0).map(({ f1 }) => f1))!,
    byClass,
    calibration: calibrationOf(probabilities, said, classes.length),
    baseline: { says: classes[naive], accuracy: byClass[naive].rows / rows },
    linear: linearClassScore(tests, classes.length),
    classes,
    confusion,
  };
}

function linearClassScore(tests: readonly Tested[], classes: number): ClassScore["linear"] {
  if (tests.some(({ linear }) => !linear)) return null;
  const given = tests.map(({ linear, targets }) => ({ outputs: linear!, targets }));
  const probabilities = new Probabilities(given);
  const { width, rows, targets } = probabilities;
  let right = 0;
  for (const { outputs, targets } of given) {
    for (let row = 0; row < targets.length; row++) {
      if (classFrom({ kind: "classes", name: "", classes: [] }, outputs, width, row * width) === targets[row]) right++;
    }
  }
  return {
    accuracy: right / rows,
    crossEntropy: crossEntropyOf(probabilities.at(targets)),
    rocAuc: meanOf(rankingsOf(probabilities, classes).map((ranking) => ranking?.rocAuc)),
  };
}

const bins = 10;

function calibrationOf(probabilities: Probabilities, said: Int32Array, classes: number): Calibration {
  const { rows, targets } = probabilities;
  const isSecond = classes === 2;
  const predicted = isSecond ? probabilities.of(1) : probabilities.at(said);
  const sums = Array.from({ length: bins }, () => ({ rows: 0, predicted: 0, actual: 0 }));
  for (let row = 0; row < rows; row++) {
    const sum = sums[Math.min(bins - 1, Math.floor(predicted[row] * bins))];
    sum.rows++;
    sum.predicted += predicted[row];
    sum.actual += targets[row] === (isSecond ? 1 : said[row]) ? 1 : 0;
  }
  const filled = sums.filter(({ rows }) => rows > 0);
  return {
    error: filled.reduce((sum, bin) => sum + Math.abs(bin.predicted - bin.actual), 0) / rows,
    bins: filled.map(({ rows, predicted, actual }) => ({ rows, predicted: predicted / rows, actual: actual / rows })),
  };
}

function numberScore(given: readonly Tested[], naive: number): NumberScore {
  const tests = given.map(finiteRows);
  const countIn = (tests: readonly Tested[]) => tests.reduce((sum, { targets }) => sum + targets.length, 0);
  const tooLarge = countIn(given) - countIn(tests);
  const targets = Float64Array.from(tests.flatMap(({ targets }) => Array.from(targets)));
  const rows = targets.length;
  const errors = errorsOf(tests, ({ outputs }) => outputs);
  const mean = targets.reduce((sum, value) => sum + value / rows, 0);
  const isConstant = targets.every((value) => value === targets[0]);
  const sumOf = (values: Float64Array, term: (value: number) => number) =>
    values.reduce((sum, value) => sum + term(value), 0);
  const squared = sumOf(errors, (error) => error ** 2);
  const meanErrors = (errors: Float64Array) => ({
    meanAbsoluteError: sumOf(errors, Math.abs) / rows,
    rootMeanSquaredError: Math.sqrt(sumOf(errors, (error) => error ** 2) / rows),
  });
  const units = unitsOf(tests);
  const squares = meanInterval(
    errors.map((error) => error ** 2),
    units,
  );
  return {
    kind: "number",
    rows,
    ...(tooLarge > 0 && { tooLarge }),
    ...unitCount(units),
    ...meanErrors(errors),
    medianAbsoluteError: quantile(errors.map(Math.abs).sort(), 0.5),
    meanAbsoluteErrorInterval: meanInterval(errors.map(Math.abs), units),
    rootMeanSquaredErrorInterval: [Math.sqrt(squares[0]), Math.sqrt(squares[1])],
    r2: isConstant ? null : 1 - squared / sumOf(targets, (value) => (value - mean) ** 2),
    residuals: quantilesOf(errors),
    interval: intervalOf(tests, rows),
    baseline: { says: naive, ...meanErrors(targets.map((value) => naive - value)) },
    linear: linearNumberScore(tests, meanErrors),
  };
}

/** Returns the errors of the linear models; null if there is none, or if one of their predictions is too large for a number. */
function linearNumberScore(
  tests: readonly Tested[],
  meanErrors: (errors: Float64Array) => NonNullable<NumberScore["linear"]>,
): NumberScore["linear"] {
  if (tests.some(({ linear }) => !linear)) return null;
  const score = meanErrors(errorsOf(tests, ({ linear }) => linear!));
  return Object.values(score).every(Number.isFinite) ? score : null;
}

/** Returns the rows of a test whose predictions are numbers: an infinite one would make all scores infinite. */
function finiteRows(tested: Tested): Tested {
  const { target, outputs, targets, units, linear } = tested;
  if (target.kind !== "number") return tested;
  const rows = Array.from(targets, (_, row) => row).filter((row) => !isTooLarge(target, outputs[row]));
  if (rows.length === targets.length) return tested;
  const kept = (values: ArrayLike<number>) => rows.map((row) => values[row]);
  return {
    ...{ target, outputs: kept(outputs), targets: kept(targets) },
    ...{ units: units && kept(units), linear: linear && kept(linear) },
  };
}

/** Returns prediction minus target of each row, in the target's unit. */
function errorsOf(tests: readonly Tested[], outputsOf: (tested: Tested) => ArrayLike<number>): Float64Array {
  const parts = tests.map((tested) => {
    const { target, targets } = tested;
    const outputs = outputsOf(tested);
    return Float64Array.from(targets, (value, row) =>
      target.kind === "number" ? numberFrom(target, outputs[row]) - value : Number.NaN,
    );
  });
  return parts.length === 1 ? parts[0] : Float64Array.from(parts.flatMap((part) => [...part]));
}

/** Returns how many targets lie in the intervals of the predictions. */
function intervalOf(tests: readonly Tested[], rows: number): NumberScore["interval"] {
  let held = 0;
  let share: number | undefined;
  for (const { target, outputs, targets } of tests) {
    if (target.kind !== "number" || !target.errors) return null;
    const { least, greatest } = target.errors;
    share = Math.min(share ?? 1, target.errors.share);
    for (let row = 0; row < targets.length; row++) {
      const ends = [least, greatest].map((error) => numberFrom(target, outputs[row] + error));
      if (targets[row] >= Math.min(...ends) && targets[row] <= Math.max(...ends)) held++;
    }
  }
  return { share: share!, held: held / rows };
}

const quantile = (ordered: Float64Array, share: number) => ordered[Math.round(share * (ordered.length - 1))];

function quantilesOf(values: Float64Array): NumberScore["residuals"] {
  const ordered = values.toSorted();
  const at = (share: number) => quantile(ordered, share);
  return { p5: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95) };
}
