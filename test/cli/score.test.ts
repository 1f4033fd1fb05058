import { describe, expect, test } from "vitest";
import { isBetterThanNaive, scoreOf } from "../../src/cli/score.ts";

describe("a score", () => {
  test("of classes counts which is taken for which, beside always saying one", () => {
    const target = { kind: "classes", name: "y", classes: ["a", "b", "c"] } as const;
    const outputs = [0.5, 0.25, 0.25, 0.125, 0.75, 0.125, 0.5, 0.25, 0.25, 0.5, 0.5, 0];
    expect(scoreOf(target, outputs, [0, 1, 2, 1], 1)).toEqual({
      kind: "classes",
      rows: 4,
      right: 2,
      accuracy: 0.5,
      crossEntropy: -(Math.log(0.5) + Math.log(0.75) + Math.log(0.25) + Math.log(0.5)) / 4,
      baseline: { says: "b", accuracy: 0.5 },
      classes: ["a", "b", "c"],
      confusion: [
        [1, 0, 0],
        [1, 1, 0],
        [1, 0, 0],
      ],
    });
  });

  test("of two classes takes one output as the probability of the second", () => {
    const target = { kind: "classes", name: "y", classes: ["no", "yes"] } as const;
    const score = scoreOf(target, [0.75, 0.25, 0.5], [1, 1, 0], 0);
    expect(score).toMatchObject({
      right: 2,
      confusion: [
        [1, 0],
        [1, 1],
      ],
      baseline: { says: "no", accuracy: 1 / 3 },
    });
  });

  test("of a class that is given no chance counts 100, as PyTorch's cross-entropy", () => {
    const target = { kind: "classes", name: "y", classes: ["no", "yes"] } as const;
    expect(scoreOf(target, [0], [1], 0)).toMatchObject({ crossEntropy: 100 });
  });

  test("is better than the naive one if more rows are right, or errors are smaller", () => {
    const target = { kind: "classes", name: "y", classes: ["no", "yes"] } as const;
    const better = (outputs: number[], wanted: number[]) => isBetterThanNaive(scoreOf(target, outputs, wanted, 0));
    expect([better([0.9, 0.1], [1, 0]), better([0.1, 0.1], [1, 0])]).toEqual([true, false]);
    const number = { kind: "number", name: "y", offset: 0, divisor: 1 } as const;
    const closer = (outputs: number[]) => isBetterThanNaive(scoreOf(number, outputs, [1, 2], 1.5));
    expect([closer([1.1, 1.9]), closer([1.5, 1.5]), closer([2, 1])]).toEqual([true, false, false]);
  });

  test("of equal numbers has no R²", () => {
    const target = { kind: "number", name: "y", offset: 0, divisor: 1 } as const;
    expect(scoreOf(target, [0.1, 0.2], [0.1, 0.1], 0)).toMatchObject({ r2: null });
  });

  test("of numbers is in their unit, beside always saying the mean", () => {
    const target = { kind: "number", name: "y", offset: 10, divisor: 2 } as const;
    expect(scoreOf(target, [0, 1, 2], [10, 13, 16], 10)).toEqual({
      kind: "number",
      rows: 3,
      meanAbsoluteError: 1,
      rootMeanSquaredError: Math.sqrt(5 / 3),
      r2: 1 - 5 / 18,
      residuals: { p5: -2, p25: -1, p50: -1, p75: 0, p95: 0 },
      baseline: { says: 10, meanAbsoluteError: 3, rootMeanSquaredError: Math.sqrt(45 / 3) },
    });
  });
});
