import { expect, test } from "vitest";
import { sizeOf } from "../../../src/topology/layers/layer.ts";

test("the size of a shape is the product of its sides: 28 × 28 × 3 is 2352, no sides is 1", () => {
  expect(sizeOf([28, 28, 3])).toBe(2352);
  expect(sizeOf([7])).toBe(7);
  expect(sizeOf([])).toBe(1);
});
