/** Each default that docs/API.md states is the one that the code has: a call with it does what a call without it does. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as data from "../src/data/index.ts";
import * as simdnet from "../src/index.ts";
import { toOnnx } from "../src/onnx/index.ts";
import { pictureBatches, pictureRows } from "../src/pictures/index.ts";

const { dense, input, Network, Trainer } = simdnet;

type Options = Record<string, unknown>;
type Make = (...given: never[]) => unknown;

/** The functions by their names. */
const makers = { ...simdnet } as unknown as Readonly<Record<string, Make>>;

/** A call with options, as what can be compared. */
interface Call {
  run(options: Options, name?: string): unknown;
  /**
   * What is given in place of a stated default that is no value of its own: 1 stands for a list of ones. And another value of each option,
   * with which the call does something else: by default the opposite, or twice the number; undefined where it would do the same here.
   */
  readonly given?: Options;
  readonly others?: Options;
}

/** Functions have no place in what is compared. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
/** The result, or the message of the error. */
const attempt = (act: () => unknown) => {
  try {
    return act();
  } catch (error) {
    return (error as Error).message;
  }
};

const numbersOf = (length: number, seed = 1) => {
  const generator = simdnet.pcg32(seed);
  return Array.from({ length }, () => (generator.integer(201) - 100) / 50);
};
const size = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);
const rowsOf = (count: number, width: number) => Array.from({ length: count }, (_, row) => numbersOf(width, row + 1));
const parametersOf = (network: simdnet.Network<"float64">) =>
  [...network.parameters, ...network.statistics].map(({ name, values }) => [name, [...values]]);

/** What a network's layer is, makes and learns. */
function layerOf(
  layerCount: number,
  outputs: simdnet.Value | readonly simdnet.Value[],
  inputs: simdnet.Value,
  rows: number[][],
) {
  const network = new Network<"float64">({ inputs, outputs: outputs as simdnet.Value, dtype: "float64", seed: 3 });
  const before = parametersOf(network);
  const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer: simdnet.sgd({ learningRate: 0.1 }) });
  const answers = network.predict(rows as never) as unknown as number[][];
  const flat = (answer: unknown) => (answer as number[]).flat(9);
  trainer.step(rows as never, answers.map((answer) => flat(answer).map((value) => 1 - value)) as never);
  return [network.layers.slice(0, layerCount).map(({ title }) => title), before, answers, parametersOf(network)];
}

const layer = (make: Make, shape: number[], others: Options = {}, before: unknown[] = []): Call => ({
  run(options) {
    const value = input(shape);
    const made = make(...([...before, options] as never[])) as (value: simdnet.Value) => simdnet.Value;
    const isTokens = make === (simdnet.embedding as unknown);
    const rows = rowsOf(4, size(shape)).map((row) =>
      isTokens ? row.map((number) => Math.abs(Math.round(number))) : row,
    );
    return layerOf(1, made(value), value, rows);
  },
  others,
});
const initializers = { biasInitializer: simdnet.ones(), weightInitializer: simdnet.heNormal() };
const recurrent = { ...initializers, recurrentWeightInitializer: simdnet.heNormal() };
const sums = { trainable: false, activation: "tanh", ...initializers };
const convolution = { ...sums, padding: "same" };

/** The loss of a trainer on two rows. */
const loss = (
  make: Make,
  activation: string,
  targets: unknown,
  { others, shape = [2, 2] }: { others?: Options; shape?: [inputs: number, outputs: number] } = {},
): Call => ({
  run(options) {
    const layers = [dense(shape[1], { activation: activation as "linear" })];
    const network = new Network({ inputs: shape[0], layers, dtype: "float64", seed: 5 });
    const trainer = new Trainer(network, { loss: make(options as never) as simdnet.Loss });
    return trainer.evaluate(rowsOf(2, shape[0]) as never, targets as never).loss;
  },
  others: {
    reduction: make === (simdnet.squaredError as unknown) ? "mean" : "sum",
    labelSmoothing: 0.1,
    power: 1,
    ...others,
  },
});

/** A call that returns its options as plain data. */
const described = (make: Make, before: unknown[] = [], after: unknown[] = [], others: Options = {}): Call => ({
  run: (options) => plain(make(...([...before, options, ...after] as never[]))),
  others: { per: "epoch", betas: [0.5, 0.6], ...others },
});

const classRows = rowsOf(40, 3);
const classTargets = classRows.map(([first]) => (first > 0 ? [1, 0] : [0, 1]));
const ones = classRows.map(() => 1);
const halves = classRows.map((_, row) => 1 + (row % 2));

