import { expect, test } from "vitest";
import * as edge from "../../src/memory/compiledTraining.edge.ts";
import * as inlined from "../../src/memory/compiledTraining.ts";

test("has the module that the runtime has compiled, and the names of those inlined", () => {
  expect(edge.compiledTraining()).toBeInstanceOf(WebAssembly.Module);
  expect(Object.keys(edge).sort()).toEqual(Object.keys(inlined).sort());
});

test("has no relaxed products, and says so when it is asked for them", () => {
  expect(edge.compiledRelaxed).toThrow("need hasRelaxed() first");
});
