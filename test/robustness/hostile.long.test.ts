/**
 * Small files that claim much: each is refused in a sentence within a second of the processor's, or used, each step within two; neither
 * takes more than 100 MB.
 */
import { describe, expect, test } from "vitest";
import { encode, type NamedTensor } from "../../src/files/safetensors.ts";
import { Network, Trainer } from "../../src/index.ts";

interface Topology {
  version?: number;
  dtype?: string;
  inputs: unknown;
  layers: unknown;
  uses: unknown;
  outputs: unknown;
}

const fileOf = (topology: Topology, tensors: NamedTensor[] = []) =>
  encode(tensors, { network: JSON.stringify({ version: 2, dtype: "float32", ...topology }) });

const list = <Item>(length: number, make: (index: number) => Item) => Array.from({ length }, (_, index) => make(index));
const linear = { name: "linear", parameter: 0 };
const activation = { kind: "activation", activation: { name: "tanh", parameter: 0 } };
const denseOf = (units: number) => ({ kind: "dense", units, activation: linear, bias: true });
const many = 100_000;
/** As many inputs, layers, uses or outputs as a file may have, and as many values as its uses may read. */
const [most, mostReads] = [8192, 65_536];

/** Bytes that the process may grow by, some of which are garbage. */
const mostBytes = 100e6;

/** What the process has grown by while `act` ran, in bytes, and the processor's time that it took, in milliseconds. */
function costOf(act: () => void): { bytes: number; milliseconds: number } {
  const total = () => process.memoryUsage().rss;
  const [before, began] = [total(), process.cpuUsage()];
  act();
  const { user, system } = process.cpuUsage(began);
  return { bytes: total() - before, milliseconds: (user + system) / 1000 };
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
      /make or read more than \d+ numbers, need fewer/,
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
      /got no dense2.weight, need it as float32 \[100000, 100000\]/,
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
      /got layers that make or read more than 1073741824 numbers, need fewer/,
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
      /make or read more than \d+ numbers, need fewer for an example of \d+ numbers? and 0 parameters/,
    ],
    [
      "a layer of 2^22 units at 2^22 positions",
      () => fileOf({ inputs: [[2 ** 22, 1]], layers: [denseOf(2 ** 22)], uses: [[0, 0]], outputs: [1] }),
      /dense: got inputs that make a value \[4194304, 4194304\], need one of fewer than 2³¹ numbers/,
    ],
    [
      "8192 images for dense layers of version 1, of which each becomes a flatten",
      () => {
        const [uses, outputs] = [list(most, () => [0, 0]), list(most, (index) => index + 1)];
        return fileOf({ version: 1, inputs: [[1, 1]], layers: [denseOf(1)], uses, outputs });
      },
      /got a topology of version 1 that becomes more layers of flatten, need at most 0 beside its own/,
    ],
    [
      "5000 images for outputs of version 1, of which each becomes a flatten",
      () => {
        const [uses, outputs] = [list(5000, () => [0, 0]), list(5000, (index) => index + 1)];
        return fileOf({ version: 1, inputs: [[1, 1]], layers: [activation], uses, outputs });
      },
      /got a topology of version 1 that becomes more layers of flatten, need at most 3192 beside its own/,
    ],
    [
      "images of version 1 that are small enough alone, but not with the rows that they become",
      () =>
        fileOf({
          version: 1,
          inputs: [[2 ** 27, 2]],
          layers: [activation],
          uses: list(3, () => [0, 0]),
          outputs: [1, 2, 3],
        }),
      /make or read more than \d+ numbers, need fewer/,
    ],
    [
      "a permutation of 100 000 sides",
      () => {
        const layers = [{ kind: "permute", sides: list(many, (index) => index) }];
        return fileOf({ inputs: [[1]], layers, uses: [[0, 0]], outputs: [1] });
      },
      /permute: got 100000 sides, need at most 32/,
    ],
    [
      "a value of 100 000 numbers added to itself 50 000 times",
      () =>
        fileOf({ inputs: [[many]], layers: [{ kind: "add" }], uses: [[0, ...list(50_000, () => 0)]], outputs: [1] }),
      /make or read more than \d+ numbers, need fewer/,
    ],
    [
      "8000 uses of a layer of 100 000 numbers",
      () =>
        fileOf({ inputs: [[many]], layers: [activation], uses: list(8000, (index) => [0, index]), outputs: [8000] }),
      /make or read more than \d+ numbers, need fewer/,
    ],
    [
      "500 000 uses of one layer",
      () => fileOf({ inputs: [[1]], layers: [activation], uses: list(500_000, () => [0, 0]), outputs: [500_000] }),
      /got 500000 uses, need at most 8192/,
    ],
    [
      "8193 layers",
      () => fileOf({ inputs: [[1]], layers: list(most + 1, () => activation), uses: [[0, 0]], outputs: [1] }),
      /got 8193 layers, need at most 8192/,
    ],
    [
      "300 000 outputs",
      () => fileOf({ inputs: [[1]], layers: [activation], uses: [[0, 0]], outputs: list(300_000, () => 1) }),
      /got 300000 outputs, need at most 8192/,
    ],
    [
      "500 000 inputs",
      () => fileOf({ inputs: list(500_000, () => [1]), layers: [activation], uses: [[0, 0]], outputs: [500_000] }),
      /got 500000 inputs, need at most 8192/,
    ],
    [
      "a value joined to itself 500 000 times",
      () =>
        fileOf({
          inputs: [[1]],
          layers: [{ kind: "concatenate" }],
          uses: [[0, ...list(500_000, () => 0)]],
          outputs: [1],
        }),
      /got uses that read 500000 values, need at most 65536/,
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
    expect(grown).toBeLessThan(mostBytes);
  });
});

