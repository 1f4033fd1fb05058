import { describe, expect, test } from "vitest";
import {
  type BatchNormOptions,
  batchNorm,
  DivergenceError,
  dense,
  flatten,
  Network,
  Trainer,
} from "../../../src/index.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { parameterBits, randomRows } from "../../training/problem.ts";

const make = (options?: BatchNormOptions, dtype: Network["dtype"] = "float64") =>
  new Network({ inputs: 3, layers: [dense(4, { bias: false }), batchNorm(options), dense(2)], dtype, seed: 5 });
const train = (network: Network, batchSize: number | "full" = "full") =>
  new Trainer(network, { loss: "meanSquaredError", batchSize });
const statistics = (network: Network) => network.statistics.map(({ values }) => Array.from(values));
const [inputs, targets] = [randomRows(9, 3, 1), randomRows(9, 2, 2)];

describe("running statistics", () => {
  test("start at 0 and 1 and stand beside the parameters, which training by gradients changes", () => {
    const network = make();
    expect(network.statistics.map(({ name, shape }) => [name, shape])).toEqual([
      ["batchNorm1.runningMean", [4]],
      ["batchNorm1.runningVariance", [4]],
    ]);
    expect(statistics(network)).toEqual([
      [0, 0, 0, 0],
      [1, 1, 1, 1],
    ]);
    expect(network.parameterCount).toBe(12 + 8 + 10);
  });

  test("move by momentum with a step, and not by predict, gradients, evaluate or another trainer's making", () => {
    const network = make({ momentum: 1 });
    const trainer = train(network);
    const before = statistics(network);
    trainer.gradients(inputs, targets);
    trainer.evaluate(inputs, targets);
    network.predict(inputs);
    train(network);
    expect(statistics(network)).toEqual(before);
    trainer.step(inputs, targets);
    // With momentum 1 they are the batch's, of what the dense layer made before the update.
    const twin = make();
    twin.predict(inputs);
    const hidden = twin.layers[0].activation;
    const columns = [0, 1, 2, 3].map((column) => inputs.map((_, row) => hidden[row * 4 + column]));
    const mean = columns.map((column) => column.reduce((a, b) => a + b) / 9);
    const variance = columns.map((column, at) => column.reduce((a, x) => a + (x - mean[at]) ** 2, 0) / 8);
    const [runningMean, runningVariance] = statistics(network);
    expectClose(runningMean, mean, tolerances.golden.float64);
    expectClose(runningVariance, variance, tolerances.golden.float64);
  });

  test("are saved and loaded, and predict the same bits then", () => {
    const network = make();
    const trainer = train(network);
    for (let step = 0; step < 5; step++) trainer.step(inputs, targets);
    const copy = Network.fromBytes(network.toBytes());
    expect(statistics(copy)).toEqual(statistics(network));
    expect(copy.predict(inputs)).toEqual(network.predict(inputs));
    expect(copy.layers[1].title).toBe("batch normalization");
  });
});

test("a batch whose variance is beyond float32 is a divergence: parameters and running statistics keep their bits", () => {
  const network = make({}, "float32");
  const trainer = train(network);
  trainer.step(inputs, targets);
  const before = [parameterBits(network), statistics(network)];
  const huge = inputs.map((row) => row.map((value) => value * 1e25));
  expect(() => trainer.step(huge, targets)).toThrow(DivergenceError);
  expect([parameterBits(network), statistics(network)]).toEqual(before);
});

test("a network predicts one row as it predicts it among others", () => {
  const network = make();
  train(network).step(inputs, targets);
  expect(inputs.map((row) => network.predict(row))).toEqual(network.predict(inputs));
});

test("a layer that is not trained keeps gain and shift, and its statistics move, as PyTorch's do", () => {
  const network = make({ trainable: false });
  const trainer = train(network);
  const [before, beforeStatistics] = [network.parameters.map(({ values }) => Array.from(values)), statistics(network)];
  trainer.step(inputs, targets);
  const changed = network.parameters.map(({ values }, index) => Array.from(values).join() !== before[index].join());
  expect(changed).toEqual([true, false, false, true, true]);
  expect(statistics(network)).not.toEqual(beforeStatistics);
});

test("float32 is near float64", () => {
  const [single, double] = (["float32", "float64"] as const).map((dtype) => {
    const network = make({}, dtype);
    const trainer = train(network);
    for (let step = 0; step < 10; step++) trainer.step(inputs, targets);
    return network.predict(inputs).flat();
  });
  expectClose(single, double, { absolute: 1e-4, relative: 1e-4 });
});

describe("a batch of one row has no variance and is refused, and nothing has changed", () => {
  const message = "got a batch of 1 example, need 2 or more for batchNorm; try another batchSize";

  test.each<[string, (trainer: Trainer) => unknown]>([
    ["step", (trainer) => trainer.step([inputs[0]], [targets[0]])],
    ["gradients", (trainer) => trainer.gradients([inputs[0]], [targets[0]])],
    ["epochs whose last batch is one row", (trainer) => trainer.epochs(inputs, targets, { epochs: 1 })],
  ])("%s", (_, act) => {
    const network = make();
    const before = parameterBits(network);
    expect(() => act(train(network, 4))).toThrow(message);
    expect(parameterBits(network)).toBe(before);
  });

  test("but a row of several positions has one", () => {
    const network = new Network({ inputs: [3, 2], layers: [batchNorm(), flatten(), dense(1)], dtype: "float64" });
    expect(train(network).step([[1, 2, 3, 4, 5, 6]], [[1]])).toBeGreaterThan(0);
  });
});

test.each<[BatchNormOptions, string]>([
  [{ momentum: 1.5 }, "batchNorm: got momentum 1.5, need a number from 0 to 1"],
  [{ momentum: "0.1" as never }, 'batchNorm: momentum: got "0.1", need a finite number'],
])("refuses %o", (options, message) => expect(() => batchNorm(options)).toThrow(message));

test("a file with a negative variance, whose root is no number, is refused", () => {
  const network = make();
  network.statistics[1].values[2] = -0.5;
  const bytes = network.toBytes();
  expect(() => Network.fromBytes(bytes)).toThrow(
    new RangeError("fromBytes: got -0.5 in batchNorm1.runningVariance, need numbers from 0"),
  );
});
