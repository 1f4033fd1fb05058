import { describe, expect, test } from "vitest";
import { adam, checkGradients, dense, Network, Trainer } from "../../src/index.ts";
import { gradientBits, parameterBits, regression, smallTrainer } from "./problem.ts";

const { inputs, targets } = regression(6);

describe("checkGradients", () => {
  test("finds right gradients right to 1e-7, names each parameter, and changes no bit", () => {
    const [trainer, twin] = [smallTrainer(), smallTrainer()];
    trainer.gradients(inputs, targets);
    const before = [parameterBits(trainer.network), gradientBits(trainer.network)];
    const { worst, parameters } = checkGradients(trainer, inputs, targets);
    expect(parameters.map(({ name }) => name)).toEqual([
      "dense1.weight",
      "dense1.bias",
      "dense2.weight",
      "dense2.bias",
    ]);
    expect(worst.relativeError).toBe(Math.max(...parameters.map(({ relativeError }) => relativeError)));
    expect(worst.relativeError).toBeLessThan(1e-7);
    expect([parameterBits(trainer.network), gradientBits(trainer.network)]).toEqual(before);
    trainer.step(inputs, targets);
    twin.step(inputs, targets);
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
  });

  test("finds the element at a kink: relu at 0", () => {
    const network = new Network({ inputs: 1, layers: [dense(2, { activation: "relu" })], dtype: "float64" });
    network.parameters[0].values.set([0, 1]);
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer: adam() });
    const { worst } = checkGradients(trainer, [[1]], [[1, 5]]);
    expect([worst.name, worst.element, worst.gradient]).toEqual(["dense1.weight", 0, 0]);
    expect(worst.difference).toBeCloseTo(-0.5, 4);
    expect(worst.relativeError).toBeGreaterThan(0.1);
  });

  test("leaves out what is not trained", () => {
    const trainer = smallTrainer();
    trainer.network.layers[0].trainable = false;
    const { parameters } = checkGradients(trainer, inputs, targets);
    expect(parameters.map(({ name }) => name)).toEqual(["dense2.weight", "dense2.bias"]);
    trainer.network.layers[1].trainable = false;
    expect(() => checkGradients(trainer, inputs, targets)).toThrow("checkGradients: got a network of which nothing");
  });

  test("weights the examples: those of weight 0 change nothing, and what it leaves are the weighted gradients", () => {
    const trainer = smallTrainer();
    const exampleWeights = [1, 0, 3, 0.5, 0, 2];
    const check = (rows: number[][]) => checkGradients(trainer, rows, targets, { exampleWeights });
    const { worst, parameters } = check(inputs);
    expect(worst.relativeError).toBeLessThan(1e-7);
    const changed = inputs.map((row, index) => (exampleWeights[index] === 0 ? row.map((value) => 1 - value) : row));
    expect(check(changed).parameters.map(({ gradient }) => gradient)).toEqual(
      parameters.map(({ gradient }) => gradient),
    );
    const checked = gradientBits(trainer.network);
    trainer.gradients(inputs, targets, { exampleWeights });
    expect(gradientBits(trainer.network)).toBe(checked);
    expect(() => checkGradients(trainer, inputs, targets, { exampleWeights: [1] })).toThrow(
      "gradients: exampleWeights",
    );
  });

  test("refuses float32, a step of 0, and examples that do not fit", () => {
    expect(() => checkGradients(smallTrainer({}, 2, "float32"), inputs, targets)).toThrow(
      'checkGradients: got a network of float32, need one of dtype "float64"',
    );
    expect(() => checkGradients({} as never, inputs, targets)).toThrow("checkGradients: got an object, need a Trainer");
    expect(() => checkGradients(smallTrainer(), inputs, targets, { step: 0 })).toThrow("checkGradients: got step 0");
    expect(() => checkGradients(smallTrainer(), inputs, targets.slice(1))).toThrow("gradients: got 6 rows of inputs");
  });
});
