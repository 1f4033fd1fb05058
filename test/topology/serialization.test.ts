import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decode, encode, type NamedTensor } from "../../src/files/safetensors.ts";
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  elu,
  flatten,
  globalAveragePool,
  input,
  leakyRelu,
  Network,
  split,
  Trainer,
  upsample2d,
} from "../../src/index.ts";
import { Engine } from "../../src/topology/engine.ts";
import { topologyFromJSON, topologyToJSON } from "../../src/topology/serialization.ts";
import { dtypes, random } from "../kernels/scratch.ts";

const layers = [
  flatten(),
  dense(5, { activation: leakyRelu({ slope: 0.2 }) }),
  dense(3, { activation: elu({ alpha: 1.5 }), name: "neck" }),
  dense(2, { activation: "softmax", bias: false }),
];
const makeNetwork = (dtype: Network["dtype"] = "float32") => new Network({ inputs: [2, 2, 1], layers, dtype, seed: 7 });
const rows = Array.from({ length: 9 }, (_, row) => random(4, row + 1));

interface Content {
  tensors: NamedTensor[];
  metadata: Record<string, string>;
}

/** The bytes of the network's file after `change`. */
function changed(change: (content: Content) => void): Uint8Array {
  const { tensors, metadata } = decode(makeNetwork().toBytes());
  const content = { tensors: [...tensors] as NamedTensor[], metadata };
  change(content);
  return encode(content.tensors, content.metadata);
}

/** The bytes of a file whose topology has other fields. */
const withTopology = (fields: Record<string, unknown>) =>
  changed(({ metadata }) => {
    metadata.network = JSON.stringify({ ...JSON.parse(metadata.network), ...fields });
  });

test("the text of a file's metadata is this", () => {
  const linear = { name: "linear", parameter: 0 };
  expect(topologyToJSON(new Network({ inputs: 3, layers: [dense(2)] }).engine)).toEqual({
    version: 2,
    dtype: "float32",
    inputs: [[3]],
    layers: [{ kind: "dense", units: 2, activation: linear, bias: true, name: "dense1" }],
    uses: [[0, 0]],
    outputs: [1],
  });
});

describe.each(dtypes)("a %s network written and read", (dtype) => {
  const network = makeNetwork(dtype);
  new Trainer(network, { loss: "categoricalCrossEntropy" }).step(
    rows,
    rows.map(() => [0, 1]),
  );
  const copy = Network.fromBytes(network.toBytes());

  test("has the same bits, names, shapes and layers, and predicts the same bits", () => {
    const parts = ({ parameters }: Network) => parameters.map(({ name, shape, values }) => ({ name, shape, values }));
    expect(parts(copy)).toEqual(parts(network));
    expect(copy.summary()).toBe(network.summary());
    const unnamed = ({ layers: made }: Network) => made.map(({ description }) => ({ ...description, name: undefined }));
    expect(unnamed(copy)).toEqual(unnamed(network));
    expect(copy.predict(rows)).toEqual(network.predict(rows));
    expect(copy.toBytes()).toEqual(network.toBytes());
  });

  test("has one tensor a parameter and two texts of metadata, for any safetensors reader", () => {
    const { tensors, metadata } = decode(network.toBytes());
    expect(tensors.map(({ name, shape, dtype: type }) => [name, shape, type])).toEqual([
      ["dense1.weight", [4, 5], dtype],
      ["dense1.bias", [5], dtype],
      ["neck.weight", [5, 3], dtype],
      ["neck.bias", [3], dtype],
      ["dense3.weight", [3, 2], dtype],
    ]);
    expect(Object.keys(metadata)).toEqual(["format", "network"]);
    expect([metadata.format, JSON.parse(metadata.network).layers.length]).toEqual(["simdnet", 4]);
  });

  test("shares no memory with the file or the first network", () => {
    const bytes = network.toBytes();
    const other = Network.fromBytes(bytes);
    bytes.fill(0);
    other.parameters[0].values.fill(0);
    expect(copy.predict(rows)).toEqual(network.predict(rows));
    expect(other.predict(rows)).not.toEqual(network.predict(rows));
  });
});

