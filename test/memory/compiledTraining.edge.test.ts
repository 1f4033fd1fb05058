import { expect, test } from "vitest";
import * as edge from "../../src/memory/compiledTraining.edge.ts";
import * as inlined from "../../src/memory/compiledTraining.ts";

test("has the modules that the runtime has compiled, and the names of those inlined", () => {
  expect(edge.compiledTraining("float32")).toBeInstanceOf(WebAssembly.Module);
  expect(edge.compiledTraining("float64")).toBeInstanceOf(WebAssembly.Module);
  expect(edge.compiledTraining("float64")).not.toBe(edge.compiledTraining("float32"));
  expect(Object.keys(edge).sort()).toEqual(Object.keys(inlined).sort());
});
