import { expect, test } from "vitest";
import { core } from "../../build/core.edge.js";
import { normalization } from "../../build/normalization.edge.js";
import { training } from "../../build/training.edge.js";
import * as edge from "../../src/kernels/compile.edge.ts";
import * as inlined from "../../src/kernels/compile.ts";

test("has the modules that the runtime has compiled, and the names of those inlined", () => {
  expect(edge.build).toBe("static");
  for (const family of [core, training, normalization]) {
    expect(edge.compiledModule(family, "float32")).toBeInstanceOf(WebAssembly.Module);
    expect(edge.compiledModule(family, "float64")).toBeInstanceOf(WebAssembly.Module);
    expect(edge.compiledModule(family, "float64")).not.toBe(edge.compiledModule(family, "float32"));
  }
  expect(Object.keys(edge).sort()).toEqual(Object.keys(inlined).sort());
});

test("has no relaxed products", () => {
  expect(edge.hasRelaxed()).toBe(false);
});
