import { expect, test } from "vitest";
import { build, compiledCore, compiledTraining } from "../../src/memory/compiled.ts";
import { instantiate, withTraining } from "../../src/memory/module.ts";

test("the modules are inlined", () => {
  expect(build).toBe("inlined");
});

test("each module is compiled once", () => {
  expect(compiledCore()).toBe(compiledCore());
  expect(compiledTraining()).toBe(compiledTraining());
});

test("100 instances are made of two compiled modules", () => {
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
    expect(compilations).toBeLessThanOrEqual(2);
    for (let index = 0; index < 99; index++) withTraining(instantiate());
    expect(compilations).toBeLessThanOrEqual(1);
  } finally {
    WebAssembly.Module = Module;
  }
});
