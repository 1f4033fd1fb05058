import { describe, expect, test } from "vitest";
import {
  copyTensors,
  defaultBatchSize,
  defaultBins,
  defaultDropout,
  defaultEnsemble,
  defaultLearningRate,
  defaultWeightDecay,
  headOf,
  networkOf,
  optimizerOf,
  optimizers,
  type Settings,
  targetsOfAll,
} from "../../src/cli/settings.ts";
import { encodeRecords } from "../../src/data/index.ts";
import type { cosineDecay, Network } from "../../src/index.ts";

const settings: Settings = {
  hidden: [8, 4],
  activation: "tanh",
  dropout: 0.2,
  batchNorm: true,
  optimizer: "adamw",
  learningRate: 0.01,
  schedule: "constant",
  weightDecay: null,
  batchSize: 32,
  epochs: 10,
  patience: 5,
  seed: 3,
  dtype: "float64",
  testFraction: 0.2,
  validationFraction: 0.2,
  balance: false,
  threshold: null,
  logarithm: false,
};
const five = { inputs: [{ columns: ["x"], shape: [5], variableLength: false }], vocabularies: {} };
const classes = (...classes: string[]) => ({ kind: "classes", classes, counts: classes.map(() => 9) }) as const;

test("the target chooses output and loss", () => {
  const chosen = (goal: Parameters<typeof headOf>[0]) => {
    const { units, loss, activation } = headOf(goal);
    return [units, loss, activation];
  };
  expect(chosen({ kind: "number" })).toEqual([1, "meanSquaredError", "linear"]);
  expect(chosen(classes("a", "b"))).toEqual([1, "binaryCrossEntropyWithLogits", "sigmoid"]);
  expect(chosen(classes("a", "b", "c"))).toEqual([3, "softmaxCrossEntropy", "softmax"]);
});

test("the network has what is asked for, and its last activation", () => {
  const titles = (given: Settings) =>
    networkOf(given, five, headOf(classes("a", "b", "c")), "prediction").layers.map(({ title }) => title);
  expect(titles(settings)).toEqual([
    ...["dense 8, tanh", "batch normalization", "dropout 0.2", "dense 4, tanh", "batch normalization", "dropout 0.2"],
    "dense 3, softmax",
  ]);
  expect(titles({ ...settings, hidden: [], dropout: 0, batchNorm: false })).toEqual(["dense 3, softmax"]);
  expect(networkOf(settings, five, headOf({ kind: "number" }), "prediction").dtype).toBe("float64");
});

describe("an ensemble", () => {
  const given: Settings = { ...settings, dropout: 0, batchNorm: false, ensemble: 3 };
  const inputs = [-1, 0.5, 2, 0, 1];
  const valuesOf = (network: Network) => Array.from(network.predict(inputs) as unknown as number[]).flat();

  test.each([
    ["a number", { kind: "number" } as const],
    ["two classes", classes("a", "b")],
    ["three classes", classes("a", "b", "c")],
  ])("for %s has a row of logits for each network in training, and gives their mean", (_, goal) => {
    const head = headOf(goal);
    const training = networkOf(given, five, head, "training");
    // First biases are zero, and their mean, too.
    for (const { values } of training.parameters) for (let at = 0; at < values.length; at++) values[at] += at / 100;
    const logits = valuesOf(training);
    expect(logits).toHaveLength(3 * head.units);
    const prediction = networkOf(given, five, head, "prediction");
    copyTensors([training], prediction);
    const means = Array.from({ length: head.units }, (_, unit) =>
      [0, 1, 2].reduce((sum, network) => sum + logits[network * head.units + unit] / 3, 0),
    );
    const powers = means.map(Math.exp);
    const sum = powers.reduce((total, power) => total + power, 0);
    const wanted = {
      linear: () => means,
      sigmoid: () => [1 / (1 + Math.exp(-means[0]))],
      softmax: () => powers.map((power) => power / sum),
    }[head.activation]();
    valuesOf(prediction).forEach((value, index) => {
      expect(value).toBeCloseTo(wanted[index], 12);
    });
    // What a model keeps can be copied again.
    const again = networkOf(given, five, head, "prediction");
    copyTensors([prediction], again);
    expect(again.toBytes()).toEqual(prediction.toBytes());
  });

  test("has networks with first values of their own, of which every second one reads the bins", () => {
    const network = networkOf(given, five, headOf({ kind: "number" }), "training", 7);
    const weights = [1, 2, 3].map(
      (index) => network.parameters.find(({ name }) => name === `network${index}.dense1.weight`)!,
    );
    expect(weights.map(({ shape }) => shape)).toEqual([
      [5, 8],
      [12, 8],
      [5, 8],
    ]);
    expect(weights[0].values).not.toEqual(weights[2].values);
    const one = networkOf({ ...given, ensemble: 1 }, five, headOf({ kind: "number" }), "training", 7);
    expect(one.parameters.find(({ name }) => name === "dense2.weight")!.shape).toEqual([12, 8]);
  });

  test("has targets as often as there are networks", () => {
    const targets = Float64Array.of(3, 1);
    expect(targetsOfAll(targets, { ensemble: 3 })).toEqual(Float64Array.of(3, 3, 3, 1, 1, 1));
    expect(targetsOfAll(targets, {})).toBe(targets);
  });

  test("is for tables of which no training takes long, and so are bins", () => {
    expect([100, 9_999, 10_000].map((rows) => defaultEnsemble(rows, 20))).toEqual([4, 4, 1]);
    expect(defaultEnsemble(2000, 200)).toBe(2);
    const number = { kind: "number" } as const;
    expect([defaultBins(100, number), defaultBins(100, classes("a", "b")), defaultBins(10_000, number)]).toEqual([
      12, 6, 0,
    ]);
  });
});

