/** Weights of losses and of classes, and metrics, of each output of a network. */
import { describe, expect, test } from "vitest";
import { decode, encode } from "../../src/files/safetensors.ts";
import {
  adam,
  checkGradients,
  dense,
  earlyStopping,
  Network,
  reduceOnPlateau,
  softmaxCrossEntropy,
  squaredError,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { parameterBits } from "./problem.ts";
import { classes, inputs, left, make, numbers, right, targets, weights } from "./twoHeads.ts";

describe("options of each output", () => {
  const full = {
    lossWeights: [0.25, 3],
    classWeights: [null, [1, 2, 0.5]],
    metrics: [
      ["r2", "meanAbsoluteError"],
      ["accuracy", "confusionMatrix"],
    ],
  } as const;

  /** The network of one output alone, with the parameters of both. */
  function alone(trainer: Trainer, index: number, options: TrainerOptions): Trainer {
    const { engine, parameters } = trainer.network;
    const { inputs: from, outputs } = engine.graph;
    const network = new Network({ inputs: [from[index]], outputs: outputs[index], dtype: "float64" });
    network.parameters.forEach(({ values }, place) => {
      values.set(parameters[(index === 0 ? [0, 1, 2, 3, 4, 5] : [6, 7, 8, 9])[place]].values);
    });
    return new Trainer(network, options);
  }

  test("evaluates each output as a network of it alone does, and adds the losses by their weights", () => {
    const trainer = make(full);
    const { loss, outputs, ...rest } = trainer.evaluate(inputs, targets);
    const numbersAlone = alone(trainer, 0, { loss: "meanSquaredError", metrics: full.metrics[0] });
    const classesAlone = alone(trainer, 1, {
      loss: "softmaxCrossEntropy",
      metrics: full.metrics[1],
      classWeights: full.classWeights[1],
    });
    const expected = [numbersAlone.evaluate(left, numbers), classesAlone.evaluate(right, classes)];
    expect(outputs).toEqual(expected);
    expect(rest).toEqual({});
    expectClose([loss], [0.25 * expected[0].loss + 3 * expected[1].loss], tolerances.golden.float64);
  });

  test.each<[string, Partial<TrainerOptions>]>([
    ["weights of losses and of classes", full],
    ["a penalty, and an output that counts for nothing", { lossWeights: [0, 2], l2: 0.1, l1: 0.01 }],
    ["weights of sums", { lossWeights: [2, 3], loss: [squaredError(), softmaxCrossEntropy({ reduction: "sum" })] }],
  ])("has gradients that central differences agree with: %s", (_, options) => {
    const { worst } = checkGradients(make(options), inputs, targets, { exampleWeights: weights });
    expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
  });

  test("counts a penalty once, whatever the first output's weight is", () => {
    const penalty = make({ l2: 0.1 }).evaluate(inputs, targets).loss - make().evaluate(inputs, targets).loss;
    for (const lossWeights of [
      [1, 1],
      [0, 1],
    ]) {
      const [without, trainer] = [make({ lossWeights }), make({ lossWeights, l2: 0.1 })];
      const step = trainer.gradients(inputs, targets) - without.gradients(inputs, targets);
      const { loss, outputs } = trainer.evaluate(inputs, targets);
      expectClose([step], [penalty], tolerances.golden.float64);
      expectClose([loss - without.evaluate(inputs, targets).loss], [penalty], tolerances.golden.float64);
      expect(outputs).toEqual(without.evaluate(inputs, targets).outputs);
      const [record] = make({ lossWeights, l2: 0.1, batchSize: "full" }).epochs(inputs, targets, { epochs: 1 });
      expectClose([record.loss], [loss], tolerances.golden.float64);
    }
  });

  test("records, history, early stopping and a reduced learning rate know each output", async () => {
    const trainer = make({
      ...full,
      batchSize: "full",
      optimizer: adam({
        learningRate: reduceOnPlateau({ initial: 0.05, monitor: "outputs.1.accuracy", patience: 99 }),
      }),
    });
    const before = trainer.evaluate(inputs, targets);
    const history = await trainer.fit(inputs, targets, {
      epochs: 30,
      validation: [inputs, targets],
      callbacks: [earlyStopping({ monitor: "validation.outputs.1.accuracy", patience: 3, restoreBest: false })],
    });
    expect(history.outputs).toHaveLength(history.loss.length);
    expect(history.loss.length).toBeLessThan(30);
    expect(history.outputs?.[0]).toEqual(before.outputs);
    expect(history.loss[0]).toBe(before.loss);
    expect(history.metrics).toEqual({});
    expect(history.validation.outputs?.at(-1)).toEqual(trainer.evaluate(inputs, targets).outputs);
    expect(JSON.parse(JSON.stringify(history))).toEqual(history);
    const act = trainer.fit(inputs, targets, { epochs: 1, callbacks: [earlyStopping({ monitor: "accuracy" })] });
    await expect(act).rejects.toThrow(
      'earlyStopping: monitor: got "accuracy", need one of loss, outputs.0.loss, outputs.0.r2, outputs.0.meanAbsoluteError, outputs.1.loss, outputs.1.accuracy',
    );
  });

  test("goes on from a file within an epoch with the same bits, weights, metrics and all", async () => {
    const options = { ...full, l2: 0.01 };
    const straight = make(options);
    const whole = await straight.fit(inputs, targets, { epochs: 2 });
    const stopped = make(options);
    const controller = new AbortController();
    let batches = 0;
    const onBatch = () => ++batches === 2 && controller.abort();
    await stopped.fit(inputs, targets, { epochs: 2, onBatch, signal: controller.signal });
    const resumed = Trainer.fromBytes(stopped.toBytes());
    const rest = await resumed.fit(inputs, targets, { epochs: 2 });
    expect(parameterBits(resumed.network)).toBe(parameterBits(straight.network));
    expect(rest).toEqual(whole);
    expect(resumed.evaluate(inputs, targets)).toEqual(straight.evaluate(inputs, targets));
  });

  test("reads a file that had the penalty in its first sum", async () => {
    const trainer = make({ l2: 0.1 });
    const controller = new AbortController();
    await trainer.fit(inputs, targets, { epochs: 1, onBatch: () => controller.abort(), signal: controller.signal });
    const { tensors, metadata } = decode(trainer.toBytes());
    const whole = await Trainer.fromBytes(trainer.toBytes()).fit(inputs, targets, { epochs: 1 });
    const json = JSON.parse(metadata.trainer);
    const { sums } = json.training;
    sums.losses[0] += (sums.penalty[0] / sums.penalty[1]) * sums.weights[0];
    delete sums.penalty;
    const older = Trainer.fromBytes(encode(tensors, { ...metadata, trainer: JSON.stringify(json) }));
    const { loss } = await older.fit(inputs, targets, { epochs: 1 });
    expectClose(loss, whole.loss, tolerances.golden.float64);
    sums.penalty = [1];
    const bytes = encode(tensors, { ...metadata, trainer: JSON.stringify(json) });
    expect(() => Trainer.fromBytes(bytes)).toThrow("fromBytes: got 1 number of the penalty, need 2");
  });

  test("a plain list of metrics is that of every output", () => {
    const hot = inputs[0].map(() => [0, 1]);
    const { outputs } = make({ metrics: ["accuracy"] }).evaluate(inputs, [hot, targets[1]]);
    expect(outputs?.map((each) => Object.keys(each))).toEqual([
      ["loss", "accuracy"],
      ["loss", "accuracy"],
    ]);
  });

  test("options of one output may be arrays of one", () => {
    const network = () => new Network({ inputs: 3, layers: [dense(3)], dtype: "float64", seed: 1 });
    const loss = "softmaxCrossEntropy";
    const plain = new Trainer(network(), { loss, metrics: ["accuracy"], classWeights: [1, 2, 3] });
    const wrapped = new Trainer(network(), {
      loss: [loss],
      metrics: [["accuracy"]],
      classWeights: [new Float64Array([1, 2, 3])],
      lossWeights: [1],
    });
    expect(wrapped.evaluate(left, classes)).toEqual(plain.evaluate(left, classes));
    expect(Trainer.fromBytes(wrapped.toBytes()).evaluate(left, classes)).toEqual(plain.evaluate(left, classes));
  });

  test.each<[string, () => unknown, string]>([
    [
      "metrics of three outputs",
      () => make({ metrics: [["r2"], [], []] }),
      "trainer: metrics: got 3 lists of names, need names, or 2 lists, one for each output",
    ],
    [
      "a metric that an output cannot have",
      () => make({ metrics: [[], ["r2"]] }).evaluate(inputs, targets),
      "trainer: got the metric r2 with class numbers for targets",
    ],
    [
      "weights of classes for all outputs at once",
      () => make({ classWeights: [1, 1] }),
      "trainer: classWeights: got weights of one output, need an array of 2, one for each output: its weights, or null",
    ],
    [
      "weights of classes for three outputs",
      () => make({ classWeights: [null, [1, 1, 1], null] }),
      "trainer: classWeights: got 3 lists, need 2, one for each output",
    ],
    [
      "weights of classes for numbers",
      () => make({ classWeights: [[1, 1], undefined] }),
      "trainer: classWeights of output 0: got the loss meanSquaredError, need one of",
    ],
    ["one loss weight", () => make({ lossWeights: [1] }), "trainer: lossWeights: got 1 number, need 2, one for each"],
    [
      "a negative loss weight",
      () => make({ lossWeights: [1, -1] }),
      "trainer: lossWeights: got -1 at 1, need an array",
    ],
    ["loss weights of 0", () => make({ lossWeights: [0, 0] }), "trainer: lossWeights: got only zeros, need a number"],
    ["a loss weight alone", () => make({ lossWeights: 2 as never }), "trainer: lossWeights: got 2, need an array of"],
  ])("refuses %s", (_, act, message) => expect(act).toThrow(message));
});
