import { describe, expect, test } from "vitest";
import { losses } from "../../reference/losses/regression.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { describeElementLosses, Loss, numbers, softTargets } from "../elementLoss.ts";
import { dtypes, roundTo } from "../scratch.ts";

const parameters: Record<string, number> = { huber: 0.75 };

const cases = Object.entries(losses).map(([name, twin]) => {
  return { name, twin, outputs: numbers, targets: softTargets, parameter: parameters[name] };
});

describeElementLosses(cases);

describe.each(dtypes)("%s", (dtype) => {
  const at = (name: keyof typeof losses, output: number, target: number, parameter = 0) =>
    new Loss(name, dtype).at(output, target, parameter);

  test("squaredError and absoluteError of infinities are Infinity, and NaN between equal ones", () => {
    expect(at("squaredError", Infinity, 0)).toEqual([Infinity, Infinity]);
    expect(at("squaredError", 0, Infinity)).toEqual([Infinity, -Infinity]);
    expect(at("squaredError", Infinity, Infinity)).toEqual([Number.NaN, Number.NaN]);
    expect(at("absoluteError", -Infinity, 0)).toEqual([Infinity, -1]);
  });

  test("absoluteError has gradient 0 where output is target, between 0 and -0, and at NaN", () => {
    expect(at("absoluteError", 3, 3)).toEqual([0, 0]);
    expect(at("absoluteError", -0, 0)).toEqual([0, 0]);
    expect(at("absoluteError", Number.NaN, 0)).toEqual([Number.NaN, 0]);
  });

  test("huber is a square up to its delta, 0.5 e² with slope e at 2 of 2, and a line beyond: 2·|e| - 2", () => {
    expect(at("huber", 2, 0, 2)).toEqual([2, 2]);
    expect(at("huber", 0, 1, 2)).toEqual([0.5, -1]);
    expect(at("huber", 5, 0, 2)).toEqual([8, 2]);
    expect(at("huber", 0, 1e4, 2)).toEqual([19998, -2]);
    expect(at("huber", -0, 0, 2).map(Math.abs)).toEqual([0, 0]);
    expect(at("huber", Infinity, 0, 2)).toEqual([Infinity, 2]);
    expect(at("huber", Number.NaN, 0, 2)).toEqual([Number.NaN, Number.NaN]);
  });

  test("logCosh is |e| - log 2 with slope ±1 far out, and e²/2 to 1e-3 at 1e-3", () => {
    expectClose(at("logCosh", -1e4, 0), [1e4 - Math.LN2, -1], tolerances.formula[dtype]);
    expect(at("logCosh", 3, 3)).toEqual([0, 0]);
    expect(at("logCosh", Infinity, 0)).toEqual([Infinity, 1]);
    expect(at("logCosh", Number.NaN, 0)).toEqual([Number.NaN, Number.NaN]);
    const [x] = roundTo(dtype, [1e-3]);
    expect(Math.abs(at("logCosh", x, 0)[0] / (x * x * 0.5) - 1)).toBeLessThan(1e-3);
  });

  test("poisson of a log rate of ±10000 is Infinity or 0 less target · output, and 1 at 0", () => {
    expect(at("poisson", 1e4, 0)).toEqual([Infinity, Infinity]);
    expect(at("poisson", -1e4, 3)).toEqual([3e4, -3]);
    expect(at("poisson", -0, 5)).toEqual([1, -4]);
    expect(at("poisson", -Infinity, 3)).toEqual([Infinity, -3]);
    expect(at("poisson", Number.NaN, 3)).toEqual([Number.NaN, Number.NaN]);
  });
});
