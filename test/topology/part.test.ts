import { describe, expect, test } from "vitest";
import {
  add,
  batchNorm,
  concatenate,
  dense,
  dropout,
  flatten,
  input,
  type LayerDescription,
  layerNorm,
  Network,
  permute,
  reshape,
  slice,
  split,
  Trainer,
} from "../../src/index.ts";
import { dtypes } from "../kernels/scratch.ts";
import { parameterBits, randomRows } from "../training/problem.ts";

const namesOf = ({ layers }: Network) => layers.map(({ name }) => name);
const statisticsOf = ({ statistics }: Network) => statistics.map(({ name, values }) => [name, Array.from(values)]);

/** A list of layers after some steps of training, so that its statistics are not the first ones. */
function trained(dtype: Network["dtype"] = "float64"): Network {
  const network = new Network({
    inputs: 3,
    layers: [
      dense(5, { activation: "tanh" }),
      batchNorm({ name: "norm" }),
      dense(4, { activation: "relu", trainable: false }),
      dropout(0.5),
      dense(2, { learningRateFactor: 0.5 }),
    ],
    dtype,
    seed: 3,
  });
  const trainer = new Trainer(network, { loss: "meanSquaredError" });
  for (let step = 0; step < 3; step++) trainer.step(randomRows(9, 3, 1), randomRows(9, 2, 2));
  return network;
}
const rows = randomRows(6, 3, 4);

describe.each(dtypes)("a part of a %s network", (dtype) => {
  const network = trained(dtype);

  test.each([
    ["norm", ["dense1", "norm"]],
    ["dense2", ["dense1", "norm", "dense2"]],
    ["dense3", ["dense1", "norm", "dense2", "dropout1", "dense3"]],
  ])("up to %s and the part behind it predict together what the network predicts, the same bits", (name, names) => {
    const front = network.part({ outputs: name });
    expect(namesOf(front)).toEqual(names);
    expect(front.dtype).toBe(dtype);
    const features = front.predict(rows);
    const index = names.length - 1;
    network.predict(rows);
    expect(features.flat()).toEqual(Array.from(network.layers[index].activation));
    if (name === "dense3") return;
    const back = network.part({ inputs: name });
    expect(namesOf(back)).toEqual(namesOf(network).slice(names.length));
    expect(back.predict(features)).toEqual(network.predict(rows));
  });
});

describe("a part", () => {
  test("has copies: training it leaves the network, and training the network leaves it", () => {
    const network = trained();
    const part = network.part({ outputs: "dense2" });
    const [before, statistics] = [parameterBits(network), statisticsOf(network)];
    expect(statisticsOf(part)).toEqual(statistics);
    new Trainer(part, { loss: "meanSquaredError" }).step(rows, randomRows(6, 4, 5));
    expect([parameterBits(network), statisticsOf(network)]).toEqual([before, statistics]);
    const bits = parameterBits(part);
    new Trainer(network, { loss: "meanSquaredError" }).step(rows, randomRows(6, 2, 5));
    expect(parameterBits(part)).toBe(bits);
  });

  test("keeps the names of layers and how each is trained now, as its file does", () => {
    const network = trained();
    network.layers[0].trainable = false;
    network.layers[2].trainable = true;
    const part = network.part({ inputs: "dense1" });
    const settings = ({ layers }: Network) =>
      layers.map(({ name, trainable, learningRateFactor }) => [name, trainable, learningRateFactor]);
    expect(settings(part)).toEqual(settings(network).slice(1));
    expect(settings(part)[3]).toEqual(["dense3", true, 0.5]);
    expect(settings(Network.fromBytes(part.toBytes()))).toEqual(settings(part));
    // A change of the part is none of the network.
    part.layers[1].trainable = false;
    expect(network.layers[2].trainable).toBe(true);
    expect(network.part().summary()).toBe(network.summary());
  });

  test("of a network from a file is named in the same way", () => {
    const network = trained();
    const copy = Network.fromBytes(network.toBytes());
    const places = { inputs: "dense1", outputs: ["dense2", "dense3"] };
    const features = network.part({ outputs: "dense1" }).predict(rows);
    expect(copy.part(places).predict(features)).toEqual(network.part(places).predict(features));
    // And a part may be cut again.
    const again = copy.part({ outputs: "dense2" }).part({ inputs: "norm" });
    expect(namesOf(again)).toEqual(["dense2"]);
  });

  test("has the arithmetic of the network", () => {
    const network = new Network({ inputs: 2, layers: [dense(2), dense(1)], arithmetic: "relaxed" });
    expect(network.part({ outputs: "dense1" }).arithmetic).toBe(network.arithmetic);
    expect(network.withInputs([4, 2]).arithmetic).toBe(network.arithmetic);
  });
});

