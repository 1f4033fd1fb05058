import { describe, expect, test } from "vitest";
import { decode, encode } from "../../src/files/safetensors.ts";
import {
  adam,
  checkGradients,
  dense,
  earlyStopping,
  input,
  Network,
  reduceOnPlateau,
  softmaxCrossEntropy,
  squaredError,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { parameterBits, randomRows } from "./problem.ts";

const rows = 7;
const [left, right] = [randomRows(rows, 3, 1), randomRows(rows, 2, 2)];
const numbers = randomRows(rows, 2, 3);
const classes = Array.from({ length: rows }, (_, row) => row % 3);
const weights = Array.from({ length: rows }, (_, row) => 1 + (row % 2));

/** Two inputs; two outputs, two numbers and three classes. */
function make(options: Partial<TrainerOptions> = {}): Trainer {
  const inputs = [input(3), input(2)];
  const hidden = dense(5, { activation: "tanh" })(dense(4)(inputs[0]));
  const other = dense(5, { activation: "tanh" })(inputs[1]);
  const network = new Network({ inputs, outputs: [dense(2)(hidden), dense(3)(other)], dtype: "float64", seed: 3 });
  const loss = ["meanSquaredError", "softmaxCrossEntropy"] as const;
  return new Trainer(network, { loss, optimizer: adam({ learningRate: 0.05 }), batchSize: 3, ...options });
}

const inputs = [left, right];
const targets = [numbers, classes];

describe("a network of two inputs and two outputs", () => {
  test("has the sum of its losses: each output's own, to rounding, also weighted", () => {
    for (const options of [undefined, { exampleWeights: weights }]) {
      const both = make().gradients(inputs, targets, options);
      const alone = make().network;
      const [ofNumbers, ofClasses] = alone.engine.graph.outputs.map((output, index) => {
        const network = new Network({ inputs: [alone.engine.graph.inputs[index]], outputs: output, dtype: "float64" });
        const own = index === 0 ? [0, 1, 2, 3, 4, 5] : [6, 7, 8, 9];
        network.parameters.forEach(({ values }, place) => {
          values.set(alone.parameters[own[place]].values);
        });
        const loss = index === 0 ? "meanSquaredError" : "softmaxCrossEntropy";
        return new Trainer(network, { loss }).gradients(inputs[index], targets[index], options);
      });
      expectClose([both], [ofNumbers + ofClasses], tolerances.golden.float64);
    }
  });

  test.each<[string, Partial<TrainerOptions>]>([
    ["of means", {}],
    ["of sums", { loss: [squaredError(), softmaxCrossEntropy({ reduction: "sum" })] }],
    ["with penalties", { l2: 0.1 }],
    [
      "with smoothed labels",
      { loss: ["meanAbsoluteError", { name: "softmaxCrossEntropy", reduction: "mean", labelSmoothing: 0.1 }] },
    ],
  ])("has gradients that central differences agree with: %s", (_, options) => {
    const { worst } = checkGradients(make(options), inputs, targets);
    expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
  });

  test("trains by every way to the same bits: step, epochs, fit, fitBatches, from a file", async () => {
    const byStep = make({ shuffle: false });
    const from = [0, 3, 6];
    const batch = (start: number) =>
      [
        inputs.map((part) => part.slice(start, start + 3)),
        targets.map((part) => part.slice(start, start + 3)),
      ] as never;
    for (const start of from) byStep.step(...(batch(start) as [never, never]));
    const others = [0, 1, 2, 3].map(() => make({ shuffle: false }));
    for (const _ of others[0].epochs(inputs, targets, { epochs: 1 }));
    const history = await others[1].fit(inputs, targets, { epochs: 1, validation: [inputs, targets] });
    await others[2].fitBatches(from.map(batch));
    others[3].step(...(batch(0) as [never, never]));
    const resumed = Trainer.fromBytes(others[3].toBytes());
    for (const start of [3, 6]) resumed.step(...(batch(start) as [never, never]));
    for (const other of [others[0], others[1], others[2], resumed]) {
      expect(parameterBits(other.network)).toBe(parameterBits(byStep.network));
    }
    expectClose([history.validation.loss[0]], [byStep.evaluate(inputs, targets).loss], tolerances.golden.float64);
  });

  test("gets better", async () => {
    const trainer = make();
    const { loss } = await trainer.fit(inputs, targets, { epochs: 60, validationSplit: 0.2 });
    expect(loss[59]).toBeLessThan(loss[0] / 1.5);
  });

  test.each<[string, () => unknown, string]>([
    ["one input for two", () => make().step(left, targets), "step: inputs: got an array of 7, need an array of 2"],
    ["inputs of other rows", () => make().step([left, right.slice(1)], targets), "step: got inputs of 7 and of 6 rows"],
    [
      "an input too narrow",
      () => make().step([right, right], targets),
      "step: input 0: got 2 numbers in row 0, need 3",
    ],
    [
      "targets of one output",
      () => make().step(inputs, [numbers]),
      "step: targets: got an array of 1, need an array of 2",
    ],
    [
      "targets in another order",
      () => make().step(inputs, [classes, numbers]),
      "step: targets 0: got 1 number an example",
    ],
    [
      "a class that is none",
      () => make().step(inputs, [numbers, classes.with(2, 3)]),
      "step: targets 1: got 3 at row 2",
    ],
    ["NaN", () => make().step([left.with(1, [0, Number.NaN, 0]), right], targets), "step: input 0: got NaN at row 1"],
    [
      "a sum and a mean",
      () => make({ loss: [squaredError(), "softmaxCrossEntropy"] }),
      "trainer: loss: got a sum and a mean",
    ],
    ["three losses", () => make({ loss: ["huber", "huber", "huber"] }), "trainer: loss: got 3 losses, need one, or 2"],
    [
      "metrics of three outputs",
      () => make({ metrics: [["r2"], [], []] }),
      "trainer: metrics: got 3 lists, need one, or 2, one for each output",
    ],
    [
      "a metric that an output cannot have",
      () => make({ metrics: [[], ["r2"]] }).evaluate(inputs, targets),
      "trainer: got the metric r2 with class numbers for targets",
    ],
    [
      "weights of classes for all outputs at once",
      () => make({ classWeights: [1, 1] }),
      "trainer: classWeights: got an array of 2, need an array of 2, one for each output: its weights, or null",
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

  test("refuses a file with sums of other losses, before anything is trained", async () => {
    const trainer = make();
    const controller = new AbortController();
    await trainer.fit(inputs, targets, { epochs: 2, onBatch: () => controller.abort(), signal: controller.signal });
    const { tensors, metadata } = decode(trainer.toBytes());
    for (const [lossSum, message] of [
      [[1, 2, 3], "fromBytes: got 3 sums and 2 weights of losses, need one of each for 2 losses"],
      [[1], "fromBytes: got 1 sum and 2 weights of losses, need one of each for 2 losses"],
      [[[1], 2], "fromBytes: got a sum an array of 1, need a number"],
      [undefined, "fromBytes: got a sum undefined, need a number"],
    ] as const) {
      const json = JSON.parse(metadata.trainer);
      json.training.loop.account.lossSum = lossSum;
      const bytes = encode(tensors, { ...metadata, trainer: JSON.stringify(json) });
      await expect(async () => Trainer.fromBytes(bytes).fit(inputs, targets, { epochs: 2 })).rejects.toThrow(message);
    }
  });

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
    const { account } = json.training.loop;
    account.lossSum[0] += (account.penalty[0] / account.penalty[1]) * account.weightSum[0];
    delete account.penalty;
    const older = Trainer.fromBytes(encode(tensors, { ...metadata, trainer: JSON.stringify(json) }));
    const { loss } = await older.fit(inputs, targets, { epochs: 1 });
    expectClose(loss, whole.loss, tolerances.golden.float64);
    account.penalty = [1];
    const bytes = encode(tensors, { ...metadata, trainer: JSON.stringify(json) });
    expect(() => Trainer.fromBytes(bytes)).toThrow("fromBytes: got 1 number of the penalty, need 2");
  });

  test("a plain list of metrics is that of every output", () => {
    const { outputs } = make({ metrics: ["accuracy"] }).evaluate(inputs, targets);
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

  test("takes one loss for both where it fits both", () => {
    const loss = make({ loss: "meanSquaredError" }).step(inputs, [numbers, randomRows(rows, 3, 5)]);
    expect(loss).toBeGreaterThan(0);
  });
});
