import { expect, test } from "vitest";
import { hasRelaxed } from "../../src/memory/compiled.ts";
import { compiledRelaxed, compiledTraining } from "../../src/memory/compiledTraining.ts";

test("each module is compiled once", () => {
  expect(compiledTraining()).toBe(compiledTraining());
  if (hasRelaxed()) expect(compiledRelaxed()).toBe(compiledRelaxed());
});
