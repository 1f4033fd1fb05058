import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  activation,
  add,
  batchNorm,
  concatenate,
  dense,
  dropout,
  flatten,
  input,
  inputGradients,
  layerNorm,
  Network,
  permute,
  type Results,
  Trainer,
} from "../../src/index.ts";
import { graphOf, layers } from "../cases.ts";
import { centralDifferences, relativeDistance } from "../differences.ts";
import { dtypes } from "../kernels/scratch.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { gradientBits, parameterBits, randomRows } from "./problem.ts";

/** Gives a network running statistics that are not the first ones. */
function moveStatistics(network: Network): Network {
  network.statistics.forEach(({ name, values }, index) => {
    const drawn = randomRows(1, values.length, index + 1)[0];
    values.set(drawn.map((value) => (name.endsWith("Variance") ? 1.5 + value : value)));
  });
  return network;
}

/** A network whose layers all do something else in training, or need something of it backward. */
const mixed = (dtype: Network["dtype"] = "float64") =>
  moveStatistics(
    new Network({
      inputs: 3,
      layers: [dense(6, { activation: "tanh" }), batchNorm(), dropout(0.5), layerNorm(), dense(4, { maxNorm: 1 })],
      dtype,
      seed: 6,
    }),
  );
const rows = randomRows(7, 3, 8);

/** Those whose inputs may be moved a little: tokens may not. */
const movable = layers.filter(({ element }) => !element);

describe.each(movable.map((each) => [each.name, each] as const))("through %s", (_, layerCase) => {
  test("gradients of every output are those of central differences of predict, within 1e-7", () => {
    const network = moveStatistics(
      new Network({ ...graphOf(layerCase, "tanh", "softmax"), dtype: "float64", seed: 3 }),
    );
    const [example] = randomRows(1, network.inputs, 4);
    for (let output = 0; output < network.outputs; output++) {
      const expected = centralDifferences(() => network.predict(example)[output], example);
      const gradients = inputGradients(network, example, { output });
      expect(gradients).toHaveLength(network.inputs);
      expect(relativeDistance(gradients, expected), `output ${output}`).toBeLessThan(1e-7);
    }
  });
});

test("gradients are PyTorch's in eval(), of both outputs", () => {
  const golden = JSON.parse(readFileSync("test/fixtures/inputGradients.json", "utf8"));
  const network = new Network({
    inputs: 3,
    layers: [dense(6, { bias: false }), batchNorm(), activation("tanh"), dropout(0.4), layerNorm(), dense(2)],
    dtype: "float64",
  });
  for (const { name, values } of [...network.parameters, ...network.statistics]) values.set(golden.tensors[name]);
  expectClose(network.predict(golden.inputs).flat(), golden.outputs.flat(), tolerances.network.float64);
  for (const output of [0, 1]) {
    const gradients = inputGradients(network, golden.inputs as number[][], { output });
    expectClose(gradients.flat(), golden.gradients[output].flat(), tolerances.network.float64);
  }
});

