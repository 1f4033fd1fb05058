/** Tests each row once: trains a network on the rows of all folds but one, tests it on that, and so in turn. */

import type { Fit, FitOptions } from "./fit.ts";
import { fitNetwork } from "./fit.ts";
import { foldInterval, type Interval } from "./intervals.ts";
import { testedWithLinear } from "./learn.ts";
import type { PreparedTable } from "./prepare.ts";
import { type Score, scoreOf, scoreOfAll, type Tested } from "./score.ts";

export interface FoldScores {
  /** True if a signal left folds untested. */
  readonly interrupted: boolean;
  /** The main scores by name: of each fold, their mean, and the interval that holds it with a chance of 95 %. */
  readonly scores: Readonly<
    Record<string, { readonly each: readonly number[]; readonly mean: number; readonly interval: Interval }>
  >;
}

/** The scores of the folds, and the predictions behind them. */
export interface Folds extends FoldScores {
  readonly tests: readonly Tested[];
  /** The numbers of the tested rows, fold after fold. */
  readonly rows: Int32Array;
  /** The score of all rows together. */
  readonly score: Score;
}

/** @returns undefined if a signal came before two folds were tested */
export async function testFolds(prepared: PreparedTable, options: FitOptions): Promise<Folds | undefined> {
  const tests: Tested[] = [];
  const rows: number[] = [];
  for (const fold of prepared.folds()) {
    const scaled = options.settings.logarithm ? (fold.withLogarithms() ?? fold) : fold;
    const fit: Fit = await fitNetwork(scaled, options);
    if (fit.checkpoint) break;
    tests.push(await testedWithLinear(fit, scaled, options));
    for (const row of fold.parts.test) rows.push(row);
  }
  if (tests.length < 2) return undefined;
  const { naive } = prepared;
  const scores = tests.map(({ target, outputs, targets }) => mainScores(scoreOf(target, outputs, targets, naive)));
  const names = Object.keys(scores[0]).filter((name) => scores.every((score) => score[name] !== null));
  return {
    tests,
    rows: Int32Array.from(rows),
    interrupted: options.signal.aborted,
    score: scoreOfAll(tests, naive),
    scores: Object.fromEntries(
      names.map((name) => {
        const each = scores.map((score) => score[name]!);
        const { mean, interval } = foldInterval(each);
        const [least, greatest] = bounds[name];
        return [name, { each, mean, interval: [Math.max(least, interval[0]), Math.min(greatest, interval[1])] }];
      }),
    ),
  };
}

/** The values that each score can have. */
const bounds: Readonly<Record<string, Interval>> = {
  accuracy: [0, 1],
  crossEntropy: [0, Number.POSITIVE_INFINITY],
  rocAuc: [0, 1],
  f1: [0, 1],
  meanAbsoluteError: [0, Number.POSITIVE_INFINITY],
  rootMeanSquaredError: [0, Number.POSITIVE_INFINITY],
  r2: [Number.NEGATIVE_INFINITY, 1],
};

const mainScores = (score: Score): Readonly<Record<string, number | null>> =>
  score.kind === "classes"
    ? { accuracy: score.accuracy, crossEntropy: score.crossEntropy, rocAuc: score.rocAuc, f1: score.f1 }
    : {
        meanAbsoluteError: score.meanAbsoluteError,
        rootMeanSquaredError: score.rootMeanSquaredError,
        r2: score.r2,
      };
