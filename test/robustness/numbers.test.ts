/** Numbers in files that kernels or formulas cannot use: each kind is refused, with its place; the numbers at the edge are read. */
import { describe, expect, test } from "vitest";
import { decode, encode } from "../../src/files/safetensors.ts";
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  dense,
  earlyStopping,
  lion,
  Network,
  nadam,
  type Optimizer,
  rmsprop,
  sgd,
  sparseAdam,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";
import { dtypes } from "../kernels/scratch.ts";

const inputs = [
  [0, 1, 2],
  [1, 0, -1],
  [3, 1, 0.5],
  [0.25, -1, 1],
];
const values = inputs.map(([a, b]) => [a, b]);
const classes = [0, 1, 1, 0];

function trainerOf(options: Partial<TrainerOptions>, dtype: "float32" | "float64" = "float32"): Trainer {
  const network = new Network({ inputs: 3, layers: [dense(4, { activation: "tanh" }), dense(2)], dtype });
  return new Trainer(network, { loss: "meanSquaredError", ...options });
}

/** The file with one number of a tensor changed. */
function withNumber(bytes: Uint8Array, name: string, value: number): Uint8Array {
  const { tensors, metadata } = decode(bytes);
  tensors.find((tensor) => tensor.name === name)!.values[1] = value;
  return encode(tensors, metadata);
}

/** The file with the trainer's text changed. */
function withText(bytes: Uint8Array, from: string | RegExp, to: string): Uint8Array {
  const { tensors, metadata } = decode(bytes);
  const trainer = metadata.trainer.replace(from, to);
  expect(trainer).not.toBe(metadata.trainer);
  return encode(tensors, { ...metadata, trainer });
}

const largest = { float32: 1.9e19, float64: 1.4e154 };
const beyond = { float32: 3e38, float64: 1e308 };
const optimizers: readonly [Optimizer, readonly ("first" | "second" | "any")[]][] = [
  [sgd({ momentum: 0.9 }), ["any"]],
  [adam(), ["first", "second"]],
  [adamW(), ["first", "second"]],
  [nadam(), ["first", "second"]],
  [sparseAdam(), ["first", "second"]],
  [adamax(), ["any", "second"]],
  [adagrad(), ["second"]],
  [adadelta(), ["second", "second"]],
  [rmsprop({ centered: true, momentum: 0.5 }), ["second", "first", "any"]],
  [rmsprop({ momentum: 0.5 }), ["second", "any"]],
  [lion(), ["any"]],
];

describe.each(dtypes)("what an optimizer remembers in %s", (dtype) => {
  test.each(optimizers.map(([optimizer, blocks]) => [optimizer.name, optimizer, blocks] as const))(
    "is what %s can have come to",
    (_, optimizer, blocks) => {
      const trainer = trainerOf({ optimizer }, dtype);
      for (let step = 0; step < 3; step++) trainer.step(inputs, values);
      const bytes = trainer.toBytes();
      blocks.forEach((block, index) => {
        const name = `trainer/optimizer/${index}/dense1.weight`;
        const read = (value: number) => Trainer.fromBytes(withNumber(bytes, name, value));
        const range =
          block === "any" ? "" : block === "second" ? " from 0" : ` from -${largest[dtype]} to ${largest[dtype]}`;
        const who = `fromBytes: ${index}/dense1.weight of the optimizer`;
        const bad = block === "any" ? [] : block === "second" ? [-1, -1e-30] : [beyond[dtype], -beyond[dtype]];
        for (const value of [...bad, Number.NaN, Number.POSITIVE_INFINITY]) {
          const got = dtype === "float32" ? Math.fround(value) : value;
          expect(() => read(value)).toThrow(new RangeError(`${who}: got ${got} at 1, need finite numbers${range}`));
        }
        // What can be is read, and no step makes NaN of it.
        // What is limited by another block (training/optimizers/limits.ts) is small.
        const isLimited = block === "first" || (optimizer.name === "adadelta" && index === 1);
        const good = isLimited ? [0, 1e-12] : block === "second" ? [Math.sqrt(beyond[dtype])] : [-1];
        for (const value of good) {
          const again = read(value);
          again.step(inputs, values);
          for (const parameter of again.network.parameters)
            expect([...parameter.values].every(Number.isFinite)).toBe(true);
        }
      });
    },
  );
});