describe("a training sees nothing of it", () => {
  /** The bits of a training of ten steps and of all that it leaves, with `act` before each step. */
  function trained(act: (network: Network) => void): unknown {
    const network = mixed();
    const trainer = new Trainer(network, { loss: "meanSquaredError", seed: 2 });
    const targets = randomRows(7, 4, 9);
    const losses: number[] = [];
    for (let step = 0; step < 10; step++) {
      act(network);
      losses.push(trainer.step(rows, targets));
    }
    const statistics = network.statistics.map(({ values }) => Array.from(values));
    return [losses, parameterBits(network), gradientBits(network), statistics, trainer.toBytes()];
  }

  test("steps with calls between them have the same bits as without, whatever the number of rows", () => {
    const count = { calls: 0 };
    const before = trained(() => {});
    const after = trained((network) => {
      inputGradients(network, count.calls++ % 2 === 0 ? rows : randomRows(300, 3, 1), { output: 1 });
    });
    expect(count.calls).toBe(10);
    expect(after).toEqual(before);
  });

  test("an epoch that is drawn record by record goes on as without", () => {
    const [bits, other] = [false, true].map((isAsked) => {
      const network = mixed();
      const trainer = new Trainer(network, { loss: "meanSquaredError", batchSize: 4, seed: 5 });
      for (const _ of trainer.epochs(rows, randomRows(7, 4, 9), { epochs: 4 })) {
        if (isAsked) inputGradients(network, rows);
      }
      return parameterBits(network);
    });
    expect(other).toBe(bits);
  });

  test("the gradients are those of the parameters and statistics of now", () => {
    const network = mixed();
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const first = inputGradients(network, rows);
    trainer.step(rows, randomRows(7, 4, 9));
    const second = inputGradients(network, rows);
    expect(second).not.toEqual(first);
    expect(second).toEqual(inputGradients(Network.fromBytes(network.toBytes()), rows));
  });

  test("views of the last pass stay as they are", () => {
    const network = mixed();
    const views = [network.input(7)];
    views[0].set(rows.flat());
    network.run(7);
    views.push(network.output(7), network.layers[1].activation);
    const before = views.map((view) => Array.from(view));
    inputGradients(network, randomRows(200, 3, 3));
    expect(views.map((view) => Array.from(view))).toEqual(before);
    expect(Array.from(network.layers[1].activation)).toEqual(before[2]);
    expect(network.parameters[0].gradients).toBeUndefined();
  });

  test("a layer that is not trained has the same gradients as one that is", () => {
    const network = mixed();
    const before = inputGradients(network, rows);
    for (const layer of network.layers) layer.trainable = false;
    expect(inputGradients(network, rows)).toEqual(before);
    expect(inputGradients(Network.fromBytes(network.toBytes()), rows)).toEqual(before);
  });
});

describe.each(dtypes)("in a %s network", (dtype) => {
  test("a row's gradients are the same bits whatever rows come with it, 1, 128, 129 or 300", () => {
    const network = mixed(dtype);
    const examples = randomRows(300, 3, 2);
    const expected = examples.map((row) => inputGradients(network, row, { output: 2 }));
    for (const count of [1, 128, 129, 300]) {
      expect(inputGradients(network, examples.slice(0, count), { output: 2 })).toEqual(expected.slice(0, count));
    }
  });

  test("they come back as the examples went in: flat, rows, typed, nested, one or many", () => {
    const layers = [dense(3, { activation: "tanh" }), permute([1, 0]), flatten(), dense(2)];
    const network = new Network({ inputs: [2, 2], layers, dtype, seed: 3 });
    const flat = [0.5, -1, 0.25, 2];
    const nested = [flat.slice(0, 2), flat.slice(2)];
    const gradients = inputGradients(network, flat, { output: 1 });
    expect(gradients).toHaveLength(4);
    const asked = { output: 1 };
    expect(inputGradients(network, [flat, flat], asked)).toEqual([gradients, gradients]);
    const rowsOfTwo = [gradients.slice(0, 2), gradients.slice(2)];
    expect(inputGradients(network, nested, asked)).toEqual(rowsOfTwo);
    expect(inputGradients(network, [nested, nested], asked)).toEqual([rowsOfTwo, rowsOfTwo]);
    const typed = inputGradients(network, Float64Array.from([...flat, ...flat]), asked);
    expect(typed).toBeInstanceOf(dtype === "float32" ? Float32Array : Float64Array);
    expect(Array.from(typed)).toEqual([...gradients, ...gradients]);
    // A view of the network's own memory.
    network.input(1).set(flat);
    expect(Array.from(inputGradients(network, network.input(1), asked))).toEqual(gradients);
  });
});

