/** Small problems reach a stated loss from three seeds, in both types. */
import { describe, expect, it } from "vitest";
import { digits, iris, standardize, trainTestSplit } from "../src/data/index.ts";
import { adam, dense, gru, lstm, Network, pcg32, sgd, simpleRnn, Trainer } from "../src/index.ts";
import type { Dtype } from "../src/kernels/dtype.ts";

const seeds = [1, 2, 3];
const starts = (["float32", "float64"] as const).flatMap((dtype) =>
  seeds.map((seed): [Dtype, number] => [dtype, seed]),
);

describe("exclusive or falls below a loss of 0.002 in 500 epochs", () => {
  const inputs = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const targets = [[0], [1], [1], [0]];

  it.each(starts)("%s, seed %i, and every answer is right", async (dtype, seed) => {
    const layers = [dense(8, { activation: "tanh" }), dense(1, { activation: "sigmoid" })];
    const network = new Network({ inputs: 2, layers, dtype, seed });
    const trainer = new Trainer(network, { loss: "binaryCrossEntropy", optimizer: adam({ learningRate: 0.05 }) });
    const history = await trainer.fit(inputs, targets, { epochs: 500 });
    expect(history.loss[0]).toBeGreaterThan(0.5);
    expect(history.loss[499]).toBeLessThan(0.002);
    expect(network.predict(inputs).map(([output]) => [Math.round(output)])).toEqual(targets);
  });
});

const recurrent = { simpleRnn, lstm, gru };
const recurrentStarts = (["simpleRnn", "lstm", "gru"] as const).flatMap((name) =>
  starts.map(([dtype, seed]): [keyof typeof recurrent, Dtype, number] => [name, dtype, seed]),
);

/** As brain.js's examples have it; bench/peers/brain-recurrent.mjs compares the times. */
describe("exclusive or of one bit after the other falls below a loss of 0.01 in 200 epochs", () => {
  const inputs = [0, 1, 2, 3].map((bits) => [[bits >> 1], [bits & 1]]);
  const targets = [[0], [1], [1], [0]];

  it.each(recurrentStarts)("%s, %s, seed %i, and every answer is right", async (name, dtype, seed) => {
    const network = new Network({ inputs: [2, 1], layers: [recurrent[name](8), dense(1)], dtype, seed });
    const loss = "binaryCrossEntropyWithLogits";
    const trainer = new Trainer(network, { loss, optimizer: adam({ learningRate: 0.05 }) });
    const history = await trainer.fit(inputs, targets, { epochs: 200 });
    expect(history.loss[0]).toBeGreaterThan(0.5);
    expect(history.loss[199]).toBeLessThan(0.01);
    expect(network.predict<number[][]>(inputs).map(([logit]) => [Number(logit > 0)])).toEqual(targets);
  });
});

/** Another of brain.js's examples. */
describe("1 to 5 and 5 to 1 are continued after two numbers, each forecast a number for the next", () => {
  const [up, down] = [
    [1, 2, 3, 4, 5],
    [5, 4, 3, 2, 1],
  ];
  const columns = (numbers: number[]) => numbers.map((number) => [number]);
  const inputs = [up, down].map((numbers) => columns(numbers.slice(0, -1)));
  const targets = [up, down].map((numbers) => columns(numbers.slice(1)));

  it.each(recurrentStarts)("%s, %s, seed %i", async (name, dtype, seed) => {
    const layers = [recurrent[name](10, { returnSequences: true }), dense(1)];
    const network = new Network({ inputs: [4, 1], layers, dtype, seed });
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer: adam({ learningRate: 0.02 }) });
    await trainer.fit(inputs, targets, { epochs: 500, every: 500 });
    for (const numbers of [up, down]) {
      const stream = network.stream();
      const continued = numbers.slice(0, 2);
      stream.push(numbers[0]);
      while (continued.length < numbers.length) continued.push(stream.push(continued[continued.length - 1])[0]);
      expect(continued.map(Math.round)).toEqual(numbers);
    }
  });
});

