import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decode } from "../../src/files/safetensors.ts";
import {
  activation,
  attention,
  batchNorm,
  bidirectional,
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
  layerNorm,
  lstm,
  maxPool2d,
  type NamedTensor,
  Network,
  readSafetensors,
  reshape,
  type SaveOptions,
  simpleRnn,
  slice,
} from "../../src/index.ts";
import { graphOf, layers } from "../cases.ts";
import { dtypes } from "../kernels/scratch.ts";
import { parameterBits, randomRows } from "../training/problem.ts";

interface Case {
  tensors: { name: string; shape: number[]; values: number[] }[];
}
const golden: Record<string, Case> = JSON.parse(readFileSync("test/fixtures/loading.json", "utf8")).cases;
const tensorsOf = (name: string): NamedTensor[] =>
  golden[name].tensors.map(({ values, ...tensor }) => ({ ...tensor, values: Float64Array.from(values) }));

const written = (network: Network, names?: SaveOptions["names"]) =>
  readSafetensors(network.toBytes({ layout: "pytorch", names }));
const namesOf = (tensors: readonly NamedTensor[]) => tensors.map(({ name }) => name);

/** Gives all parameters and statistics other values than a new network's. */
function stirred(network: Network): Network {
  for (const { values } of network.parameters) values.set(randomRows(1, values.length, 3)[0]);
  for (const { values } of network.statistics) values.set(randomRows(1, values.length, 4)[0].map(Math.abs));
  return network;
}

const stateOf = (network: Network) => [
  parameterBits(network),
  network.statistics.map(({ values }) => Array.from(values)),
];

describe.each(dtypes)("what a %s network writes for PyTorch, it reads from there with the same bits", (dtype) => {
  test.each(layers.map((each) => [each.name, each] as const))("%s", (_, each) => {
    const options = { ...graphOf(each, "tanh", "linear"), dtype };
    const [network, other] = [stirred(new Network(options)), new Network({ ...options, seed: 1 })];
    other.load(written(network), { from: "pytorch" });
    expect(stateOf(other)).toEqual(stateOf(network));
  });
});

const long = { returnSequences: true };
const networks: Record<string, { inputs: number | number[]; layers: LayerDescription[]; names: SaveOptions["names"] }> =
  {
    row: {
      inputs: 3,
      layers: [dense(5), batchNorm(), activation("tanh"), dense(5, { bias: false }), layerNorm(), dense(5), dense(2)],
      names: { "0": "dense1", "1": "batchNorm1", "3": "dense2", "4": "layerNorm1", "10": "dense3", "11": "dense4" },
    },
    image: {
      inputs: [4, 5, 3],
      layers: [flatten(), batchNorm({ name: "norm" }), dropout(0.2), dense(6, { activation: "relu" }), dense(2)],
      names: { norm: "norm", hidden: "dense1", output: "dense2" },
    },
    convolutional: {
      inputs: [6, 6, 3],
      layers: [
        ...[conv2d(4, 3, { padding: 1 }), batchNorm(), activation("relu"), depthwiseConv2d(3, { multiplier: 2 })],
        ...[convTranspose2d(3, 2), maxPool2d(2), flatten(), dense(2)],
      ],
      names: { "0": "conv2d1", "1": "batchNorm1", "3": "depthwiseConv2d1", "4": "convTranspose2d1", "7": "dense1" },
    },
    recurrent: {
      inputs: [5, 3],
      layers: [lstm(4, long), gru(2, long), simpleRnn(3), dense(2)],
      names: { first: "lstm1", second: "gru1", third: "simpleRnn1", last: "dense1" },
    },
    bidirectional: {
      inputs: [5, 3],
      layers: [bidirectional(lstm(4, long)), bidirectional(gru(2)), dense(2)],
      names: { first: "bidirectional1", second: "bidirectional2", last: "dense1" },
    },
    stacked: {
      inputs: [5, 3],
      layers: [
        ...[lstm(2, long), dropout(0.5), lstm(2, long), gru(3, long), gru(3, long), gru(3, long)],
        ...[simpleRnn(2, long), simpleRnn(2), dense(2)],
      ],
      names: { first: "lstm1", second: "gru1", third: "simpleRnn1", last: "dense1" },
    },
    stackedBidirectional: {
      inputs: [5, 3],
      layers: [
        ...[bidirectional(lstm(2, long)), bidirectional(lstm(2, long))],
        ...[bidirectional(gru(2, long)), bidirectional(gru(2, long))],
        ...[bidirectional(simpleRnn(2, long)), bidirectional(simpleRnn(2))],
      ],
      names: { first: "bidirectional1", second: "bidirectional3", third: "bidirectional5" },
    },
    withoutBias: {
      inputs: [5, 5, 2],
      layers: [
        ...[conv2d(4, 3), batchNorm(), groupNorm(2), convTranspose2d(4, 2, { stride: 2 })],
        ...[conv2d(4, 2, { stride: 3, groups: 4 }), reshape([4, 4]), layerNorm()],
        ...[attention({ heads: 2 }), flatten(), dense(2)],
      ],
      names: {
        ...{ first: "conv2d1", batch: "batchNorm1", group: "groupNorm1", second: "convTranspose2d1", third: "conv2d2" },
        ...{ norm: "layerNorm1", attention: "attention1", last: "dense1" },
      },
    },
  };

