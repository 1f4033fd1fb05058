import { expect, test, vi } from "vitest";
import { kernelOf } from "../../../src/cli/exported/kernel.ts";

test("a module is compiled if it is there; others are not, whatever their names", () => {
  const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  vi.stubGlobal("simdnetKernels", { "core32.wasm": Buffer.from(empty).toString("base64") });
  expect(kernelOf("core32.wasm")).toBeInstanceOf(WebAssembly.Module);
  expect([kernelOf("core64.wasm"), kernelOf("toString")]).toEqual([undefined, undefined]);
});
