import { expect, test, vi } from "vitest";
import { ask } from "../../src/kernels/ask.ts";

test("returns what is made", () => expect(ask("a number", () => 42)).toBe(42));

test("without WebAssembly, says that the runtime has none", () => {
  vi.stubGlobal("WebAssembly", undefined);
  const message = "WebAssembly: got a runtime without it, need one with SIMD";
  expect(() => ask("it", () => new WebAssembly.Memory({ initial: 1 }))).toThrow(new TypeError(message));
});

test("bytes that do not compile are a runtime without SIMD, or one that forbids them", () => {
  const make = () => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 9, 0, 0, 0));
  const message =
    /^WebAssembly: got no core kernels \(.+\), need SIMD, and wasm-unsafe-eval in a page's policy$/;
  expect(() => ask("core kernels", make)).toThrow(message);
  expect(() => ask("core kernels", make)).toThrow(TypeError);
});

test("where memory is short, says for what and what to do", () => {
  const make = () => {
    throw new RangeError("WebAssembly.Memory(): could not allocate memory");
  };
  const message =
    "memory: got none for the network (WebAssembly.Memory(): could not allocate memory), need fewer networks at a time";
  expect(() => ask("network", make)).toThrow(new RangeError(message));
});
