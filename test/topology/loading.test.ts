import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { encode } from "../../src/files/safetensors.ts";
import {
  activation,
  add,
  attention,
  batchNorm,
  bidirectional,
  concatenate,
  conv2d,
  convTranspose2d,
  dense,
  depthwiseConv2d,
  dropout,
  flatten,
  groupNorm,
  gru,
  input,
  type LayerDescription,
  type LoadOptions,
  layerNorm,
  lstm,
  maxPool2d,
  type NamedTensor,
  Network,
  permute,
  readSafetensors,
  reshape,
  simpleRnn,
  slice,
  Trainer,
} from "../../src/index.ts";
import { loadTensors } from "../../src/topology/loading.ts";
import { dtypes } from "../kernels/scratch.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { parameterBits, randomRows } from "../training/problem.ts";

interface Case {
  tensors: { name: string; shape: number[]; values: number[] }[];
  inputs: number[][][];
  outputs: number[][];
}
type Recurrences = "recurrent" | "bidirectional" | "stacked" | "stackedBidirectional";
type CaseName = "row" | "image" | "convolutional" | "joined" | "withoutBias" | Recurrences;
const golden: Record<CaseName, Case> = JSON.parse(readFileSync("test/fixtures/loading.json", "utf8")).cases;
const tensorsOf = ({ tensors }: Case): NamedTensor[] =>
  tensors.map(({ values, ...tensor }) => ({ ...tensor, values: Float64Array.from(values) }));

/** The same through a file as Python writes it: sorted by name, behind integers of 64 bits. */
function asFile(tensors: readonly NamedTensor[]): NamedTensor[] {
  const floats = tensors.filter(({ name }) => !name.endsWith("tracked"));
  const sorted = floats.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const counters = tensors.filter(({ name }) => name.endsWith("tracked"));
  return readSafetensors(encode([...counters, ...sorted]));
}

const row = (dtype: Network["dtype"] = "float64") =>
  new Network({
    inputs: 3,
    layers: [dense(5), batchNorm(), activation("tanh"), dense(5, { bias: false }), layerNorm(), dense(5), dense(2)],
    dtype,
  });
const image = (dtype: Network["dtype"] = "float64") =>
  new Network({
    inputs: [4, 5, 3],
    layers: [flatten(), batchNorm({ name: "norm" }), dropout(0.2), dense(6, { activation: "relu" }), dense(2)],
    dtype,
  });
const convolutional = () =>
  new Network({
    inputs: [6, 6, 3],
    layers: [
      conv2d(4, 3, { padding: 1 }),
      batchNorm(),
      activation("relu"),
      depthwiseConv2d(3, { multiplier: 2 }),
      convTranspose2d(3, 2),
      maxPool2d(2),
      flatten(),
      dense(2),
    ],
    dtype: "float64",
  });
const recurrent = () =>
  new Network({
    inputs: [5, 3],
    layers: [lstm(4, { returnSequences: true }), gru(2, { returnSequences: true }), simpleRnn(3), dense(2)],
    dtype: "float64",
  });
const ofBothDirections = () =>
  new Network({
    inputs: [5, 3],
    layers: [bidirectional(lstm(4, { returnSequences: true })), bidirectional(gru(2)), dense(2)],
    dtype: "float64",
  });
const long = { returnSequences: true };
const stacked = () =>
  new Network({
    inputs: [5, 3],
    layers: [
      ...[lstm(2, long), dropout(0.5), lstm(2, long), gru(3, long), gru(3, long), gru(3, long)],
      ...[simpleRnn(2, long), simpleRnn(2), dense(2)],
    ],
    dtype: "float64",
  });
const stackedNames = { first: "lstm1", second: "gru1", third: "simpleRnn1", last: "dense1" };
const stackedBidirectional = () =>
  new Network({
    inputs: [5, 3],
    layers: [
      ...[bidirectional(lstm(2, long)), bidirectional(lstm(2, long))],
      ...[bidirectional(gru(2, long)), bidirectional(gru(2, long))],
      ...[bidirectional(simpleRnn(2, long)), bidirectional(simpleRnn(2))],
    ],
    dtype: "float64",
  });
const withoutBias = () =>
  new Network({
    inputs: [5, 5, 2],
    layers: [
      ...[conv2d(4, 3), batchNorm(), groupNorm(2), convTranspose2d(4, 2, { stride: 2 })],
      ...[conv2d(4, 2, { stride: 3, groups: 4 }), reshape([4, 4]), layerNorm()],
      ...[attention({ heads: 2 }), flatten(), dense(2)],
    ],
    dtype: "float64",
  });

/** Gives all parameters other values than a new network's, so that zeros and ones stay nowhere by chance. */
function stirred(network: Network): Network {
  for (const { values } of network.parameters) values.set(randomRows(1, values.length, 3)[0]);
  return network;
}

