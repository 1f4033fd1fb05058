import { describe, expect, test } from "vitest";
import { constant, dropout, Network, split } from "../../../src/index.ts";
import { dense, denseKind } from "../../../src/topology/layers/dense.ts";
import type { LayerDescription } from "../../../src/topology/layers/descriptions.ts";
import { checkLayer, kindOf } from "../../../src/topology/layers/kinds.ts";

test("what dense returns is of kind dense", () => {
  expect(kindOf(dense(1))).toBe(denseKind);
});

test.each<[string, unknown, string]>([
  ["a misspelt kind, with the nearest", { kind: "Dens" }, '; did you mean "dense()"?'],
  ["a name instead of a call", "dense", 'layer: got "dense", need one of dense(), dropout(), '],
  ["a function that is not called", dense, "layer: got a function, need one of dense(), dropout(), "],
  ["nothing", undefined, "layer: got undefined, need one of dense(), dropout(), "],
  ["null", null, "layer: got null, need one of dense(), dropout(), "],
  ["a number", 8, "layer: got 8, need one of dense(), dropout(), "],
  ["an object of no kind", {}, "layer: got an object, need one of dense(), dropout(), "],
  ["a method's name", { kind: "toString" }, 'layer: got "toString", need one of dense(), dropout(), '],
])("refused is %s", (_, description, message) => {
  expect(() => kindOf(description as LayerDescription)).toThrow(RangeError);
  expect(() => kindOf(description as LayerDescription)).toThrow(message);
});

describe("a layer that no function made", () => {
  test.each<[string, unknown, string]>([
    [
      "sides that come twice",
      { kind: "permute", sides: [0, 0] },
      "permute: got sides [0, 0], need each of 0 to 1 once",
    ],
    ["a range before the value", { kind: "slice", side: 1, start: -1, end: 2 }, "slice: start: got -1, need"],
    ["no sizes", { kind: "split" }, "split: got sizes undefined, need an array"],
    ["a rate of 7", { kind: "dropout", rate: 7 }, "dropout: got rate 7, need a number from 0 to below 1"],
    ["a text for a shape", { kind: "reshape", shape: "6" }, 'reshape: got shape "6", need'],
    ["half a unit", { kind: "dense", units: 2.5 }, "dense: units: got 2.5, need a whole number"],
    ["an option too many", { kind: "flatten", sides: 2 }, 'flatten option: got "sides", need name'],
  ])("is refused with %s", (_, layer, message) => {
    expect(() => new Network({ inputs: [2, 3], layers: [layer as LayerDescription] })).toThrow(message);
  });

  test("gets the defaults of its kind, and keeps what JSON has kept of a layer", () => {
    expect(checkLayer({ kind: "dense", units: 3 } as LayerDescription)).toEqual({ ...dense(3) });
    const strangers: [object, string][] = [
      [{ kind: "dense", units: 3, strid: 3 }, 'dense option: got "strid", need one of'],
      [{ kind: "depthwiseConv2d", kernelSize: 3, filters: 3 }, 'depthwiseConv2d option: got "filters", need one of'],
      [{ kind: "conv2d", filters: 3, kernelSize: 3, multiplier: 3 }, 'conv2d option: got "multiplier", need one of'],
    ];
    for (const [layer, message] of strangers) expect(() => checkLayer(layer as LayerDescription)).toThrow(message);
    const layers = [
      dense(3, { activation: "elu", weightInitializer: constant(0.5), maxNorm: 2, trainable: false, name: "first" }),
      dropout(0.25),
      split([3]),
    ];
    expect(JSON.parse(JSON.stringify(layers)).map(checkLayer)).toEqual(layers.map((layer) => ({ ...layer })));
  });
});
