import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  checkGradients,
  dense,
  fromValues,
  layerNorm,
  Network,
  sgd,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";
import { gradientNorm } from "../../src/training/divergence.ts";
import { norm } from "../differences.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { parameterBits, regression, smallNetwork, smallTrainer } from "./problem.ts";

type Options = Pick<TrainerOptions, "l1" | "l2" | "clipNorm" | "clipValue"> & { maxNorm?: number };

const golden: {
  learningRate: number;
  inputs: number[][];
  targets: number[][];
  start: number[][];
  cases: { options: Options; losses: number[]; parameters: number[][] }[];
} = JSON.parse(readFileSync("test/fixtures/penalties.json", "utf8"));

/** The trainer of the golden: 3-5-2, tanh. */
function goldenTrainer({ maxNorm, ...options }: Options): Trainer {
  const [weight, bias, lastWeight, lastBias] = golden.start.map((values) => fromValues(values));
  const layers = [
    dense(5, { activation: "tanh", weightInitializer: weight, biasInitializer: bias, maxNorm }),
    dense(2, { weightInitializer: lastWeight, biasInitializer: lastBias }),
  ];
  const network = new Network({ inputs: 3, layers, dtype: "float64" });
  const optimizer = sgd({ learningRate: golden.learningRate });
  return new Trainer(network, { loss: "meanSquaredError", optimizer, batchSize: "full", ...options });
}

describe("agrees with PyTorch for 30 steps to 1e-10", () => {
  test.each(golden.cases.map((each) => [JSON.stringify(each.options), each] as const))("%s", (_, stored) => {
    const trainer = goldenTrainer(stored.options);
    const losses = stored.losses.map(() => trainer.step(golden.inputs, golden.targets));
    expectClose(losses, stored.losses, tolerances.network.float64, "losses");
    trainer.network.parameters.forEach(({ name, values }, index) => {
      expectClose(values, stored.parameters[index], tolerances.network.float64, name);
    });
  });

  test("in epochs of which most have no record, too", () => {
    for (const { options, losses, parameters } of golden.cases) {
      const trainer = goldenTrainer(options);
      const records = [...trainer.epochs(golden.inputs, golden.targets, { epochs: 30, every: 30 })];
      expectClose(
        records.map(({ loss }) => loss),
        [losses[0], losses[29]],
        tolerances.network.float64,
        "losses",
      );
      expectClose(trainer.network.parameters[0].values, parameters[0], tolerances.network.float64, "weight");
    }
  });
});

test("the cases differ from each other", () => {
  expect(new Set(golden.cases.map(({ losses }) => losses[29])).size).toBe(golden.cases.length);
});

describe("penalties", () => {
  const { inputs, targets } = regression(6);

  test("are in the loss of step, gradients, evaluate and epochs, whatever the batches, over weights only", () => {
    const [plain, penalized] = [{}, { l1: 0.1, l2: 0.2 }].map((options) => smallTrainer({ ...options, batchSize: 4 }));
    const weights = plain.network.parameters.filter(({ name }) => name.endsWith("weight")).map(({ values }) => values);
    const penalty = weights.flatMap((values) => Array.from(values, (w) => 0.1 * Math.abs(w) + 0.2 * w * w));
    const added = penalty.reduce((sum, each) => sum + each);
    for (const lossOf of [
      (trainer: Trainer) => trainer.gradients(inputs, targets),
      (trainer: Trainer) => trainer.evaluate(inputs, targets).loss,
      (trainer: Trainer) => smallTrainer({ l1: 0, l2: 0 }) && trainer.gradients(inputs.slice(1), targets.slice(1)),
    ]) {
      expect(lossOf(penalized) - lossOf(plain)).toBeCloseTo(added, 12);
    }
    const still = { optimizer: sgd({ learningRate: 0 }), batchSize: 4 };
    const [first, second] = [{}, { l1: 0.1, l2: 0.2 }].map((options) => {
      const [{ loss }] = smallTrainer({ ...still, ...options }).epochs(inputs, targets, { epochs: 1 });
      return loss;
    });
    expect(second - first).toBeCloseTo(added, 12);
  });

  test("have gradients that central differences agree with, also with a sum for loss", () => {
    const trainer = smallTrainer({ l1: 0.1, l2: 0.2 });
    expect(checkGradients(trainer, inputs, targets).worst.relativeError).toBeLessThan(1e-7);
  });

  test("are not of gains, and of weights that are not trained in the loss alone", () => {
    const layers = [layerNorm(), dense(2, { trainable: false })];
    const network = new Network({ inputs: 3, layers, dtype: "float64" });
    const trainer = new Trainer(network, { loss: "meanSquaredError", l2: 1 });
    expect(checkGradients(trainer, inputs, targets).worst.relativeError).toBeLessThan(1e-7);
    const without = new Trainer(network, { loss: "meanSquaredError" }).gradients(inputs, targets);
    const penalized = trainer.gradients(inputs, targets);
    expect(penalized - without).toBeCloseTo(norm(network.parameters[2].values) ** 2, 12);
  });
});