describe("a sine falls below a mean squared error of 0.005 in 400 epochs, from above 0.2", () => {
  const inputs = Array.from({ length: 100 }, (_, index) => [-Math.PI + (2 * Math.PI * index) / 99]);
  const targets = inputs.map(([x]) => Math.sin(x));

  it.each(starts)("%s, seed %i", async (dtype, seed) => {
    const layers = [dense(16, { activation: "tanh" }), dense(1)];
    const network = new Network({ inputs: 1, layers, dtype, seed });
    const optimizer = adam({ learningRate: 0.01 });
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer, batchSize: 10, seed });
    const before = trainer.evaluate(inputs, targets).loss;
    await trainer.fit(inputs, targets, { epochs: 400, every: 400 });
    expect(before).toBeGreaterThan(0.2);
    expect(trainer.evaluate(inputs, targets).loss).toBeLessThan(0.005);
  });
});

describe("two spirals of one turn fall below a loss of 0.001, with all 200 points on the right side", () => {
  const generator = pcg32(7);
  const points = Array.from({ length: 200 }, (_, index) => {
    const arm = index % 2;
    const distance = 0.1 + (0.9 * index) / 200;
    const angle = 2 * Math.PI * distance + Math.PI * arm + 0.1 * generator.normal();
    return { input: [distance * Math.cos(angle), distance * Math.sin(angle)], target: arm };
  });
  const inputs = points.map(({ input }) => input);
  const targets = points.map(({ target }) => target);

  it.each(starts)("%s, seed %i", async (dtype, seed) => {
    const layers = [dense(24, { activation: "relu" }), dense(24, { activation: "relu" }), dense(1)];
    const network = new Network({ inputs: 2, layers, dtype, seed });
    const optimizer = adam({ learningRate: 0.01 });
    const loss = "binaryCrossEntropyWithLogits";
    const trainer = new Trainer(network, { loss, optimizer, batchSize: 20, seed, metrics: ["accuracy"] });
    expect(trainer.evaluate(inputs, targets).accuracy).toBeLessThan(0.8);
    await trainer.fit(inputs, targets, { epochs: 300, every: 300 });
    const { loss: reached, accuracy } = trainer.evaluate(inputs, targets);
    expect(reached).toBeLessThan(0.001);
    expect(accuracy).toBe(1);
  });
});

describe("irises that were held back are told apart: a loss below 0.25 and 0.9 of 30, by plain gradient descent", () => {
  const data = iris();
  it.each(starts)("%s, seed %i", async (dtype, seed) => {
    const { train, test } = trainTestSplit(data.inputs, data.targets, { testFraction: 0.2, seed });
    const scale = standardize(train.inputs);
    const network = new Network({ inputs: 4, layers: [dense(8, { activation: "tanh" }), dense(3)], dtype, seed });
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
    const trainer = new Trainer(network, { loss: "softmaxCrossEntropy", optimizer, seed, metrics: ["accuracy"] });
    const held = [scale.apply(test.inputs), test.targets] as const;
    expect(trainer.evaluate(...held).loss).toBeGreaterThan(0.6);
    await trainer.fit(scale.apply(train.inputs), train.targets, { epochs: 60 });
    const { loss, accuracy } = trainer.evaluate(...held);
    expect(loss).toBeLessThan(0.25);
    expect(accuracy).toBeGreaterThanOrEqual(0.9);
  });
});

describe("of 200 handwritten digits held back from 800, 0.9 are read after 20 epochs", () => {
  const data = digits();
  const inputs = data.inputs.slice(0, 800).map((row) => row.map((pixel) => pixel / 16));

  it.each(starts)("%s, seed %i", async (dtype, seed) => {
    const { train, test } = trainTestSplit(inputs, data.targets.slice(0, 800), { testFraction: 0.25, seed });
    const layers = [dense(32, { activation: "relu" }), dense(10)];
    const network = new Network({ inputs: 64, layers, dtype, seed });
    const optimizer = adam({ learningRate: 0.005 });
    const trainer = new Trainer(network, { loss: "softmaxCrossEntropy", optimizer, seed, metrics: ["accuracy"] });
    const { validation, loss } = await trainer.fit(train.inputs, train.targets, { epochs: 20, validation: test });
    expect(loss[0]).toBeGreaterThan(1);
    expect(loss[19]).toBeLessThan(0.1);
    expect(validation.accuracy[19]).toBeGreaterThanOrEqual(0.9);
  });
});
