import { expect, test } from "vitest";
import { build, compiledCore } from "../../src/memory/compiled.ts";
import { instantiate, withTraining } from "../../src/memory/module.ts";

test("the modules are inlined", () => {
  expect(build).toBe("inlined");
});

test("the core of each type is compiled once", () => {
  expect(compiledCore("float32")).toBe(compiledCore("float32"));
  expect(compiledCore("float64")).toBe(compiledCore("float64"));
  expect(compiledCore("float64")).not.toBe(compiledCore("float32"));
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
