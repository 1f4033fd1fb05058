import { expect, test } from "vitest";
import { build, compiledCore, hasRelaxed } from "../../src/memory/compiled.ts";
import { instantiate, withTraining } from "../../src/memory/module.ts";

test("the modules are inlined", () => {
  expect(build).toBe("inlined");
});

test("the core of each type is compiled once", () => {
  for (const dtype of ["float32", "float64"] as const) {
    expect(compiledCore(dtype, false)).toBe(compiledCore(dtype, false));
    if (hasRelaxed()) expect(compiledCore(dtype, true)).not.toBe(compiledCore(dtype, false));
  }
  expect(compiledCore("float64", false)).not.toBe(compiledCore("float32", false));
});

test("99 more instances are made of the modules that the first compiled", () => {
  const Module = WebAssembly.Module;
  let compilations = 0;
  WebAssembly.Module = class extends Module {
    constructor(bytes: BufferSource) {
      super(bytes);
      compilations++;
    }
  };
  try {
    withTraining(instantiate("float32"), "float32");
    const before = compilations;
    for (let index = 0; index < 99; index++) withTraining(instantiate("float32"), "float32");
    expect(compilations).toBe(before);
  } finally {
    WebAssembly.Module = Module;
  }
});
