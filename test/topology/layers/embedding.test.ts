import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  adagrad,
  adam,
  checkGradients,
  concatenate,
  dense,
  embedding,
  flatten,
  fromValues,
  globalAveragePool,
  input,
  inputGradients,
  Network,
  normal,
  type Optimizer,
  ones,
  positionalEncoding,
  positionEmbedding,
  readSafetensors,
  sgd,
  sparseAdam,
  Trainer,
} from "../../../src/index.ts";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { gradientBits, parameterBits, randomRows } from "../../training/problem.ts";

type Tensors = Record<string, number[]>;

const golden: {
  batches: { first: number[][]; second: number[][]; targets: number[][] }[];
  start: Tensors;
  predictions: number[][];
  runs: { optimizer: string; losses: number[]; gradients: Tensors; trained: Tensors }[];
} = JSON.parse(readFileSync("test/fixtures/embedding.json", "utf8"));

/** The network of the goldens: two inputs through one table. */
function words(dtype: Dtype = "float64", options = {}): Network {
  const [first, second] = [input(5), input(2)];
  const table = embedding(9, 3, { padding: 2, ...options });
  const placed = positionalEncoding()(positionEmbedding()(table(first)));
  const joined = concatenate(flatten()(placed), flatten()(table(second)));
  const network = new Network({
    inputs: [first, second],
    outputs: dense(2)(dense(4, { activation: "tanh" })(joined)),
    dtype,
  });
  for (const { name, values } of network.parameters) values.set(golden.start[name]);
  return network;
}

const optimizers: Record<string, Optimizer> = {
  sgd: sgd({ learningRate: 0.2 }),
  adagrad: adagrad({ learningRate: 0.1, learningRateDecay: 0.1 }),
  sparseAdam: sparseAdam({ learningRate: 0.05 }),
  adam: adam({ learningRate: 0.05 }),
  momentum: sgd({ learningRate: 0.1, momentum: 0.9 }),
};

describe("PyTorch's Embedding with a padding_idx, used twice, and positions, within 1e-10 in float64:", () => {
  test("predictions", () => {
    const [{ first, second }] = golden.batches;
    const predictions = words().predict<number[][]>([first, second]);
    expectClose(predictions.flat(), golden.predictions.flat(), tolerances.network.float64);
  });

  test.each(golden.runs.map((run) => [run.optimizer, run] as const))(
    "5 steps of %s: the gradients of the first, all losses, the last parameters",
    (name, { losses, gradients, trained }) => {
      const network = words();
      const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer: optimizers[name] });
      golden.batches.forEach(({ first, second, targets }, step) => {
        expectClose([trainer.step([first, second], targets)], [losses[step]], tolerances.network.float64, "loss");
        if (step > 0) return;
        for (const { name: of, gradients: actual } of network.parameters) {
          expectClose(actual!, gradients[of], tolerances.network.float64, of);
        }
      });
      for (const { name: of, values } of network.parameters) {
        expectClose(values, trained[of], tolerances.network.float64, of);
      }
    },
  );
});

test("looks up the row of each token, in shapes of any number of sides", () => {
  const table = [1, 2, 3, 4, 5, 6];
  const layer = embedding(3, 2, { weightInitializer: fromValues(table) });
  expect(new Network({ inputs: 2, layers: [layer] }).predict([2, 0])).toEqual([5, 6, 1, 2]);
  const network = new Network({ inputs: [2, 2], layers: [layer] });
  expect(network.layers[0].outputShape).toEqual([2, 2, 2]);
  const nested = [
    [0, 1],
    [2, 2],
  ];
  expect(network.predict<number[][][]>(nested)).toEqual([
    [
      [1, 2],
      [3, 4],
    ],
    [
      [5, 6],
      [5, 6],
    ],
  ]);
  expect(network.predict(Int32Array.of(0, 1, 2, 2))).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6, 5, 6));
});

test("first values are N(0, 1) of the network's generator, the padding's row 0 whatever the initializer", () => {
  const of = (options: object) => new Network({ inputs: 1, layers: [embedding(50, 40, options)], seed: 3 });
  const [plain, said, padded] = [{}, { weightInitializer: normal(0, 1) }, { padding: 1 }].map(of);
  const [values, others] = [plain, padded].map(({ parameters: [{ values: each }] }) => Array.from(each));
  expect(parameterBits(plain)).toBe(parameterBits(said));
  expect(others).toEqual(values.map((value, index) => (index >= 40 && index < 80 ? 0 : value)));
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / 2000);
  expect(Math.abs(deviation - 1)).toBeLessThan(0.05);
  const { parameters } = new Network({
    inputs: 1,
    layers: [embedding(2, 2, { padding: 0, weightInitializer: ones() })],
  });
  expect([...parameters[0].values]).toEqual([0, 0, 1, 1]);
});