test("a text becomes the mean of its words' rows, or the state of an LSTM, beside numbers and categories", () => {
  const { vocabularies, inputs } = encodeRecords([{ a: "one two", b: "three", x: 1 }], { texts: { a: {}, b: {} } });
  const given = { ...settings, hidden: [4], batchNorm: false };
  const network = (text: "mean" | "lstm", dropout = 0) =>
    networkOf({ ...given, text, dropout }, { inputs, vocabularies }, headOf({ kind: "number" }), "prediction");
  const embeddings = ["embedding 4 × 32, padding 0", "embedding 3 × 32, padding 0"];
  const titles = (network: Network) => network.layers.map(({ title }) => title).sort();
  const rest = ["concatenation", "dense 1, linear", "dense 4, tanh"];
  expect(titles(network("mean"))).toEqual([
    ...rest,
    ...embeddings.toSorted(),
    "global average pool",
    "global average pool",
  ]);
  expect(titles(network("lstm"))).toEqual([...rest, ...embeddings.toSorted(), "lstm 32", "lstm 32"]);
  expect(titles(network("mean", 0.1)).filter((title) => title === "dropout 0.1")).toHaveLength(3);
  expect(network("mean").predict([[1], [2, 3], [2]] as never)).toHaveLength(1);
  const { values } = network("mean").parameters.find(({ name }) => name === "embedding1.weight")!;
  expect(values.every((value) => Math.abs(value) <= 0.05)).toBe(true);
});

test("what the library refuses is refused with its sentence", () => {
  const none = { ...settings, hidden: [0] };
  expect(() => networkOf(none, five, headOf({ kind: "number" }), "prediction")).toThrow(
    "the network: dense: units: got 0, need",
  );
});

test("every optimizer takes the options", () => {
  for (const optimizer of Object.keys(optimizers) as (keyof typeof optimizers)[]) {
    expect(optimizerOf({ ...settings, optimizer, weightDecay: 0.1 })).toBeDefined();
  }
});

test("the learning rate stays, falls along a cosine, or falls where the validation loss does not", () => {
  const rateOf = (schedule: Settings["schedule"]) => optimizerOf({ ...settings, schedule }).learningRate;
  expect(rateOf("constant")).toBe(0.01);
  const cosine = rateOf("cosine") as ReturnType<typeof cosineDecay>;
  expect([cosine.per, cosine.at(0), cosine.at(5), cosine.at(10)]).toEqual(["epoch", 0.01, 0.005, 0]);
  expect(rateOf("plateau")).toMatchObject({ kind: "reduceOnPlateau", patience: 2, monitor: "validation.loss" });
});

test("the learning rate is that of the optimizer, if nothing is said", () => {
  expect([defaultLearningRate("adamw"), defaultLearningRate("adadelta")]).toEqual([0.001, 1]);
});

test("only small tables have units left out, if nothing is said", () => {
  expect([100, 9_999, 10_000].map((rows) => defaultDropout(rows))).toEqual([0.1, 0.1, 0]);
});

test("the weights of small tables decay more, with the optimizer whose decay is one", () => {
  expect([100, 999, 1000, 9_999, 10_000].map((rows) => defaultWeightDecay(rows, "adamw"))).toEqual([
    ...[0.5, 0.5, 0.3, 0.3, null],
  ]);
  expect(defaultWeightDecay(100, "sgd")).toBeNull();
});

test("batches grow with the table", () => {
  expect([100, 9_999, 10_000, 100_000, 1e7].map(defaultBatchSize)).toEqual([32, 32, 128, 512, 512]);
  expect([33, 97, 1057, 1 + 512 * 1000].map(defaultBatchSize)).toEqual([33, 33, 34, 513]);
  for (let rows = 10; rows < 20_000; rows++) expect(rows % defaultBatchSize(rows)).not.toBe(1);
});
