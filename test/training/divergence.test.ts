import { describe, expect, test } from "vitest";
import { adam, DivergenceError, dense, Network, sgd, Trainer } from "../../src/index.ts";
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