/** Checks that a network predicts what PyTorch's does. */
function expectGolden(network: Network, { inputs, outputs }: Case): void {
  expectClose((network.predict(inputs[0]) as number[][]).flat(), outputs.flat(), tolerances.network.float64);
}

/** The end of the names of its layers are those of the PyTorch module. */
const imageNames = { norm: "norm", hidden: "dense1", output: "dense2" };

function joined(): Network {
  const [features, picture] = [input(3), input([3, 2, 2])];
  const first = dense(4, { activation: "tanh", name: "first" })(concatenate(features, flatten()(picture)));
  const last = dense(2, { bias: false, name: "last" })(layerNorm({ name: "norm" })(first));
  return new Network({ inputs: [features, picture], outputs: last, dtype: "float64" });
}

/** What a refused load must leave. */
const stateOf = (network: Network) => [
  parameterBits(network),
  network.statistics.map(({ values }) => Array.from(values)),
];

describe("weights of PyTorch predict what they predict there", () => {
  test("in order of appearance, numbers of names as numbers, though Python has sorted them as text", () => {
    for (const tensors of [tensorsOf(golden.row), asFile(tensorsOf(golden.row))]) {
      const network = row();
      network.load(tensors, { from: "pytorch" });
      expectClose(network.predict(golden.row.inputs[0]).flat(), golden.row.outputs.flat(), tolerances.network.float64);
    }
  });

  test("behind a flatten of an image, whose channels come first there: rows of dense, columns of batchNorm", () => {
    const network = image();
    network.load(asFile(tensorsOf(golden.image)), { from: "pytorch", names: imageNames });
    expectClose(
      network.predict(golden.image.inputs[0]).flat(),
      golden.image.outputs.flat(),
      tolerances.network.float64,
    );
    // Without a flatten of an image, the same tensors are taken as they are.
    const plain = new Network({
      inputs: 60,
      layers: [batchNorm(), dense(6, { activation: "relu" }), dense(2)],
      dtype: "float64",
    });
    plain.load(tensorsOf(golden.image), { from: "pytorch" });
    expect(plain.predict(golden.image.inputs[0])).not.toEqual(network.predict(golden.image.inputs[0]));
    expect(plain.statistics[0].values).toEqual(tensorsOf(golden.image).find(({ name }) => /mean/.test(name))!.values);
  });

  test("convolutions of every kind, and the dense layer behind all their channels and places", () => {
    const network = convolutional();
    network.load(asFile(tensorsOf(golden.convolutional)), { from: "pytorch" });
    const { inputs, outputs } = golden.convolutional;
    expectClose((network.predict(inputs[0]) as number[][]).flat(), outputs.flat(), tolerances.network.float64);
  });

  test("recurrent layers, whose two biases are one here", () => {
    const network = recurrent();
    const names = { first: "lstm1", second: "gru1", third: "simpleRnn1", last: "dense1" };
    for (const each of [tensorsOf(golden.recurrent), asFile(tensorsOf(golden.recurrent))]) {
      network.load(each, { from: "pytorch", names });
      const { inputs, outputs } = golden.recurrent;
      expectClose((network.predict(inputs[0]) as number[][]).flat(), outputs.flat(), tolerances.network.float64);
    }
    const without = tensorsOf(golden.recurrent).filter(({ name }) => name !== "second.bias_hh_l0");
    expect(() => network.load(without, { from: "pytorch", names })).toThrow(
      'load: got no bias_hh_l0 of "second", need it as [6] for gru1.bias',
    );
    const large = tensorsOf(golden.recurrent).map((tensor) => {
      return tensor.name === "third.bias_hh_l0" ? { ...tensor, values: new Float64Array(3).fill(Infinity) } : tensor;
    });
    const before = stateOf(network);
    expect(() => network.load(large, { from: "pytorch", names })).toThrow(
      'load: got Infinity in "third.bias_ih_l0" + "third.bias_hh_l0", need finite numbers of float64',
    );
    expect(stateOf(network)).toEqual(before);
  });

  test("recurrent layers of both directions, which Keras has as two layers within one", () => {
    const network = ofBothDirections();
    network.load(asFile(tensorsOf(golden.bidirectional)), {
      from: "pytorch",
      names: { first: "bidirectional1", second: "bidirectional2", last: "dense1" },
    });
    const { inputs, outputs } = golden.bidirectional;
    expectClose((network.predict(inputs[0]) as number[][]).flat(), outputs.flat(), tolerances.network.float64);
  });

  test("stacks fill as many layers, one behind the other, in order or from the one that is named", () => {
    const network = stirred(stacked());
    network.load(tensorsOf(golden.stacked), { from: "pytorch" });
    expectGolden(network, golden.stacked);
    const named = stirred(stacked());
    named.load(asFile(tensorsOf(golden.stacked)), { from: "pytorch", names: stackedNames });
    expect(stateOf(named)).toEqual(stateOf(network));
    const biases = network.parameters.filter(({ name }) => /^(gru|dense).*bias$/i.test(name));
    expect(biases.map(({ values }) => values.every((value) => value === 0))).toEqual(new Array(7).fill(true));
  });

  test("stacks of both directions, without biases, too", () => {
    const network = stirred(stackedBidirectional());
    network.load(asFile(tensorsOf(golden.stackedBidirectional)), { from: "pytorch" });
    expectGolden(network, golden.stackedBidirectional);
  });

  test("a stack of more than ten, whose numbers are not in alphabetical order", () => {
    const make = (names: string[]) =>
      new Network({ inputs: [3, 2], layers: names.map((name) => simpleRnn(2, { ...long, name })), dtype: "float64" });
    const numbers = Array.from({ length: 12 }, (_, index) => String(index));
    const [source, network] = [stirred(make(numbers)), make(numbers.map((number) => `layer${number}`))];
    const sides = (shape: readonly number[], values: ArrayLike<number>) =>
      Array.from(shape.length > 1 ? [0, 2, 1, 3] : [0, 1], (at) => values[at]);
    const ends: Record<string, string> = { weight: "weight_ih_l", recurrentWeight: "weight_hh_l", bias: "bias_ih_l" };
    const tensors = source.parameters.flatMap(({ name, shape, values }) => {
      const [number, own] = name.split(".");
      const tensor = { name: ends[own] + number, shape, values: Float64Array.from(sides(shape, values)) };
      return own === "bias"
        ? [tensor, { ...tensor, name: `bias_hh_l${number}`, values: new Float64Array(2) }]
        : [tensor];
    });
    network.load(asFile(tensors), { from: "pytorch" });
    expect(stateOf(network)).toEqual(stateOf(source));
    const again = stirred(make(numbers));
    again.load(asFile(tensors), { from: "pytorch", names: { "": "0" } });
    expect(stateOf(again)).toEqual(stateOf(source));
  });

  test("layers without biases have zeros, norms without gains ones, and those without any tensor may be left out", () => {
    const network = stirred(withoutBias());
    network.load(tensorsOf(golden.withoutBias), { from: "pytorch" });
    expectGolden(network, golden.withoutBias);
    const names = { first: "conv2d1", batch: "batchNorm1", second: "convTranspose2d1", third: "conv2d2" };
    const named = stirred(withoutBias());
    const all = { ...names, attention: "attention1", last: "dense1" };
    named.load(asFile(tensorsOf(golden.withoutBias)), { from: "pytorch", names: all });
    expect(stateOf(named)).toEqual(stateOf(network));
  });

  test("LSTMs of both directions, which Keras has as two layers within one", () => {
    const make = () => new Network({ inputs: [5, 3], layers: [bidirectional(lstm(4))], dtype: "float64", seed: 1 });
    const [source, network] = [make(), make()];
    for (const { values } of source.parameters) values.set(randomRows(1, values.length, 2)[0]);
    const ends: Record<string, string> = { weight: "kernel", recurrentWeight: "recurrent_kernel", bias: "bias" };
    const tensors = source.parameters.map(({ name, shape, values }) => {
      const [, half, own] = name.split(".");
      return { name: `model/bidirectional/${half}_lstm_4/lstm_cell/${ends[own]}`, shape, values };
    });
    network.load(tensors, { from: "keras" });
    expect(stateOf(network)).toEqual(stateOf(source));
    expect(() => network.load(tensors.slice(1), { from: "keras" })).toThrow(
      'load: got no forward_kernel of "model/bidirectional", need it as [3, 16] for bidirectional1.forward.weight',
    );
  });

  test("beside other features, by the names of the layers, which are the same", () => {
    const network = joined();
    network.load(asFile(tensorsOf(golden.joined)), { from: "pytorch" });
    const { inputs, outputs } = golden.joined;
    expectClose((network.predict(inputs) as number[][]).flat(), outputs.flat(), tolerances.network.float64);
  });

  test.each(dtypes)("in a %s network, rounded to it", (dtype) => {
    const network = row(dtype);
    network.load(tensorsOf(golden.row), { from: "pytorch" });
    const { inputs, outputs } = golden.row;
    expectClose(network.predict(inputs[0]).flat(), outputs.flat(), tolerances.golden[dtype]);
    expect(Array.from(network.parameters[1].values)).toEqual(
      golden.row.tensors[1].values.map((value) => (dtype === "float32" ? Math.fround(value) : value)),
    );
  });
});

