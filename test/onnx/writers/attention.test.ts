/** The nodes of attention. */
import { expect, test } from "vitest";
import { attention } from "../../../src/index.ts";
import { list, numbersOf, operatorsOf } from "../written.ts";

test("a causal layer has a mask", () => {
  const causal = list([2, 4], attention({ heads: 2, causal: true }));
  expect(numbersOf(causal, "attention1.mask")).toEqual([0, -1e9, 0, 0]);
  expect(operatorsOf(causal).filter((operator) => operator === "MatMul")).toHaveLength(6);
  expect(operatorsOf(list([2, 4], attention({ heads: 2 })))).not.toContain("attention1.mask");
});
