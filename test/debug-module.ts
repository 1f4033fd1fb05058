/** Stands in for src/memory/module.ts in the debug run: the kernels assert, and say file and line when they stop. */
import { readFileSync } from "node:fs";
import { instantiateSync } from "@assemblyscript/loader";
import type { Dtype } from "../src/memory/dtype.ts";
import type { Exports } from "../src/memory/module.ts";

const compiled: { [dtype in Dtype]?: WebAssembly.Module } = {};

export const build = "inlined";

export const supported = () => "strict";

/** The debug build is one module. */
export const withTraining = (exports: Exports): Exports => ({ ...exports });

export function instantiate(dtype: Dtype): Exports {
  compiled[dtype] ??= new WebAssembly.Module(readFileSync(`build/debug${dtype.slice(-2)}.wasm`));
  return instantiateSync(compiled[dtype]).instance.exports as unknown as Exports;
}
