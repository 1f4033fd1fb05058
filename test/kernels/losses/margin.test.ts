import { describe, expect, test } from "vitest";
import { losses } from "../../reference/losses/margin.ts";
import { describeElementLosses, Loss, numbers } from "../elementLoss.ts";
import { dtypes, random } from "../scratch.ts";

/** Targets of -1 and 1. */
const signs = (count: number): number[] => random(count, count + 100).map((x) => (x < 0 ? -1 : 1));

describeElementLosses(Object.entries(losses).map(([name, twin]) => ({ name, twin, outputs: numbers, targets: signs })));

describe.each(dtypes)("%s", (dtype) => {
  const at = (name: keyof typeof losses, output: number, target: number) => new Loss(name, dtype).at(output, target);

  test("hinge and squaredHinge are 0 with gradient 0 from 1 on the target's side: at the kink, beyond, at infinity", () => {
    for (const name of ["hinge", "squaredHinge"] as const) {
      for (const y of [1, 2, 1e4, Infinity]) {
        for (const target of [1, -1]) {
          const [value, gradient] = at(name, target * y, target);
          expect([value, Math.abs(gradient)]).toEqual([0, 0]);
        }
      }
    }
  });

  test("an output of 0 or -0 costs 1, one of 3 on the wrong side 4 or 16", () => {
    for (const zero of [0, -0]) {
      expect(at("hinge", zero, 1)).toEqual([1, -1]);
      expect(at("squaredHinge", zero, -1)).toEqual([1, 2]);
    }
    expect(at("hinge", 3, -1)).toEqual([4, 1]);
    expect(at("squaredHinge", -3, 1)).toEqual([16, -8]);
    expect(at("squaredHinge", -Infinity, 1)).toEqual([Infinity, -Infinity]);
  });

  test("of NaN, hinge has gradient 0, and squaredHinge NaN", () => {
    expect(at("hinge", Number.NaN, 1)).toEqual([Number.NaN, 0]);
    expect(at("squaredHinge", Number.NaN, 1)).toEqual([Number.NaN, Number.NaN]);
  });
});
