import { expect, test } from "vitest";
import * as edge from "../../src/memory/compiled.edge.ts";
import * as inlined from "../../src/memory/compiled.ts";

test("has the module that the runtime has compiled, and the names of the one inlined", () => {
  expect(edge.build).toBe("static");
  expect(edge.compiledCore()).toBeInstanceOf(WebAssembly.Module);
  expect(Object.keys(edge).sort()).toEqual(Object.keys(inlined).sort());
});

test("has no relaxed products", () => {
  expect(edge.hasRelaxed()).toBe(false);
});
