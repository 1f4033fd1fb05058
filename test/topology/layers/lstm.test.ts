import { expect, test } from "vitest";
import { lstm, Network } from "../../../src/index.ts";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

test("the gates are i f g o: c = f · c + i · g, h = o · tanh(c)", () => {
  const layers = [lstm(1, { returnSequences: true })];
  const network = new Network({ inputs: [2, 1], layers, dtype: "float64" });
  const [weight, recurrentWeight, bias] = network.parameters.map(({ values }) => values);
  weight.set([1, -0.5, 0.75, 2]);
  recurrentWeight.set([0.5, 3, -1, 1.5]);
  bias.set([0.1, 0.2, 0.3, 0.4]);
  let [h, c] = [0, 0];
  const expected = [0.5, -1.5].map((x) => {
    const [i, f, g, o] = [0, 1, 2, 3].map((gate) => x * weight[gate] + bias[gate] + h * recurrentWeight[gate]);
    c = sigmoid(f) * c + sigmoid(i) * Math.tanh(g);
    h = sigmoid(o) * Math.tanh(c);
    return h;
  });
  const output = (network.predict([0.5, -1.5]) as unknown as number[]).flat();
  expected.forEach((value, step) => {
    expect(output[step]).toBeCloseTo(value, 14);
  });
});

test("the forget gate's bias begins as 1, whatever the width", () => {
  for (const units of [1, 2, 7]) {
    const { parameters } = new Network({ inputs: [2, 1], layers: [lstm(units)] });
    const ones = Array.from(parameters[2].values).flatMap((value, index) => (value === 1 ? [index] : []));
    expect(ones).toEqual(Array.from({ length: units }, (_, unit) => units + unit));
  }
});