/** A file of this header alone. */
function fileOfHeader(header: string): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  return bytes;
}

const members = (count: number, value: string) => list(count, (index) => `"${index}x":${value}`).join(",");

describe("refused within two seconds, in less than eight times its length, is a header of", () => {
  test.each<[string, () => string]>([
    ["four million strings of metadata", () => `{"__metadata__":{${members(4_000_000, '""')}}}`],
    ["four million names", () => `{${members(4_000_000, "0")}}`],
    [
      "ten million numbers in a shape",
      () => `{"w":{"dtype":"F32","shape":[${"1,".repeat(10_000_000)}1],"data_offsets":[0,4]}}`,
    ],
  ])("%s", (_, make) => {
    const bytes = fileOfHeader(make());
    const { bytes: grown, milliseconds } = costOf(() => {
      expect(() => Network.fromBytes(bytes)).toThrow(/a header of \d+ commas and colons, need at most 6291456$/);
    });
    expect(milliseconds).toBeLessThan(2000);
    expect(grown).toBeLessThan(8 * bytes.length);
  });
});

describe("a header just below the limits is read in time and memory that its length bounds:", () => {
  // Of many texts, the measure has garbage that the collector has not taken yet.
  test.each<[string, () => string, number, number]>([
    ["100 MB of one text", () => `{"__metadata__":{"note":"${"x".repeat(99_000_000)}"}}`, 3000, 8],
    ["a million and a half texts", () => `{"__metadata__":{${members(1_500_000, '""')}}}`, 20_000, 24],
  ])("%s", (_, make, most, times) => {
    const bytes = fileOfHeader(make());
    const cost = costOf(() => {
      expect(() => Network.fromBytes(bytes)).toThrow("fromBytes: got a file without a topology");
    });
    expect(cost.milliseconds).toBeLessThan(most);
    expect(cost.bytes).toBeLessThan(times * bytes.length);
  });

  test("100 MB with a name twice at the end are refused", () => {
    const bytes = fileOfHeader(`{"__metadata__":{"note":"${"x".repeat(99_000_000)}","note":""}}`);
    const cost = costOf(() => {
      expect(() => Network.fromBytes(bytes)).toThrow('got a header with "note" twice in one object');
    });
    expect(cost.milliseconds).toBeLessThan(5000);
  });
});

