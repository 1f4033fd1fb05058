import { expect, test, vi } from "vitest";
import { instantiate } from "../../src/memory/module.ts";

test("an instance begins with less than 5 pages of memory, and the blocks within them", () => {
  const { memory, heapBase } = instantiate();
  expect(memory.buffer.byteLength).toBeLessThan(5 * 65536);
  expect(heapBase.value).toBeGreaterThan(0);
  expect(heapBase.value).toBeLessThanOrEqual(memory.buffer.byteLength);
});

test("two instances share no byte of memory and no place of the function table", () => {
  const [one, other] = [instantiate(), instantiate()];
  new Uint8Array(one.memory.buffer).fill(7, one.heapBase.value);
  one.table.grow(3);
  expect(new Uint8Array(other.memory.buffer, other.heapBase.value).every((byte) => byte === 0)).toBe(true);
  expect(one.table.length - other.table.length).toBe(3);
});

test("100 instances are made of one compiled module", () => {
  const Module = WebAssembly.Module;
  let compilations = 0;
  WebAssembly.Module = class extends Module {
    constructor(bytes: BufferSource) {
      super(bytes);
      compilations++;
    }
  };
  try {
    instantiate();
    expect(compilations).toBeLessThanOrEqual(1);
    for (let index = 0; index < 99; index++) instantiate();
    expect(compilations).toBeLessThanOrEqual(1);
  } finally {
    WebAssembly.Module = Module;
  }
});

test("without Buffer, as in a browser, it is the same module", async () => {
  vi.resetModules();
  const fresh = await import("../../src/memory/module.ts");
  vi.stubGlobal("Buffer", undefined);
  try {
    expect(Object.keys(fresh.instantiate())).toEqual(Object.keys(instantiate()));
  } finally {
    vi.unstubAllGlobals();
  }
});
