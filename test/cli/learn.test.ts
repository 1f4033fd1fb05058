import { describe, expect, test } from "vitest";
import { bestThreshold, chooseScale, errorsOf, skewnessOf } from "../../src/cli/learn.ts";
import { prepare } from "../../src/cli/prepare.ts";
import { headOf, type Settings } from "../../src/cli/settings.ts";
import { pcg32 } from "../../src/index.ts";

describe("the range of errors", () => {
  test("leaves out a twentieth at either end, and holds nine of ten new errors", () => {
    const errors = Float64Array.from({ length: 99 }, (_, row) => row);
    expect(errorsOf(new Float64Array(99), errors)).toEqual({ share: 0.9, least: 4, greatest: 94 });
    const random = pcg32(2);
    const draw = (length: number) => Float64Array.from({ length }, () => random.normal());
    let held = 0;
    for (let turn = 0; turn < 200; turn++) {
      const { least, greatest } = errorsOf(new Float64Array(59), draw(59));
      held += draw(50).filter((error) => error >= least && error <= greatest).length;
    }
    expect(held / 10_000).toBeGreaterThan(0.88);
    expect(held / 10_000).toBeLessThan(0.92);
  });

  test("of few rows says which share they can hold", () => {
    expect(errorsOf([0, 0, 0, 0], [3, 1, 2, 5])).toEqual({ share: expect.closeTo(0.6, 12), least: 1, greatest: 5 });
    expect(errorsOf([0], [3])).toEqual({ share: 0.01, least: 3, greatest: 3 });
  });
});

describe("the best threshold", () => {
  const targets = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1];
  const outputs = [0.1, 0.1, 0.2, 0.2, 0.15, 0.05, 0.32, 0.1, 0.3, 0.4];

  test("has the greatest F1 of the rarer class, halfway between two probabilities", () => {
    expect(bestThreshold(outputs, targets, "f1")).toBeCloseTo(0.25, 12);
    // The first class is the rarer one if the classes change sides.
    const turned = bestThreshold(
      outputs.map((value) => 1 - value),
      targets.map((value) => 1 - value),
      "f1",
    );
    expect(turned).toBeCloseTo(0.75, 12);
    expect(
      bestThreshold(
        outputs.flatMap((value) => [1 - value, value]),
        targets,
        "f1",
      ),
    ).toBeCloseTo(0.25, 12);
  });

  test("has the greatest mean of both recalls", () => {
    expect(bestThreshold(outputs, targets, "balanced")).toBeCloseTo(0.25, 12);
  });

  test("is a half if only one class is there", () => {
    expect(bestThreshold([0.1, 0.2], [0, 0], "f1")).toBe(0.5);
  });
});

describe("the scale", () => {
  const count = 400;
  const random = pcg32(3);
  const x = Float64Array.from({ length: count }, () => random.normal());
  const settings: Settings = {
    ...{ hidden: [8], activation: "relu", dropout: 0, batchNorm: false, optimizer: "adamw", learningRate: 0.01 },
    ...{ schedule: "constant", weightDecay: null, batchSize: 32, epochs: 30, patience: 30, seed: 1, dtype: "float32" },
    ...{ testFraction: 0.2, validationFraction: 0.2, balance: false, threshold: null, logarithm: null },
  };
  const table = (y: Float64Array) =>
    prepare(
      "t.csv",
      {
        ...{ rows: count, lines: count },
        columns: [
          { name: "x", kind: "number", values: x, missing: 0 },
          { name: "y", kind: "number", values: y, missing: 0 },
        ],
      },
      {
        ...{ target: "y", task: null, ignore: [], missing: [], categories: [], sample: null },
        ...{ group: null, time: null, folds: null },
      },
      settings,
    );
  const choose = (y: Float64Array) => {
    const prepared = table(y);
    return chooseScale(prepared, { settings, head: headOf(prepared.asked), signal: new AbortController().signal });
  };

  test("is the logarithm of positive and skewed numbers if that is better on the validation rows", async () => {
    const { prepared, fit, errors } = await choose(x.map((value) => Math.exp(2 * value)));
    expect(prepared.goal).toMatchObject({ logarithm: true });
    expect(errors![1]).toBeLessThan(errors![0]);
    // The finished training is used, as it had all rows.
    expect(fit!.history.epoch.length).toBeGreaterThan(0);
    const mean = prepared.targets.reduce((sum, value) => sum + value, 0) / prepared.targets.length;
    expect(mean).toBeCloseTo(0, 9);
  });

  test("stays where it is not better, or the numbers are not skewed or not positive", async () => {
    expect((await choose(x.map((value) => 10 + value))).errors).toBeUndefined();
    expect((await choose(x.map((value) => Math.exp(2 * value) - 1))).errors).toBeUndefined();
    const { prepared, errors } = await choose(x.map((value) => 1 + 100 * Math.max(0, value - 1)));
    expect(errors).toBeDefined();
    expect(prepared.goal).not.toHaveProperty("logarithm");
  });

  test("has rows in short where there are many", () => {
    const prepared = table(x);
    const short = prepared.shortened(50);
    expect([short.targets.length, (short.train.inputs as Float64Array).length]).toEqual([50, 50]);
    expect(prepared.shortened(1000)).toBe(prepared);
  });

  test("skewness is that of the moments, 0 if a number is not positive", () => {
    expect(skewnessOf(Float64Array.of(1, 1, 1, 5))).toBeCloseTo(1.1547, 4);
    expect(skewnessOf(Float64Array.of(0, 1, 1, 5))).toBe(0);
    expect(skewnessOf(Float64Array.of(2, 2))).toBe(0);
  });
});
