/** Small files that claim much: each is refused in a sentence, or used, within a second and in little memory. */
import { describe, expect, test } from "vitest";
import { encode, type NamedTensor } from "../src/files/safetensors.ts";
import { Network, Trainer } from "../src/index.ts";

interface Topology {
  dtype?: string;
  inputs: unknown;
  layers: unknown;
  uses: unknown;
  outputs: unknown;
}

const fileOf = (topology: Topology, tensors: NamedTensor[] = []) =>
  encode(tensors, { network: JSON.stringify({ version: 1, dtype: "float32", ...topology }) });

const list = <Item>(length: number, make: (index: number) => Item) => Array.from({ length }, (_, index) => make(index));
const linear = { name: "linear", parameter: 0 };
const activation = { kind: "activation", activation: { name: "tanh", parameter: 0 } };
const denseOf = (units: number) => ({ kind: "dense", units, activation: linear, bias: true });
const many = 100_000;
const thirtyThousand = 30_000;

/** What the process has grown by while `act` ran, in bytes, and how long it took, in milliseconds. */
function costOf(act: () => void): { bytes: number; milliseconds: number } {
  const total = () => process.memoryUsage().rss;
  const [before, began] = [total(), performance.now()];
  act();
  return { bytes: total() - before, milliseconds: performance.now() - began };
}

const weight = (name: string, shape: number[]): NamedTensor => ({
  name,
  shape,
  values: new Float32Array(shape.reduce((product, side) => product * side, 1)),
});

describe("refused, before memory is asked for, is", () => {
  test.each<[string, () => Uint8Array, RegExp]>([
    [
      "a layer of 2^31 - 1 units",
      () => fileOf({ inputs: [[1]], layers: [denseOf(2 ** 31 - 1)], uses: [[0, 0]], outputs: [1] }),
      /more than 1048576 numbers of one row/,
    ],
    [
      "two layers between which 40 GB of weights would lie",
      () => {
        const uses = [
          [0, 0],
          [1, 1],
        ];
        const tensors = [weight("dense1.weight", [1, many]), weight("dense1.bias", [many])];
        return fileOf({ inputs: [[1]], layers: [denseOf(many), denseOf(many)], uses, outputs: [2] }, tensors);
      },
      /got a file without dense2.weight, need it as float32 \[100000, 100000\]/,
    ],
    [
      "weights of one where 2^19 are needed",
      () =>
        fileOf({ inputs: [[2 ** 19]], layers: [denseOf(1)], uses: [[0, 0]], outputs: [1] }, [
          weight("dense1.weight", [1, 1]),
          weight("dense1.bias", [1]),
        ]),
      /got dense1.weight as float32 \[1, 1\], need float32 \[524288, 1\]/,
    ],
    [
      "an input of 2^31 - 1 features that no weights belong to",
      () => fileOf({ inputs: [[2 ** 31 - 1]], layers: [activation], uses: [[0, 0]], outputs: [1] }),
      /got layers that make or read more than 1048576 numbers of one row, need fewer/,
    ],
    [
      "a value joined to itself 40 times over",
      () =>
        fileOf({
          inputs: [[1]],
          layers: list(40, () => ({ kind: "concatenate" })),
          uses: list(40, (index) => [index, index, index]),
          outputs: [40],
        }),
      /more than 1048576 numbers of one row, need fewer where tensors have 0/,
    ],
    [
      "a value of 100 000 numbers added to itself 100 000 times",
      () => fileOf({ inputs: [[many]], layers: [{ kind: "add" }], uses: [[0, ...list(many, () => 0)]], outputs: [1] }),
      /more than 1048576 numbers of one row/,
    ],
    [
      "100 000 layers of 100 000 numbers",
      () =>
        fileOf({ inputs: [[many]], layers: [activation], uses: list(many, (index) => [0, index]), outputs: [many] }),
      /more than 1048576 numbers of one row/,
    ],
    [
      "a shape of 100 000 sides",
      () => fileOf({ inputs: [list(many, () => 1)], layers: [activation], uses: [[0, 0]], outputs: [1] }),
      /got an input of 100000 sides, need at most 32/,
    ],
    [
      "a header that promises 2^50 bytes of data",
      () => {
        const entry = { dtype: "F32", shape: [2 ** 48], data_offsets: [0, 2 ** 50] };
        const header = new TextEncoder().encode(JSON.stringify({ w: entry }));
        return Uint8Array.of(header.length, 0, 0, 0, 0, 0, 0, 0, ...header);
      },
      /got 0 bytes of data/,
    ],
  ])("%s", (_, make, message) => {
    const bytes = make();
    const { bytes: grown, milliseconds } = costOf(() => {
      expect(() => Network.fromBytes(bytes)).toThrow(message);
      expect(() => Network.fromBytes(bytes)).toThrow(/^[^\n]+: got .+, need .+$/);
    });
    expect(milliseconds).toBeLessThan(1000);
    expect(grown).toBeLessThan(50e6);
  });
});

describe("used, each step within ten seconds, is", () => {
  test.each<[string, () => Uint8Array, number[] | number[][]]>([
    [
      "a chain of 30 000 uses",
      () =>
        fileOf({
          inputs: [[2]],
          layers: [activation],
          uses: list(thirtyThousand, (index) => [0, index]),
          outputs: [thirtyThousand],
        }),
      [1, 2],
    ],
    [
      "30 000 layers",
      () =>
        fileOf({
          inputs: [[2]],
          layers: list(thirtyThousand, () => activation),
          uses: list(thirtyThousand, (index) => [index, index]),
          outputs: [thirtyThousand],
        }),
      [1, 2],
    ],
    [
      "a sum of 150 000 values, and a product",
      () =>
        fileOf({
          inputs: [[1]],
          layers: [{ kind: "add" }, { kind: "multiply" }],
          uses: [
            [0, ...list(150_000, () => 0)],
            [1, 1, ...list(150_000, () => 0)],
          ],
          outputs: [2],
        }),
      [0.5],
    ],
    [
      "30 000 inputs and 30 000 uses",
      () =>
        fileOf({
          inputs: list(thirtyThousand, () => [1]),
          layers: [{ kind: "add" }, activation],
          uses: [
            [0, ...list(thirtyThousand, (index) => index)],
            ...list(thirtyThousand, (index) => [1, thirtyThousand + index]),
          ],
          outputs: [thirtyThousand + thirtyThousand],
        }),
      list(thirtyThousand, () => [1]),
    ],
  ])(
    "%s",
    (_, make, row) => {
      const bytes = make();
      const time = (what: string, act: () => void) => {
        const cost = costOf(act);
        expect(cost.milliseconds, what).toBeLessThan(10_000);
        expect(cost.bytes, what).toBeLessThan(400e6);
      };
      let network: Network;
      time("reading", () => {
        network = Network.fromBytes(bytes);
      });
      time("predict", () => expect(network.predict(row as number[])).toHaveLength(network.outputs));
      time("summary", () => expect(network.summary().length).toBeGreaterThan(100));
      time("toBytes", () => expect(network.toBytes().length).toBeGreaterThan(1000));
      time("step", () => {
        const trainer = new Trainer(network, { loss: "meanSquaredError" });
        const examples = Array.isArray(row[0]) ? (row as number[][]).map((each) => [each]) : [row];
        expect(trainer.step(examples as never, [list(network.outputs, () => 1)])).toBeGreaterThan(-1);
      });
    },
    60_000,
  );
});
