import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  activation,
  type BatchNormOptions,
  batchNorm,
  checkGradients,
  DivergenceError,
  dense,
  flatten,
  Network,
  sgd,
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

describe("a layer that is not trained", () => {
  interface Frozen {
    learningRate: number;
    inputs: number[][];
    targets: number[][];
    start: Record<string, number[]>;
    losses: number[];
    trained: Record<string, number[]>;
  }
  const golden: Frozen = JSON.parse(readFileSync("test/fixtures/batchNorm.json", "utf8")).frozen;

  /** Gives the layers of a network of `make` statistics, gains and shifts that are not the first ones. */
  function unusual(network: Network): Network {
    for (const { name, values } of [...network.parameters, ...network.statistics]) {
      if (!name.startsWith("batchNorm1.")) continue;
      const drawn = randomRows(1, values.length, name.length)[0];
      values.set(drawn.map((value) => (name.endsWith("Variance") ? 1.5 + value : value)));
    }
    return network;
  }

  /** The layer's parameters and statistics, and whether any other parameter has moved since `before`. */
  const layerOf = (network: Network) =>
    [...network.parameters, ...network.statistics].filter(({ name }) => name.startsWith("batchNorm1."));
  const stateOf = (network: Network) => layerOf(network).map(({ values }) => Array.from(values));

  test("keeps gain, shift and running statistics, while the layers around it learn", () => {
    const network = unusual(make({ trainable: false }));
    const trainer = train(network);
    const [before, frozen] = [network.parameters.map(({ values }) => Array.from(values).join()), stateOf(network)];
    for (let step = 0; step < 3; step++) trainer.step(inputs, targets);
    const changed = network.parameters.map(({ values }, index) => Array.from(values).join() !== before[index]);
    expect(changed).toEqual([true, false, false, true, true]);
    expect(stateOf(network)).toEqual(frozen);
  });

  test("trains as PyTorch's in eval() does, with one that is trained behind it: losses, parameters, statistics", () => {
    const network = new Network({
      inputs: 3,
      layers: [dense(4), batchNorm({ trainable: false }), activation("tanh"), batchNorm(), dense(2)],
      dtype: "float64",
    });
    const tensors = () => [...network.parameters, ...network.statistics];
    for (const { name, values } of tensors()) values.set(golden.start[name]);
    const optimizer = sgd({ learningRate: golden.learningRate });
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer });
    const losses = golden.losses.map(() => trainer.step(golden.inputs, golden.targets));
    expectClose(losses, golden.losses, tolerances.golden.float64);
    for (const { name, values } of tensors()) {
      expectClose(values, golden.trained[name], tolerances.golden.float64, name);
    }
    expect(golden.trained["batchNorm1.runningMean"]).toEqual(golden.start["batchNorm1.runningMean"]);
  });

  test.each([1, 2, 9])("has the gradients of central differences, at a batch of %i", (rows) => {
    const network = unusual(make({ trainable: false }));
    const { worst } = checkGradients(train(network), inputs.slice(0, rows), targets.slice(0, rows));
    expect(worst.relativeError).toBeLessThan(1e-8);
  });

  test("gives gradients at every position that lies before it", () => {
    const layers = [dense(5), batchNorm({ trainable: false }), flatten(), dense(2)];
    const network = unusual(new Network({ inputs: [3, 1], layers, dtype: "float64", seed: 2 }));
    const { worst } = checkGradients(train(network), inputs, targets);
    expect(worst.relativeError).toBeLessThan(1e-8);
  });

  test("computes in training as in prediction: a loss, and what the layer makes, the same bits", () => {
    const network = unusual(make({ trainable: false }));
    const trainer = train(network);
    trainer.gradients(inputs, targets);
    const trained = Array.from(network.layers[1].activation);
    network.predict(inputs);
    expect(trained).toEqual(Array.from(network.layers[1].activation));
    expect(trainer.gradients(inputs, targets)).toBe(trainer.evaluate(inputs, targets).loss);
  });

  test("may be frozen and released between two steps, as often as one likes", () => {
    const [network, twin] = [make(), make()];
    const [trainer, other] = [train(network), train(twin)];
    trainer.step(inputs, targets);
    other.step(inputs, targets);
    const state = stateOf(network);
    network.layers[1].trainable = false;
    trainer.step(inputs, targets);
    expect(stateOf(network)).toEqual(state);
    // A file keeps it: what is frozen there is frozen here.
    const copy = Network.fromBytes(network.toBytes());
    train(copy).step(inputs, targets);
    expect(stateOf(copy)).toEqual(state);
    network.layers[1].trainable = true;
    trainer.step(inputs, targets);
    expect(stateOf(network).map((values, index) => values.join() !== state[index].join())).toEqual([
      true,
      true,
      true,
      true,
    ]);
    // The same as a network that was never frozen, but for the step in between.
    twin.layers[1].trainable = false;
    other.step(inputs, targets);
    twin.layers[1].trainable = true;
    other.step(inputs, targets);
    expect(parameterBits(twin)).toBe(parameterBits(network));
  });

  test("takes a batch of one row, until it is released", () => {
    const network = make({ trainable: false });
    const trainer = train(network, 4);
    expect(trainer.step([inputs[0]], [targets[0]])).toBeGreaterThan(0);
    const epochs = trainer.epochs([inputs[0]], [targets[0]], { epochs: 3 });
    expect(epochs.next().value!.epoch).toBe(1);
    network.layers[1].trainable = true;
    const before = [parameterBits(network), statistics(network)];
    expect(() => epochs.next()).toThrow("got a batch of 1 example, need 2 or more for batchNorm");
    expect(() => trainer.step([inputs[0]], [targets[0]])).toThrow("got a batch of 1 example, need 2 or more");
    expect([parameterBits(network), statistics(network)]).toEqual(before);
  });
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
    ["epochs of one row", (trainer) => trainer.epochs([inputs[0]], [targets[0]], { epochs: 1 })],
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
    new RangeError("fromBytes: batchNorm1.runningVariance: got -0.5 at 2, need finite numbers from 0"),
  );
});
