import { describe, expect, test } from "vitest";
import {
  constant,
  type DenseOptions,
  dense,
  flatten,
  fromValues,
  leakyRelu,
  Network,
  type NetworkOptions,
  normal,
  orthogonal,
  pcg32,
  Trainer,
  uniform,
} from "../../src/index.ts";
import { supportedArithmetic } from "../../src/kernels/instance.ts";
import { dtypes, isDebugBuild, random } from "../kernels/scratch.ts";
import { expectClose, tolerances } from "../tolerances.ts";

const parametersOf = (network: Network) => network.parameters.map(({ values }) => Array.from(values));
const rowsOf = (rows: number, width: number) => Array.from({ length: rows }, (_, row) => random(width, row + 1));
const bits = (values: ArrayLike<number>) => Array.from(new BigUint64Array(Float64Array.from(values).buffer));

describe.each(dtypes)("a %s network predicts", (dtype) => {
  const shapes: [string, NetworkOptions][] = [
    ["5-7-3", { inputs: 5, layers: [dense(7, { activation: "tanh" }), dense(3, { activation: "softmax" })] }],
    ["1-4-1, one feature and one output", { inputs: 1, layers: [dense(4, { activation: "relu" }), dense(1)] }],
    ["3-1-2, a hidden layer one wide", { inputs: 3, layers: [dense(1, { activation: "sigmoid" }), dense(2)] }],
    ["[4, 4, 1]-6-2", { inputs: [4, 4, 1], layers: [dense(6, { activation: "gelu" }), dense(2)] }],
  ];

  describe.each(shapes)("%s", (_, options) => {
    const network = new Network({ ...options, dtype, seed: 3 });
    const { inputs, outputs } = network;

    test.each([1, 127, 128, 129, 1000])("%i rows in any form and any parts: the same bits", (rows) => {
      const examples = rowsOf(rows, inputs).map((row) => row.map((value) => Math.fround(value)));
      const expected = examples.map((row) => network.predict(row));
      expect(expected.every((row) => row.length === outputs)).toBe(true);
      expect(bits(network.predict(examples).flat())).toEqual(bits(expected.flat()));
      const flat = Float32Array.from(examples.flat());
      for (const form of [flat, Float64Array.from(flat)]) {
        const result = network.predict(form);
        expect(result).toBeInstanceOf(dtype === "float32" ? Float32Array : Float64Array);
        expect(bits(result)).toEqual(bits(expected.flat()));
      }
      expect(network.predict(examples.map((row) => Float32Array.from(row)))).toEqual(expected);
      for (const size of [1, 50, 128, 333]) {
        const parts: number[][] = [];
        for (let from = 0; from < rows; from += size) parts.push(...network.predict(examples.slice(from, from + size)));
        expect(bits(parts.flat())).toEqual(bits(expected.flat()));
      }
    });

    test("the same bits with a plan for 500 rows, where 300 rows are one pass, not three", () => {
      const examples = rowsOf(300, inputs);
      const large = new Network({ ...options, dtype, seed: 3 });
      large.input(500);
      expect(bits(large.predict(examples).flat())).toEqual(bits(network.predict(examples).flat()));
    });
  });

  test("integers in 7 types of typed arrays as in plain arrays", () => {
    const network = new Network({ inputs: 2, layers: [dense(3)], dtype });
    const expected = network.predict([3, 100, 25, 0].slice(0, 2));
    for (const type of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array]) {
      expect(Array.from(network.predict(type.of(3, 100)))).toEqual(expected);
      expect(network.predict([type.of(3, 100)])).toEqual([expected]);
    }
  });

  test("a new array each time", () => {
    const network = new Network({ inputs: 2, layers: [dense(2)], dtype });
    const first = network.predict(Float32Array.of(1, 2));
    const held = Array.from(first);
    network.predict(Float32Array.of(5, 6));
    expect(Array.from(first)).toEqual(held);
  });

  test("run on input and output views as predict does, for as many of its rows as are asked for", () => {
    const network = new Network({ inputs: 3, layers: [dense(4, { activation: "mish" }), dense(2)], dtype });
    const examples = rowsOf(6, 3);
    const expected = network.predict(examples);
    const input = network.input(6);
    expect(input.length).toBe(18);
    input.set(examples.flat());
    network.run(6);
    expect(Array.from(network.output(6))).toEqual(expected.flat());
    expect(Array.from(network.output(2))).toEqual(expected.slice(0, 2).flat());
    input.set(examples[5]);
    network.run(1);
    expect(Array.from(network.output(1))).toEqual(expected[5]);
  });
});

