import { expect, test } from "vitest";
import { compiledTraining } from "../../src/memory/compiledTraining.ts";

test("the module of each type is compiled once", () => {
  expect(compiledTraining("float32")).toBe(compiledTraining("float32"));
  expect(compiledTraining("float64")).not.toBe(compiledTraining("float32"));
});
