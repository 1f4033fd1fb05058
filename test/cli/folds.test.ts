import { describe, expect, test } from "vitest";
import { testFolds } from "../../src/cli/folds.ts";
import { prepare } from "../../src/cli/prepare.ts";
import { headOf, type Settings } from "../../src/cli/settings.ts";
import { pcg32 } from "../../src/index.ts";

const count = 120;
const random = pcg32(1);
const x = Float64Array.from({ length: count }, () => random.normal());
const settings: Settings = {
  ...{ hidden: [8], activation: "relu", dropout: 0, batchNorm: false, optimizer: "adamw", learningRate: 0.02 },
  ...{ schedule: "constant", weightDecay: null, batchSize: 16, epochs: 20, patience: 20, seed: 1, dtype: "float32" },
  ...{ testFraction: 0, validationFraction: 0.2, balance: false, threshold: null, logarithm: false },
};
const prepared = (y: Float64Array | string[], folds: number | null) => {
  const kind = y instanceof Float64Array ? "number" : "category";
  const columns = [
    { name: "x", kind: "number", values: x, missing: 0 } as const,
    { name: "y", kind, values: y, missing: 0 } as const,
  ];
  const question = { target: "y", task: null, ignore: [], missing: [], categories: [], sample: null };
  return prepare(
    "t.csv",
    { rows: count, lines: count, columns },
    { ...question, group: null, time: null, folds },
    settings,
  );
};
const classes = prepared(
  Array.from(x, (value) => (value > 0 ? "up" : "down")),
  4,
);
const optionsOf = (of: typeof classes, signal = new AbortController().signal) => ({
  ...{ settings, head: headOf(of.asked), signal },
});

describe("folds", () => {
  test("test each row once, and have a mean and an interval of each score within its bounds", async () => {
    const { tests, rows, score, scores, interrupted } = (await testFolds(classes, optionsOf(classes)))!;
    expect([tests.length, interrupted, score.rows]).toEqual([4, false, count]);
    expect([...rows].sort((one, other) => one - other)).toEqual(Array.from(x, (_, row) => row));
    expect(Object.keys(scores)).toEqual(["accuracy", "crossEntropy", "rocAuc", "f1"]);
    const { each, mean, interval } = scores.accuracy;
    expect(mean).toBeCloseTo(each.reduce((sum, value) => sum + value, 0) / 4, 12);
    expect(mean).toBeGreaterThan(0.85);
    expect([interval[0] <= mean, interval[1] >= mean, interval[1] <= 1]).toEqual([true, true, true]);
    expect(score.kind === "classes" && score.linear).toBeTruthy();
  });

  test("of numbers have errors and R²", async () => {
    const numbers = prepared(
      x.map((value) => 2 * value),
      3,
    );
    const { scores, tests } = (await testFolds(numbers, optionsOf(numbers)))!;
    expect(Object.keys(scores)).toEqual(["meanAbsoluteError", "rootMeanSquaredError", "r2"]);
    expect(scores.r2.interval[1]).toBeLessThanOrEqual(1);
    expect(tests[0].target).toMatchObject({ kind: "number", errors: { share: expect.any(Number) } });
  });

  test("that a signal stops before two are tested have no scores", async () => {
    expect(await testFolds(classes, optionsOf(classes, AbortSignal.abort()))).toBeUndefined();
  });
});