test("of several inputs each gets its own, in its own form; of several outputs the numbers are counted on", () => {
  const [left, right] = [input(2), input([2, 1])];
  const joined = concatenate(dense(3, { activation: "tanh" })(left), dense(2)(flatten()(right)));
  const [first, second] = [dense(2)(joined), dense(3, { activation: "sigmoid" })(dense(3)(joined))];
  const network = new Network({ inputs: [left, right], outputs: [first, second], dtype: "float64", seed: 2 });
  const example = [0.5, -1, 2, 0.25];
  const predict = () => (network.predict([example.slice(0, 2), example.slice(2)]) as number[][]).flat();
  for (let output = 0; output < 5; output++) {
    const expected = centralDifferences(() => predict()[output], example);
    const [a, b] = inputGradients(network, [example.slice(0, 2), [[2], [0.25]]], { output }) as unknown as [
      number[],
      number[][],
    ];
    expect(relativeDistance([...a, ...b.flat()], expected)).toBeLessThan(1e-7);
    expect(b).toHaveLength(2);
    const forms = [
      Float64Array.from([...example.slice(0, 2), 1, 1]),
      [
        [2, 0.25],
        [3, 4],
      ],
    ];
    const [typed, flat] = inputGradients<Results[]>(network, forms, { output });
    expect(typed).toBeInstanceOf(Float64Array);
    expect(Array.from(typed as Float64Array).slice(0, 2)).toEqual(a);
    expect(flat[0]).toEqual(b.flat());
  }
});

test("an input that is an output itself, and is read twice: the sum of all ways", () => {
  const first = input(2);
  const network = new Network({
    inputs: first,
    outputs: [first, dense(1, { bias: false })(add(first, first))],
    dtype: "float64",
  });
  const weight = Array.from(network.parameters[0].values);
  expect(inputGradients(network, [3, 4], { output: 0 })).toEqual([1, 0]);
  expect(inputGradients(network, [3, 4], { output: 1 })).toEqual([0, 1]);
  expect(inputGradients(network, [3, 4], { output: 2 })).toEqual(weight.map((value) => 2 * value));
});

describe("it refuses", () => {
  const network = mixed();
  const two = new Network(
    (() => {
      const [a, b] = [input(2), input(2)];
      return { inputs: [a, b], outputs: add(a, b) };
    })(),
  );

  test.each<[string, () => unknown, string]>([
    ["no network", () => inputGradients({} as never, [1]), "inputGradients: got an object, need a Network"],
    [
      "a number beyond the output",
      () => inputGradients(network, rows, { output: 4 }),
      "inputGradients: output: got 4, need a whole number from 0 to 3",
    ],
    ["half a number", () => inputGradients(network, rows, { output: 0.5 }), "output: got 0.5, need a whole number"],
    [
      "an unknown option",
      () => inputGradients(network, rows, { outputs: 1 } as never),
      'inputGradients option: got "outputs", need one of output, lengths; did you mean "output"?',
    ],
    [
      "rows of another width",
      () => inputGradients(network, [[1, 2]]),
      "inputGradients: got 2 numbers in row 0, need 3",
    ],
    ["a number that is not finite", () => inputGradients(network, [1, Number.NaN, 2]), "at row 0, column 1"],
    [
      "text",
      () => inputGradients(network, "x" as never),
      'inputGradients: got "x", need one example, rows of examples, or a typed array',
    ],
    [
      "the examples of one input of two",
      () => inputGradients(two, [[1, 2]]),
      "inputGradients: got an array of 1, need an array of 2: the examples of each input",
    ],
    [
      "as many rows of each input",
      () =>
        inputGradients(two, [
          [[1, 2]],
          [
            [1, 2],
            [3, 4],
          ],
        ] as never),
      "inputGradients: got 1 row for input 0 and 2 for input 1, need the same number",
    ],
  ])("%s", (_, act, message) => expect(act).toThrow(message));

  test("and works afterwards", () => expect(inputGradients(network, rows)).toHaveLength(7));
});
