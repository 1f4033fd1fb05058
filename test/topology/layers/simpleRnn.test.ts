import { expect, test } from "vitest";
import { Network, simpleRnn } from "../../../src/index.ts";

test("a step is tanh of the input's part, the hidden state's and the bias", () => {
  const layers = [simpleRnn(1, { returnSequences: true })];
  const network = new Network({ inputs: [2, 2], layers, dtype: "float64" });
  const [weight, recurrentWeight, bias] = network.parameters.map(({ values }) => values);
  weight.set([0.5, -1]);
  recurrentWeight.set([2]);
  bias.set([0.25]);
  const first = Math.tanh(1 * 0.5 - 3 + 0.25);
  const second = Math.tanh(2 * 0.5 - 1 + 0.25 + 2 * first);
  const output = (network.predict([1, 3, 2, 1]) as unknown as number[]).flat();
  expect(output[0]).toBeCloseTo(first, 14);
  expect(output[1]).toBeCloseTo(second, 14);
});