async function stopped(options: Partial<TrainerOptions>, targets: number[][] | number[] = values): Promise<Uint8Array> {
  const trainer = trainerOf({ batchSize: 1, ...options });
  const controller = new AbortController();
  let count = 0;
  await trainer.fit(inputs, targets, {
    epochs: 4,
    onBatch: () => ++count === 6 && controller.abort(),
    signal: controller.signal,
    callbacks: [earlyStopping()],
  });
  return trainer.toBytes();
}

describe("counters and sums in a checkpoint", () => {
  test.each<[string, RegExp, string, string]>([
    ["half a step", /"steps":\d+/, '"steps":6.5', "fromBytes: steps: got 6.5, need a whole number from 0"],
    ["steps below 0", /"steps":\d+/, '"steps":-1', "fromBytes: steps: got -1, need a whole number from 0"],
    ["epochs below 0", /"epochs":\d+/, '"epochs":-1', "fromBytes: epochs: got -1, need a whole number from 0"],
    [
      "a rate below 0",
      /"lastLearningRate":[\d.]+/,
      '"lastLearningRate":-1',
      "got lastLearningRate -1, need a number from 0",
    ],
    ["epoch 0", /"epoch":\d+/, '"epoch":0', "fromBytes: epoch: got 0, need a whole number from 1"],
    [
      "an infinite sum",
      /"losses":\[[^\]]+\]/,
      '"losses":[1e999]',
      "fromBytes: a sum: got Infinity, need a finite number",
    ],
    [
      "a spare that is none",
      /"spareNormal":null/,
      '"spareNormal":1e30',
      "got spareNormal 1e+30, need a number from -13 to 13",
    ],
  ])("are refused: %s", async (_, from, to, message) => {
    const bytes = await stopped({});
    expect(() => Trainer.fromBytes(withText(bytes, from, to))).toThrow(message);
  });

  test.each([
    ["half a wait", "0.5"],
    ["a wait below 0", "-1"],
  ])("are refused: %s of earlyStopping", async (_, waited) => {
    const trainer = Trainer.fromBytes(withText(await stopped({}), /"waited":\d+/, `"waited":${waited}`));
    const message = `earlyStopping: waited: got ${waited}, need a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`;
    await expect(trainer.fit(inputs, values, { epochs: 4, callbacks: [earlyStopping()] })).rejects.toThrow(message);
  });

  test.each<[string, Partial<TrainerOptions>, string]>([
    ["a sum of errors below 0", { metrics: ["meanAbsoluteError"] }, "[-1,2]"],
    ["rows below 0", { metrics: ["meanAbsoluteError"] }, "[1,-2]"],
    ["half a row", { metrics: ["meanAbsoluteError"] }, "[1,1.5]"],
    ["half a case", { metrics: ["confusionMatrix"], loss: "softmaxCrossEntropy" }, "[2,1,0.5,0,0]"],
    ["cases below 0", { metrics: ["f1"], loss: "softmaxCrossEntropy" }, "[2,-1,1,1,1,1,1]"],
  ])("are refused: %s of a metric", async (_, options, state) => {
    const targets = options.loss ? classes : values;
    const bytes = withText(await stopped(options, targets), /"metrics":\[\[[^\]]*\]\]/, `"metrics":[${state}]`);
    const trainer = Trainer.fromBytes(bytes);
    const fit = trainer.fit(inputs, targets, { epochs: 4, callbacks: [earlyStopping()] });
    await expect(fit).rejects.toThrow(/^fromBytes: got an array of \d for the metric \w+, need what it has gathered$/);
  });
});
