import { describe, expect, test } from "vitest";
import { rankingOf, thresholds } from "../../src/cli/ranking.ts";
import { pcg32 } from "../../src/index.ts";

const of = (positives: number[], negatives: number[]) => ({
  positives: Float64Array.from(positives),
  negatives: Float64Array.from(negatives),
});

describe("a ranking", () => {
  test("has the areas that scikit-learn gives, equal scores counting half", () => {
    // roc_auc_score and average_precision_score of scikit-learn 1.2.
    expect(rankingOf(of([0.9, 0.6, 0.6, 0.2], [0.8, 0.6, 0.3, 0.1]))).toEqual({
      rocAuc: expect.closeTo(0.625, 12),
      averagePrecision: expect.closeTo(0.6928571428571428, 12),
    });
    expect(rankingOf(of([2, 3], [0, 1]))).toEqual({ rocAuc: 1, averagePrecision: 1 });
    expect(rankingOf(of([1, 1], [1, 1]))).toEqual({ rocAuc: 0.5, averagePrecision: 0.5 });
  });

  test("is the share of pairs in order, on random scores", () => {
    const random = pcg32(3);
    const draw = (shift: number) => Array.from({ length: 80 }, () => random.integer(20) + shift);
    const [positives, negatives] = [draw(4), draw(0)];
    let pairs = 0;
    for (const one of positives) for (const other of negatives) pairs += one > other ? 1 : one === other ? 0.5 : 0;
    expect(rankingOf(of(positives, negatives))!.rocAuc).toBeCloseTo(pairs / 6400, 12);
  });

  test("needs rows on both sides", () => {
    expect([rankingOf(of([], [1])), rankingOf(of([1], []))]).toEqual([null, null]);
  });

  test("walks down the different scores", () => {
    expect([...thresholds(of([3, 1], [1, 0]))]).toEqual([
      { score: 3, right: 1, wrong: 0 },
      { score: 1, right: 2, wrong: 1 },
      { score: 0, right: 2, wrong: 2 },
    ]);
  });
});
