/** Stands in for src/kernels/instance.ts in the debug run: the kernels assert, and say file and line when they stop. */
import { readFileSync } from "node:fs";
import { instantiateSync } from "@assemblyscript/loader";
import type { Family } from "../build/kernels.js";
import type { Dtype } from "../src/kernels/dtype.ts";
import type { Arithmetic, Environment, Kernels } from "../src/kernels/instance.ts";

export { dataEnd, panelBytes, tableSize } from "../build/debug/layout.js";

export const mostPages = 65536;

/** The debug build runs on one thread. */
export const moduleOf = (): never => {
  throw new Error("debug-instance: got a network on several threads, need one on one");
};

const modules = new Map<string, WebAssembly.Module>();

export const build = "inlined";

export const supportedArithmetic = () => "strict";

export function instantiate(
  { name }: Family,
  dtype: Dtype,
  _arithmetic: Arithmetic,
  { memory, table, panels }: Environment,
  core: Partial<Kernels>,
): Partial<Kernels> {
  const file = `build/debug/${name}${dtype.slice(-2)}.wasm`;
  const module = modules.get(file) ?? new WebAssembly.Module(readFileSync(file));
  modules.set(file, module);
  const imports = { env: { memory, table }, panel: { panels }, coreImports: core as WebAssembly.ModuleImports };
  return instantiateSync(module, imports).instance.exports as Partial<Kernels>;
}
