import { describe, expect, test } from "vitest";
import { heUniform, lecunNormal, zeros } from "../../../src/topology/initializers.ts";
import {
  checkFileOptions,
  type WeightedOptions,
  weightAndBias,
  weightedOptions,
  weightedTitle,
} from "../../../src/topology/layers/weighted.ts";

const described = (options: WeightedOptions = {}, more: readonly string[] = []) => ({
  kind: "test",
  ...weightedOptions("test", options, more),
});

describe("weightedOptions", () => {
  test("every option but maxNorm has a value; weights start as suits the activation", () => {
    const activation = { name: "linear", parameter: 0 };
    const initializers = { weightInitializer: { kind: "glorotUniform" }, biasInitializer: zeros() };
    expect(weightedOptions("test", {}, [])).toEqual({ activation, bias: true, ...initializers });
    expect(described({ activation: "relu" }).weightInitializer).toEqual(heUniform());
    expect(described({ activation: "selu" }).weightInitializer).toEqual(lecunNormal());
  });

  test("maxNorm is an option of layers that name it", () => {
    expect(weightedOptions("test", { maxNorm: 2 }, ["maxNorm"]).maxNorm).toBe(2);
    expect(() => weightedOptions("test", { maxNorm: 2 }, [])).toThrow('test option: got "maxNorm", need one of');
    const refused = () => weightedOptions("test", { maxNorm: 0 }, ["maxNorm"]);
    expect(refused).toThrow("test: got maxNorm 0, need a number above 0");
  });

  test("a bias is true or false", () => {
    expect(() => described({ bias: 0 as never })).toThrow("test: got bias 0, need true or false");
  });
});

test("a file has no initializers", () => {
  expect(() => checkFileOptions("test", { activation: "relu", units: 3 }, ["units"])).not.toThrow();
  expect(() => checkFileOptions("test", { weightInitializer: zeros() }, [])).toThrow("weightInitializer");
});

test("the weight has the fans, a bias one number a unit; without a bias there is the weight alone", () => {
  const fans = { fanIn: 18, fanOut: 27 };
  const [weight, bias] = weightAndBias(described(), [3, 3, 2, 3], 3, fans);
  expect(weight).toMatchObject({ name: "weight", shape: [3, 3, 2, 3], isWeight: true, ...fans });
  expect(bias).toMatchObject({ name: "bias", shape: [3], isWeight: false, ...fans });
  expect(weightAndBias(described({ bias: false }), [2, 3], 3, fans)).toHaveLength(1);
});

test("titles name the activation and a missing bias", () => {
  expect(weightedTitle(described({ activation: "relu" }))).toBe(", relu");
  expect(weightedTitle(described({ bias: false }))).toBe(", linear, no bias");
});