describe("limits", () => {
  const { inputs, targets } = regression(6);

  test("clipNorm leaves gradients of at most that norm, clipValue elements of at most that, and gradients() as they are", () => {
    const network = smallNetwork();
    const lengthOf = (options: Options) => {
      const trainer = new Trainer(network, {
        loss: "meanSquaredError",
        optimizer: sgd({ learningRate: 0 }),
        ...options,
      });
      trainer.step(inputs, targets);
      const stepped = network.parameters.flatMap(({ gradients }) => Array.from(gradients!));
      trainer.gradients(inputs, targets);
      return { stepped, raw: network.parameters.flatMap(({ gradients }) => Array.from(gradients!)) };
    };
    const { stepped: whole } = lengthOf({});
    const clipped = lengthOf({ clipNorm: 0.25 });
    expect(norm(clipped.stepped)).toBeCloseTo(0.25, 5);
    expect(norm(clipped.stepped)).toBeLessThanOrEqual(0.25);
    expect(clipped.raw).toEqual(whole);
    expect(lengthOf({ clipNorm: 2 * norm(whole) }).stepped).toEqual(whole);
    expect(lengthOf({ clipValue: 0.125 }).stepped).toEqual(whole.map((x) => Math.max(-0.125, Math.min(0.125, x))));
    expect(gradientNorm(network.engine)).toBeCloseTo(norm(whole), 12);
  });

  test("a norm that is NaN makes all gradients NaN, once: the next batch is trained on", () => {
    // 5 biases: their block is padded.
    const network = new Network({ inputs: 1, layers: [dense(5), dense(1)], dtype: "float64" });
    const trainer = new Trainer(network, { loss: "meanSquaredError", clipNorm: 1 });
    const [, , last] = network.parameters;
    const kept = last.values.slice();
    network.parameters[0].values.fill(0);
    last.values.fill(1e308);
    // The gradients of the first layer are infinite, of both signs.
    expect(() => trainer.step([[1], [1]], [[1e10], [-1e10]])).toThrow("an update that is not finite");
    expect(network.parameters.every(({ gradients }) => gradients!.every(Number.isNaN))).toBe(true);
    last.values.set(kept);
    trainer.step([[1]], [[1]]);
    expect(gradientNorm(network.engine)).toBeLessThanOrEqual(1);
  });

  test("maxNorm keeps the weights into each unit within it", () => {
    const network = new Network({ inputs: 3, layers: [dense(4, { maxNorm: 0.5 })], dtype: "float64" });
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer: sgd({ learningRate: 1 }) });
    for (let step = 0; step < 20; step++)
      trainer.step(
        inputs,
        inputs.map((row) => [...row, 9]),
      );
    const { values } = network.parameters[0];
    const norms = [0, 1, 2, 3].map((unit) => norm([0, 1, 2].map((row) => values[row * 4 + unit])));
    expect(Math.max(...norms)).toBeCloseTo(0.5, 6);
    expect(Math.max(...norms)).toBeLessThanOrEqual(0.5);
  });

  test.each<[Partial<TrainerOptions>, string]>([
    [{ l1: -1 }, "trainer: got l1 -1, need a number from 0"],
    [{ l2: Number.NaN }, "trainer: l2: got NaN, need a finite number"],
    [{ clipNorm: 0 }, "trainer: got clipNorm 0, need a number above 0"],
    [{ clipValue: -2 }, "trainer: got clipValue -2, need a number above 0"],
    [{ clipValue: "1" as never }, 'trainer: clipValue: got "1", need a finite number'],
  ])("refused: %o", (options, message) => {
    const network = smallNetwork();
    const before = parameterBits(network);
    expect(() => new Trainer(network, { loss: "meanSquaredError", ...options })).toThrow(message);
    expect(parameterBits(network)).toBe(before);
  });
});
