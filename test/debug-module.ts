/** Stands in for src/memory/module.ts in the debug run: the kernels assert, and say file and line when they stop. */
import { readFileSync } from "node:fs";
import { instantiateSync } from "@assemblyscript/loader";
import type { Exports } from "../src/memory/module.ts";

let compiled: WebAssembly.Module | undefined;

export const build = "inlined";

export const supported = () => "strict";

/** The debug build is one module. */
export const withTraining = (exports: Exports): Exports => exports;

export function instantiate(): Exports {
  compiled ??= new WebAssembly.Module(readFileSync("build/core.debug.wasm"));
  return instantiateSync(compiled).instance.exports as unknown as Exports;
}
