/** Sums of very many float32 terms do not stop growing, and do not drift with their number. */
import { expect, test } from "vitest";
import {
  activation,
  conv1d,
  conv2d,
  dense,
  depthwiseConv2d,
  type Layer,
  Network,
  positionEmbedding,
  sgd,
  Trainer,
} from "../src/index.ts";

const tenth = Math.fround(0.1);

/** Returns how far the farthest of the values is from `expected`, as a share of it. */
const errorOf = (values: ArrayLike<number>, expected: number) =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value / expected - 1)), 0);

/** Returns the gradients of a network of zeros by the mean squared error, by their parameters' names; all inputs and targets are 0.1. */
function gradientsOf(inputs: number | readonly number[], layers: Layer[], rows: number, elements: number[]) {
  const network = new Network({ inputs, layers });
  for (const { values } of network.parameters) values.fill(0);
  const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer: sgd({ learningRate: 0 }) });
  const [examples, targets] = elements.map((count) => new Float32Array(rows * count).fill(0.1));
  trainer.gradients(examples, targets);
  return Object.fromEntries(
    network.parameters.map(({ name, gradients }) => [name.split(".")[1], gradients as Float32Array]),
  );
}

test.each([
  [1, 1e6],
  [2, 1e5],
  [5, 1e5],
  [16, 1e5],
  [40, 2e4],
  [700, 1e4],
])("%i units of %i features", (units, features) => {
  const network = new Network({ inputs: features, layers: [dense(units)] });
  network.parameters[0].values.fill(1);
  for (const rows of [1, 3]) {
    const outputs = network.predict(new Float32Array(rows * features).fill(0.1));
    expect(errorOf(outputs as Float32Array, features * tenth)).toBeLessThan(1e-5);
  }
});

test.each([
  [1, 1, 1e6],
  [1, 3, 1e5],
  [3, 1, 1e5],
  [20, 20, 3e4],
  [70, 70, 2e4],
])("the gradients of %i x %i weights and of biases, of %i equal rows", (inputs, units, rows) => {
  const { weight, bias } = gradientsOf(inputs, [dense(units)], rows, [inputs, units]);
  expect(errorOf(weight, (-2 * tenth * tenth) / units)).toBeLessThan(1e-5);
  expect(errorOf(bias, (-2 * tenth) / units)).toBeLessThan(1e-5);
});

test("the gradients of convolutions over long series", () => {
  const { weight, bias } = gradientsOf([1e5, 4], [conv1d(8, 1)], 1, [4e5, 8e5]);
  expect(errorOf(weight, (-2 * tenth * tenth) / 8)).toBeLessThan(1e-5);
  expect(errorOf(bias, (-2 * tenth) / 8)).toBeLessThan(1e-5);
  const depthwise = gradientsOf([1, 3e4, 2], [depthwiseConv2d(1)], 1, [6e4, 6e4]);
  expect(errorOf(depthwise.weight, -tenth * tenth)).toBeLessThan(1e-5);
});

test("a convolution of very many channels, plain and by Winograd's algorithm", () => {
  for (const [side, size, channels] of [
    [1, 1, 1e5],
    [4, 3, 2048],
  ]) {
    const network = new Network({ inputs: [side, side, channels], layers: [conv2d(8, size)] });
    network.parameters[0].values.fill(1);
    const outputs = network.predict(new Float32Array(side * side * channels).fill(0.1)) as Float32Array;
    expect(errorOf(outputs, size * size * channels * tenth)).toBeLessThan(1e-5);
  }
});

test("the gradient of a position of very many sequences", () => {
  const { weight } = gradientsOf([2, 1], [positionEmbedding()], 1e5, [2, 2]);
  // The output is the input, and so the target: what is left is that of targets of 0.
  expect(
    errorOf(
      Array.from(weight, (value) => value + 1),
      1,
    ),
  ).toBeLessThan(1e-6);
});

test("softmax of very many features", () => {
  const features = 1e5;
  for (const [name, expected] of [
    ["softmax", 1 / features],
    ["logSoftmax", -Math.log(features)],
  ] as const) {
    const network = new Network({ inputs: features, layers: [activation(name)] });
    expect(errorOf(network.predict(new Float32Array(features)) as Float32Array, expected)).toBeLessThan(1e-5);
  }
});
