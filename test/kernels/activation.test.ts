import { describe, expect, test } from "vitest";
import { activations } from "../reference/activation.ts";
import { normalDistribution } from "../reference/erf.ts";
import { Activation, describeElementwise } from "./elementwise.ts";
import { dtypes } from "./scratch.ts";

describeElementwise(Object.keys(activations), activations);

const infinity = Number.POSITIVE_INFINITY;

describe.each(dtypes)("%s", (dtype) => {
  test.each([
    ["sigmoid", 0, 1],
    ["tanh", -1, 1],
    ["softplus", 0, infinity],
    ["silu", Number.NaN, infinity],
    ["mish", Number.NaN, infinity],
    ["gelu", Number.NaN, infinity],
    ["geluTanh", Number.NaN, infinity],
    ["softsign", Number.NaN, Number.NaN],
  ])("%s is %d at -infinity and %d at infinity, as in PyTorch", (name, low, high) => {
    expect([...new Activation(name, dtype).forward([-infinity, infinity])]).toEqual([low, high]);
  });

  test("gelu keeps its digits where the distribution function is tiny: to 2e-5 of itself at -9, even in float32", () => {
    const [value] = new Activation("gelu", dtype).forward([-9]);
    expect(Math.abs(value / (-9 * normalDistribution(-9)) - 1)).toBeLessThan(dtype === "float32" ? 2e-5 : 1e-14);
  });
});