describe("what is no token among numbers written into the input", () => {
  test("is a row of zeros, and its gradient goes nowhere", () => {
    const network = new Network({ inputs: 4, layers: [embedding(3, 2), flatten(), dense(1)] });
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    trainer.gradients([[0, 1, 2, 0]], [[1]]);
    network.input(1).set([Number.NaN, 1e9, -1, 1.5]);
    network.run(1);
    expect([...network.layers[0].activation]).toEqual(new Array(8).fill(0));
  });
});

describe("a network whose tokens are computed is refused:", () => {
  const need = "need an input of the network, or one that flatten, reshape, permute, slice or split has rearranged";
  test.each<[string, () => unknown, string]>([
    [
      "dense",
      () => new Network({ inputs: 3, layers: [dense(3), embedding(3, 2)] }),
      "embedding: got a value that dense",
    ],
    [
      "behind a flatten, by its name",
      () => new Network({ inputs: 3, layers: [embedding(3, 2), flatten(), embedding(3, 2, { name: "second" })] }),
      "second: got a value that embedding",
    ],
    [
      "joined inputs",
      () => {
        const inputs = [input(2), input(2)];
        return new Network({ inputs, outputs: embedding(3, 2)(concatenate(inputs)) });
      },
      "embedding: got a value that concatenate",
    ],
  ])("%s", (_, act, message) => expect(act).toThrow(new RangeError(`${message} makes, ${need}`)));
});

test.each<[string, () => unknown, Error]>([
  [
    "no tokens",
    () => embedding(0, 2),
    new RangeError("embedding: count: got 0, need a whole number from 1 to 16777216"),
  ],
  [
    "more than float32 holds",
    () => embedding(2 ** 24 + 1, 2),
    new RangeError("embedding: count: got 16777217, need a whole number from 1 to 16777216"),
  ],
  [
    "no units",
    () => embedding(2, 0),
    new RangeError("embedding: units: got 0, need a whole number from 1 to 2147483647"),
  ],
  [
    "a padding beyond the table",
    () => embedding(2, 2, { padding: 2 }),
    new RangeError("embedding: padding: got 2, need a whole number from 0 to 1"),
  ],
  [
    "an option of others",
    () => embedding(2, 2, { bias: true } as never),
    new RangeError(
      'embedding option: got "bias", need one of padding, weightInitializer, name, trainable, learningRateFactor',
    ),
  ],
])("refused is %s", (_, act, error) => expect(act).toThrow(error));