describe("a part between values", () => {
  const [left, right] = [input(3), input(3)];
  const tower = dense(4, { activation: "tanh", name: "tower" });
  const [a, b] = [tower(left), tower(right)];
  const [first, second] = split([2, 2], { name: "halves" })(a);
  const joined = concatenate(add(a, b), first);
  const score = dense(1, { name: "score" })(joined);
  const network = new Network({ inputs: [left, right], outputs: [score, second], dtype: "float64", seed: 4 });

  test("is one tower of two, which has the same parameters", () => {
    const alone = network.part({ inputs: right, outputs: b });
    expect(namesOf(alone)).toEqual(["tower"]);
    const together = network.part({ outputs: [a, b] });
    expect((together.predict([rows, rows.toReversed()]) as number[][][])[1]).toEqual(alone.predict(rows.toReversed()));
    // Of the inputs that are not said, those that nothing needs are left out.
    expect(network.part({ outputs: a }).predict(rows)).toEqual(alone.predict(rows));
  });

  test("may begin in the middle, at several values", () => {
    const part = network.part({ inputs: [a, b], outputs: "score" });
    expect(namesOf(part)).toEqual(["add1", "halves", "concatenate1", "score"]);
    const values = network.part({ outputs: [a, b] }).predict([rows, rows.toReversed()]);
    const [scores] = network.predict([rows, rows.toReversed()]) as number[][][];
    expect(part.predict(values as number[][][])).toEqual(scores);
  });

  test("a layer that makes several values stands for all of them", () => {
    const part = network.part({ inputs: a, outputs: "halves" });
    expect(part.predict([[1, 2, 3, 4]])).toEqual([[[1, 2]], [[3, 4]]]);
    const [one] = network.part({ outputs: second }).predict(rows);
    expect(one).toHaveLength(2);
  });

  test("beginning at one value of several that a layer makes, reads that one alone", () => {
    const third = dense(2, { name: "third" })(second);
    const other = new Network({ inputs: left, outputs: concatenate(third, first), dtype: "float64" });
    expect(namesOf(other.part({ inputs: second, outputs: third }))).toEqual(["third"]);
    expect(() => other.part({ inputs: second })).toThrow(
      "part: got outputs concatenate1 that need input 0 of the network, need outputs that are made of halves alone",
    );
  });

  test("does not reach beyond the network, whose inputs may lie in a larger graph", () => {
    const inner = new Network({ inputs: a, outputs: dense(2, { name: "head" })(a) });
    expect(() => inner.part({ inputs: left })).toThrow(
      new TypeError(
        "part: got a value [3] of another network in inputs, need values of this network, or names of its layers",
      ),
    );
    expect(namesOf(inner.part())).toEqual(["head"]);
  });

  test.each<[string, Parameters<Network["part"]>[0], string]>([
    [
      "a name that is nearly one",
      { outputs: "scores" },
      'part: outputs: got "scores", need one of tower, add1, halves, concatenate1, score; did you mean "score"?',
    ],
    [
      "a layer that is used twice",
      { outputs: "tower" },
      'part: got "tower" in outputs, a layer that is used 2 times, need the value that one of its uses returned',
    ],
    [
      "outputs that need another input",
      { inputs: left, outputs: "score" },
      "part: got outputs score that need input 1 of the network, need outputs that are made of input 0 alone",
    ],
    [
      "outputs before the inputs",
      { inputs: "add1", outputs: a },
      "part: got outputs tower that need input 0 of the network, need outputs that are made of add1 alone",
    ],
    [
      "an input that nothing needs",
      { inputs: [left, right], outputs: a },
      "part: got input 1 in inputs, which no output needs, need it used or left out",
    ],
    [
      "a place that is both",
      { inputs: a, outputs: [a] },
      "part: got tower as input and as output, need layers between them",
    ],
    ["a number", { outputs: 3 as never }, "part: got 3 in outputs, need values of this network"],
    ["nothing", { outputs: [] }, "part: got 0 values in outputs, need at least one, and each once"],
    ["a value twice", { inputs: [a, a] }, "part: got 2 values in inputs, need at least one, and each once"],
    ["another option", { output: a } as never, 'part option: got "output", need one of inputs, outputs'],
  ])("refuses %s", (_, options, message) => {
    const before = parameterBits(network);
    expect(() => network.part(options)).toThrow(message);
    expect(parameterBits(network)).toBe(before);
  });
});