describe("an image that PyTorch flattens", () => {
  const values = (count: number) => Float64Array.from({ length: count }, (_, index) => index);
  /** The weight of the dense layer behind some layers, of one unit, whose numbers are their places in PyTorch. */
  const orderBehind = (inputs: number | number[], ...layers: LayerDescription[]) => {
    const network = new Network({ inputs, layers: [...layers, dense(1, { bias: false, name: "last" })] });
    const { name, values: weight } = network.parameters.at(-1)!;
    const others = network.parameters.slice(0, -1).map((tensor) => {
      const shape = tensor.shape.toReversed();
      return { name: tensor.name, shape, values: values(shape.reduce((a, b) => a * b)) };
    });
    network.load([...others, { name, shape: [1, weight.length], values: values(weight.length) }], { from: "pytorch" });
    return Array.from(network.parameters.at(-1)!.values);
  };
  const turned = [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11];
  const straight = Array.from(turned.keys());

  test.each<[string, number[], number | number[], LayerDescription[]]>([
    ["has its channels first", turned, [2, 2, 3], [flatten()]],
    [
      "and keeps that through layers that work in place",
      turned,
      [2, 2, 3],
      [flatten(), dropout(0.1), activation("tanh")],
    ],
    ["as it does before them", turned, [2, 3, 3], [activation("relu"), slice(1, 0, 2), flatten()]],
    ["but not if it has been permuted to that order", straight, [2, 2, 3], [permute([2, 0, 1]), flatten()]],
    ["nor behind dense at positions, which is at the last side there, too", straight, [2, 2, 1], [dense(3), flatten()]],
    ["nor if it is made of one row", straight, 12, [reshape([2, 2, 3]), flatten()]],
    ["nor does a sequence", straight, [4, 3], [flatten()]],
    ["nor if it has one channel", straight.slice(0, 6), [4, 3, 1], [flatten(), slice(0, 0, 6)]],
  ])("%s", (_, order, inputs, layers) => expect(orderBehind(inputs, ...layers)).toEqual(order));

  test("is followed by a dense layer as wide as itself: rows are turned, its bias and what follows are not", () => {
    const network = new Network({ inputs: [2, 1, 2], layers: [flatten(), dense(4), dense(1)], dtype: "float64" });
    const shapes = [[4, 4], [4], [1, 4], [1]];
    const tensors = network.parameters.map(({ name }, index) => {
      return { name, shape: shapes[index], values: values(shapes[index].reduce((a, b) => a * b)) };
    });
    network.load(tensors, { from: "pytorch" });
    const [weight, bias, last] = network.parameters.map((parameter) => Array.from(parameter.values));
    expect(weight).toEqual([0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15]);
    expect([bias, last]).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
  });

  test("is refused behind layers through which its order cannot be followed", () => {
    const behind = (...layers: LayerDescription[]) =>
      new Network({ inputs: [2, 2, 3], layers: [flatten(), ...layers, dense(1)] });
    const message = (name: string) =>
      `load: got ${name} behind a flatten, which has another order in PyTorch, need the option from: "simdnet"`;
    expect(() => behind(slice(0, 0, 6)).load([], { from: "pytorch" })).toThrow(message("slice1"));
    expect(() => behind(reshape([4, 3])).load([], { from: "pytorch" })).toThrow(message("reshape1"));
    const first = input([2, 2, 3]);
    const sum = add(flatten()(first), dense(12)(flatten()(first)));
    const network = new Network({ inputs: first, outputs: dense(1)(sum) });
    expect(() => network.load([], { from: "pytorch" })).toThrow(message("add1"));
  });
});