describe("the gradient of a table", () => {
  const tokens = [
    [[1, 2, 3]],
    [
      [4, 4, 1],
      [0, 6, 4],
    ],
    [[2, 2, 2]],
    [[5, 5, 0]],
  ];
  const targets = (rows: readonly unknown[]) => rows.map((_, row) => [row - 0.5]);

  /** Trains a table and what follows, with other tokens each step. */
  function trained(optimizer: Optimizer, options: object = {}, dtype: Dtype = "float64"): Trainer {
    const layers = [embedding(7, 3, { padding: 2 }), globalAveragePool(), dense(1)];
    const trainer = new Trainer(new Network({ inputs: 3, layers, dtype, seed: 2 }), {
      ...{ loss: "meanSquaredError", optimizer, seed: 1 },
      ...options,
    });
    return trainer;
  }

  test("is 0 in the rows that do not occur in the last batch, and in the padding's", () => {
    const trainer = trained(adam());
    for (const batch of tokens) {
      trainer.step(batch, targets(batch));
      const { gradients } = trainer.network.parameters[0];
      const occurs = (row: number) => row !== 2 && batch.flat().includes(row);
      expect(Array.from({ length: 7 }, (_, row) => gradients!.slice(3 * row, 3 * row + 3).some(Boolean))).toEqual(
        Array.from({ length: 7 }, (_, row) => occurs(row)),
      );
    }
  });

  test("is the same with larger batches in between, for which memory is laid out anew, and with another trainer", () => {
    const [trainer, twin] = [trained(adam()), trained(adam())];
    twin.gradients(tokens[3], targets(tokens[3]));
    trainer.gradients(tokens[0], targets(tokens[0]));
    trainer.gradients(new Array(50).fill(tokens[1][1]), targets(new Array(50).fill(0)));
    new Trainer(trainer.network, { loss: "meanSquaredError", optimizer: sgd() }).gradients(tokens[2], [[1]]);
    trainer.gradients(tokens[3], targets(tokens[3]));
    expect(gradientBits(trainer.network)).toBe(gradientBits(twin.network));
  });

  test("is 0 while the layer is not trained, and right when it is again", () => {
    const trainer = trained(sgd());
    const twin = trained(sgd());
    const [layer] = trainer.network.layers;
    trainer.gradients(tokens[0], targets(tokens[0]));
    layer.trainable = false;
    const before = trainer.network.parameters[0].values.slice();
    trainer.step(tokens[1], targets(tokens[1]));
    expect(trainer.network.parameters[0].gradients!.some(Boolean)).toBe(false);
    expect(trainer.network.parameters[0].values).toEqual(before);
    layer.trainable = true;
    twin.step(tokens[1], targets(tokens[1]));
    trainer.network.parameters.forEach(({ values }, index) => {
      values.set(twin.network.parameters[index].values);
    });
    for (const each of [trainer, twin]) each.gradients(tokens[3], targets(tokens[3]));
    expect(gradientBits(trainer.network)).toBe(gradientBits(twin.network));
  });

  test("agrees with central differences, with a table that is used twice and a padding", () => {
    const network = words();
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const [{ first, second, targets: wanted }] = golden.batches;
    expect(checkGradients(trainer, [first, second], wanted).worst.relativeError).toBeLessThan(1e-7);
  });

  /** A dense layer on one-hot rows is the same network, with a dense gradient. */
  function oneHot(optimizer: Optimizer, options: object, dtype: Dtype): Trainer {
    const layers = [dense(3, { bias: false }), globalAveragePool(), dense(1)];
    return new Trainer(new Network({ inputs: [3, 7], layers, dtype }), {
      ...{ loss: "meanSquaredError", optimizer, seed: 1 },
      ...options,
    });
  }

  test.each<[string, Optimizer, object]>([
    ["sgd", sgd({ learningRate: 0.1 }), {}],
    ["sgd with momentum", sgd({ learningRate: 0.1, momentum: 0.9 }), {}],
    ["sgd with weight decay", sgd({ learningRate: 0.1, weightDecay: 0.1 }), {}],
    ["sgd with l1 and l2", sgd({ learningRate: 0.1 }), { l1: 0.1, l2: 0.1 }],
    ["sgd with clipNorm", sgd({ learningRate: 0.1 }), { clipNorm: 0.1 }],
    ["sgd with clipValue", sgd({ learningRate: 0.1 }), { clipValue: 0.01 }],
    ["adagrad", adagrad({ learningRate: 0.1 }), {}],
    ["adagrad with weight decay", adagrad({ learningRate: 0.1, weightDecay: 0.1 }), {}],
    ["adam", adam({ learningRate: 0.1 }), {}],
    ["adam with l2", adam({ learningRate: 0.1 }), { l2: 0.1 }],
  ])("trains by %s as a dense layer on one-hot rows does, to the bit", (_, optimizer, options) => {
    for (const dtype of ["float32", "float64"] as const) {
      const [trainer, twin] = [trained(optimizer, options, dtype), oneHot(optimizer, options, dtype)];
      twin.network.parameters.forEach(({ values }, index) => {
        values.set(trainer.network.parameters[index].values);
      });
      // The padding's row has a gradient there.
      const others = tokens.map((batch) => batch.map((row) => row.map((token) => (token === 2 ? 3 : token))));
      for (const batch of [...others, ...others]) {
        const rows = batch.map((row) =>
          row.map((token) => Array.from({ length: 7 }, (__, at) => Number(at === token))),
        );
        expect(trainer.step(batch, targets(batch))).toBe(twin.step(rows, targets(batch)));
      }
      expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
    }
  });

  test("that is NaN leaves none behind, though its norm makes all of it NaN", () => {
    const trainer = trained(adam(), { clipNorm: 1 });
    const [table, weight] = trainer.network.parameters;
    const kept = weight.values.slice();
    table.values.fill(0);
    weight.values.fill(1e308);
    const examples = [
      [1, 1, 1],
      [1, 1, 1],
    ];
    expect(() => trainer.step(examples, [[1e10], [-1e10]])).toThrow("an update that is not finite");
    expect(table.gradients!.every(Number.isNaN)).toBe(true);
    weight.values.set(kept);
    trainer.step(tokens[3], targets(tokens[3]));
    expect(Array.from(table.gradients!, Boolean)).toEqual(
      Array.from({ length: 21 }, (_, index) => index < 3 || (index >= 15 && index < 18)),
    );
  });

  test("is not there for the numbers of tokens: inputGradients refuses them, and takes the part behind", () => {
    const tokens = input([3]);
    const table = embedding(5, 2, { name: "words" });
    const network = new Network({ inputs: tokens, outputs: dense(1)(flatten()(table(tokens))), dtype: "float64" });
    expect(() => inputGradients(network, [1, 2, 3])).toThrow(
      new RangeError(
        "inputGradients: got a network that reads only tokens, which have no gradient, " +
          'need a part that begins behind their embedding: network.part({ inputs: "words" })',
      ),
    );
    const weight = network.parameters.find(({ name }) => name === "dense1.weight")!;
    const behind = network.part({ inputs: "words" });
    expect(inputGradients(behind, [1, 2, 3, 4, 5, 6])).toEqual([...weight.values]);
  });

  test("is 0 in inputGradients beside numbers, whose gradients are there", () => {
    const [tokens, numbers] = [input([3]), input(2)];
    const table = embedding(5, 2, { name: "words" });
    const outputs = dense(1)(concatenate(flatten()(table(tokens)), numbers));
    const network = new Network({ inputs: [tokens, numbers], outputs, dtype: "float64" });
    const { values } = network.parameters.find(({ name }) => name === "dense1.weight")!;
    expect(inputGradients(network, [[[1, 2, 3]], [[0.5, -1]]])).toEqual([[[0, 0, 0]], [[...values.subarray(6)]]]);
  });

  test("is refused by inputGradients with the names of several tables", () => {
    const tokens = input([3]);
    const tables = ["first", "second"].map((name) => embedding(5, 2, { name })(tokens));
    const network = new Network({ inputs: tokens, outputs: dense(1)(flatten()(concatenate(...tables))) });
    expect(() => inputGradients(network, [1, 2, 3])).toThrow('network.part({ inputs: ["first", "second"] })');
    expect(network.part({ inputs: ["first", "second"] }).inputs).toBe(12);
  });
});

