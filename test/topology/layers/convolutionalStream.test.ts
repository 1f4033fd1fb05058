import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  averagePool1d,
  batchNorm,
  conv1d,
  dense,
  globalMaxPool,
  gru,
  type Layer,
  maxPool1d,
  Network,
  type StepPadding,
} from "../../../src/index.ts";
import { dtypes, random } from "../../kernels/scratch.ts";

const steps = 9;
const features = 4;
const sequence = Array.from({ length: steps }, (_, step) => random(features, step + 1));

const looksBack = fc.record({
  size: fc.integer({ min: 1, max: 4 }),
  dilation: fc.integer({ min: 1, max: 4 }),
  groups: fc.constantFrom(1, 2, 4),
  multiplier: fc.integer({ min: 1, max: 4 }),
  bias: fc.boolean(),
  activation: fc.constantFrom("linear" as const, "tanh" as const, "softmax" as const),
  dtype: fc.constantFrom(...dtypes),
  isNamed: fc.boolean(),
});

test("a stream of convolutions that look back has the bits of the whole sequence, at any dilation and with any groups", () => {
  fc.assert(
    fc.property(looksBack, ({ size, dilation, groups, multiplier, bias, activation, dtype, isNamed }) => {
      // Zeros before the sequence, as many as a window sees, are causal, however they are said.
      const padding: StepPadding = isNamed ? "causal" : [dilation * (size - 1), 0];
      const options = { dilation, groups, padding, bias, activation };
      const layers = [conv1d(groups * multiplier, size, options), conv1d(3, 2, { padding: "causal" })];
      const network = new Network({ inputs: [steps, features], layers, dtype });
      const stream = network.stream();
      const outputs = sequence.map((step) => stream.push(step));
      expect(outputs).toEqual(network.predict<number[][][]>([sequence])[0]);
      stream.reset();
      expect(sequence.map((step) => stream.push(step))).toEqual(outputs);
    }),
    { numRuns: 60 },
  );
});

test("its state goes on in another stream, beyond the steps of the shape", () => {
  const layers = [
    conv1d(3, 3, { padding: "causal", dilation: 2 }),
    batchNorm(),
    conv1d(5, 1),
    gru(4, { returnSequences: true }),
    conv1d(2, 2, { padding: "causal" }),
  ];
  const network = new Network({ inputs: [3, features], variableLength: true, layers });
  const [first, second] = [network.stream(), network.stream()];
  for (const step of sequence.slice(0, 5)) first.push(step);
  second.state = JSON.parse(JSON.stringify([...first.state]));
  // Five steps that the first convolution sees, the state of gru, and two steps of the last: and windows of size 1.
  expect(first.state).toHaveLength(1 + 5 * features + 3 + 4 + 2 * 4);
  const rest = sequence.slice(5).map((step) => first.push(step));
  expect(sequence.slice(5).map((step) => second.push(step))).toEqual(rest);
  expect(network.withInputs([steps, features]).predict<number[][][]>([sequence])[0].slice(5)).toEqual(rest);
});

describe("a stream refuses", () => {
  test.each<[string, Layer, string]>([
    ["a stride", conv1d(2, 3, { padding: "causal", stride: 2 }), "conv1d1, which has an output at every 2 steps only"],
    ["windows that see later steps", conv1d(2, 3, { padding: "same" }), "conv1d1, which looks at later steps"],
    ["fewer outputs than steps", conv1d(2, 3), "conv1d1, which looks at later steps"],
    ["zeros beyond the window", conv1d(2, 3, { padding: [3, 0] }), "conv1d1, which looks at later steps"],
    ["max pooling", maxPool1d(2), "maxPool1d1, which pools windows of steps"],
    [
      "average pooling",
      averagePool1d(2, { stride: 1, padding: "causal" }),
      "averagePool1d1, which pools windows of steps",
    ],
  ])("%s", (_, layer, got) => {
    const network = new Network({ inputs: [6, 2], layers: [dense(2), layer, globalMaxPool()] });
    expect(() => network.stream()).toThrow(`stream: got ${got}, need layers that look back only`);
  });
});
