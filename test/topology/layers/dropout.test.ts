import { describe, expect, test } from "vitest";
import {
  checkGradients,
  dense,
  dropout,
  flatten,
  input,
  Network,
  permute,
  reshape,
  slice,
  Trainer,
} from "../../../src/index.ts";
import { parameterBits, randomRows } from "../../training/problem.ts";

const make = (rate = 0.5, dtype: Network["dtype"] = "float64") =>
  new Network({ inputs: 3, layers: [dense(8, { activation: "tanh" }), dropout(rate), dense(2)], dtype, seed: 5 });
const [inputs, targets] = [randomRows(9, 3, 1), randomRows(9, 2, 2)];
const train = (network: Network, seed = 0) => new Trainer(network, { loss: "meanSquaredError", seed });
const dropped = (network: Network) => Array.from(network.layers[1].activation, (value) => value === 0);

test("predict and evaluate drop nothing", () => {
  const network = make();
  const without = new Network({
    inputs: 3,
    layers: [dense(8, { activation: "tanh" }), dense(2)],
    dtype: "float64",
    seed: 5,
  });
  expect(network.predict(inputs)).toEqual(without.predict(inputs));
  expect(train(network).evaluate(inputs, targets)).toEqual(train(without).evaluate(inputs, targets));
});

test("a step drops about the rate and divides the others by 1 - rate", () => {
  const network = make(0.25);
  const before = network.predict(inputs) && Array.from(network.layers[0].activation);
  train(network).gradients(inputs, targets);
  const after = Array.from(network.layers[1].activation);
  for (const [index, value] of after.entries()) expect([0, before[index] * (1 / 0.75)]).toContain(value);
  expect(after.filter((value) => value === 0).length).toBeGreaterThan(7);
  expect(after.filter((value) => value === 0).length).toBeLessThan(30);
});

describe("what is dropped", () => {
  test("is the same for gradients as for the step after it, and another in each step, layer and seed", () => {
    const network = make();
    const trainer = train(network);
    trainer.gradients(inputs, targets);
    const first = dropped(network);
    trainer.gradients(inputs, targets);
    expect(dropped(network)).toEqual(first);
    trainer.step(inputs, targets);
    expect(dropped(network)).toEqual(first);
    trainer.step(inputs, targets);
    expect(dropped(network)).not.toEqual(first);
    train(network, 1).step(inputs, targets);
    expect(dropped(network)).not.toEqual(first);
    const twice = new Network({ inputs: 3, layers: [dropout(0.5), dropout(0.5), dense(2)] });
    train(twice).step(inputs, targets);
    const [one, both] = [0, 1].map((layer) => Array.from(twice.layers[layer].activation, (value) => value === 0));
    expect(both.filter(Boolean).length).toBeGreaterThan(one.filter(Boolean).length);
  });

  test("is the same in float32 as in float64", () => {
    const [single, double] = [make(0.5, "float32"), make(0.5, "float64")];
    for (const network of [single, double]) train(network).step(inputs, targets);
    expect(dropped(single)).toEqual(dropped(double));
  });
});

test("gradients differ from central differences by less than 1e-7", () => {
  const { worst } = checkGradients(train(make(0.4)), inputs, targets);
  expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
});