/** A network of two classes and its trainer. */
function trainer(options: Options = {}) {
  const network = new Network({ inputs: 3, layers: [dense(2, { activation: "softmax" })], dtype: "float64", seed: 2 });
  return { network, trainer: new Trainer(network, { loss: "categoricalCrossEntropy", ...options } as never) };
}

/** What a training on classes comes to; it is told of missing targets, negative weights and inputs that are no numbers, too. */
async function training(options: Options): Promise<unknown> {
  const { network, trainer: plainTrainer } = trainer(options);
  await plainTrainer.fit(classRows as never, classTargets as never, { epochs: 3 });
  const { trainer: another } = trainer(options);
  const gap = classTargets.map((row, index) => (index === 0 ? [Number.NaN, Number.NaN] : row));
  const broken = classRows.map((row, index) => (index === 0 ? [Number.NaN, 0, 0] : row));
  const step = (rows: unknown, targets: unknown, more: Options = {}) =>
    attempt(() => another.step(rows as never, targets as never, more as never));
  const negative = { exampleWeights: ones.map((weight, row) => (row === 0 ? -weight : weight)) };
  const told = [step(classRows, gap), step(classRows, classTargets, negative), step(broken, classTargets)];
  return [parametersOf(network), told, plainTrainer.threads];
}

/** A training whose loss stays, one whose loss falls, and one whose loss rises; with what a callback does to each. */
async function watched(callbackOf: (saved: number[]) => simdnet.Callback): Promise<unknown> {
  const results: unknown[] = [];
  for (const [rate, trainable] of [
    [0.1, false],
    [0.1, true],
    [9, true],
  ] as const) {
    const network = new Network({ inputs: 1, layers: [dense(1, { trainable })], dtype: "float64", seed: 2 });
    const optimizer = simdnet.sgd({ learningRate: rate });
    const watching = new Trainer(network, { loss: "meanSquaredError", optimizer, batchSize: "full" });
    const saved: number[] = [];
    const { loss } = await watching.fit([[1], [0.5]], [[1], [2]], { epochs: 15, callbacks: [callbackOf(saved)] });
    results.push([loss, saved, parametersOf(network)]);
  }
  return results;
}

const pictures = Array.from({ length: 40 }, (_, index) => ({
  data: Uint8Array.of(index, 2 * index, 9),
  width: 1,
  height: 1,
}));
const pictureOptions = { size: 1, read: async (index: number) => (index < 40 ? pictures[index] : Uint8Array.of(1)) };
const files = (name?: string) => Array.from({ length: name === "broken" ? 41 : 40 }, (_, index) => index);
const image = { shape: [4, 4, 1] };
const series = Array.from({ length: 30 }, (_, step) => step);
const records = [
  { n: 1, c: "a" },
  { n: 2, c: "b" },
  { n: 9, c: "b" },
  { n: null, c: null },
];