describe("used, each step within two seconds, is", () => {
  test.each<[string, () => Uint8Array, number[] | number[][]]>([
    [
      "a chain of 8192 uses",
      () => fileOf({ inputs: [[2]], layers: [activation], uses: list(most, (index) => [0, index]), outputs: [most] }),
      [1, 2],
    ],
    [
      "8192 layers",
      () => {
        const layers = list(most, () => activation);
        return fileOf({ inputs: [[2]], layers, uses: list(most, (index) => [index, index]), outputs: [most] });
      },
      [1, 2],
    ],
    [
      "8192 layers with parameters",
      () => {
        const layers = list(most, () => denseOf(1));
        const tensors = list(most, (index) => [
          weight(`dense${index + 1}.weight`, [1, 1]),
          weight(`dense${index + 1}.bias`, [1]),
        ]);
        const uses = list(most, (index) => [index, index]);
        return fileOf({ inputs: [[1]], layers, uses, outputs: [most] }, tensors.flat());
      },
      [1],
    ],
    [
      "4095 uses of a dense layer of version 1, each of which becomes two",
      () => {
        const images = most / 2 - 1;
        const uses = [...list(images, () => [0, 0]), [1, ...list(images, (index) => index + 1)]];
        const tensors = [weight("dense1.weight", [1, 1]), weight("dense1.bias", [1])];
        const layers = [denseOf(1), { kind: "add" }];
        const file = { version: 1, inputs: [list(32, () => 1)], layers, uses, outputs: [images + 1] };
        return fileOf(file, tensors);
      },
      [0.5],
    ],
    [
      "8191 permutations of 32 sides",
      () => {
        const layers = [
          { kind: "reshape", shape: list(32, (side) => (side < 7 ? 2 : 1)) },
          { kind: "permute", sides: list(32, (side) => 31 - side) },
        ];
        const uses = [[0, 0], ...list(most - 1, (index) => [1, index + 1])];
        return fileOf({ inputs: [[128]], layers, uses, outputs: [most] });
      },
      list(128, () => 0.5),
    ],
    [
      "a value joined to itself until it has 2^20 numbers",
      () => {
        const uses = list(20, (index) => [index, index, index]);
        return fileOf({ inputs: [[1]], layers: list(20, () => ({ kind: "concatenate" })), uses, outputs: [20] });
      },
      [0.5],
    ],
    [
      "8192 outputs",
      () => {
        const [uses, outputs] = [list(most, (index) => [0, index]), list(most, (index) => index + 1)];
        return fileOf({ inputs: [[1]], layers: [activation], uses, outputs });
      },
      [0.5],
    ],
    [
      "a sum and a product of 32 768 values each",
      () => {
        const zeros = list(mostReads / 2 - 1, () => 0);
        const uses = [
          [0, 0, ...zeros],
          [1, 1, ...zeros],
        ];
        return fileOf({ inputs: [[1]], layers: [{ kind: "add" }, { kind: "multiply" }], uses, outputs: [2] });
      },
      [0.5],
    ],
    [
      "8192 inputs and 8192 uses",
      () => {
        const sum = [0, ...list(most, (index) => index)];
        const uses = [sum, ...list(most - 1, (index) => [1, most + index])];
        const layers = [{ kind: "add" }, activation];
        return fileOf({ inputs: list(most, () => [1]), layers, uses, outputs: [2 * most - 1] });
      },
      list(most, () => [1]),
    ],
  ])("%s", { timeout: 60_000 }, (_, make, row) => {
    const bytes = make();
    const time = (what: string, act: () => void) => {
      const cost = costOf(act);
      expect(cost.milliseconds, what).toBeLessThan(2000);
      expect(cost.bytes, what).toBeLessThan(mostBytes);
    };
    let network: Network;
    time("reading", () => {
      network = Network.fromBytes(bytes);
    });
    time("predict", () => expect([network.predict(row as number[])].flat(2)).toHaveLength(network.outputs));
    time("summary", () => expect(network.summary().length).toBeGreaterThan(100));
    time("toBytes", () => expect(network.toBytes().length).toBeGreaterThan(1000));
    time("step", () => {
      const trainer = new Trainer(network, { loss: "meanSquaredError" });
      const examples = Array.isArray(row[0]) ? (row as number[][]).map((each) => [each]) : [row];
      const targets = list(network.outputs, () => [[1]]);
      const isOne = network.engine.graph.outputs.length === 1;
      expect(
        trainer.step(examples as never, isOne ? new Float32Array(network.outputs).fill(1) : targets),
      ).toBeGreaterThan(-1);
    });
  });
});