describe("PyTorch's own state_dict is written as it was read", () => {
  test.each(Object.keys(networks))("%s", (name) => {
    const { names, ...options } = networks[name];
    const network = new Network({ ...options, dtype: "float64" });
    network.load(tensorsOf(name), { from: "pytorch" });
    const tensors = written(network, names);
    const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
    const theirs = tensorsOf(name).filter(({ name }) => !name.endsWith("num_batches_tracked"));
    const valuesAt = (name: string) => theirs.find((tensor) => tensor.name === name)?.values ?? [];
    for (const { name, shape, values } of theirs) {
      const tensor = byName.get(name)!;
      expect(tensor?.shape, name).toEqual(shape);
      // One bias is the sum of both, the other is 0, except for the candidate of a GRU, which is the second layer.
      const expected = values.map((value, index) => {
        const isCandidate = name.startsWith("second.bias") && 3 * index >= 2 * shape[0];
        if (isCandidate || !/bias_.h/.test(name)) return value;
        return name.includes("_ih") ? value + valuesAt(name.replace("_ih", "_hh"))[index] : 0;
      });
      expect(Array.from(tensor.values), name).toEqual(Array.from(expected));
    }
    // Biases and gains that PyTorch's layers do not have are 0 and 1.
    const added = tensors.filter(({ name }) => !namesOf(theirs).includes(name));
    expect(added.every(({ name, values }) => new Set([...values, /bias/.test(name) ? 0 : 1]).size === 1)).toBe(true);
    if (!["stacked", "stackedBidirectional", "withoutBias"].includes(name)) expect(added).toEqual([]);
  });
});

describe("names", () => {
  const pair = () =>
    new Network({ inputs: 2, layers: [dense(2, { name: "a", bias: false }), dense(2, { name: "b", bias: false })] });

  test("are those of our layers, or as given, also none, a path, and two of a layer", () => {
    expect(namesOf(written(pair()))).toEqual(["a.weight", "b.weight"]);
    expect(namesOf(written(pair(), { "": "a", "x.0": "b", "x.1": "b" }))).toEqual([
      "weight",
      "x.0.weight",
      "x.1.weight",
    ]);
    const one = new Network({ inputs: 2, layers: [dense(1)] });
    expect(written(one, { "": "dense1" }).map(({ name, shape }) => [name, shape])).toEqual([
      ["weight", [1, 2]],
      ["bias", [1]],
    ]);
  });

  test("of a stack are that of its first layer; a layer may have one of its own", () => {
    const network = new Network({ inputs: [4, 2], layers: [gru(2, long), gru(2, long), gru(2, long)] });
    const levels = (names: SaveOptions["names"]) =>
      namesOf(written(network, names)).filter((name) => name.includes("weight_ih"));
    expect(levels({ rnn: "gru1" })).toEqual(["rnn.weight_ih_l0", "rnn.weight_ih_l1", "rnn.weight_ih_l2"]);
    expect(levels({ rnn: "gru1", own: "gru2" })).toEqual(["rnn.weight_ih_l0", "own.weight_ih_l0", "own.weight_ih_l1"]);
    expect(levels(undefined)).toEqual(["gru1.weight_ih_l0", "gru2.weight_ih_l0", "gru3.weight_ih_l0"]);
    const other = stirred(new Network({ inputs: [4, 2], layers: [gru(2, long), gru(2, long), gru(2, long)] }));
    other.load(written(network, { rnn: "gru1" }), { from: "pytorch", names: { rnn: "gru1" } });
    expect(stateOf(other)).toEqual(stateOf(network));
  });

  test.each<[string, LayerDescription[], SaveOptions["names"], string]>([
    ["of a layer that there is not", [dense(1)], { x: "dense2" }, 'toBytes: names "x": got "dense2", need dense1'],
    ["that are none", [dense(1)], "x" as never, 'toBytes: names: got "x", need an object'],
    [
      "without a layer",
      [dense(1), dense(1)],
      { x: "dense2" },
      "toBytes: got names without dense1, need every layer there",
    ],
    [
      "of a stack whose layers differ in size",
      [gru(2, long), gru(3, long)],
      { x: "gru1" },
      "toBytes: got names without gru2",
    ],
    [
      "of a stack whose layers differ in kind",
      [simpleRnn(2, long), bidirectional(simpleRnn(2, long))],
      { x: "simpleRnn1" },
      "toBytes: got names without bidirectional1",
    ],
    ["of a stack of no recurrent layers", [dense(2), dense(2)], { x: "dense1" }, "toBytes: got names without dense2"],
  ])("%s are refused", (_, list, names, message) => {
    const network = new Network({ inputs: [4, 2], layers: list });
    expect(() => network.toBytes({ layout: "pytorch", names })).toThrow(message);
  });
});

