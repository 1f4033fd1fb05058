import { expect, test } from "vitest";
import { gru, Network } from "../../../src/index.ts";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

test("the gates are r z n, the reset after the product and its bias: h = (1 − z) · n + z · h", () => {
  const layers = [gru(1, { returnSequences: true })];
  const network = new Network({ inputs: [2, 1], layers, dtype: "float64" });
  const [weight, recurrentWeight, bias, candidateBias] = network.parameters.map(({ values }) => values);
  weight.set([1, -0.5, 0.75]);
  recurrentWeight.set([0.5, 3, -1]);
  bias.set([0.1, 0.2, 0.3]);
  candidateBias.set([0.7]);
  let h = 0;
  const expected = [0.5, -1.5].map((x) => {
    const [r, z] = [0, 1].map((gate) => sigmoid(x * weight[gate] + bias[gate] + h * recurrentWeight[gate]));
    const n = Math.tanh(x * weight[2] + bias[2] + r * (h * recurrentWeight[2] + candidateBias[0]));
    h = (1 - z) * n + z * h;
    return h;
  });
  const output = (network.predict([0.5, -1.5]) as unknown as number[]).flat();
  expected.forEach((value, step) => {
    expect(output[step]).toBeCloseTo(value, 14);
  });
});
