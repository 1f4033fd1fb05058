/** Stands in for src/memory/module.ts in the debug run: the kernels assert, and say file and line when they stop. */
import { readFileSync } from "node:fs";
import { instantiateSync } from "@assemblyscript/loader";
import type { Exports } from "../src/memory/module.ts";

let compiled: WebAssembly.Module | undefined;

export const supported = () => "strict";

export function instantiate(): Exports {
  compiled ??= new WebAssembly.Module(readFileSync("build/core.debug.wasm"));
  return instantiateSync(compiled).instance.exports as unknown as Exports;
}