describe("with inputs of another shape", () => {
  const layers = [
    dense(4, { activation: "tanh", trainable: false }),
    batchNorm({ name: "norm" }),
    layerNorm(),
    permute([1, 0, 2]),
    slice(0, 0, 2),
    dense(2),
  ];
  const network = new Network({ inputs: [3, 2, 3], layers, dtype: "float64", seed: 2 });
  new Trainer(network, { loss: "meanSquaredError" }).step(randomRows(5, 18, 1), randomRows(5, 12, 2));

  test("a network has the same layers and parameters, and computes each position as before", () => {
    const wide = network.withInputs([1, 2, 3]);
    expect(wide.layers.map(({ name, outputShape }) => [name, outputShape])).toEqual([
      ["dense1", [1, 2, 4]],
      ["norm", [1, 2, 4]],
      ["layerNorm1", [1, 2, 4]],
      ["permute1", [2, 1, 4]],
      ["slice1", [2, 1, 4]],
      ["dense2", [2, 1, 2]],
    ]);
    expect([parameterBits(wide), statisticsOf(wide)]).toEqual([parameterBits(network), statisticsOf(network)]);
    expect(wide.layers[0].trainable).toBe(false);
    // The first of three rows of the larger one.
    const [example] = randomRows(1, 18, 7);
    const large = network.predict(example);
    const small = wide.predict(example.slice(0, 6));
    expect(small).toEqual([large.slice(0, 2), large.slice(6, 8)].flat());
    expect(network.withInputs([3, 2, 3]).summary()).toBe(network.summary());
  });

  test("is trained and saved as any other, and the first one stays as it is", () => {
    const before = parameterBits(network);
    const other = network.withInputs([5, 4, 3]);
    new Trainer(other, { loss: "meanSquaredError" }).step(randomRows(2, 60, 1), randomRows(2, 20, 2));
    expect(parameterBits(network)).toBe(before);
    expect(Network.fromBytes(other.toBytes()).summary()).toBe(other.summary());
  });

  test("one number is features, as in the options of a network", () => {
    const one = new Network({ inputs: [4, 3], layers: [dense(2)], dtype: "float64" });
    expect(one.withInputs(3).predict([1, 2, 3])).toEqual(one.predict([1, 2, 3, ...Array(9).fill(0)]).slice(0, 2));
  });

  test("of several inputs each has its own, and a shared layer takes both", () => {
    const [left, right] = [input([2, 3]), input([4, 3])];
    const shared = dense(2, { name: "shared" });
    const two = new Network({ inputs: [left, right], outputs: [shared(left), shared(right)], dtype: "float64" });
    const other = two.withInputs([[1, 3], 3]);
    expect(other.layers).toHaveLength(1);
    expect(parameterBits(other)).toBe(parameterBits(two));
    const one = [1, 2, 3];
    const [first, second] = other.predict([one, one]) as number[][];
    expect(first).toEqual(second);
    expect(() => two.withInputs([2, 3])).toThrow(RangeError);
    expect(() => two.withInputs([[1, 3]])).toThrow(
      "withInputs: got an array of 1, need an array of 2: the shape of each input",
    );
  });

  test.each<[string, LayerDescription[], number | number[], string]>([
    [
      "features that a dense layer has weights for",
      [dense(5), dense(2)],
      [6, 6, 2],
      "withInputs: got inputs that do not suit dense1: its weight would be [2, 5], and is [3, 5]",
    ],
    [
      "positions that flatten puts before a dense layer",
      [dense(5), flatten(), dense(2, { name: "head" })],
      [6, 6, 3],
      "withInputs: got inputs that do not suit head: its weight would be [180, 2], and is [80, 2]",
    ],
    [
      "columns that batchNorm has statistics for",
      [flatten(), batchNorm()],
      [6, 6, 3],
      "withInputs: got inputs that do not suit batchNorm1: its weight would be [108], and is [48]",
    ],
    [
      "numbers that reshape has no place for",
      [reshape([16, 3])],
      [6, 6, 3],
      "withInputs: got inputs that do not suit reshape1: reshape: got a value [6, 6, 3] of 108 numbers, need 48",
    ],
    [
      "a side that slice reads beyond",
      [slice(0, 1, 4)],
      [3, 4, 3],
      "withInputs: got inputs that do not suit slice1: slice: got end 4 on side 0 of a value [3, 4, 3]",
    ],
    ["a shape that is none", [dense(2)], [0, 3], "withInputs: got inputs [0, 3], need a number of features from 1"],
  ])("refuses %s", (_, given, shape, message) => {
    const plain = new Network({ inputs: [4, 4, 3], layers: given });
    const before = [parameterBits(plain), plain.summary()];
    expect(() => plain.withInputs(shape)).toThrow(RangeError);
    expect(() => plain.withInputs(shape)).toThrow(message);
    expect([parameterBits(plain), plain.summary()]).toEqual(before);
  });
});
