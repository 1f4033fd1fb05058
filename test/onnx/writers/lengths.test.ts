/** The nodes for sequences that differ in length. runtime.long.test.ts runs them. */
import { expect, test } from "vitest";
import { conv1d, globalAveragePool, globalMaxPool, gru, maxPool1d, Network } from "../../../src/index.ts";
import { toOnnx } from "../../../src/onnx/index.ts";
import { operatorsOf } from "../written.ts";

const list = (...layers: Parameters<typeof conv1d>[] | unknown[]) =>
  new Network({ inputs: [6, 2], variableLength: true, layers: layers as never });
const operators = (...layers: unknown[]) => operatorsOf(list(...layers)).join(" ");

test("recurrent layers take the lengths, also those behind a stride", () => {
  expect(operators(gru(1))).toBe("Transpose GRU Squeeze");
  expect(operators(conv1d(1, 3, { stride: 2 }), gru(1))).toContain("Add Div GRU");
});

test("a mask is made once for each shape", () => {
  const masks = operators(conv1d(1, 3, { padding: 1 }), conv1d(1, 3, { padding: 1 }), globalMaxPool())
    .split(" ")
    .filter((operator) => operator === "Less");
  expect(masks).toHaveLength(1);
});

test("a mean divides by the steps", () => {
  expect(operators(globalAveragePool())).toBe("Unsqueeze Less Unsqueeze Where ReduceSum Unsqueeze Cast Div");
});

test("refused is same padding with strides, which depends on the length", () => {
  for (const layer of [conv1d(1, 3, { stride: 2, padding: "same" }), maxPool1d(3, { stride: 2, padding: "same" })]) {
    expect(() => toOnnx(list(layer))).toThrow('with "same" and stride 2, need another padding, or stride 1');
  }
});
