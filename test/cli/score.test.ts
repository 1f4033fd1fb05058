import { describe, expect, test } from "vitest";
import { type ClassScore, isBetterThanNaive, scoreOf, scoreOfAll } from "../../src/cli/score.ts";

describe("a score", () => {
  test("of classes counts which is taken for which, beside always saying one", () => {
    const target = { kind: "classes", name: "y", classes: ["a", "b", "c"] } as const;
    const outputs = [0.5, 0.25, 0.25, 0.125, 0.75, 0.125, 0.5, 0.25, 0.25, 0.5, 0.5, 0];
    expect(scoreOf(target, outputs, [0, 1, 2, 1], 1)).toMatchObject({
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

  test("of rows that are copies has the intervals of the rows without copies, also over folds", () => {
    const classes = { kind: "classes", name: "y", classes: ["no", "yes"] } as const;
    const number = { kind: "number", name: "y", offset: 0, divisor: 1 } as const;
    const five = (values: readonly number[]) => values.flatMap((value) => Array.from({ length: 5 }, () => value));
    for (const [target, outputs, targets] of [
      [classes, [0.75, 0.25, 0.5, 0.875], [1, 1, 0, 1]],
      [number, [1, 2, 4, 8], [1, 3, 3, 6]],
    ] as const) {
      const alone = scoreOf(target, outputs, targets, 0);
      const [first, second] = [0, 2].map((from) => ({
        target,
        outputs: five(outputs.slice(from, from + 2)),
        targets: five(targets.slice(from, from + 2)),
        units: five([from, from + 1]),
      }));
      const copies = scoreOfAll([first, second], 0);
      expect(copies).toMatchObject({ rows: 20, units: 4 });
      const intervalsOf = (score: object) =>
        Object.entries(score).flatMap(([name, value]) => (name.endsWith("Interval") ? (value as number[]) : []));
      intervalsOf(copies).forEach((end, index) => {
        expect(end).toBeCloseTo(intervalsOf(alone)[index], 12);
      });
      expect(intervalsOf(copies).length).toBeGreaterThan(1);
      expect(alone).not.toHaveProperty("units");
    }
  });

  test("of a class that is given no chance counts 100, as PyTorch's cross-entropy", () => {
    const target = { kind: "classes", name: "y", classes: ["no", "yes"] } as const;
    expect(scoreOf(target, [0], [1], 0)).toMatchObject({ crossEntropy: 100 });
  });

  test("of each class is as scikit-learn's, and so are the areas and the errors of the probabilities", () => {
    const target = { kind: "classes", name: "y", classes: ["no", "yes"] } as const;
    const outputs = [0.1, 0.4, 0.35, 0.8, 0.7, 0.2];
    const score = scoreOf(target, outputs, [0, 0, 1, 1, 0, 0], 0);
    expect(score).toMatchObject({
      accuracyInterval: [expect.closeTo(0.3, 3), expect.closeTo(0.9032, 3)],
      rocAuc: expect.closeTo(0.75, 12),
      averagePrecision: expect.closeTo(0.75, 12),
      f1: expect.closeTo((2 * 3) / 8 / 2 + 0.25, 12),
      byClass: [
        { rows: 4, precision: 0.75, recall: 0.75, f1: 0.75, rocAuc: expect.closeTo(0.75, 12) },
        { rows: 2, precision: 0.5, recall: 0.5, f1: 0.5, averagePrecision: expect.closeTo(0.75, 12) },
      ],
    });
    const { calibration } = score as ClassScore;
    expect(calibration.bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(6);
    // In bins of a tenth each row is alone: |0.1 - 0| + |0.2 - 0| + |0.35 - 1| + |0.4 - 0| + |0.7 - 0| + |0.8 - 1|.
    expect(calibration.error).toBeCloseTo((0.1 + 0.2 + 0.65 + 0.4 + 0.7 + 0.2) / 6, 12);
  });

  test("of a class without rows has no areas and counts in no mean", () => {
    const target = { kind: "classes", name: "y", classes: ["a", "b", "c"] } as const;
    const score = scoreOf(target, [0.5, 0.3, 0.2, 0.2, 0.7, 0.1], [0, 1], 0) as ClassScore;
    expect(score.byClass[2]).toEqual({
      ...{ rows: 0, precision: null, recall: null, f1: null },
      ...{ rocAuc: null, averagePrecision: null },
    });
    expect([score.f1, score.rocAuc]).toEqual([1, 1]);
    const one = scoreOf(target, [0.5, 0.3, 0.2], [0], 0) as ClassScore;
    expect([one.rocAuc, one.averagePrecision]).toEqual([null, null]);
  });

  test("obeys the threshold of the target", () => {
    const target = { kind: "classes", name: "y", classes: ["no", "yes"], threshold: 0.3 } as const;
    expect(scoreOf(target, [0.1, 0.4, 0.2], [0, 1, 1], 0)).toMatchObject({
      confusion: [
        [1, 0],
        [1, 1],
      ],
    });
  });

  test("of several tests is that of all their rows, each by its own scale and threshold", () => {
    const classes = ["no", "yes"];
    const of = (threshold: number, outputs: number[], targets: number[]) => ({
      target: { kind: "classes", name: "y", classes, threshold } as const,
      ...{ outputs, targets, linear: outputs.map((value) => 1 - value) },
    });
    const score = scoreOfAll([of(0.3, [0.4, 0.2], [1, 0]), of(0.6, [0.4, 0.7], [0, 1])], 0) as ClassScore;
    expect(score).toMatchObject({ rows: 4, right: 4, linear: { accuracy: 0.25 } });
    expect(score.linear!.rocAuc).toBeCloseTo(1 - score.rocAuc!, 12);
    const number = (offset: number, errors = { share: 0.9, least: -1, greatest: 1 }) => ({
      target: { kind: "number", name: "y", offset, divisor: 1, errors } as const,
      ...{ outputs: [0, 1], targets: [10, 13], linear: [0, 0] },
    });
    expect(scoreOfAll([number(10), number(12)], 11)).toMatchObject({
      ...{ rows: 4, meanAbsoluteError: (0 + 2 + 2 + 0) / 4, interval: { share: 0.9, held: 0.5 } },
      ...{ linear: { meanAbsoluteError: (0 + 3 + 2 + 1) / 4 } },
    });
  });

  test("is no worse than the naive one where the order of the rows says something", () => {
    const target = { kind: "classes", name: "y", classes: ["no", "yes"] } as const;
    const targets = Array.from({ length: 100 }, (_, row) => (row < 5 ? 1 : 0));
    const score = scoreOf(
      target,
      targets.map((value, row) => 0.1 * value + 0.001 * row),
      targets,
      0,
    );
    expect((score as ClassScore).accuracy).toBe((score as ClassScore).baseline.accuracy);
    expect(isBetterThanNaive(score)).toBe(true);
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
      medianAbsoluteError: 1,
      meanAbsoluteErrorInterval: [0, expect.closeTo(1 + (4.303 * 1) / Math.sqrt(3), 3)],
      rootMeanSquaredErrorInterval: [0, expect.any(Number)],
      interval: null,
      linear: null,
      rootMeanSquaredError: Math.sqrt(5 / 3),
      r2: 1 - 5 / 18,
      residuals: { p5: -2, p25: -1, p50: -1, p75: 0, p95: 0 },
      baseline: { says: 10, meanAbsoluteError: 3, rootMeanSquaredError: Math.sqrt(45 / 3) },
    });
  });
});