test("tensors in any order and further metadata are read", () => {
  const bytes = changed(({ tensors, metadata }) => {
    tensors.reverse();
    metadata.author = "somebody";
  });
  expect(Network.fromBytes(bytes).predict(rows)).toEqual(makeNetwork().predict(rows));
});

test("a network of layers named like methods is written and read", () => {
  const names = ["constructor", "__proto__", "toString", 'a "b" ü'];
  const network = new Network({ inputs: 2, layers: names.map((name) => dense(2, { name })) });
  const copy = Network.fromBytes(network.toBytes());
  expect(copy.layers.map(({ name }) => name)).toEqual(names);
  expect(copy.predict([1, 2])).toEqual(network.predict([1, 2]));
});

describe("fromBytes refuses", () => {
  const layer = { kind: "dense", units: 5, activation: { name: "relu", parameter: 0 }, bias: true, name: "dense1" };

  test.each<[string, () => Uint8Array, string]>([
    ["a foreign file", () => encode([], { format: "pt" }), "fromBytes: got a file without a topology, need one that"],
    [
      "text that is no JSON",
      () =>
        changed(({ metadata: m }) => {
          m.network = "{";
        }),
      'got the topology "{", need JSON',
    ],
    [
      "text of ten thousand levels, which could not be shown or written again",
      () =>
        changed(({ metadata: m }) => {
          m.network = `{"version":1,"dtype":${"[".repeat(1e4)}${"]".repeat(1e4)}}`;
        }),
      "fromBytes: got the topology of more than 64 levels, need fewer",
    ],
    [
      "null",
      () =>
        changed(({ metadata: m }) => {
          m.network = "null";
        }),
      "got a topology of version undefined, need",
    ],
    ["version 3", () => withTopology({ version: 3 }), "fromBytes: got a topology of version 3, need version 1 or 2"],
    ["layers that are no list", () => withTopology({ layers: {} }), "fromBytes: got layers an object, need an array"],
    ["no layers", () => withTopology({ layers: [] }), "got layers an array of 0, need an array that is not empty"],
    ["a layer that is null", () => withTopology({ layers: [null] }), "layer: got an object, need one of dense(), "],
    ["an unknown layer", () => withTopology({ layers: [{ kind: "conv" }] }), 'layer: got "conv", need one of dense()'],
    [
      "units as text",
      () => withTopology({ layers: [{ ...layer, units: "5" }] }),
      'dense: units: got "5", need a whole',
    ],
    ["a strange field", () => withTopology({ layers: [{ ...layer, unit: 5 }] }), 'dense option: got "unit", need one'],
    [
      "an unknown activation",
      () => withTopology({ layers: [{ ...layer, activation: { name: "relux", parameter: 0 } }] }),
      'activation: got "relux", need one of linear',
    ],
    [
      "an activation without its parameter",
      () => withTopology({ layers: [{ ...layer, activation: { name: "elu" } }] }),
      "activation: the parameter of elu: got undefined, need a finite number",
    ],
    [
      "an unknown dtype",
      () => withTopology({ dtype: "float16" }),
      'fromBytes: dtype: got "float16", need one of float32',
    ],
    [
      "a dtype in a list, which would read as its name",
      () => withTopology({ dtype: ["float32"] }),
      "fromBytes: dtype: got an array of 1, need one of float32",
    ],
    ["no dtype", () => withTopology({ dtype: undefined }), "fromBytes: dtype: got undefined, need one of float32"],
    [
      "no inputs",
      () => withTopology({ inputs: undefined }),
      "fromBytes: got inputs undefined, need an array that is not empty",
    ],
    ["inputs of 2^40", () => withTopology({ inputs: [2 ** 40] }), "fromBytes: got an input 1099511627776, need"],
    [
      "a use of a layer that is not there",
      () => withTopology({ uses: [[4, 0]] }),
      "the number of a layer: got 4, need",
    ],
    [
      "a layer with an initializer, which none in a file has",
      () => withTopology({ layers: [{ kind: "dense", units: 5, biasInitializer: { kind: "constant", value: 1 } }] }),
      'dense option: got "biasInitializer", need one of activation, bias',
    ],
    ["a use of a value that comes later", () => withTopology({ uses: [[0, 1]] }), "the number of a value: got 1, need"],
    ["a use of nothing", () => withTopology({ uses: [[0]] }), "flatten: got nothing, need values"],
    ["uses that are no lists", () => withTopology({ uses: [0] }), "fromBytes: got a use 0, need an array"],
    ["no outputs", () => withTopology({ outputs: [] }), "fromBytes: got outputs an array of 0, need an array that"],
    ["an output that is not there", () => withTopology({ outputs: [9] }), "the number of a value: got 9, need"],
    ["other inputs", () => withTopology({ inputs: [[3]] }), "got dense1.weight as float32 [4, 5], need float32 [3, 5]"],
    ["another dtype", () => withTopology({ dtype: "float64" }), "as float32 [4, 5], need float64 [4, 5]"],
    [
      "a missing tensor",
      () =>
        changed(({ tensors }) => {
          tensors.splice(3, 1);
        }),
      "fromBytes: got no neck.bias, need it as float32 [3]",
    ],
    [
      "a tensor too many",
      () =>
        changed(({ tensors }) => {
          tensors.push({ name: "x", shape: [], values: Float32Array.of(1) });
        }),
      'fromBytes: got a tensor "x", which no layer has',
    ],
    [
      "a tensor of another shape",
      () =>
        changed(({ tensors }) => {
          tensors[0] = { ...tensors[0], shape: [5, 4] };
        }),
      "fromBytes: got dense1.weight as float32 [5, 4], need float32 [4, 5]",
    ],
    [
      "a tensor of a thousand sides",
      () =>
        changed(({ tensors }) => {
          tensors[1] = { ...tensors[1], shape: [5, ...new Array(999).fill(1)] };
        }),
      "fromBytes: got dense1.bias as float32 [5, 1, 1, 1, 1, 1, 1, 1, …], need float32 [5]",
    ],
    [
      "a tensor of the other type",
      () =>
        changed(({ tensors }) => {
          tensors[1] = { ...tensors[1], values: new Float64Array(5) };
        }),
      "fromBytes: got dense1.bias as float64 [5], need float32 [5]",
    ],
    [
      "NaN in a tensor",
      () =>
        changed(({ tensors }) => {
          tensors[2].values[4] = Number.NaN;
        }),
      "fromBytes: got NaN in neck.weight at 4, need finite numbers",
    ],
    [
      "infinity in a tensor",
      () =>
        changed(({ tensors }) => {
          tensors[4].values[0] = Number.NEGATIVE_INFINITY;
        }),
      "fromBytes: got -Infinity in dense3.weight at 0, need finite numbers",
    ],
  ])("%s", (_, make, message) => {
    const bytes = make();
    expect(() => Network.fromBytes(bytes)).toThrow(/need|which no layer has/);
    expect(() => Network.fromBytes(bytes)).toThrow(message);
  });

  test.each([
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
  ])("%s in a statistic", (shown, value) => {
    const network = new Network({ inputs: 2, layers: [batchNorm()] });
    const { tensors, metadata } = decode(network.toBytes());
    const variance = tensors.find(({ name }) => name === "batchNorm1.runningVariance")!;
    variance.values[1] = value;
    const message = `fromBytes: batchNorm1.runningVariance: got ${shown} at 1, need finite numbers from 0`;
    expect(() => Network.fromBytes(encode(tensors, metadata))).toThrow(message);
  });

  test("a file cut at every 7th byte, in a sentence", () => {
    const bytes = makeNetwork().toBytes();
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => Network.fromBytes(bytes.subarray(0, length)), `${length} bytes`).toThrow(
        /^safetensors: got .+, need .+/,
      );
    }
  });

  test("a file with any one bit of its header changed, or reads it, but fails only with a sentence", () => {
    const bytes = makeNetwork().toBytes();
    const headerBytes = 8 + new DataView(bytes.buffer).getUint32(0, true);
    let refused = 0;
    for (let bit = 0; bit < headerBytes * 8; bit++) {
      try {
        Network.fromBytes(bytes.with(bit >> 3, bytes[bit >> 3] ^ (1 << (bit & 7))));
      } catch (error) {
        refused++;
        expect(error, `bit ${bit}`).toSatisfy((each) => each instanceof RangeError || each instanceof TypeError);
        expect((error as Error).message, `bit ${bit}`).toMatch(/: got .+(need|which no layer has)/s);
      }
    }
    expect(refused).toBeGreaterThan(headerBytes * 4);
  });

  test.each([undefined, null, "text", [1], new SharedArrayBuffer(8)])("%s as bytes", (bytes) => {
    expect(() => Network.fromBytes(bytes as unknown as Uint8Array)).toThrow(TypeError);
  });
});