test("resumes from a checkpoint to the same bits", () => {
  const trainer = new Trainer(words(), { loss: "meanSquaredError", optimizer: optimizers.sparseAdam });
  const step = (each: Trainer, index: number) => {
    const { first, second, targets } = golden.batches[index];
    return each.step([first, second], targets);
  };
  for (const index of [0, 1]) step(trainer, index);
  const copy = Trainer.fromBytes(trainer.toBytes());
  for (const index of [2, 3]) expect(step(copy, index)).toBe(step(trainer, index));
  expect(parameterBits(copy.network)).toBe(parameterBits(trainer.network));
});

test("goes through a file", () => {
  const layers = [embedding(5, 3, { padding: 1, name: "words", learningRateFactor: 0.5 }), flatten()];
  const network = new Network({ inputs: 4, layers });
  const copy = Network.fromBytes(network.toBytes());
  const { weightInitializer: _, ...description } = copy.layers[0].description as unknown as Record<string, unknown>;
  const expected = { kind: "embedding", count: 5, units: 3, padding: 1, name: "words", learningRateFactor: 0.5 };
  expect(description).toEqual(expected);
  expect([copy.layers[0].title, copy.parameterCount]).toEqual(["embedding 5 × 3, padding 1", 15]);
  expect(copy.predict([4, 0, 1, 1])).toEqual(network.predict([4, 0, 1, 1]));
  expect(new Network({ inputs: 1, layers: [embedding(2, 3)] }).layers[0].title).toBe("embedding 2 × 3");
});

test("loads the weights of PyTorch and Keras, which lie as here", () => {
  const values = Float32Array.from(randomRows(5, 3, 1).flat());
  for (const [from, name] of [
    ["pytorch", "words.weight"],
    ["keras", "words.embeddings"],
  ] as const) {
    const network = new Network({ inputs: 4, layers: [embedding(5, 3, { name: "words" })] });
    network.load([{ name, shape: [5, 3], values }], { from });
    expect(network.parameters[0].values).toEqual(values);
    expect(readSafetensors(network.toBytes())[0].values).toEqual(values);
  }
});

test("behind the flatten of an image of tokens, PyTorch's weights are refused: their order is not known", () => {
  const network = new Network({ inputs: [2, 2, 2], layers: [flatten(), embedding(8, 3)] });
  const values = new Float32Array(24);
  expect(() => network.load([{ name: "embedding1.weight", shape: [8, 3], values }], { from: "pytorch" })).toThrow(
    "behind a flatten",
  );
});