/** Returns the columns of a GRU's weight, whose gates are r z n here, in Keras's order; those of others as they are. */
function zrn(layer: string, [, columns]: readonly number[], values: ArrayLike<number>): number[] {
  const isGru = layer === "gru1" || layer === "bidirectional1";
  const units = columns / 3;
  const place = (column: number) => (column < units ? column + units : column < 2 * units ? column - units : column);
  return Array.from(values, (_, at) => (isGru ? values[at - (at % columns) + place(at % columns)] : values[at]));
}

describe("weights of Keras", () => {
  const layers = () => [dense(4, { activation: "tanh" }), batchNorm(), layerNorm(), dense(2)];
  const source = new Network({ inputs: 3, layers: layers(), dtype: "float64", seed: 3 });
  new Trainer(source, { loss: "meanSquaredError" }).step(randomRows(5, 3, 1), randomRows(5, 2, 2));
  const keras: Record<string, string> = {
    "dense1.weight": "dense/kernel",
    "dense1.bias": "dense/bias",
    "batchNorm1.weight": "batch_normalization/gamma",
    "batchNorm1.bias": "batch_normalization/beta",
    "batchNorm1.runningMean": "batch_normalization/moving_mean",
    "batchNorm1.runningVariance": "batch_normalization/moving_variance",
    "layerNorm1.weight": "layer_normalization/gamma",
    "layerNorm1.bias": "layer_normalization/beta",
    "dense2.weight": "dense_1/kernel",
    "dense2.bias": "dense_1/bias",
  };
  const tensors = Object.entries(keras).map(([ours, name]) => {
    const { shape, values } = [...source.parameters, ...source.statistics].find((tensor) => tensor.name === ours)!;
    return { name, shape, values: Float64Array.from(values) };
  });

  test.each([
    ["with slashes", (name: string) => name],
    ["with dots", (name: string) => name.replaceAll("/", ".")],
    ["in a model", (name: string) => `model/${name}`],
  ])("%s lie as ours, and stand in order", (_, renamed) => {
    const network = new Network({ inputs: 3, layers: layers(), dtype: "float64" });
    network.load(
      tensors.map((tensor) => ({ ...tensor, name: renamed(tensor.name) })),
      { from: "keras" },
    );
    expect(stateOf(network)).toEqual(stateOf(source));
  });

  test("of recurrent layers lie in a cell; a GRU's gates are z r h, and its biases rows of one tensor", () => {
    const network = recurrent();
    network.load(tensorsOf(golden.recurrent), { from: "pytorch" });
    const of = (end: string) => golden.recurrent.tensors.find(({ name }) => name === end)!;
    const transposed = ({ shape: [rows, columns], values }: ReturnType<typeof of>) =>
      Array.from({ length: columns }, (_, column) =>
        Array.from({ length: rows }, (_, row) => values[row * columns + column]),
      );
    const swapped = (row: number[]) => [...row.slice(2, 4), ...row.slice(0, 2), ...row.slice(4)];
    const tensor = (name: string, rows: number[][], shape = [rows.length, rows[0].length]) => {
      return { name, shape, values: Float64Array.from(rows.flat()) };
    };
    const biasOf = (name: string) => {
      const sum = of(`${name}.bias_ih_l0`).values.map((value, index) => value + of(`${name}.bias_hh_l0`).values[index]);
      return [sum];
    };
    const cells = [
      ["first", "lstm/lstm_cell"],
      ["third", "simple_rnn/simple_rnn_cell"],
    ].map(([name, path]) => [
      tensor(`${path}/kernel`, transposed(of(`${name}.weight_ih_l0`))),
      tensor(`${path}/recurrent_kernel`, transposed(of(`${name}.weight_hh_l0`))),
      tensor(`${path}/bias`, biasOf(name), [biasOf(name)[0].length]),
    ]);
    const biases = ["ih", "hh"].map((part) => swapped(of(`second.bias_${part}_l0`).values));
    const second = [
      tensor("gru/gru_cell/kernel", transposed(of("second.weight_ih_l0")).map(swapped)),
      tensor("gru/gru_cell/recurrent_kernel", transposed(of("second.weight_hh_l0")).map(swapped)),
      tensor("gru/gru_cell/bias", biases),
    ];
    const last = [
      tensor("dense/kernel", transposed(of("last.weight"))),
      tensor("dense/bias", [of("last.bias").values], [2]),
    ];
    const keras = recurrent();
    keras.load([...cells[0], ...second, ...cells[1], ...last], { from: "keras" });
    expect(stateOf(keras)).toEqual(stateOf(network));
    const flat = second.with(2, tensor("gru/gru_cell/bias", [biases[0]], [6]));
    expect(() => keras.load([...cells[0], ...flat, ...cells[1], ...last], { from: "keras" })).toThrow(
      'load: got "gru/gru_cell/bias" as [6], need it as [2, 6] for gru1.bias',
    );
  });

  test("of layers without biases have zeros, of norms without scale ones: every kind of layer", () => {
    const make = () =>
      stirred(
        new Network({
          inputs: [4, 4],
          layers: [
            ...[attention({ heads: 2 }), layerNorm(), bidirectional(gru(2, { returnSequences: true }))],
            ...[lstm(3, { returnSequences: true }), gru(2, { returnSequences: true }), simpleRnn(2), dense(2)],
          ],
          dtype: "float64",
        }),
      );
    const [source, network] = [make(), make()];
    const paths: Record<string, (own: string) => string> = {
      attention1: (own) =>
        `multi_head_attention/${own.replace("Weight", "").replace("output", "attention_output")}/kernel`,
      bidirectional1: (own) => `bidirectional/${own.split(".")[0]}_gru/gru_cell/${ownName(own.split(".")[1])}`,
      lstm1: (own) => `lstm/lstm_cell/${ownName(own)}`,
      gru1: (own) => `gru/gru_cell/${ownName(own)}`,
      simpleRnn1: (own) => `simple_rnn/simple_rnn_cell/${ownName(own)}`,
      dense1: () => "dense/kernel",
    };
    const ownName = (own: string) => (own === "weight" ? "kernel" : "recurrent_kernel");
    const headed = (own: string, shape: readonly number[]) =>
      own === "outputWeight" ? [2, shape[0] / 2, shape[1]] : [shape[0], 2, shape[1] / 2];
    const tensors: NamedTensor[] = [];
    for (const { name, shape, values } of source.parameters) {
      const [, layer, own] = /^(\w+)\.(.*)$/.exec(name)!;
      if (/bias$/i.test(own)) values.fill(0);
      else if (layer === "layerNorm1") values.fill(1);
      else {
        const theirs = layer === "attention1" ? headed(own, shape) : shape;
        tensors.push({ name: paths[layer](own), shape: theirs, values: Float64Array.from(zrn(layer, shape, values)) });
      }
    }
    network.load(tensors, { from: "keras" });
    expect(stateOf(network)).toEqual(stateOf(source));
    // A shift without a gain, and a gain without a shift.
    const shift = { name: "layer_normalization/beta", shape: [4], values: Float64Array.of(1, 2, 3, 4) };
    network.load([...tensors.slice(0, 4), shift, ...tensors.slice(4)], { from: "keras" });
    const norm = () => network.parameters.filter(({ name }) => name.startsWith("layerNorm1"));
    expect(norm().map(({ values }) => [...values])).toEqual([
      [1, 1, 1, 1],
      [1, 2, 3, 4],
    ]);
    network.load([...tensors.slice(0, 4), { ...shift, name: "layer_normalization/gamma" }, ...tensors.slice(4)], {
      from: "keras",
    });
    expect(norm().map(({ values }) => [...values])).toEqual([
      [1, 2, 3, 4],
      [0, 0, 0, 0],
    ]);
  });

  test("sorted by name they come by their shapes, in that order", () => {
    const network = new Network({ inputs: 3, layers: layers(), dtype: "float64" });
    network.load(
      tensors.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      { from: "keras" },
    );
    expect(stateOf(network)).toEqual(stateOf(source));
  });
});

