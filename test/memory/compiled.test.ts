import { expect, test } from "vitest";
import { build, compiledCore } from "../../src/memory/compiled.ts";
import { instantiate, withTraining } from "../../src/memory/module.ts";

test("the modules are inlined", () => {
  expect(build).toBe("inlined");
});

test("the core is compiled once", () => {
  expect(compiledCore()).toBe(compiledCore());
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
    withTraining(instantiate());
    const before = compilations;
    for (let index = 0; index < 99; index++) withTraining(instantiate());
    expect(compilations).toBe(before);
  } finally {
    WebAssembly.Module = Module;
  }
});
