import { describe, expect, test } from "vitest";
import { losses } from "../../reference/losses/probability.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { describeElementLosses, Loss, numbers, probabilities, softTargets } from "../elementLoss.ts";
import { dtypes, roundTo } from "../scratch.ts";

type Name = keyof typeof losses;

const takesNumbers = ["binaryCrossEntropyWithLogits", "kullbackLeibler"];

const cases = Object.entries(losses).map(([name, twin]) => {
  const outputs = takesNumbers.includes(name) ? numbers : probabilities;
  return { name, twin, outputs, targets: softTargets };
});

describeElementLosses(cases);

describe.each(dtypes)("%s", (dtype) => {
  const at = (name: Name, output: number, target: number) => new Loss(name, dtype).at(output, target);

  test("binaryCrossEntropy of certain answers is 0 when right and 100 when wrong", () => {
    expect(at("binaryCrossEntropy", 1, 1)[0]).toBe(0);
    expect(Math.abs(at("binaryCrossEntropy", 0, 0)[0])).toBe(0);
    const [divisor] = roundTo(dtype, [1e-12]);
    const [steepest] = roundTo(dtype, [1 / divisor]);
    for (const [output, target] of [
      [0, 1],
      [1, 0],
    ]) {
      const [value, gradient] = at("binaryCrossEntropy", output, target);
      expect(value).toBe(100);
      expectClose([gradient], [output === 0 ? -steepest : steepest], tolerances.formula[dtype]);
    }
  });

  test("binaryCrossEntropy of probabilities outside [0, 1] is NaN", () => {
    expect(at("binaryCrossEntropy", 1.5, 1)[0]).toBeNaN();
    expect(at("binaryCrossEntropy", -0.5, 0)[0]).toBeNaN();
  });

  test("binaryCrossEntropyWithLogits is exact at logits of ±10000, where exp would overflow", () => {
    expect(at("binaryCrossEntropyWithLogits", 1e4, 0)).toEqual([1e4, 1]);
    expect(at("binaryCrossEntropyWithLogits", 1e4, 1)).toEqual([0, 0]);
    expect(at("binaryCrossEntropyWithLogits", -1e4, 1)).toEqual([1e4, -1]);
    expect(at("binaryCrossEntropyWithLogits", -1e4, 0)).toEqual([0, 0]);
  });

  test("binaryCrossEntropyWithLogits is log 2 with gradient 1/2 at 0 and at -0", () => {
    for (const zero of [0, -0]) {
      expectClose(at("binaryCrossEntropyWithLogits", zero, 0), [Math.LN2, 0.5], tolerances.formula[dtype]);
    }
  });

  test("categoricalCrossEntropy of probability 0 is 100 for its class and 0 for others", () => {
    expect(at("categoricalCrossEntropy", 0, 1)[0]).toBe(100);
    expect(Math.abs(at("categoricalCrossEntropy", 0, 0)[0])).toBe(0);
    expect(Math.abs(at("categoricalCrossEntropy", 0, 0)[1])).toBe(0);
  });

  test("kullbackLeibler is 0 where both are sure, Infinity where only the target is, and NaN as PyTorch's at -Infinity", () => {
    expect(at("kullbackLeibler", 0, 1)).toEqual([0, -1]);
    expect(at("kullbackLeibler", -Infinity, 1)).toEqual([Infinity, -1]);
    expect(Math.abs(at("kullbackLeibler", -3, 0)[0])).toBe(0);
    expect(at("kullbackLeibler", -Infinity, 0)[0]).toBeNaN();
    expect(at("kullbackLeibler", -1, -0.5)[0]).toBeNaN();
  });
});