const calls: Readonly<Record<string, Call>> = {
  "new Network": {
    run: ({ variableLength = false, ...options }) => {
      const layers = [simdnet.globalAveragePool(), dense(2)];
      const network = new Network({ inputs: [3, 2], variableLength: variableLength as boolean, layers, ...options });
      return [network.dtype, network.arithmetic, plain(network)];
    },
    // Not every runtime has relaxed arithmetic.
    others: { dtype: "float64", arithmetic: undefined, seed: 1 },
  },
  "network.predict": {
    run: (options) => attempt(() => trainer().network.predict([Number.NaN, 0, 0], options)),
  },
  "network.load": {
    run: (options) => {
      const { network } = trainer();
      const other = new Network({
        inputs: 3,
        layers: [dense(2, { activation: "softmax" })],
        dtype: "float64",
        seed: 9,
      });
      const tensors = simdnet.readSafetensors(other.toBytes());
      return [attempt(() => network.load(tensors, options as never)), parametersOf(network)];
    },
    others: { from: "keras" },
  },
  "network.toBytes": {
    run: (options) => [...trainer().network.toBytes(options)],
    others: { layout: "pytorch" },
  },
  "network.copyFrom": {
    run: (options) => {
      const { network } = trainer();
      const other = new Network({
        inputs: 3,
        layers: [dense(2, { activation: "softmax" })],
        dtype: "float64",
        seed: 9,
      });
      network.copyFrom(other, options);
      return parametersOf(network);
    },
    others: { rate: 0.5 },
  },
  dense: layer(dense as Make, [3], sums, [2]),
  batchNorm: layer(simdnet.batchNorm as Make, [3]),
  dropout: layer(simdnet.dropout as Make, [4, 4, 2], {}, [0.5]),
  groupNorm: layer(simdnet.groupNorm as Make, [4], {}, [2]),
  layerNorm: layer(simdnet.layerNorm as Make, [4]),
  rmsNorm: layer(simdnet.rmsNorm as Make, [4]),
  averagePool1d: layer(simdnet.averagePool1d as Make, [5, 2], convolution, [2]),
  averagePool2d: layer(simdnet.averagePool2d as Make, [5, 5, 2], convolution, [2]),
  maxPool1d: layer(simdnet.maxPool1d as Make, [5, 2], convolution, [2]),
  maxPool2d: layer(simdnet.maxPool2d as Make, [5, 5, 2], convolution, [2]),
  upsample2d: layer(simdnet.upsample2d as Make, [3, 3, 1], { interpolation: "bilinear" }, [2]),
  conv1d: layer(simdnet.conv1d as Make, [6, 2], convolution, [2, 2]),
  conv2d: layer(simdnet.conv2d as Make, [6, 6, 2], convolution, [2, 2]),
  depthwiseConv2d: layer(simdnet.depthwiseConv2d as Make, [6, 6, 2], convolution, [2]),
  // Padding of an output needs a stride.
  convTranspose2d: layer(
    simdnet.convTranspose2d as Make,
    [3, 3, 2],
    { ...convolution, outputPadding: undefined },
    [2, 2],
  ),
  attention: {
    ...layer(((options: Options) => simdnet.attention({ heads: 2, ...options })) as Make, [3, 4], {
      ...sums,
      dropout: 0.5,
    }),
  },
  bidirectional: layer(simdnet.bidirectional as Make, [3, 2], { merge: "sum" }, [simdnet.gru(2)]),
  embedding: layer(simdnet.embedding as Make, [3], initializers, [5, 2]),
  gru: layer(simdnet.gru as Make, [3, 2], recurrent, [2]),
  lstm: layer(simdnet.lstm as Make, [3, 2], recurrent, [2]),
  simpleRnn: layer(simdnet.simpleRnn as Make, [3, 2], recurrent, [2]),
  positionEmbedding: layer(simdnet.positionEmbedding as Make, [3, 2], initializers),
  dot: {
    run: (options) => {
      const value = input(2);
      const other = dense(2)(value);
      return layerOf(2, simdnet.dot(options)(value, other), value, rowsOf(4, 2));
    },
  },
  input: {
    run: (options) => {
      const value = input([3, 2], options);
      return plain(new Network({ inputs: value, outputs: simdnet.globalAveragePool()(value) }));
    },
  },
  elu: layer(((options: Options) => dense(3, { activation: simdnet.elu(options) })) as Make, [3]),
  leakyRelu: layer(((options: Options) => dense(3, { activation: simdnet.leakyRelu(options) })) as Make, [3]),

  "new Trainer": {
    run: training,
    given: { lossWeights: [1], classWeights: [1, 1] },
    others: {
      ...{ lossWeights: [2], classWeights: [1, 3], optimizer: simdnet.sgd(), batchSize: 7, lastBatch: "drop", seed: 1 },
      ...{ l1: 0.1, l2: 0.1, threads: 2 },
    },
  },
  "Trainer.fromBytes": { run: (options) => Trainer.fromBytes(trainer().trainer.toBytes(), options).threads },
  "trainer.step": {
    run: (options) => {
      const made = trainer();
      made.trainer.step(classRows as never, classTargets as never, options);
      return parametersOf(made.network);
    },
    given: { exampleWeights: ones },
    others: { exampleWeights: halves },
  },
  "trainer.gradients": {
    run: (options) => {
      const { network, trainer: made } = trainer();
      made.gradients(classRows as never, classTargets as never, options);
      return network.parameters.map(({ gradients }) => Array.from(gradients!));
    },
    given: { exampleWeights: ones },
    others: { exampleWeights: halves },
  },
  "trainer.evaluate": {
    run: (options) => trainer().trainer.evaluate(classRows as never, classTargets as never, options),
    given: { exampleWeights: ones },
    others: { exampleWeights: halves },
  },
  "trainer.epochs": {
    run: (options) => {
      const made = trainer().trainer.epochs(
        classRows as never,
        classTargets as never,
        { epochs: 4, ...options } as never,
      );
      return [...(made as unknown as Iterable<simdnet.EpochRecord>)].map(({ epoch, loss }) => [epoch, loss]);
    },
    given: { exampleWeights: ones },
    others: { exampleWeights: halves },
  },
  "trainer.fit": {
    run: async (options) => {
      const made = trainer();
      const history = await made.trainer.fit(
        classRows as never,
        classTargets as never,
        { epochs: 4, ...options } as never,
      );
      return [history.epoch, history.loss, parametersOf(made.network)];
    },
    given: { exampleWeights: ones },
    others: { exampleWeights: halves },
  },
  "trainer.fitBatches": {
    run: async (options, name) => {
      const made = trainer();
      const batches = [{ inputs: classRows, targets: classTargets }];
      const epochs = name === "every" ? { epochs: 4 } : {};
      const history = await made.trainer.fitBatches(batches as never, { ...epochs, ...options } as never);
      return [history.epoch, history.loss, parametersOf(made.network)];
    },
  },

  squaredError: loss(simdnet.squaredError as Make, "linear", rowsOf(2, 2)),
  meanSquaredError: loss(simdnet.meanSquaredError as Make, "linear", rowsOf(2, 2)),
  meanAbsoluteError: loss(simdnet.meanAbsoluteError as Make, "linear", rowsOf(2, 2)),
  huber: loss(simdnet.huber as Make, "linear", [
    [5, -5],
    [5, 5],
  ]),
  logCosh: loss(simdnet.logCosh as Make, "linear", rowsOf(2, 2)),
  cosineSimilarity: loss(simdnet.cosineSimilarity as Make, "linear", rowsOf(2, 2)),
  poisson: loss(simdnet.poisson as Make, "linear", [
    [1, 2],
    [0, 3],
  ]),
  binaryCrossEntropy: loss(simdnet.binaryCrossEntropy as Make, "sigmoid", [
    [1, 0],
    [0, 0],
  ]),
  binaryCrossEntropyWithLogits: loss(simdnet.binaryCrossEntropyWithLogits as Make, "linear", [
    [1, 0],
    [0, 0],
  ]),
  categoricalCrossEntropy: loss(simdnet.categoricalCrossEntropy as Make, "softmax", [
    [1, 0],
    [0, 1],
  ]),
  softmaxCrossEntropy: loss(simdnet.softmaxCrossEntropy as Make, "linear", [
    [1, 0],
    [0, 1],
  ]),
  sparseSoftmaxCrossEntropy: loss(simdnet.sparseSoftmaxCrossEntropy as Make, "linear", [1, 0]),
  hinge: loss(simdnet.hinge as Make, "linear", [
    [1, -1],
    [-1, 1],
  ]),
  squaredHinge: loss(simdnet.squaredHinge as Make, "linear", [
    [1, -1],
    [-1, 1],
  ]),
  kullbackLeibler: loss(simdnet.kullbackLeibler as Make, "logSoftmax", [
    [0.5, 0.5],
    [0, 1],
  ]),
  contrastive: loss(simdnet.contrastive as Make, "sigmoid", [0, 1], { shape: [2, 1] }),
  triplet: {
    run: (options) => {
      const value = input(2);
      const outputs = [dense(2)(value), dense(2)(value), dense(2)(value)];
      const network = new Network({ inputs: value, outputs, dtype: "float64", seed: 5 });
      return new Trainer(network, { loss: simdnet.triplet(options) }).evaluate(rowsOf(2, 2) as never, null as never)
        .loss;
    },
    others: { reduction: "sum" },
  },
  customLoss: described(simdnet.customLoss as Make, ["mine", () => 0], [], { reduction: "sum" }),
  topKAccuracy: described(simdnet.topKAccuracy as Make),

  ...Object.fromEntries(
    (["adadelta", "adagrad", "adam", "adamW", "adamax", "lion", "nadam", "rmsprop", "sparseAdam"] as const).map(
      (name) => [name, described(makers[name], [], [], { rho: 0.5, alpha: 0.5, momentum: 0.5 })],
    ),
  ),
  // Nesterov's form needs a momentum.
  sgd: described(simdnet.sgd as Make, [], [], { nesterov: undefined, momentum: 0.5 }),

  constant: described(simdnet.constant as Make, [0.1]),
  ...Object.fromEntries(
    Object.entries({
      cosineDecay: { initial: 1, steps: 9 },
      cosineRestarts: { initial: 1, period: 9 },
      oneCycle: { maximum: 1, steps: 9 },
      exponentialDecay: { initial: 1, factor: 0.5 },
      inverseTimeDecay: { initial: 1, rate: 0.5 },
      polynomialDecay: { initial: 1, steps: 9 },
      stepDecay: { initial: 1, factor: 0.5, every: 3 },
      reduceOnPlateau: { initial: 1 },
    }).map(([name, needed]) => [
      name,
      described(((options: Options) => makers[name]({ ...needed, ...options } as never)) as Make, [], [], {
        ...{ minimum: 0.1, final: 0.1, monitor: "accuracy" },
      }),
    ]),
  ),
  warmup: described(
    ((options: Options, then: simdnet.Schedule) => simdnet.warmup({ steps: 3, ...options }, then)) as Make,
    [],
    [simdnet.constant(1)],
    { from: 0.1 },
  ),

  checkpoint: {
    run: (options) => watched((saved) => simdnet.checkpoint((bytes) => saved.push(bytes.length), options)),
  },
  earlyStopping: {
    run: (options) => watched(() => simdnet.earlyStopping(options)),
    others: { patience: 3, minDelta: 10 },
  },
  checkGradients: {
    run: (options) => simdnet.checkGradients(trainer().trainer, classRows as never, classTargets as never, options),
    given: { exampleWeights: ones },
    others: { exampleWeights: halves },
  },
  inputGradients: {
    run: (options) => simdnet.inputGradients(trainer().network, classRows as never, options),
    others: { output: 1 },
  },

  parseCsv: {
    run: (options) => data.parseCsv("a,b\n1,x\n2,y\n", options),
  },
  streamCsv: {
    run: async (options) => {
      const lines = ["a\n", ...Array.from({ length: 70_000 }, (_, row) => `${row}\n`)];
      const lengths: number[] = [];
      for await (const { a } of data.streamCsv(lines, options)) lengths.push(a.length);
      return lengths;
    },
    others: { rows: 60_000 },
  },
  kFold: { run: (options) => data.kFold(classRows, halves, options), others: { seed: 1, folds: 4 } },
  trainTestSplit: {
    run: (options) => data.trainTestSplit(classRows, halves, options),
    others: { seed: 1 },
  },
  encodeRecords: {
    run: (options) => data.encodeRecords(records, options).toJSON(),
    others: { fillNumbers: "mean", fillCategories: "ownCategory", minimumCount: 2, missingColumns: 0 },
  },
  encodeCategories: {
    run: (options) => data.encodeCategories(["a", "b", "b", null], options).toJSON(),
    others: { fill: "ownCategory", minimumCount: 2 },
  },
  impute: { run: (options) => data.impute([[1], [2], [9], [null]], options).toJSON(), others: { fill: "mean" } },
  vocabulary: {
    run: (options) => data.vocabulary(["one two two", "three"], options).toJSON(),
    others: { unit: "characters" },
  },
  windows: { run: (options) => data.windows(series, { length: 3, ...options }) },
  trainTestWindows: { run: (options) => data.trainTestWindows(series, { length: 3, ...options }) },
  augment: {
    run: (options, name) => {
      const drawn = name === "seed" ? { shift: 0.5, flip: true } : {};
      return data.augment(rowsOf(8, 16), { ...image, ...drawn, ...options } as never);
    },
    others: { seed: 1, rotate: 30 },
  },
  addNoise: { run: (options) => data.addNoise([[1, 2, 3]], { deviation: 0.1, ...options }), others: { seed: 1 } },
  pairs: {
    run: (options) => data.pairs([0, 1, 0, 1, 0, 1], options),
    others: { seed: 1, partners: "consecutive" },
  },
  toOnnx: {
    run: (options) => toOnnx(new simdnet.Network({ inputs: 2, layers: [dense(1)] }), options),
    others: { opset: 18 },
  },
  pictureRows: {
    run: async (options, name) =>
      pictureRows(files(name), files(name), { ...pictureOptions, ...options }).catch(({ message }) => message),
    others: { channels: 1, broken: "skip" },
  },
  pictureBatches: {
    run: async (options, name) => {
      const source = pictureBatches(files(name), files(name), { ...pictureOptions, ...options });
      const batches: unknown[] = [];
      try {
        for await (const { inputs, targets } of source(1)) batches.push([inputs, targets]);
      } catch (error) {
        batches.push((error as Error).message);
      }
      return batches;
    },
    // Pictures that are kept are the same ones.
    others: { channels: 1, broken: "skip", keep: undefined, seed: 1, batchSize: 7 },
  },
};