describe("weights of this library", () => {
  const source = row();
  const make = (...names: string[]) =>
    new Network({ inputs: 3, layers: names.map((name) => dense(3, { name })), dtype: "float64" });

  test("come by their names, in whatever order, also into another type", () => {
    const tensors = readSafetensors(source.toBytes());
    const network = row();
    network.load(tensors.toReversed());
    expect(stateOf(network)).toEqual(stateOf(source));
    const single = row("float32");
    single.load(tensors);
    expect(single.predict([1, 2, 3])).toEqual(Network.fromBytes(single.toBytes()).predict([1, 2, 3]));
    expectClose(single.predict([1, 2, 3]), source.predict([1, 2, 3]), { absolute: 1e-6, relative: 1e-6 });
  });

  test("of other names come in order, or as names say", () => {
    const [first, second] = [make("a", "b"), make("one", "two")];
    second.load(readSafetensors(first.toBytes()));
    expect(parameterBits(second)).toBe(parameterBits(first));
    second.load(readSafetensors(first.toBytes()), { names: { a: "two", b: "one" } });
    expect(parameterBits(second.part({ inputs: "one" }))).toBe(parameterBits(first.part({ outputs: "a" })));
  });

  test("of more than nine layers keep their order, which is not alphabetical", () => {
    const names = Array.from({ length: 12 }, (_, index) => `layer${index}`);
    const [first, second] = [make(...names), make(...names.map((name) => `other-${name}`))];
    second.load(readSafetensors(first.toBytes()));
    expect(parameterBits(second)).toBe(parameterBits(first));
    second.load(asFile(readSafetensors(first.toBytes())).toReversed(), {
      names: Object.fromEntries(names.map((name) => [name, `other-${name}`])),
    });
    expect(parameterBits(second)).toBe(parameterBits(first));
  });

  test("may be loaded in the middle of a training, which goes on from them", () => {
    const [network, twin] = [row(), row()];
    const [trainer, other] = [network, twin].map((each) => new Trainer(each, { loss: "meanSquaredError" }));
    const [inputs, targets] = [randomRows(5, 3, 1), randomRows(5, 2, 2)];
    for (const each of [trainer, other]) each.step(inputs, targets);
    network.load(readSafetensors(twin.toBytes()));
    expect(trainer.step(inputs, targets)).toBe(other.step(inputs, targets));
    expect(stateOf(network)).toEqual(stateOf(twin));
  });
});

