/** The nodes of normalizations. */
import { expect, test } from "vitest";
import { batchNorm, conv2d, groupNorm, layerNorm, rmsNorm, unitNorm } from "../../../src/index.ts";
import { graphOf, list, operatorsOf } from "../written.ts";

test("axes of reductions are an attribute until version 18", () => {
  const axesOf = (opset: number) => graphOf(list(3, unitNorm()), opset).nodes![0];
  expect([axesOf(17).inputs!.length, axesOf(18).inputs!.length]).toEqual([1, 2]);
});

test("layer normalization is one node, or several if the channels are first", () => {
  expect(operatorsOf(list([3, 2], layerNorm()))).toEqual(["LayerNormalization"]);
  const first = operatorsOf(list([2, 2, 2], conv2d(2, 1), layerNorm()));
  expect(first).not.toContain("LayerNormalization");
  expect(first.filter((operator) => operator === "ReduceMean")).toHaveLength(2);
});

test("groups are normalized as instances; a root mean square has no mean", () => {
  expect(operatorsOf(list([2, 2, 4], groupNorm(2)))).toContain("InstanceNormalization");
  expect(operatorsOf(list(3, rmsNorm()))).toEqual(["Mul", "ReduceMean", "Add", "Sqrt", "Div", "Mul"]);
  expect(operatorsOf(list(3, batchNorm()))).toEqual(["BatchNormalization"]);
});