test("two trainings of one seed have the same bits, of two seeds not", () => {
  const [first, second, third] = [7, 7, 8].map((seed) => {
    const network = make();
    for (const _ of new Trainer(network, { loss: "meanSquaredError", batchSize: 4, shuffle: false, seed }).epochs(
      inputs,
      targets,
      { epochs: 5 },
    ));
    return parameterBits(network);
  });
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

test("goes through a file; rates out of range are refused", () => {
  const copy = Network.fromBytes(make(0.125).toBytes());
  expect(copy.layers[1].title).toBe("dropout 0.125");
  for (const rate of [-0.1, 1, 2])
    expect(() => dropout(rate)).toThrow(`dropout: got rate ${rate}, need a number from 0`);
  expect(() => dropout(Number.NaN)).toThrow("dropout: rate: got NaN, need a finite number");
});

describe("of whole channels", () => {
  const layers = [dense(8, { activation: "tanh" }), dropout(0.4, { wholeChannels: true }), flatten(), dense(2)];
  const shaped = (dtype: Network["dtype"] = "float64") => new Network({ inputs: [5, 3], layers, dtype, seed: 5 });
  const [images, scores] = [randomRows(9, 15, 1), randomRows(9, 2, 2)];

  /** Whether each channel of each example is dropped; fails unless it is alike at all five positions. */
  function droppedChannels(network: Network): boolean[] {
    const zeros = dropped(network);
    const channels = images.flatMap((_, example) => zeros.slice(40 * example, 40 * example + 8));
    expect(zeros).toEqual(zeros.map((__, index) => channels[8 * Math.floor(index / 40) + (index % 8)]));
    return channels;
  }

  test("drops each channel of an example at all positions or at none, and divides the others by 1 - rate", () => {
    const network = shaped();
    network.predict(images);
    const before = Array.from(network.layers[0].activation);
    train(network).gradients(images, scores);
    const channels = droppedChannels(network);
    expect(channels.filter(Boolean).length).toBeGreaterThan(0.2 * channels.length);
    expect(channels.filter(Boolean).length).toBeLessThan(0.6 * channels.length);
    for (const [index, value] of network.layers[1].activation.entries()) {
      expect([0, before[index] * (1 / 0.6)]).toContain(value);
    }
  });

  test("drops the channels that dropout(rate) drops of as many features, the same in float32, others in each step", () => {
    const [network, single] = [shaped(), shaped("float32")];
    const features = [dense(8), dropout(0.4), dense(2)];
    const flat = new Network({ inputs: 3, layers: features, dtype: "float64", seed: 5 });
    const trainer = train(network);
    trainer.step(images, scores);
    train(single).step(images, scores);
    train(flat).step(inputs, targets);
    const first = droppedChannels(network);
    expect(dropped(flat)).toEqual(first);
    expect(droppedChannels(single)).toEqual(first);
    trainer.step(images, scores);
    expect(droppedChannels(network)).not.toEqual(first);
  });

  test("predict drops nothing; gradients differ from central differences by less than 1e-7", () => {
    const network = shaped();
    const without = new Network({ inputs: [5, 3], layers: layers.toSpliced(1, 1), dtype: "float64", seed: 5 });
    expect(network.predict(images)).toEqual(without.predict(images));
    const { worst } = checkGradients(train(network), images, scores);
    expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
  });

  test("a file has the option only if it is true", () => {
    const copy = Network.fromBytes(shaped().toBytes());
    expect(copy.layers[1].title).toBe("dropout 0.4 of whole channels");
    expect(copy.layers[1].description).toEqual({ kind: "dropout", rate: 0.4, wholeChannels: true, name: "dropout1" });
    expect({ ...dropout(0.4, { wholeChannels: false }) }).toEqual({ ...dropout(0.4) });
    expect(new TextDecoder().decode(make().toBytes())).not.toContain("wholeChannels");
    const restored = JSON.parse(JSON.stringify(dropout(0.4, { wholeChannels: true, name: "some" })));
    expect(restored).toEqual({ kind: "dropout", rate: 0.4, wholeChannels: true, name: "some" });
    expect(new Network({ inputs: [5, 3], layers: [restored] }).layers[0].description).toEqual(restored);
  });

  test("features without positions, and what is not true or false, are refused", () => {
    const message =
      "dropout: got a value [8] for wholeChannels, need one with positions, such as [height, width, channels]; " +
      "features alone are dropped by dropout(rate)";
    expect(() => dropout(0.5, { wholeChannels: true })(input(8))).toThrow(new RangeError(message));
    expect(() => dropout(0.5, { wholeChannels: 1 as never })).toThrow(
      new TypeError("dropout: got wholeChannels 1, need true or false"),
    );
    expect(() => dropout(0.5, { wholeChannel: true } as never)).toThrow(
      'dropout option: got "wholeChannel", need one of name, wholeChannels; did you mean "wholeChannels"?',
    );
    expect(() => dropout(0.5)(input(8), input(8))).toThrow("dropout: got 2 values, need 1");
  });
});

test("layers that only rearrange do not change what is dropped behind them", () => {
  const rearranged = [reshape([2, 4]), permute([1, 0]), permute([1, 0]), slice(0, 0, 2), flatten()];
  const networks = [[], rearranged].map((between) => {
    const layers = [dense(8), ...between, dropout(0.5), dense(2)];
    return new Network({ inputs: 3, layers, dtype: "float64", seed: 5 });
  });
  for (const network of networks) train(network).step(inputs, targets);
  expect(parameterBits(networks[1])).toBe(parameterBits(networks[0]));
});
