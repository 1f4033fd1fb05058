import { expect, test } from "vitest";
import { core } from "../../build/core.js";
import { normalization } from "../../build/normalization.js";
import { training } from "../../build/training.js";
import { build, compiled, hasRelaxed } from "../../src/kernels/compile.ts";
import { Arena } from "../../src/memory/arena.ts";

test("the modules are inlined", () => {
  expect(build).toBe("inlined");
});

test("the module of a family and a type is compiled once, and once more for relaxed products, where it has some", () => {
  for (const dtype of ["float32", "float64"] as const) {
    expect(compiled(core, dtype, false)).toBe(compiled(core, dtype, false));
    expect(compiled(training, dtype, false)).not.toBe(compiled(core, dtype, false));
    for (const family of hasRelaxed() ? [core, training] : []) {
      expect(compiled(family, dtype, true)).not.toBe(compiled(family, dtype, false));
    }
    expect(compiled(normalization, dtype, true)).toBe(compiled(normalization, dtype, false));
  }
  expect(compiled(core, "float64", false)).not.toBe(compiled(core, "float32", false));
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