/** Calls that a clock ends: they give the option to what `fit` calls, too. */
const unchecked = ["trainer.fitFor"];

/** The value that a default stands for: JSON, or a call. */
function statedValue(text: string): unknown {
  const [, name, given] = /^(\w+)\((.*)\)$/.exec(text) ?? [];
  if (name === undefined) return JSON.parse(text);
  return makers[name](...(JSON.parse(`[${given}]`) as never[]));
}

function otherThan(value: unknown): unknown {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value === 0 ? 0.5 : 2 * value;
  throw new Error(`nothing else than ${JSON.stringify(value)}`);
}

/** The rows of the reference: a call, and what it says of its options. */
const page = readFileSync("docs/API.md", "utf8");
const rows = [...page.matchAll(/^\| `((?:new )?[\w.]+)\([^`]*\)` \|.*\| ([^|]*) \|$/gm)];
const claims = rows.flatMap(([, call, options]) =>
  [...options.matchAll(/`(\w+) = ([^`]*)`/g)].map(([, name, text]): [string, string, string] => [call, name, text]),
);

test("the reference states defaults of every call that is checked here, and no others", () => {
  const stated = new Set(claims.map(([call]) => call));
  expect([...stated].filter((call) => !unchecked.includes(call)).sort()).toEqual(Object.keys(calls).sort());
});

