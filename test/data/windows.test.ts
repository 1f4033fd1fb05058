import { describe, expect, test } from "vitest";
import { trainTestWindows, type WindowsOptions, windows } from "../../src/data/index.ts";
import { pcg32 } from "../../src/random.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, step) => step);

describe("windows", () => {
  test("of one series have its steps, and the step behind them as the target", () => {
    expect(windows([1, 2, 3, 4, 5], { length: 3 })).toEqual({
      inputs: [
        [1, 2, 3],
        [2, 3, 4],
      ],
      targets: [[4], [5]],
    });
  });

  test("a typed array is a series, too", () => {
    expect(windows(Float32Array.of(1, 2, 3), { length: 2 })).toEqual({ inputs: [[1, 2]], targets: [[3]] });
  });

  test("of several series have a row a step; targets are of all, or of those that are named", () => {
    const series = [
      [1, 10],
      [2, 20],
      [3, 30],
      [4, 40],
    ];
    expect(windows(series, { length: 2, horizon: 2 })).toEqual({ inputs: [[1, 10, 2, 20]], targets: [[3, 30, 4, 40]] });
    expect(windows(series, { length: 1, horizon: 2, step: 2, targets: [1] })).toEqual({
      inputs: [[1, 10]],
      targets: [[20, 30]],
    });
  });

  test("every window lies in the series and its target behind it, whatever the sizes", () => {
    const random = pcg32(1);
    for (let round = 0; round < 300; round++) {
      const [length, horizon, step] = [1 + random.integer(6), 1 + random.integer(4), 1 + random.integer(5)];
      const steps = length + horizon + random.integer(20);
      const { inputs, targets } = windows(upTo(steps), { length, horizon, step });
      expect(inputs).toHaveLength(Math.floor((steps - length - horizon) / step) + 1);
      for (const [index, input] of inputs.entries()) {
        const whole = upTo(length + horizon).map((place) => index * step + place);
        expect([...input, ...targets[index]]).toEqual(whole);
      }
    }
  });

  const options = { length: 2 };
  test.each<[string, unknown, unknown, string]>([
    ["no array", 5, options, "windows: got 5, need an array of numbers, or of rows of numbers"],
    ["no steps", [], options, "windows: got a series of no steps"],
    ["a gap", [1, Number.NaN, 3], options, "windows: got NaN at step 1, need a finite number"],
    ["a missing number", [null, 2, 3], options, "windows: got null at step 0, need a finite number"],
    [
      "a gap in a row",
      [
        [1, 2],
        [3, null],
        [4, 5],
      ],
      options,
      "windows: got null at row 1, column 1",
    ],
    ["rows of two lengths", [[1, 2], [3]], options, "windows: got 1 number at row 1, need 2"],
    ["a short series", [1, 2], options, "windows: got 2 steps, need at least 3: length and horizon together"],
    ["no options", [1, 2, 3], undefined, "windows: length: got undefined, need a whole number"],
    ["no length", [1, 2, 3], {}, "windows: length: got undefined, need a whole number"],
    ["half a step", [1, 2, 3], { length: 1, step: 0.5 }, "windows: step: got 0.5"],
    ["a column that there is not", [1, 2, 3], { length: 1, targets: [1] }, "windows: targets: got 1, need"],
    ["no columns", [1, 2, 3], { length: 1, targets: [] }, "windows: got targets"],
    ["a misspelt option", [1, 2, 3], { lenght: 1 }, 'did you mean "length"?'],
  ])("refuse %s", (_, series, given, message) => {
    expect(() => windows(series as number[], given as WindowsOptions)).toThrow(message);
  });
});

describe("trainTestWindows", () => {
  test("takes every step-th window of each part, and forecasts the columns that are named", () => {
    const series = upTo(20).map((step) => [step, 10 * step]);
    const { train, test: tested } = trainTestWindows(series, { length: 2, step: 4, targets: [1], testFraction: 0.4 });
    expect(train.targets).toEqual([[20], [60], [100]]);
    expect(tested.targets).toEqual([[120], [160]]);
    expect(tested.inputs[0]).toEqual([10, 100, 11, 110]);
  });

  test("no training window has seen a step that is a target of test, and every such step is one", () => {
    const random = pcg32(2);
    for (let round = 0; round < 200; round++) {
      const [length, horizon] = [1 + random.integer(5), 1 + random.integer(3)];
      const steps = 2 * (length + horizon) + random.integer(30);
      const { train, test: tested } = trainTestWindows(upTo(steps), { length, horizon, testFraction: 0.2 });
      const first = steps - Math.max(horizon, Math.round(0.2 * steps));
      expect(Math.max(...train.inputs.flat(), ...train.targets.flat())).toBe(first - 1);
      expect(new Set(tested.targets.flat())).toEqual(new Set(upTo(steps).slice(first)));
      expect(tested.inputs[0]).toEqual(upTo(first).slice(-length));
    }
  });

  test.each<[string, number, object, string]>([
    ["no options", 20, undefined as never, "trainTestWindows: length: got undefined, need a whole number"],
    ["a series shorter than a window", 6, { length: 2, horizon: 8 }, "trainTestWindows: got 6 steps, need at least 10"],
    ["a share of 1", 20, { length: 2, testFraction: 1 }, "trainTestWindows: got testFraction 1, need a number above 0"],
    [
      "a series without steps for training",
      10,
      { length: 6, testFraction: 0.5 },
      "trainTestWindows: got 5 steps before the last 5 of 10, which are for testing, need at least 7",
    ],
  ])("refuses %s", (_, steps, options, message) => {
    expect(() => trainTestWindows(upTo(steps), options as WindowsOptions)).toThrow(message);
  });
});
