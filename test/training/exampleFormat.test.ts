import { describe, expect, test } from "vitest";
import { dense, embedding, input, Network, triplet } from "../../src/index.ts";
import { exampleFormat, someHeads } from "../../src/training/exampleFormat.ts";
import { Learner } from "../../src/training/learner.ts";
import { outputOptions } from "../../src/training/outputs.ts";
import { smallNetwork } from "./problem.ts";

const rules = { validate: true, missingTargets: false, signedWeights: false };

/** The format of a network whose outputs all have this loss. */
function formatOf(network: Network, loss: unknown, more: Partial<typeof rules> = {}) {
  const { engine } = network;
  const options = { loss, lossWeights: undefined, metrics: [], classWeights: undefined } as never;
  return exampleFormat(engine, outputOptions(options, engine), { ...rules, ...more });
}

/** A network whose kernels of training are there. */
function trainable(network: Network): Network {
  const options = { loss: { name: "meanSquaredError", reduction: "mean" }, metrics: [] } as const;
  const given = { ...options, ...rules, engine: network.engine, threads: 1, regularization: {}, generator: undefined };
  new Learner({ ...given, optimizer: { name: "sgd", learningRate: 0.1 } } as never);
  return network;
}

describe("the format of examples", () => {
  test("has the shapes of the inputs, and the losses for both forms of targets", () => {
    const format = formatOf(trainable(smallNetwork(3)), { name: "softmaxCrossEntropy", reduction: "mean" });
    expect(format).toMatchObject({ dtype: "float64", inputs: [[3]], features: [3], ...rules });
    const [{ rowLoss, classLoss }] = format.targets;
    expect([rowLoss?.targets, classLoss?.targets]).toEqual(["probabilities", "classes"]);
    expect(someHeads(format).losses).toEqual([rowLoss]);
  });

  test("has the losses for class numbers where a loss takes no rows", () => {
    const format = formatOf(trainable(smallNetwork(3)), { name: "sparseSoftmaxCrossEntropy", reduction: "mean" });
    expect(format.targets[0].rowLoss).toBeUndefined();
    expect(someHeads(format).losses).toEqual([format.targets[0].classLoss]);
  });

  test("counts the tokens of an input only once it is asked", () => {
    const network = trainable(new Network({ inputs: [4], layers: [embedding(7, 2)] }));
    const format = formatOf(network, { name: "meanSquaredError", reduction: "mean" });
    expect(Object.getOwnPropertyDescriptor(format, "tokens")?.get).toBeTypeOf("function");
    expect(format.tokens).toHaveLength(1);
    expect(format.tokens).toBe(format.tokens);
  });

  test("refuses a loss that does not suit an output, and names the output", () => {
    const value = input(3);
    const outputs = [dense(2)(value), dense(2, { activation: "softmax" })(value)];
    const network = trainable(new Network({ inputs: value, outputs }));
    const loss = { name: "softmaxCrossEntropy", reduction: "mean" };
    expect(() => formatOf(network, loss)).toThrow('trainer: output 1: got the last activation "softmax"');
  });

  test("refuses missing targets of a loss that has none", () => {
    const value = input(3);
    const tower = dense(2);
    const outputs = [tower(value), tower(value), tower(value)];
    const network = trainable(new Network({ inputs: value, outputs }));
    const loss = triplet();
    expect(formatOf(network, loss).joint?.losses).toHaveLength(1);
    expect(() => formatOf(network, loss, { missingTargets: true })).toThrow("got missingTargets with the loss triplet");
  });
});