test.each(claims.filter(([call]) => !unchecked.includes(call)))("%s has %s = %s", async (call, name, text) => {
  const { run, given = {}, others = {} } = calls[call];
  const value = Object.hasOwn(given, name) ? given[name] : statedValue(text);
  const usual = await run({}, name);
  expect(await run({ [name]: value }, name)).toEqual(usual);
  const other = Object.hasOwn(others, name) ? others[name] : otherThan(value);
  if (other !== undefined) expect(await run({ [name]: other }, name)).not.toEqual(usual);
});

const { attention, conv2d, glorotUniform, heUniform, lecunNormal, lstm, maxPool2d } = simdnet;
const { images, parseCsv, vocabulary } = data;
const cells = "a,b\n,1\nNA,1\nNaN,1\nnull,1\n?,1\nx,1\n";
const red = { data: Uint8Array.of(255, 0, 255), width: 1, height: 1 };

/** Defaults that the reference states in words. */
test.each<[words: string, found: unknown, wanted: unknown]>([
  ["the relu family heUniform()", dense(1, { activation: "relu" }).weightInitializer, heUniform()],
  ["selu lecunNormal()", conv2d(1, 3, { activation: "selu" }).weightInitializer, lecunNormal()],
  ["all others glorotUniform()", dense(1).weightInitializer, glorotUniform()],
  ["Default the size.", maxPool2d(3).stride, [3, 3]],
  ["Default the query's features / heads.", shapesOf(attention({ heads: 2 }), [3, 6]).queryWeight, [6, 6]],
  ["ones() for the forget gate, zeros() for the others", biasOf(lstm(1)), [0, 1, 0, 0]],
  [
    "Default an empty value, NA, NaN, null and ?.",
    parseCsv(cells).records.map(({ a }) => a),
    [...Array(5).fill(null), "x"],
  ],
  ["Default true for words, false for characters.", loweredBy("words", "characters"), [true, false]],
  ["Default all tokens.", vocabulary(["a b c"]).size, 5],
  [
    "Default 1/255, which gives numbers from 0 to 1.",
    Array.from(images([red])[0], (value) => value * 255),
    [255, 0, 255],
  ],
  ["By default 1 for grey pictures and 3 for others", images([red])[0].length, 3],
])("it says: %s", (words, found, wanted) => {
  expect(page).toContain(words);
  expect(plain(found)).toEqual(wanted);
});

function shapesOf(layer: simdnet.LayerDescription, inputs: number[]): Record<string, readonly number[]> {
  const { parameters } = new Network({ inputs, layers: [layer] });
  return Object.fromEntries(parameters.map(({ name, shape }) => [name.replace(/^.*\./, ""), shape]));
}

function biasOf(layer: simdnet.LayerDescription): number[] {
  const { parameters } = new Network({ inputs: [2, 1], layers: [layer] });
  return [...parameters.find(({ name }) => name.endsWith(".bias"))!.values];
}

function loweredBy(...units: ("words" | "characters")[]): boolean[] {
  return units.map((unit) => data.vocabulary(["A"], { unit }).toJSON().lowerCase);
}
