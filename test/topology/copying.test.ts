import { describe, expect, it } from "vitest";
import {
  activation,
  attention,
  batchNorm,
  conv1d,
  dense,
  dropout,
  embedding,
  flatten,
  input,
  type LayerDescription,
  Network,
  type NetworkOptions,
  Trainer,
} from "../../src/index.ts";
import { parameterBits } from "../training/problem.ts";

const layers = () => [dense(3, { activation: "tanh" }), batchNorm(), dense(2)];
const make = (seed: number, options: Partial<NetworkOptions> = {}) =>
  new Network({ inputs: 2, layers: layers(), seed, ...options } as NetworkOptions);
const all = ({ parameters, statistics }: Network) =>
  [...parameters, ...statistics].flatMap(({ values }) => [...values]);

describe("copyFrom", () => {
  it("is a copy, bit for bit, of parameters and statistics, and leaves the other as it is", () => {
    const [network, other] = [make(1), make(2)];
    new Trainer(other, { loss: "meanSquaredError" }).step(
      [
        [1, 2],
        [3, -1],
      ],
      [
        [0, 1],
        [1, 0],
      ],
    );
    const [before, wanted] = [all(network), all(other)];
    expect(before).not.toEqual(wanted);
    network.copyFrom(other);
    expect(all(network)).toEqual(wanted);
    expect(all(other)).toEqual(wanted);
    expect(network.predict([1, 2])).toEqual(other.predict([1, 2]));
  });

  it("moves by a share of the distance: 0.25 gives 0.75 of the old and 0.25 of the other", () => {
    const [network, other] = [make(1, { dtype: "float64" }), make(2, { dtype: "float64" })];
    const [from, to] = [all(network), all(other)];
    network.copyFrom(other, { rate: 0.25 });
    expect(all(network)).toEqual(from.map((value, index) => value + 0.25 * (to[index] - value)));
    network.copyFrom(other, { rate: 0 });
    expect(all(network)).toEqual(from.map((value, index) => value + 0.25 * (to[index] - value)));
  });

  it("keeps what is alike, at any rate, and takes itself", () => {
    const [network, other] = [make(1), make(1)];
    const bits = parameterBits(network);
    network.copyFrom(other, { rate: 0.1 });
    network.copyFrom(network, { rate: 0.3 });
    expect(parameterBits(network)).toBe(bits);
  });

  it("moves frozen layers, and does not ask for names or how layers are trained", () => {
    const network = make(1);
    const other = new Network({
      inputs: 2,
      layers: [
        dense(3, { activation: "tanh", name: "first", maxNorm: 1 }),
        batchNorm(),
        dense(2, { trainable: false }),
      ],
      seed: 5,
    });
    for (const layer of network.layers) layer.trainable = false;
    network.copyFrom(other);
    expect(all(network)).toEqual(all(other));
  });

  it("does not ask for options that matter in training alone, of any kind of layer", () => {
    const network = (seed: number, own: readonly LayerDescription[]) =>
      new Network({ inputs: [4, 2], layers: [...own, dense(1)], seed });
    const other = network(2, [
      attention({ heads: 1, dropout: 0.5 }),
      batchNorm({ momentum: 0.5 }),
      conv1d(2, 2, { maxNorm: 1 }),
      dropout(0.5, { wholeChannels: true }),
    ]);
    const copy = network(1, [attention({ heads: 1 }), batchNorm(), conv1d(2, 2), dropout(0.1)]);
    copy.copyFrom(other);
    expect(all(copy)).toEqual(all(other));
    expect(() => network(1, [batchNorm()]).copyFrom(network(1, [batchNorm({ epsilon: 0.1 })]))).toThrow(
      '"epsilon":0.1',
    );
  });

  it("does not ask for the padding of an embedding", () => {
    const words = (padding?: number) =>
      new Network({ inputs: 3, layers: [embedding(4, 2, { padding }), flatten(), dense(1)], seed: 3 });
    const copy = words(1);
    copy.copyFrom(words());
    expect(all(copy)).toEqual(all(words()));
  });

  it("has the numbers between two that are further apart than the type reaches", () => {
    for (const [dtype, largest] of [
      ["float32", 3e38],
      ["float64", 1.5e308],
    ] as const) {
      const [network, other] = [make(1, { dtype }), make(1, { dtype })];
      network.parameters[0].values.fill(largest);
      other.parameters[0].values.fill(-largest);
      network.copyFrom(other, { rate: 0.75 });
      for (const value of network.parameters[0].values) expect(value / largest).toBeCloseTo(-0.5, 6);
    }
  });

  const value = input(2);
  const hidden = dense(3, { activation: "tanh" })(value);
  const others: [string, () => unknown, string][] = [
    [
      "units",
      () => make(1, { layers: [dense(4, { activation: "tanh" }), batchNorm(), dense(2)] }),
      'with {"kind":"dense","units":4',
    ],
    [
      "an activation",
      () => make(1, { layers: [dense(3), batchNorm(), dense(2)] }),
      'for "dense1", need {"kind":"dense","units":3',
    ],
    ["a layer more", () => make(1, { layers: [...layers(), activation("tanh")] }), 'for "activation1", need no layer'],
    ["a layer less", () => make(1, { layers: layers().slice(0, 2) }), 'no layer for "dense2"'],
    ["inputs", () => make(1, { inputs: 3 }), "other inputs, outputs or uses"],
    [
      "outputs",
      () => new Network({ inputs: value, outputs: [dense(2)(batchNorm()(hidden)), hidden] }),
      "other inputs, outputs or uses",
    ],
    ["a dtype", () => make(1, { dtype: "float64" }), "got a network of float64, need float32"],
    ["no network", () => ({ parameters: [] }), "copyFrom: got an object, need a Network"],
    ["a trainer", () => new Trainer(make(1), { loss: "meanSquaredError" }), "copyFrom: got a Trainer, need a Network"],
  ];
  it.each(others)("refuses another network, and changes nothing: %s", (_, other, message) => {
    const network = make(7);
    const bits = parameterBits(network);
    expect(() => network.copyFrom(other() as Network)).toThrow(message);
    expect(parameterBits(network)).toBe(bits);
  });

  it.each([[-0.1], [1.1], [Number.NaN], ["1"], [null]])("refuses the rate %j", (rate) => {
    expect(() => make(1).copyFrom(make(2), { rate: rate as number })).toThrow("need a number from 0 to 1");
  });

  it("refuses a number that is not finite, by its name and place", () => {
    const [network, other] = [make(1), make(2)];
    const bits = parameterBits(network);
    other.parameters[1].values[2] = Number.POSITIVE_INFINITY;
    expect(() => network.copyFrom(other)).toThrow("copyFrom: got Infinity in dense1.bias at 2, need finite numbers");
    expect(parameterBits(network)).toBe(bits);
  });
});