test("a view of input is kept by fewer rows, and lost to a trainer when it is made and at its first step", () => {
  const rows = 20_000;
  const network = new Network({ inputs: 3, layers: [dense(2)] });
  const first = network.input(rows);
  network.predict(rowsOf(150, 3));
  expect(network.input(10).byteOffset).toBe(first.byteOffset);
  expect(first.length).toBe(3 * rows);
  const trainer = new Trainer(network, { loss: "meanSquaredError" });
  const second = network.input(rows);
  expect(second.byteOffset).not.toBe(first.byteOffset);
  trainer.step(rowsOf(2, 3), rowsOf(2, 2));
  expect(second.length).toBe(0);
  const third = network.input(rows);
  trainer.step(rowsOf(200, 3), rowsOf(200, 2));
  network.predict(rowsOf(200, 3));
  expect(network.input(rows).byteOffset).toBe(third.byteOffset);
  expect(third.length).toBe(3 * rows);
});

describe("a network", () => {
  test("starts by the rules of its activations, and the same for the same seed", () => {
    const make = (seed: NetworkOptions["seed"], options?: DenseOptions) =>
      parametersOf(
        new Network({ inputs: 9, layers: [dense(4, { activation: "relu", ...options })], dtype: "float64", seed }),
      );
    const [weight, bias] = make(5);
    expect(Math.max(...weight.map(Math.abs))).toBeLessThan(Math.sqrt(6 / 9));
    expect(Math.max(...weight.map(Math.abs))).toBeGreaterThan(Math.sqrt(6 / 13));
    expect(bias).toEqual([0, 0, 0, 0]);
    expect(make(5)).toEqual([weight, bias]);
    expect(make(pcg32(5))).toEqual([weight, bias]);
    expect(make(6)).not.toEqual([weight, bias]);
    expect(make(undefined)).toEqual(make(0));
    expect(make(5, { biasInitializer: constant(2) })).toEqual([weight, [2, 2, 2, 2]]);
    for (const weightInitializer of [uniform(0, 1), normal(0, 1), orthogonal()]) {
      expect(make(5, { weightInitializer })[0]).not.toEqual(weight);
    }
  });

  test("counts and names what it has", () => {
    const layers = [flatten(), dense(5), dense(4, { name: "neck" }), dense(2, { bias: false })];
    const network = new Network({ inputs: [2, 3], layers });
    expect([network.inputs, network.outputs, network.parameterCount]).toEqual([6, 2, 35 + 24 + 8]);
    expect(network.dtype).toBe("float32");
    expect(network.layers.map(({ name }) => name)).toEqual(["flatten1", "dense1", "neck", "dense3"]);
  });

  test("is strict where it does not ask, and relaxed where it asks and the runtime can: the same to rounding", () => {
    const make = (options: { arithmetic?: "strict" | "relaxed" }) =>
      new Network({ inputs: 40, layers: [dense(30, { activation: "tanh" }), dense(2)], dtype: "float64", ...options });
    const [strict, relaxed] = [make({}), make({ arithmetic: "relaxed" })];
    expect([strict.arithmetic, relaxed.arithmetic]).toEqual(["strict", supportedArithmetic("relaxed")]);
    const input = random(400);
    expectClose(
      relaxed.predict(Float64Array.from(input)),
      strict.predict(Float64Array.from(input)),
      tolerances.sum.float64,
    );
    expect(Network.fromBytes(relaxed.toBytes()).arithmetic).toBe("strict");
  });

  test.each([1, 128])(
    "that predicts %i rows takes its parameters, their values of one pass and at most 256 KiB",
    (rows) => {
      const layers = [dense(256, { activation: "relu" }), dense(128, { activation: "relu" }), dense(10)];
      const network = new Network({ inputs: 784, layers });
      network.predict(new Float32Array(rows * 784));
      // Two values a unit, before and after the nonlinearity.
      const values = rows * (784 + 2 * 256 + 2 * 128 + 10);
      const { buffer } = network.parameters[0].values;
      // The debug build has the texts of its assertions beside it.
      const rest = isDebugBuild ? 2 ** 19 : 2 ** 18;
      expect(buffer.byteLength).toBeLessThanOrEqual(4 * (network.parameterCount + values) + rest);
    },
  );

  test("keeps its input shape when the caller's array changes", () => {
    const inputs = [2, 2];
    const network = new Network({ inputs, layers: [dense(2)] });
    const before = network.predict([1, 2, 3, 4]);
    inputs.push(1000);
    inputs[0] = 7;
    new Trainer(network, { loss: "meanSquaredError" });
    expect(network.predict([1, 2, 3, 4])).toEqual(before);
    expect(network.summary()).toContain("inputs [2, 2]");
  });

  test("summary is a table of its layers", () => {
    const layers = [
      dense(3),
      flatten(),
      dense(32, { activation: leakyRelu({ slope: 0.2 }) }),
      dense(10, { bias: false, name: "scores" }),
    ];
    expect(new Network({ inputs: [8, 8, 1], layers, dtype: "float64" }).summary()).toMatchInlineSnapshot(`
      "inputs [8, 8, 1], outputs [10], float64
      ----------------------------------------------------------
      name      layer                      output     parameters
      ----------------------------------------------------------
      dense1    dense 3, linear            [8, 8, 3]           6
      flatten1  flatten                    [192]               0
      dense2    dense 32, leakyRelu(0.2)   [32]             6176
      scores    dense 10, linear, no bias  [10]              320
      ----------------------------------------------------------
      total                                                 6502"
    `);
  });
});

