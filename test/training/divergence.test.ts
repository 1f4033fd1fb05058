import { describe, expect, test } from "vitest";
import {
  adam,
  constant,
  conv2d,
  customLoss,
  DivergenceError,
  dense,
  flatten,
  input,
  Network,
  sgd,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";
import type { Dtype } from "../../src/kernels/dtype.ts";
import { regression } from "./problem.ts";

/** What training a float32 network for a few steps throws. */
function divergenceOf(scale: number, learningRate: number, targetScale = 1): DivergenceError {
  const { inputs, targets } = regression(8);
  const network = new Network({ inputs: 3, layers: [dense(4, { activation: "relu" }), dense(2)], seed: 1 });
  const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer: sgd({ learningRate }), batchSize: 4 });
  const scaled = (rows: number[][], by: number) => rows.map((row) => row.map((value) => value * by));
  try {
    for (const _ of trainer.epochs(scaled(inputs, scale), scaled(targets, targetScale), { epochs: 100 }));
  } catch (error) {
    const values = network.parameters.flatMap((parameter) => Array.from(parameter.values));
    expect(values.every(Number.isFinite), "parameters are finite").toBe(true);
    return error as DivergenceError;
  }
  throw new Error("it did not diverge");
}

describe("the error of a training that diverges", () => {
  test("says epoch, step, learning rate, the largest parameter and the norm of the gradients", () => {
    const error = divergenceOf(1, 1e4);
    expect(error).toBeInstanceOf(DivergenceError);
    expect([error.learningRate, error.epoch]).toEqual([1e4, 1 + Math.floor(error.step / 2)]);
    expect(error.largestParameter.name).toMatch(/^dense[12]\.(weight|bias)$/);
    expect(Math.abs(error.largestParameter.value)).toBeGreaterThan(1e4);
    expect(error.gradientNorm).toBeGreaterThan(1);
    expect(error.hint).toBe("try a smaller learning rate, or clipNorm");
    const { name, value } = error.largestParameter;
    for (const part of [error.hint, `${value} in ${name}`, `norm of the gradients ${error.gradientNorm}`]) {
      expect(error.message).toContain(part);
    }
  });

  test("recognises inputs that are not scaled, and then targets", () => {
    expect(divergenceOf(1e4, 0.1).message).toMatch(/the inputs are not scaled, one is -?\d+\.?\d*: standardize them/);
    expect(divergenceOf(1, 1e4, 1e4).message).toMatch(
      /the targets are not scaled, one is -?\d+\.?\d*: standardize them/,
    );
  });
});

describe("the operation that made the first result that is not finite", () => {
  const huge = 1e30;
  /** Trains a network one step, whose layers begin with these weights, and returns the error's operation. */
  function operationOf(
    weights: readonly number[],
    { dtype = "float32", ...options }: Partial<TrainerOptions> & { readonly dtype?: Dtype } = {},
    value = 1,
  ): string {
    const layers = weights.map((weight) => dense(1, { weightInitializer: constant(weight), activation: "relu" }));
    const network = new Network({ inputs: 1, layers, dtype });
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer: sgd(), ...options });
    try {
      trainer.step([[value], [value]], [[0], [0]]);
    } catch (error) {
      expect((error as Error).message).toContain(`is that of ${(error as DivergenceError).operation};`);
      return (error as DivergenceError).operation;
    }
    throw new Error("it did not diverge");
  }

  test.each<[string, string]>([
    ["denseForward of dense1", operationOf([huge, 1], {}, huge)],
    ["denseForward of dense2", operationOf([huge, huge])],
    ["squaredErrorForward", operationOf([huge])],
    ["addPenalty", operationOf([1e200], { loss: "meanAbsoluteError", l2: 1, dtype: "float64" })],
    ["denseBackwardWeight of dense1.weight", operationOf([1e-20, huge, 1e8], { loss: "meanAbsoluteError" }, 1e20)],
    ["sgdStep", operationOf([1], { loss: "meanAbsoluteError", optimizer: sgd({ learningRate: 1e38 }) }, 100)],
  ])("%s", (expected, found) => expect(found).toBe(expected));

  test("of several outputs, the one whose loss it is is named", () => {
    const value = input(1);
    const ends = [1, huge].map((weight) => dense(1, { weightInitializer: constant(weight) })(value));
    const network = new Network({ inputs: value, outputs: ends });
    const trainer = new Trainer(network, { loss: ["meanSquaredError", "meanSquaredError"], optimizer: sgd() });
    expect(() => trainer.step([[1]], [[[0]], [[0]]])).toThrow("is that of squaredErrorForward of dense2;");
  });

  test("a custom loss is named", () => {
    const loss = customLoss("mine", () => Number.NaN);
    expect(operationOf([1], { loss })).toBe('loss "mine"');
  });

  test("an operation of a convolution is named", () => {
    const network = new Network({ inputs: [4, 4, 1], layers: [conv2d(2, 3), conv2d(1, 2), flatten()] });
    network.parameters[2].values.fill(3e38);
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer: sgd() });
    expect(() => trainer.step([new Array(16).fill(100)], [[0]])).toThrow(/is that of \w+ of conv2d2;/);
  });
});

test("NaN among inputs that are not checked is named", () => {
  const trainer = new Trainer(new Network({ inputs: 1, layers: [dense(1)] }), { loss: "huber", validate: false });
  expect(() => trainer.step([[Number.NaN]], [[0]])).toThrow("an input is NaN: validate: true finds it");
});

test("an update that would not be finite leaves finite parameters, and the next step is one", () => {
  const network = new Network({ inputs: 1, layers: [dense(1)] });
  const trainer = new Trainer(network, { loss: "meanAbsoluteError", optimizer: adam({ learningRate: 1 }) });
  expect(() => trainer.step([[3e38], [3e38]], [[0], [0]])).toThrow(DivergenceError);
  expect(network.parameters.every(({ values }) => values.every(Number.isFinite))).toBe(true);
  expect(trainer.step([[1]], [[0]])).toBeGreaterThanOrEqual(0);
  expect(network.parameters.every(({ values }) => values.every(Number.isFinite))).toBe(true);
});
