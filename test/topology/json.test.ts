import { describe, expect, it } from "vitest";
import { batchNorm, dense, gru, input, leakyRelu, Network, type NetworkJSON, Trainer } from "../../src/index.ts";
import { parameterBits } from "../training/problem.ts";

const value = input([5, 2], { variableLength: true });
const networks: [string, () => Network][] = [
  [
    "a list",
    () =>
      new Network({
        inputs: 2,
        layers: [dense(3, { activation: leakyRelu({ slope: 0.3 }) }), batchNorm(), dense(1)],
        seed: 7,
      }),
  ],
  [
    "a list of float64",
    () => new Network({ inputs: 2, layers: [dense(3, { name: "first" }), dense(1)], dtype: "float64", seed: 7 }),
  ],
  ["a graph of sequences", () => new Network({ inputs: value, outputs: [gru(3)(value), dense(2)(value)], seed: 7 })],
];

describe("a network as JSON", () => {
  it.each(networks)("comes back with the same bits: %s", (_, make) => {
    const network = make();
    const text = JSON.stringify(network);
    expect(text).toContain(String(network.parameters[0].values[0]));
    for (const json of [JSON.parse(text), network.toJSON()]) {
      const copy = Network.fromJSON(json);
      expect(parameterBits(copy)).toBe(parameterBits(network));
      expect([...copy.toBytes()]).toEqual([...network.toBytes()]);
    }
  });

  it("keeps running statistics", () => {
    const network = networks[0][1]();
    new Trainer(network, { loss: "meanSquaredError" }).step(
      [
        [1, 2],
        [3, 5],
      ],
      [[1], [2]],
    );
    const copy = Network.fromJSON(JSON.parse(JSON.stringify(network)));
    expect(copy.statistics.map(({ values }) => [...values])).toEqual(
      network.statistics.map(({ values }) => [...values]),
    );
  });

  it("shows nothing else of itself", () => {
    expect(Object.keys(networks[0][1]())).toEqual(["dtype", "inputs", "outputs"]);
  });

  const json = () =>
    JSON.parse(JSON.stringify(networks[0][1]())) as {
      kind: string;
      topology: object;
      tensors: { name: string; shape: number[]; values: unknown[] }[];
    };
  const spoilt: [string, (data: ReturnType<typeof json>) => unknown, string][] = [
    ["nothing", () => null, "fromJSON: got null, need what a network's toJSON gives"],
    ["a text", () => "{}", 'fromJSON: got "{}", need what a network'],
    ["another kind", (data) => ({ ...data, kind: "layer" }), 'of kind "layer", need what'],
    [
      "no topology",
      ({ tensors }) => ({ kind: "network", tensors }),
      "fromJSON: got topology undefined, need an object",
    ],
    ["no tensors", ({ topology }) => ({ kind: "network", topology }), "fromJSON: got tensors undefined, need an array"],
    [
      "a tensor less",
      (data) => ({ ...data, tensors: data.tensors.slice(1) }),
      "fromJSON: got no dense1.weight, need it as float32 [2, 3]",
    ],
    [
      "a tensor more",
      (data) => ({ ...data, tensors: [...data.tensors, { name: "x", shape: [1], values: [1] }] }),
      'fromJSON: got a tensor "x"',
    ],
    [
      "a tensor twice",
      (data) => ({ ...data, tensors: [...data.tensors, data.tensors[0]] }),
      'fromJSON: got a tensor "dense1.weight" twice, need it once',
    ],
    [
      "a tensor of nothing",
      (data) => ({ ...data, tensors: [null] }),
      "fromJSON: got null as tensor 0, need { name, shape, values }",
    ],
    [
      "a number less",
      (data) => {
        data.tensors[0].values.pop();
        return data;
      },
      'fromJSON, "dense1.weight": got 5 values, need 6',
    ],
    [
      "null, as JSON has NaN",
      (data) => {
        data.tensors[0].values[2] = null;
        return data;
      },
      'fromJSON, "dense1.weight": got null at 2, need a finite number',
    ],
    [
      "1e39 in float32",
      (data) => {
        data.tensors[0].values[2] = 1e39;
        return data;
      },
      "got 1e+39 at 2, need a finite number in float32",
    ],
    [
      "another dtype",
      (data) => ({ ...data, topology: { ...data.topology, dtype: "int8" } }),
      'fromJSON: dtype: got "int8"',
    ],
  ];
  it.each(spoilt)("is refused with %s", (_, spoil, message) => {
    expect(() => Network.fromJSON(spoil(json()) as NetworkJSON)).toThrow(message);
  });

  it("refuses numbers that are not finite, as a file does", () => {
    const network = networks[0][1]();
    network.parameters[0].values[0] = Number.NaN;
    expect(() => JSON.stringify(network)).toThrow("got NaN in dense1.weight at 0, need finite numbers");
  });
});