describe("projections of attention", () => {
  const tensorsFor = (options: Parameters<typeof attention>[0], features = 4, own = false) => {
    const [query, value] = [input([3, 4]), input([2, features])];
    const outputs = own ? attention(options)(query) : attention(options)(query, value);
    const network = stirred(new Network({ inputs: own ? query : [query, value], outputs }));
    const other = new Network({ inputs: own ? query : [query, value], outputs, seed: 2 });
    other.load(written(network), { from: "pytorch" });
    expect(stateOf(other)).toEqual(stateOf(network));
    return written(network).map(({ name, shape }) => `${name.replace("attention1.", "")} ${shape}`);
  };

  test("are those of MultiheadAttention, packed, or separate if the features differ", () => {
    const rest = ["in_proj_bias 12", "out_proj.weight 4,4", "out_proj.bias 4"];
    expect(tensorsFor({ heads: 2 }, 4, true)).toEqual(["in_proj_weight 12,4", ...rest].toSorted(sameOrder));
    expect(tensorsFor({ heads: 2 })).toEqual(["in_proj_weight 12,4", ...rest].toSorted(sameOrder));
    const separate = ["q_proj_weight 4,4", "k_proj_weight 4,6", "v_proj_weight 4,6", ...rest];
    expect(tensorsFor({ heads: 2 }, 6).toSorted()).toEqual(separate.toSorted());
    expect(tensorsFor({ heads: 2, bias: false })).toEqual(["in_proj_weight 12,4", "out_proj.weight 4,4"]);
  });

  test("are Linears if the heads do not share the features, which MultiheadAttention cannot", () => {
    const names = ["q_proj.weight 6,4", "k_proj.weight 6,4", "v_proj.weight 6,4", "out_proj.weight 4,6"];
    const biases = ["q_proj.bias 6", "k_proj.bias 6", "v_proj.bias 6", "out_proj.bias 4"];
    expect(tensorsFor({ heads: 2, keyUnits: 3 }).toSorted()).toEqual([...names, ...biases].toSorted());
  });
});

/** The order in which they are written: weights, then biases. */
function sameOrder(a: string, b: string): number {
  const places = ["in_proj_weight", "out_proj.weight", "in_proj_bias", "out_proj.bias"];
  return places.indexOf(a.split(" ")[0]) - places.indexOf(b.split(" ")[0]);
}

test("a file says that it is for PyTorch, and has no topology", () => {
  const network = new Network({ inputs: 2, layers: [dense(1)] });
  const bytes = network.toBytes({ layout: "pytorch" });
  expect(decode(bytes).metadata).toEqual({ format: "pt" });
  expect(() => Network.fromBytes(bytes)).toThrow("fromBytes: got a file without a topology");
  expect(network.toBytes({ layout: "simdnet" })).toEqual(network.toBytes());
});

test.each<[string, unknown, string]>([
  ["another layout", { layout: "torch" }, 'toBytes: layout: got "torch", need one of simdnet, pytorch'],
  ["another option", { form: "pytorch" }, 'toBytes option: got "form", need one of layout, names'],
  ["no object", 5, "toBytes: got 5, need an object of options"],
  ["names in our own file", { names: { x: "dense1" } }, 'toBytes: got names without layout: "pytorch"'],
])("%s is refused", (_, options, message) => {
  const network = new Network({ inputs: 2, layers: [dense(1)] });
  expect(() => network.toBytes(options as SaveOptions)).toThrow(message);
});

test("numbers that are not finite are refused, and so is an order that PyTorch has otherwise", () => {
  const network = new Network({ inputs: 2, layers: [dense(1)] });
  network.parameters[0].values[1] = Number.NaN;
  expect(() => network.toBytes({ layout: "pytorch" })).toThrow("toBytes: got NaN in dense1.weight at 1, need finite");
  const image = new Network({ inputs: [2, 2, 3], layers: [flatten(), slice(0, 0, 6), dense(1)] });
  expect(() => image.toBytes({ layout: "pytorch" })).toThrow(
    'toBytes: got slice1 behind a flatten, which has another order in PyTorch, need the option layout: "simdnet"',
  );
});
