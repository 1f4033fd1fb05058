import { expect, test } from "vitest";
import * as edge from "../../src/memory/compiled.edge.ts";
import * as inlined from "../../src/memory/compiled.ts";

test("has the modules that the runtime has compiled, and the names of those inlined", () => {
  expect(edge.build).toBe("static");
  expect(edge.compiledCore("float32")).toBeInstanceOf(WebAssembly.Module);
  expect(edge.compiledCore("float64")).toBeInstanceOf(WebAssembly.Module);
  expect(edge.compiledCore("float64")).not.toBe(edge.compiledCore("float32"));
  expect(Object.keys(edge).sort()).toEqual(Object.keys(inlined).sort());
});

test("has no relaxed products", () => {
  expect(edge.hasRelaxed()).toBe(false);
});
