/** The nodes of activations: one operator, or those that it consists of. */
import { expect, test } from "vitest";
import { type ActivationName, activation, dropout } from "../../../src/index.ts";
import { list, operatorsOf } from "../written.ts";

test.each([
  ["relu", "Relu"],
  ["softmax", "Softmax"],
  ["silu", "Sigmoid Mul"],
  ["mish", "Softplus Tanh Mul"],
  ["gelu", "Div Erf Add Mul Mul"],
  ["geluTanh", "Mul Mul Mul Add Mul Tanh Add Mul Mul"],
  ["linear", "Identity"],
] as const)("%s: %s", (name, operators) => {
  expect(operatorsOf(list(2, activation(name as ActivationName))).join(" ")).toBe(operators);
});

test("dropout stays", () => expect(operatorsOf(list(2, dropout(0.5)))).toEqual(["Dropout"]));
