import { expect, test } from "vitest";
import {
  defaultBatchSize,
  defaultDropout,
  defaultLearningRate,
  defaultWeightDecay,
  headOf,
  networkOf,
  optimizerOf,
  optimizers,
  type Settings,
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
    networkOf(given, five, headOf(classes("a", "b", "c")), "softmax").layers.map(({ title }) => title);
  expect(titles(settings)).toEqual([
    ...["dense 8, tanh", "batch normalization", "dropout 0.2", "dense 4, tanh", "batch normalization", "dropout 0.2"],
    "dense 3, softmax",
  ]);
  expect(titles({ ...settings, hidden: [], dropout: 0, batchNorm: false })).toEqual(["dense 3, softmax"]);
  expect(networkOf(settings, five, headOf({ kind: "number" }), "linear").dtype).toBe("float64");
});

test("a text becomes the mean of its words' rows, or the state of an LSTM, beside numbers and categories", () => {
  const { vocabularies, inputs } = encodeRecords([{ a: "one two", b: "three", x: 1 }], { texts: { a: {}, b: {} } });
  const given = { ...settings, hidden: [4], batchNorm: false };
  const network = (text: "mean" | "lstm", dropout = 0) =>
    networkOf({ ...given, text, dropout }, { inputs, vocabularies }, headOf({ kind: "number" }), "linear");
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
  expect(() => networkOf(none, five, headOf({ kind: "number" }), "linear")).toThrow(
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