describe("a network is refused, and its generator draws nothing:", () => {
  const layers = [dense(2)];
  test.each<[string, unknown, string]>([
    ["no options", undefined, "network: got no options, need inputs and layers"],
    ["options that are text", "dense", 'network: got "dense", need an object of options'],
    ["a misspelt option", { inputs: 2, layer: layers }, 'network option: got "layer", need one of inputs, layers'],
    ["the meant option", { inputs: 2, layer: layers }, '; did you mean "layers"?'],
    ["an unknown dtype", { inputs: 2, layers, dtype: "float16" }, 'got "float16", need one of float32, float64; did'],
    ["an unknown arithmetic", { inputs: 2, layers, arithmetic: "fast" }, 'got "fast", need one of strict, relaxed'],
    ["a method for a dtype", { inputs: 2, layers, dtype: "valueOf" }, 'network: dtype: got "valueOf", need one of'],
    ["no layers", { inputs: 2 }, "network: got layers undefined, need an array of at least one layer"],
    ["an empty list of layers", { inputs: 2, layers: [] }, "network: got layers an array of 0, need an array of at"],
    ["a layer that is a number", { inputs: 2, layers: [3] }, "layer: got 3, need one of dense()"],
    ["no inputs", { layers }, "network: got inputs undefined, need a number of features from 1, or a shape"],
    ["0 inputs", { inputs: 0, layers }, "network: got inputs 0, need"],
    ["half an input", { inputs: 1.5, layers }, "network: got inputs 1.5, need"],
    ["null inputs", { inputs: null, layers }, "network: got inputs null, need"],
    ["inputs as text", { inputs: "2", layers }, 'network: got inputs "2", need'],
    ["an empty shape", { inputs: [], layers }, "network: got inputs [], need"],
    ["a shape with a 0", { inputs: [4, 0], layers }, "network: got inputs [4, 0], need"],
    ["a shape of 2^31", { inputs: [2 ** 16, 2 ** 15], layers }, "network: got inputs [65536, 32768], need"],
    ["equal names", { inputs: 2, layers: [dense(1, { name: "a" }), dense(1, { name: "a" })] }, 'two layers named "a"'],
    ["values that do not fit", { inputs: 2, layers: [dense(2, { weightInitializer: fromValues([1]) })] }, "need 4"],
    [
      "an initializer by its name, before memory is asked for",
      { inputs: 2 ** 17, layers: [dense(2 ** 17, { biasInitializer: "zero" as never })] },
      'dense1.bias: got "zero", need one of',
    ],
    ["more than memory holds", { inputs: 2 ** 17, layers: [dense(2 ** 17)] }, "memory: got a request for 687"],
  ])("%s", (_, options, message) => {
    const seed = pcg32(2);
    const before = seed.state;
    const seeded = typeof options === "object" ? { ...options, seed } : options;
    expect(() => new Network(seeded as NetworkOptions)).toThrow(message);
    expect(() => new Network(seeded as NetworkOptions)).toThrow(/: got .+, need /);
    expect(seed.state).toEqual(before);
  });

  test.each([-1, 0.5, "1", null, Number.NaN])("seed %s", (seed) => {
    const make = () => new Network({ inputs: 2, layers, seed: seed as number });
    expect(make).toThrow(RangeError);
    expect(make).toThrow(/^pcg32 seed: got .+, need a whole number from 0/);
  });
});

