import { describe, expect, test } from "vitest";
import { rectifiers } from "../../reference/activations/piecewise.ts";
import { Activation, describeElementwise } from "../elementwise.ts";
import { dtypes } from "../scratch.ts";

describeElementwise(Object.keys(rectifiers), rectifiers);

const infinity = Number.POSITIVE_INFINITY;

describe.each(dtypes)("%s", (dtype) => {
  const round = (x: number) => (dtype === "float32" ? Math.fround(x) : x);

  test.each([
    ["relu", 0, infinity],
    ["leakyRelu", -infinity, infinity],
    ["elu", -1.5, infinity],
    ["selu", -1.7580993408473766, infinity],
    ["hardSigmoid", 0, 1],
    ["hardSwish", Number.NaN, infinity],
  ])("%s is %d at -infinity and %d at infinity, as in PyTorch", (name, low, high) => {
    expect([...new Activation(name, dtype).forward([-infinity, infinity])]).toEqual([round(low), high]);
  });

  test.each([
    ["relu", [0, -0], [0, 0]],
    ["leakyRelu", [0, -0], [0.2, 0.2]],
    ["elu", [0, -0], [1.5, 1.5]],
    ["selu", [0, -0], [1.7580993408473766, 1.7580993408473766]],
    ["hardSigmoid", [-3, 3], [0, 0]],
    ["hardSwish", [-3, 3], [0, 1]],
  ])("the slope of %s at its kinks %j is %j", (name, kinks, slopes) => {
    expect([...new Activation(name, dtype).derivative(kinks)]).toEqual(slopes.map(round));
  });

  test("the slope of hardSigmoid between its kinks is 1/6, rounded once", () => {
    expect([...new Activation("hardSigmoid", dtype).derivative([-2.5, 0, 1])]).toEqual(Array(3).fill(round(1 / 6)));
  });

  test("relu' of NaN is 0: the gradient stops there", () => {
    expect([...new Activation("relu", dtype).derivative([Number.NaN])]).toEqual([0]);
  });
});
