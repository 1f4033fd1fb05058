import { expect, test } from "vitest";
import { core } from "../../build/core.js";
import { normalization } from "../../build/normalization.js";
import { training } from "../../build/training.js";
import { build, compiledModule, hasRelaxed } from "../../src/kernels/compile.ts";
import { Arena } from "../../src/memory/arena.ts";

test("the modules are inlined", () => {
  expect(build).toBe("inlined");
});

test("the module of a family and a type is compiled once, and once more for relaxed products, where it has some", () => {
  for (const dtype of ["float32", "float64"] as const) {
    expect(compiledModule(core, dtype, false)).toBe(compiledModule(core, dtype, false));
    expect(compiledModule(training, dtype, false)).not.toBe(compiledModule(core, dtype, false));
    for (const family of hasRelaxed() ? [core, training] : []) {
      expect(compiledModule(family, dtype, true)).not.toBe(compiledModule(family, dtype, false));
    }
    expect(compiledModule(normalization, dtype, true)).toBe(compiledModule(normalization, dtype, false));
  }
  expect(compiledModule(core, "float64", false)).not.toBe(compiledModule(core, "float32", false));
});

test("99 more arenas are made of the modules that the first compiled, and of those families alone that are added", () => {
  const Module = WebAssembly.Module;
  let compilations = 0;
  WebAssembly.Module = class extends Module {
    constructor(bytes: BufferSource) {
      super(bytes);
      compilations++;
    }
  };
  try {
    const make = () => new Arena("float32").add(training);
    make();
    const before = compilations;
    for (let index = 0; index < 99; index++) make();
    expect(compilations).toBe(before);
  } finally {
    WebAssembly.Module = Module;
  }
});