test("topologyFromJSON gives back the type and the graph that topologyToJSON took", () => {
  const network = makeNetwork("float64");
  const { dtype, graph } = topologyFromJSON(JSON.stringify(topologyToJSON(network.engine)), 0);
  expect([dtype, graph.inputs[0].shape, graph.outputs[0].shape]).toEqual(["float64", [2, 2, 1], [2]]);
  expect(topologyToJSON(new Engine(graph, dtype))).toEqual(topologyToJSON(network.engine));
});

test("topologyFromJSON refuses a value that comes twice among the outputs", () => {
  const topology = topologyToJSON(makeNetwork("float32").engine);
  const text = JSON.stringify({ ...topology, outputs: [topology.outputs[0], topology.outputs[0]] });
  expect(() => topologyFromJSON(text, 100)).toThrow("network: got 2 values in outputs, need values that differ");
});

test("toBytes refuses a network of 8193 layers, which fromBytes would refuse; one of 8192 it writes and reads", () => {
  const chain = (length: number) => new Network({ inputs: 1, layers: Array.from({ length }, () => dropout(0.5)) });
  expect(() => chain(8193).toBytes()).toThrow("toBytes: got 8193 layers, need at most 8192");
  expect(Network.fromBytes(chain(8192).toBytes()).predict([0.5])).toEqual([0.5]);
});