describe("a load is refused, and nothing has changed", () => {
  const tensors = tensorsOf(golden.row);
  const change = (name: string, fields: object) =>
    tensors.map((tensor) => (tensor.name === name ? { ...tensor, ...fields } : tensor));
  const without = (name: string) => tensors.filter((tensor) => tensor.name !== name);
  const from = "pytorch";
  const names = { "0": "dense1", "1": "batchNorm1", "3": "dense2", "4": "layerNorm1", "10": "dense3", "11": "dense4" };
  const at = (index: number, value: number) => tensors[index].values.slice().fill(value, 2, 3);

  test.each<[string, unknown, LoadOptions, string]>([
    [
      "without a weight",
      without("11.weight"),
      { from },
      'load: got no weight of "11", need it as [2, 5] for dense4.weight',
    ],
    [
      "without a bias, of this library",
      readSafetensors(row().toBytes()).filter(({ name }) => name !== "dense1.bias"),
      {},
      'load: got no bias of "dense1", need it as [5] for dense1.bias',
    ],
    [
      "without a statistic",
      without("1.running_mean"),
      { from },
      'load: got no running_mean of "1", need it as [5] for batchNorm1.runningMean',
    ],
    [
      "with a counter of no layer",
      [...tensors, { name: "9.num_batches_tracked", shape: [], values: new Float64Array(1) }],
      { from },
      'load: got a tensor "9.num_batches_tracked", which no layer has',
    ],
    [
      "with nothing",
      [],
      { from },
      "load: got no tensors, need those of dense1, batchNorm1, dense2, layerNorm1, dense3, dense4",
    ],
    ["with nothing, named nothing", [], { from, names: {} }, "load: got no tensors, need those of dense1, batchNorm1"],
    [
      "with names of nothing",
      tensors,
      { from, names: {} },
      'load: got names without "0", need a layer for each of the file',
    ],
    [
      "with a name that is none",
      tensors,
      { from, names: { ...names, "11": 5 as never } },
      'load: names "11": got 5, need one of dense1',
    ],
    [
      "with a bias that the layer has not",
      [...tensors, { name: "3.bias", shape: [5], values: new Float64Array(5) }],
      { from },
      'load: got a tensor "3.bias" for dense2, need weight',
    ],
    [
      "with a weight that lies as ours do",
      change("0.weight", { shape: [3, 5] }),
      { from },
      'load: got "0.weight" as [3, 5], need it as [5, 3] for dense1.weight',
    ],
    [
      "with a tensor of another layer",
      [...tensors, { name: "5.alpha", shape: [1], values: new Float64Array(1) }],
      { from },
      'load: got a tensor "5.alpha", which no layer has, need names that end in weight, bias, running_mean, running_var, as pytorch has',
    ],
    ["with a tensor twice", [...tensors, tensors[0]], { from }, 'load: got a tensor "0.weight" twice, need it once'],
    [
      "with a layer too many",
      [...tensors, { name: "12.weight", shape: [1, 2], values: new Float64Array(2) }],
      { from },
      'load: got tensors of 7 layers ("0", "1", "3", "4", "10", "11", "12"), need those of 6: dense1, batchNorm1, dense2,',
    ],
    [
      "with NaN",
      change("0.weight", { values: at(0, Number.NaN) }),
      { from },
      'load: got NaN in "0.weight", need finite',
    ],
    [
      "with a negative variance",
      change("1.running_var", { values: at(5, -0.5) }),
      { from },
      'load: got -0.5 in "1.running_var", need finite numbers from 0',
    ],
    [
      "with values that its shape has not",
      change("0.bias", { values: new Float64Array(4) }),
      { from },
      'load: got "0.bias", need a tensor: name, shape, and as many values',
    ],
    [
      "with a list of numbers",
      change("0.bias", { values: [1, 2, 3, 4, 5] }),
      { from },
      'load: got "0.bias", need a tensor',
    ],
    ["with no tensor", [null], { from }, "load: got null, need a tensor"],
    ["of bytes", new Uint8Array(3), { from }, "load: got a Uint8Array, need the tensors that readSafetensors gives"],
    ["of PyTorch without saying so", tensors, {}, 'load: got a tensor "1.running_mean", which no layer has'],
    [
      "from elsewhere",
      tensors,
      { from: "torch" as never },
      'load: from: got "torch", need one of simdnet, pytorch, keras; did you mean "pytorch"?',
    ],
    ["with another option", tensors, { form: "pytorch" } as never, 'load option: got "form", need one of from, names'],
    ["with names that are none", tensors, { from, names: "x" as never }, 'load: names: got "x", need an object'],
    [
      "with the name of a layer that the file has not",
      tensors,
      { from, names: { ...names, "2": "dense1" } },
      'load: names option: got "2", need one of 0, 1, 3, 4, 10, 11',
    ],
    [
      "with the name of a layer that we have not",
      tensors,
      { from, names: { ...names, "11": "dense9" } },
      'load: names "11": got "dense9", need one of dense1, batchNorm1, dense2, layerNorm1, dense3, dense4; did you mean "dense1"?',
    ],
    [
      "with a layer named twice",
      tensors,
      { from, names: { ...names, "11": "dense3" } },
      'load: got "dense3" twice in names, need each layer once',
    ],
    [
      "with a layer of the file not named",
      tensors,
      { from, names: { "0": "dense1" } },
      'load: got names without "1", need a layer for each of the file',
    ],
    [
      "with a layer of ours not named",
      tensors.filter(({ name }) => name.startsWith("0.")),
      { from, names: { "0": "dense1" } },
      "load: got no tensors for batchNorm1, need some for each of dense1, batchNorm1, dense2, dense3, dense4",
    ],
  ])("%s", (_, given, options, message) => {
    const network = row();
    const before = stateOf(network);
    expect(() => network.load(given as NamedTensor[], options)).toThrow(message);
    expect(stateOf(network)).toEqual(before);
  });

  test.each<[string, () => Network, readonly NamedTensor[], LoadOptions["names"], string]>([
    [
      "of both directions into layers of one",
      () => recurrent(),
      tensorsOf(golden.bidirectional),
      undefined,
      'load: got a tensor "first.weight_ih_l0_reverse", which no layer has, need names that end in weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0',
    ],
    [
      "of both directions into a layer of one beside one of both",
      () => new Network({ inputs: [5, 3], layers: [lstm(4, long), bidirectional(gru(2)), dense(2)] }),
      tensorsOf(golden.bidirectional),
      undefined,
      'load: got a tensor "first.weight_ih_l0_reverse" for lstm1, need weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0',
    ],
    [
      "of one direction into a layer of both",
      ofBothDirections,
      tensorsOf(golden.recurrent).filter(({ name }) => !name.startsWith("third")),
      undefined,
      'load: got no weight_ih_l0_reverse of "first", need it as [16, 3] for bidirectional1.backward.weight',
    ],
    [
      "of a stack into one layer",
      recurrent,
      tensorsOf(golden.stacked),
      undefined,
      'load: got tensors of 8 layers ("first", "first", layer 2 of its stack, ',
    ],
    [
      "of a stack that is larger than the network",
      () => new Network({ inputs: [5, 3], layers: [lstm(2)] }),
      tensorsOf(golden.stacked),
      undefined,
      'load: got a tensor "first.weight_ih_l1", which no layer has',
    ],
    [
      "of a stack before a layer of another kind",
      stacked,
      tensorsOf(golden.stacked),
      { ...stackedNames, first: "lstm2" },
      'load: got "gru1" twice in names, need each layer once',
    ],
    [
      "of a stack at the end",
      stacked,
      tensorsOf(golden.stacked),
      { first: "lstm1", second: "gru1", third: "dense1", last: "simpleRnn1" },
      'load: got "third", layer 2 of its stack, need a layer for it behind dense1',
    ],
    [
      "of a stack with a gap",
      stacked,
      tensorsOf(golden.stacked)
        .filter(({ name }) => !/first.*l1/.test(name))
        .concat(tensorsOf(golden.stacked).filter(({ name }) => name === "first.bias_ih_l1")),
      undefined,
      'load: got no weight_ih_l1 of "first", need it as [8, 2] for lstm2.weight',
    ],
    [
      "of a stack without one of its biases",
      stacked,
      tensorsOf(golden.stacked).filter(({ name }) => name !== "third.bias_hh_l1"),
      undefined,
      'load: got no bias_hh_l1 of "third", need it as [2] for simpleRnn2.bias',
    ],
    [
      "of both directions with biases for one",
      stackedBidirectional,
      tensorsOf(golden.stackedBidirectional).filter(({ name }) => !/second.bias.*_reverse/.test(name)),
      undefined,
      'load: got no bias_ih_l0_reverse of "second", need it as [6] for bidirectional3.backward.bias',
    ],
    [
      "with a projection",
      stacked,
      [...tensorsOf(golden.stacked), { name: "first.weight_hr_l0", shape: [1], values: new Float64Array(1) }],
      undefined,
      'load: got a tensor "first.weight_hr_l0", which no layer has',
    ],
  ])("of recurrent layers %s", (_, make, given, names, message) => {
    const network = stirred(make());
    const before = stateOf(network);
    expect(() => network.load(given, { from, names })).toThrow(message);
    expect(stateOf(network)).toEqual(before);
  });

  test("into a network without tensors", () => {
    const network = new Network({ inputs: 3, layers: [activation("tanh")] });
    network.load([]);
    expect(() => network.load(tensors, { from })).toThrow(
      'load: got a tensor "0.weight", which no layer has, need none',
    );
    expect(() => network.load([], { names: { a: "b" } })).toThrow('load: names option: got "a", need none');
  });

  test("with a number beyond float32", () => {
    const network = row("float32");
    const before = stateOf(network);
    expect(() => network.load(change("0.weight", { values: at(0, 1e39) }), { from })).toThrow(
      'load: got 1e+39 in "0.weight", need finite numbers of float32',
    );
    expect(stateOf(network)).toEqual(before);
  });

  test("into a layer of a kind that has no row", () => {
    const layer = { name: "x1", description: { kind: "x" }, parameters: [{ name: "weight" }], statistics: [] };
    const engine = { graph: { layers: [layer], nodes: [], inputs: [] } };
    expect(() => loadTensors(engine as never, [], { from: "keras" })).toThrow(
      'load: got a layer x1 of kind x, whose tensors in keras are not known, need the option from: "simdnet"',
    );
  });
});
