/** Cells step by step: their formulas, written out for one unit. composed.long.test.ts compares others with ONNX Runtime. */
import { describe, expect, test } from "vitest";
import { node, read, tensor } from "../models.ts";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const steps = [0.5, -1, 2];

/** One unit of weights a, 2a, …, whose biases are those of the input and then of the state. */
function statesOf(name: string, gates: number, attributes = {}, peepholes?: readonly number[]): number[] {
  const rows = (factor: number) => Array.from({ length: gates }, (_, gate) => factor * (gate + 1));
  const tensors = [
    tensor("w", [1, gates, 1], rows(0.3)),
    tensor("r", [1, gates, 1], rows(-0.2)),
    tensor("b", [1, 2 * gates], [...rows(0.1), ...rows(0.05)]),
    ...(peepholes ? [tensor("p", [1, 3], peepholes)] : []),
  ];
  const names = `x w r b${peepholes ? " _ _ _ p" : ""} -> y`;
  const nodes = [node(name, names, { hidden_size: 1, ...attributes })];
  const { network } = read({ nodes, inputs: { x: [steps.length, "batch", 1] }, tensors });
  return [...(network.predict(Float32Array.from(steps)) as Float32Array)];
}

/** Returns the states of a formula. */
function wanted(step: (x: number, h: number) => number, order = [0, 1, 2]): number[] {
  const states: number[] = [];
  let h = 0;
  for (const place of order) {
    h = step(steps[place], h);
    states[place] = h;
  }
  return states;
}

const expectStates = (got: readonly number[], need: readonly number[]) => {
  for (const [index, value] of got.entries()) expect(value, `${index}`).toBeCloseTo(need[index], 6);
  expect(got.length).toBe(need.length);
};

describe("the states of", () => {
  const gru = (x: number, h: number) => {
    const z = sigmoid(0.3 * x - 0.2 * h + 0.15);
    const r = sigmoid(0.6 * x - 0.4 * h + 0.3);
    return (1 - z) * Math.tanh(0.9 * x - 0.6 * (r * h) + 0.45) + z * h;
  };

  test("a GRU whose reset comes before the product", () => {
    expectStates(statesOf("GRU", 3), wanted(gru));
    expectStates(statesOf("GRU", 3, { direction: "reverse" }), wanted(gru, [2, 1, 0]));
  });

  test("a simple layer of another activation", () => {
    const step = (x: number, h: number) => Math.max(0, 0.3 * x - 0.2 * h + 0.15);
    expectStates(statesOf("RNN", 1, { activations: ["Relu"] }), wanted(step));
  });

  test("an LSTM with peepholes, and one whose forget gate is that of the input", () => {
    const states = (peepholes: readonly number[], isCoupled: boolean) => {
      let c = 0;
      return wanted((x, h) => {
        const gate = (index: number) => 0.3 * index * x - 0.2 * index * h + 0.15 * index;
        const i = sigmoid(gate(1) + peepholes[0] * c);
        const f = isCoupled ? 1 - i : sigmoid(gate(3) + peepholes[2] * c);
        c = f * c + i * Math.tanh(gate(4));
        return sigmoid(gate(2) + peepholes[1] * c) * Math.tanh(c);
      });
    };
    expectStates(statesOf("LSTM", 4, {}, [1, -2, 3]), states([1, -2, 3], false));
    expectStates(statesOf("LSTM", 4, { input_forget: 1 }), states([0, 0, 0], true));
  });
});

test("all steps have the same layers, so training moves one set of weights", () => {
  const tensors = [tensor("w", [1, 3, 1], [1, 2, 3]), tensor("r", [1, 3, 1], [1, 2, 3])];
  const nodes = [node("GRU", "x w r -> y", { hidden_size: 1 })];
  const { network } = read({ nodes, inputs: { x: [9, "batch", 1] }, tensors });
  const trained = network.parameters.filter(({ name }) => !name.startsWith("dense"));
  // The first state is a product with zeros, which stays as it is.
  expect(network.parameterCount).toBe(3 + 3 + 2);
  expect(trained.length).toBeLessThanOrEqual(network.parameters.length);
});