test("neither toBytes nor fromBytes takes layers that make more than 8192 values", () => {
  const parts = new Array(1024).fill(1);
  const splits = (count: number) => {
    const value = input(1024);
    const first = Array.from({ length: count }, () => split(parts)(value)[0]);
    return new Network({ inputs: value, outputs: first });
  };
  expect(Network.fromBytes(splits(8).toBytes()).outputs).toBe(8);
  expect(() => splits(9).toBytes()).toThrow(
    "toBytes: got layers that make more than 8192 values, need at most as many",
  );
  const topology = topologyToJSON(splits(8).engine);
  const one = { ...topology.layers[0], name: "one more" };
  const text = JSON.stringify({ ...topology, layers: [...topology.layers, one], uses: [...topology.uses, [8, 0]] });
  expect(() => topologyFromJSON(text, 0)).toThrow(
    "fromBytes: got layers that make more than 8192 values, need at most as many",
  );
});

test("a file of version 1, in which dense layers read images, predicts the same bits", () => {
  const { images } = JSON.parse(readFileSync("test/fixtures/topology-1.json", "utf8"));
  const network = Network.fromBytes(readFileSync("test/fixtures/topology-1.safetensors"));
  expect(network.predict(images.inputs)).toEqual(images.predictions);
});

describe("a topology of version 1", () => {
  const linear = { name: "linear", parameter: 0 };
  const denseOf = (units: number, name: string) => ({ kind: "dense", units, activation: linear, bias: true, name });
  const read = (topology: object) =>
    topologyFromJSON(JSON.stringify({ version: 1, dtype: "float32", ...topology }), 1000).graph;

  test("has a flatten before each use of a dense layer that reads several sides, by a name that no layer of the file has", () => {
    const graph = read({
      inputs: [[2, 3], [6]],
      layers: [denseOf(4, "flatten1"), denseOf(6, "flatten3"), { kind: "add", name: "sum" }],
      uses: [
        [0, 0],
        [0, 1],
        [1, 0],
        [2, 2, 3],
        [1, 0],
      ],
      outputs: [5, 4],
    });
    expect(graph.layers.map(({ name }) => name)).toEqual(["flatten2", "flatten1", "sum", "flatten4", "flatten3"]);
    expect(graph.parameters.map(({ fullName, shape }) => [fullName, shape])).toEqual([
      ["flatten1.weight", [6, 4]],
      ["flatten1.bias", [4]],
      ["flatten3.weight", [6, 6]],
      ["flatten3.bias", [6]],
    ]);
    expect(graph.outputs.map(({ shape }) => shape)).toEqual([[4], [6]]);
  });

  test("has a flatten behind an output of several sides, and none else", () => {
    const norm = { kind: "layerNorm", epsilon: 1e-5, name: "norm" };
    const graph = read({ inputs: [[2, 3]], layers: [norm], uses: [[0, 0]], outputs: [1] });
    expect(graph.layers.map(({ name }) => name)).toEqual(["norm", "flatten1"]);
    expect(graph.outputs[0].shape).toEqual([6]);
    const row = read({
      inputs: [[6]],
      layers: [norm, denseOf(2, "d")],
      uses: [
        [0, 0],
        [1, 1],
      ],
      outputs: [2],
    });
    expect(row.layers.map(({ name }) => name)).toEqual(["norm", "d"]);
  });

  test("is written as version 2 and read again as the same network", () => {
    const network = Network.fromBytes(readFileSync("test/fixtures/topology-1.safetensors"));
    const copy = Network.fromBytes(network.toBytes());
    expect(copy.summary()).toBe(network.summary());
    expect(JSON.parse(decode(network.toBytes()).metadata.network).version).toBe(2);
    const { images } = JSON.parse(readFileSync("test/fixtures/topology-1.json", "utf8"));
    expect(copy.predict(images.inputs)).toEqual(images.predictions);
  });

  test("refuses an output that comes twice", () => {
    const norm = { kind: "layerNorm", epsilon: 1e-5 };
    const topology = { inputs: [[2, 3]], layers: [norm], uses: [[0, 0]], outputs: [1, 1] };
    expect(() => read(topology)).toThrow("network: got 2 values in outputs, need values that differ");
  });
});

