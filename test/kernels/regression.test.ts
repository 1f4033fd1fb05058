import { describe, expect, test } from "vitest";
import { losses } from "../reference/regression.ts";
import { describeElementLosses, Loss, numbers, softTargets } from "./elementLoss.ts";
import { dtypes } from "./scratch.ts";

const cases = Object.entries(losses).map(([name, twin]) => ({ name, twin, outputs: numbers, targets: softTargets }));

describeElementLosses(cases);

describe.each(dtypes)("%s", (dtype) => {
  const at = (name: keyof typeof losses, output: number, target: number) => new Loss(name, dtype).at(output, target);

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
});
