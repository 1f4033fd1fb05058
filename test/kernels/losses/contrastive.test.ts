import { describe, expect, test } from "vitest";
import { losses } from "../../reference/losses/contrastive.ts";
import { describeElementLosses, Loss, numbers } from "../elementLoss.ts";
import { dtypes, random } from "../scratch.ts";

const distances = (count: number): number[] => numbers(count).map(Math.abs);
const bits = (count: number): number[] => random(count, count + 100).map((x) => Number(x < 0));

describeElementLosses(
  Object.entries(losses).map(([name, twin]) => ({ name, twin, outputs: distances, targets: bits, parameter: 1.5 })),
);

describe.each(dtypes)("%s", (dtype) => {
  const at = (name: keyof typeof losses, distance: number, target: number, margin = 2) =>
    new Loss(name, dtype).at(distance, target, margin);

  test("pairs of the same class cost the square of their distance, under both powers", () => {
    for (const name of ["contrastive", "linearContrastive"] as const) {
      expect(at(name, 0, 1)).toEqual([0, 0]);
      expect(at(name, 3, 1)).toEqual([9, 6]);
    }
  });

  test("pairs of different classes cost what is missing to the margin, or its square; from the margin on nothing", () => {
    expect(at("contrastive", 0.5, 0)).toEqual([2.25, -3]);
    expect(at("linearContrastive", 0.5, 0)).toEqual([1.5, -1]);
    for (const name of ["contrastive", "linearContrastive"] as const) {
      for (const distance of [2, 2.5, 1e9]) {
        const [value, gradient] = at(name, distance, 0);
        expect([value, Math.abs(gradient)]).toEqual([0, 0]);
      }
    }
  });

  test("NaN stays NaN; an infinite distance costs infinity in the same class, and NaN between classes", () => {
    for (const name of ["contrastive", "linearContrastive"] as const) {
      for (const target of [0, 1]) expect(at(name, Number.NaN, target)).toEqual([Number.NaN, Number.NaN]);
      expect(at(name, Infinity, 0)).toEqual([Number.NaN, Number.NaN]);
      expect(at(name, Infinity, 1)).toEqual([Infinity, Infinity]);
    }
  });
});