describe("a call is refused, and parameters and predictions stay the same bits:", () => {
  const nan = Number.NaN;
  const many = rowsOf(300, 2).map((row, index) => (index === 299 ? [row[0], nan] : row));
  test.each<[string, (network: Network) => unknown, string]>([
    [
      "predict of nothing",
      (network) => network.predict(undefined as never),
      "predict: got undefined, need one example, rows of",
    ],
    [
      "predict of a number",
      (network) => network.predict(3 as never),
      "predict: got 3, need one example, rows of examples, or a",
    ],
    [
      "predict of 64-bit integers",
      (network) => network.predict(BigInt64Array.of(1n, 2n) as never),
      "got a BigInt64Array, need one",
    ],
    ["predict of no rows", (network) => network.predict([]), "predict: got no rows, need at least one of 2 numbers"],
    ["predict of too few numbers", (network) => network.predict([1]), "predict: got 1 number in row 0, need 2"],
    ["predict of ragged rows", (network) => network.predict([[1, 2], [3]]), "predict: got 1 number in row 1, need 2"],
    [
      "predict of half a row",
      (network) => network.predict(Float32Array.of(1, 2, 3)),
      "predict: got 3 numbers, need whole rows of 2",
    ],
    [
      "predict of NaN",
      (network) => network.predict([1, nan]),
      "predict: got NaN at row 0, column 1, need a finite number",
    ],
    [
      "predict of NaN in the third pass",
      (network) => network.predict(many),
      "predict: got NaN at row 299, column 1, need a finite",
    ],
    [
      "predict of infinity",
      (network) => network.predict(Float64Array.of(1 / 0, 1)),
      "predict: got Infinity at row 0, column 0",
    ],
    [
      "predict of text",
      (network) => network.predict([[1, "2" as never]]),
      'predict: got "2" at row 0, column 1, need a number',
    ],
    [
      "a misspelt option",
      (network) => network.predict([1, 2], { valid: 1 } as never),
      'predict option: got "valid", need one of',
    ],
    [
      "validate of 0",
      (network) => network.predict([1, 2], { validate: 0 } as never),
      "predict: got validate 0, need true or false",
    ],
    [
      "saving what is not finite",
      (network) => {
        const [{ values }] = network.parameters;
        const kept = values[0];
        values[0] = nan;
        try {
          network.toBytes();
        } finally {
          values[0] = kept;
        }
      },
      "toBytes: got NaN in dense1.weight at 0, need finite numbers",
    ],
    ["input of 0 rows", (network) => network.input(0), "input: got 0 rows, need 1 or more"],
    ["input of half a row", (network) => network.input(0.5), "input: got 0.5 rows, need 1 or more"],
    ["input beyond memory", (network) => network.input(2 ** 31), "memory: got a request for"],
    ["run of no rows", (network) => network.run(undefined as never), "run: got undefined rows, need 1 or more"],
    ["run beyond the input", (network) => network.run(9), "run: got 9 rows, need at most the 3 given to input()"],
    ["output of -1 rows", (network) => network.output(-1), "output: got -1 rows, need 1 or more"],
    ["output beyond the run", (network) => network.output(4), "output: got 4 rows, need at most the 3 that were run"],
  ])("%s", (_, call, message) => {
    const network = new Network({ inputs: 2, layers: [dense(3, { activation: "tanh" }), dense(2)], seed: 4 });
    const probe = rowsOf(3, 2);
    const prediction = network.predict(probe);
    const bytes = network.toBytes();
    expect(() => call(network)).toThrow(message);
    expect(Buffer.compare(network.toBytes(), bytes)).toBe(0);
    expect(network.predict(probe)).toEqual(prediction);
  });

  test("run and output, before the first input", () => {
    const network = new Network({ inputs: 2, layers: [dense(2)] });
    expect(() => network.run(1)).toThrow("run: got 1 row, need at most the 0 given to input()");
    expect(() => network.output(1)).toThrow("output: got 1 row, need at most the 0 that were run");
  });
});

test("NaN and infinity pass through predict unless it validates", () => {
  const network = new Network({ inputs: 1, layers: [dense(1, { weightInitializer: constant(1) })] });
  const rows = [[Number.NaN], [Number.POSITIVE_INFINITY], [2]];
  expect(network.predict(rows, { validate: false })).toEqual(rows);
});

describe("a predict that is refused", () => {
  test.each([2, 200])("of %i rows leaves the views of the hot path and the last values as they are", (rows) => {
    const network = new Network({ inputs: 2, layers: [dense(3), dense(1)] });
    const input = network.input(2);
    input.set([1, 2, 3, 4]);
    network.run(2);
    const output = [...network.output(2)];
    const bad = rowsOf(rows, 2).map((row, index) => (index === rows - 1 ? [row[0], Number.NaN] : row));
    expect(() => network.predict(bad)).toThrow(`got NaN at row ${rows - 1}, column 1`);
    expect([...input]).toEqual([1, 2, 3, 4]);
    expect([...network.layers[1].activation]).toEqual(output);
  });
});

describe("a view of a network's own memory", () => {
  test("is predicted as a copy of it is, though the plan moves", () => {
    const network = new Network({ inputs: 2, layers: [dense(3, { activation: "tanh" }), dense(2)] });
    const view = network.input(300);
    view.set(Float32Array.from({ length: 600 }, (_, index) => index / 600));
    const copy = view.slice();
    const expected = new Network({ inputs: 2, layers: [dense(3, { activation: "tanh" }), dense(2)] }).predict(copy);
    expect(network.predict(view)).toEqual(expected);
  });
});
