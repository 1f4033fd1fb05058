import { describe, expect, test } from "vitest";
import { gelus } from "../../reference/activations/gelu.ts";
import { normalDistribution } from "../../reference/vector/erf.ts";
import { Activation, describeElementwise } from "../elementwise.ts";
import { dtypes } from "../scratch.ts";

describeElementwise(Object.keys(gelus), gelus);

describe.each(dtypes)("%s", (dtype) => {
  test.each(["gelu", "geluTanh"])("%s is NaN at -infinity and infinity at infinity, as in PyTorch", (name) => {
    const infinity = Number.POSITIVE_INFINITY;
    expect([...new Activation(name, dtype).forward([-infinity, infinity])]).toEqual([Number.NaN, infinity]);
  });

  test("gelu keeps its digits where the distribution function is tiny: to 2e-5 of itself at -9, even in float32", () => {
    const [value] = new Activation("gelu", dtype).forward([-9]);
    expect(Math.abs(value / (-9 * normalDistribution(-9)) - 1)).toBeLessThan(dtype === "float32" ? 2e-5 : 1e-14);
  });
});
