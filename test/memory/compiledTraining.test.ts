import { expect, test } from "vitest";
import { hasRelaxed } from "../../src/memory/compiled.ts";
import { compiledRelaxed, compiledTraining } from "../../src/memory/compiledTraining.ts";

test("each module of each type is compiled once", () => {
  expect(compiledTraining("float32")).toBe(compiledTraining("float32"));
  expect(compiledTraining("float64")).not.toBe(compiledTraining("float32"));
  if (!hasRelaxed()) return;
  expect(compiledRelaxed("float32")).toBe(compiledRelaxed("float32"));
  expect(compiledRelaxed("float64")).not.toBe(compiledRelaxed("float32"));
});
