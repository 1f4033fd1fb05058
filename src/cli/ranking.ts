/** Measures how well scores put the rows of a class before the others, at every threshold. */

export interface Ranking {
  /** The chance that a row of the class has a greater score than another, equal scores counting half. */
  readonly rocAuc: number;
  /** The mean of the precisions at each threshold, weighted by the recall that it adds. */
  readonly averagePrecision: number;
}

/** The counts at a threshold: the rows with at least this score. */
export interface Threshold {
  readonly score: number;
  /** Rows of the class. */
  readonly right: number;
  /** Other rows. */
  readonly wrong: number;
}

/** The scores of the rows of a class, and of all others. */
export interface Scores {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/** Walks through the different scores, the greatest first. */
export function* thresholds({ positives, negatives }: Scores): Generator<Threshold> {
  const [right, wrong] = [positives.toSorted(), negatives.toSorted()];
  let [rightLeft, wrongLeft] = [right.length, wrong.length];
  while (rightLeft > 0 || wrongLeft > 0) {
    const score = Math.max(
      rightLeft > 0 ? right[rightLeft - 1] : Number.NEGATIVE_INFINITY,
      wrongLeft > 0 ? wrong[wrongLeft - 1] : Number.NEGATIVE_INFINITY,
    );
    while (rightLeft > 0 && right[rightLeft - 1] === score) rightLeft--;
    while (wrongLeft > 0 && wrong[wrongLeft - 1] === score) wrongLeft--;
    yield { score, right: right.length - rightLeft, wrong: wrong.length - wrongLeft };
  }
}

/** Returns both measures, as scikit-learn's roc_auc_score and average_precision_score; null if a side has no rows. */
export function rankingOf(scores: Scores): Ranking | null {
  const [all, others] = [scores.positives.length, scores.negatives.length];
  if (all === 0 || others === 0) return null;
  let [area, precision, right, wrong] = [0, 0, 0, 0];
  for (const next of thresholds(scores)) {
    area += ((next.wrong - wrong) * (next.right + right)) / 2;
    precision += (next.right - right) * (next.right / (next.right + next.wrong));
    ({ right, wrong } = next);
  }
  return { rocAuc: area / all / others, averagePrecision: precision / all };
}
