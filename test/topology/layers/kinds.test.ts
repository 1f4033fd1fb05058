import { expect, test } from "vitest";
import { dense, denseKind } from "../../../src/topology/layers/dense.ts";
import { kindOf } from "../../../src/topology/layers/kinds.ts";
import type { LayerDescription } from "../../../src/topology/layers/layer.ts";

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