test.each([0, 3, "2", undefined])("a topology of version %o is refused", (version) => {
  expect(() => Network.fromBytes(withTopology({ version }))).toThrow(
    /got a topology of version .+, need version 1 or 2/,
  );
});

test("a dense layer of version 2 acts on the last side", () => {
  const network = new Network({ inputs: [4, 3], layers: [dense(2)], seed: 1 });
  const copy = Network.fromBytes(network.toBytes());
  expect(copy.layers[0].outputShape).toEqual([4, 2]);
  expect(copy.predict([rows[0].slice(0, 3)].flatMap((row) => [row, row, row, row]))).toHaveLength(4);
});

test("toBytes refuses what fromBytes would: values of more numbers than a file may have", () => {
  const make = (factor: number) =>
    new Network({ inputs: [1, 1, 1], layers: [upsample2d(factor), globalAveragePool()] });
  expect(() => make(2048).toBytes()).toThrow(
    "toBytes: got layers that make or read more than 4196352 numbers, need fewer for an example of 1 number and 0 parameters",
  );
  expect(Network.fromBytes(make(1024).toBytes()).outputs).toBe(1);
});

test("a network of images has few weights and many values, and goes through a file", () => {
  const padded = { padding: "same", activation: "relu" } as const;
  const layers = [conv2d(32, 3, padded), conv2d(32, 3, padded), conv2d(32, 3, padded), globalAveragePool()];
  const network = new Network({ inputs: [256, 256, 3], layers });
  expect(Network.fromBytes(network.toBytes()).summary()).toBe(network.summary());
});
