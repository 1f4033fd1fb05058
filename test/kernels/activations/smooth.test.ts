import { describe, expect, test } from "vitest";
import { activations } from "../../reference/activations/smooth.ts";
import { Activation, describeElementwise } from "../elementwise.ts";
import { dtypes } from "../scratch.ts";

describeElementwise(Object.keys(activations), activations);

const infinity = Number.POSITIVE_INFINITY;

describe.each(dtypes)("%s", (dtype) => {
  test.each([
    ["sigmoid", 0, 1],
    ["tanh", -1, 1],
    ["softplus", 0, infinity],
    ["silu", Number.NaN, infinity],
    ["mish", Number.NaN, infinity],
    ["softsign", Number.NaN, Number.NaN],
  ])("%s is %d at -infinity and %d at infinity, as in PyTorch", (name, low, high) => {
    expect([...new Activation(name, dtype).forward([-infinity, infinity])]).toEqual([low, high]);
  });
});
