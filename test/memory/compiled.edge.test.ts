import { expect, test } from "vitest";
import * as edge from "../../src/memory/compiled.edge.ts";
import * as inlined from "../../src/memory/compiled.ts";

test("has the modules that the runtime has compiled, and the names of those inlined", () => {
  expect(edge.build).toBe("static");
  expect(edge.compiledCore()).toBeInstanceOf(WebAssembly.Module);
  expect(edge.compiledTraining()).toBeInstanceOf(WebAssembly.Module);
  expect(Object.keys(edge).sort()).toEqual(Object.keys(inlined).sort());
});

test("has no relaxed products, and says so when it is asked for them", () => {
  expect(edge.hasRelaxed()).toBe(false);
  expect(edge.compiledRelaxed).toThrow("need hasRelaxed() first");
});
