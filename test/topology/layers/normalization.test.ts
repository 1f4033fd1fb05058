import { describe, expect, test } from "vitest";
import { activation, batchNorm, dense, groupNorm, layerNorm, Network, rmsNorm } from "../../../src/index.ts";
import { gain, gainAndShift, normalizationOptions } from "../../../src/topology/layers/normalization.ts";
import { expectGolden } from "./golden.ts";

test("a network with both agrees with PyTorch's for 20 steps to 1e-10: losses, parameters, statistics, predictions", () => {
  const layers = [
    // A bias would have no effect, and so a gradient of rounding only, of which Adam makes steps.
    dense(8, { bias: false }),
    batchNorm({ momentum: 0.2 }),
    activation("tanh"),
    dense(6, { bias: false }),
    layerNorm({ epsilon: 1e-4 }),
    activation("relu"),
    dense(2),
  ];
  expectGolden("Normalized", new Network({ inputs: 3, layers, dtype: "float64" }));
});

test("a gain of 1 and a shift of 0 for each column, which l1 and l2 leave alone", () => {
  const [weight, bias] = gainAndShift(4);
  expect([weight.initializer, bias.initializer]).toEqual([
    { kind: "constant", value: 1 },
    { kind: "constant", value: 0 },
  ]);
  expect([weight.shape, bias.shape, weight.isWeight, bias.isWeight]).toEqual([[4], [4], false, false]);
});

test("a gain alone, and another default of epsilon", () => {
  expect(gain(4)).toEqual(gainAndShift(4)[0]);
  expect(normalizationOptions("who", {})).toEqual({ epsilon: 1e-5 });
  expect(normalizationOptions("who", {}, [], 1e-6)).toEqual({ epsilon: 1e-6 });
  expect(normalizationOptions("who", { epsilon: 1e-3 }, [], 1e-6)).toEqual({ epsilon: 1e-3 });
});

describe.each<[string, (options: object) => unknown]>([
  ["batchNorm", batchNorm],
  ["layerNorm", layerNorm],
  ["groupNorm", (options) => groupNorm(2, options)],
  ["rmsNorm", rmsNorm],
])("%s refuses", (name, make) => {
  test.each<[object, string]>([
    [{ epsilon: 0 }, `${name}: got epsilon 0, need a number above 0`],
    [{ epsilon: Number.NaN }, `${name}: epsilon: got NaN, need a finite number`],
    [{ epsilom: 1 }, `${name} option: got "epsilom", need one of epsilon`],
    [{ trainable: 0 }, `${name}: got trainable 0, need true or false`],
  ])("%o", (options, message) => expect(() => make(options)).toThrow(message));
});
