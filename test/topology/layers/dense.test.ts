import { describe, expect, test } from "vitest";
import { activationOf, leakyRelu } from "../../../src/topology/activations.ts";
import { constant, heUniform, lecunNormal, zeros } from "../../../src/topology/initializers.ts";
import { type DenseOptions, dense, denseKind, denseTraining } from "../../../src/topology/layers/dense.ts";

describe("dense", () => {
  test("dense(3) is linear with a bias, weights from glorotUniform, biases from zeros", () => {
    expect({ ...dense(3) }).toEqual({
      kind: "dense",
      units: 3,
      activation: { name: "linear", parameter: 0 },
      bias: true,
      weightInitializer: { kind: "glorotUniform" },
      biasInitializer: { kind: "constant", value: 0 },
      name: undefined,
    });
  });

  test("weights start as suits the activation unless they are told otherwise", () => {
    expect(dense(3, { activation: "relu" }).weightInitializer).toEqual(heUniform());
    expect(dense(3, { activation: "selu" }).weightInitializer).toEqual(lecunNormal());
    expect(dense(3, { activation: leakyRelu({ slope: 0.3 }) }).weightInitializer).toEqual(heUniform());
    expect(dense(3, { activation: "relu", weightInitializer: zeros() }).weightInitializer).toEqual(zeros());
    expect(dense(3, { biasInitializer: constant(1) }).biasInitializer).toEqual(constant(1));
  });

  test.each<[string, unknown, unknown, string]>([
    ["0 units", 0, {}, "dense: units: got 0, need a whole number from 1 to 2147483647"],
    ["half a unit", 2.5, {}, "dense: units: got 2.5, need a whole number"],
    ["units as text", "3", {}, 'dense: units: got "3", need a whole number'],
    ["no units", undefined, {}, "dense: units: got undefined, need a whole number"],
    ["2^31 units", 2 ** 31, {}, "dense: units: got 2147483648, need"],
    ["a misspelt option", 3, { activaton: "relu" }, 'dense option: got "activaton", need one of activation, '],
    ["the meant option", 3, { activaton: "relu" }, '; did you mean "activation"?'],
    ["an unknown activation", 3, { activation: "tahn" }, '; did you mean "tanh"?'],
    ["an empty name", 3, { name: "" }, 'dense: got name "", need a text of at least one character'],
    ["a name that is a number", 3, { name: 1 }, "dense: got name 1, need a text"],
    ["a bias of 1", 3, { bias: 1 }, "dense: got bias 1, need true or false"],
    ["a greatest norm of 0", 3, { maxNorm: 0 }, "dense: got maxNorm 0, need a number above 0"],
    ["trainable as text", 3, { trainable: "no" }, 'dense: got trainable "no", need true or false'],
    ["a negative factor", 3, { learningRateFactor: -1 }, "dense: got learningRateFactor -1, need a number from 0"],
    ["options that are text", 3, "relu", 'dense: got "relu", need an object of options'],
    ["options that are null", 3, null, "dense: got null, need an object of options"],
  ])("refuses %s", (_, units, options, message) => {
    expect(() => dense(units as number, options as DenseOptions)).toThrow(message);
  });
});

describe("the kind", () => {
  test("weight is [features, units] and bias [units], of one fan-in and fan-out, whatever the positions", () => {
    const fans = { fanIn: 4, fanOut: 5 };
    expect(denseKind.outputShape!(dense(5), [[2, 3, 4]])).toEqual([2, 3, 5]);
    expect(denseKind.parameters!(dense(5), [[2, 3, 4]])).toEqual([
      { name: "weight", shape: [4, 5], initializer: { kind: "glorotUniform" }, isWeight: true, ...fans },
      { name: "bias", shape: [5], initializer: { kind: "constant", value: 0 }, isWeight: false, ...fans },
    ]);
    expect(denseKind.parameters!(dense(5, { bias: false }), [[4]]).map(({ name }) => name)).toEqual(["weight"]);
  });

  test("only a linear layer has no block for its preactivation, and in training only one with a greatest norm working space", () => {
    const shapes = { elementBytes: 4, inputs: [[2]], output: [3] };
    const blocks = (options: DenseOptions) => denseKind.blocks!(dense(3, options), shapes);
    const output = { elements: 3, per: "row" };
    expect(blocks({})).toEqual({ preactivation: "output" });
    expect(blocks({ activation: "relu" })).toEqual({ preactivation: output });
    const trainingBlocks = (options: DenseOptions) => denseTraining.blocks!(dense(3, options), shapes);
    expect(trainingBlocks({})).toEqual({});
    expect(trainingBlocks({ maxNorm: 1 })).toEqual({ sums: { elements: 8, per: "operation" } });
  });

  test("titles say units, activation and a missing bias", () => {
    expect(denseKind.title(dense(5, { activation: "relu" }))).toBe("dense 5, relu");
    expect(denseKind.title(dense(2, { bias: false }))).toBe("dense 2, linear, no bias");
  });

  test("its options go through JSON, and how the parameters started does not", () => {
    const description = dense(5, { activation: leakyRelu({ slope: 0.3 }), bias: false, maxNorm: 2 });
    const json = JSON.parse(JSON.stringify(denseKind.toJSON!(description)));
    expect(json).toEqual({ units: 5, activation: { name: "leakyRelu", parameter: 0.3 }, bias: false, maxNorm: 2 });
    expect({ ...denseKind.fromJSON(json) }).toEqual({ ...description });
    const started = denseKind.toJSON!(dense(5, { weightInitializer: constant(1) }));
    expect(started).toEqual({ units: 5, activation: activationOf("linear"), bias: true, maxNorm: undefined });
  });
});
