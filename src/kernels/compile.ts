/** The compiled modules, from text that the build inlines. Each is compiled once a process, at first use. */

import type { Family } from "../../build/kernels.js";
import { decode } from "./decode.ts";
import type { Dtype } from "./dtype.ts";
import { fuse } from "./fuse.ts";
import { share } from "./share.ts";

/** The kind of this build: "inlined" has the WebAssembly modules as text, "static" (compile.edge.ts) as files that the runtime compiles. */
export const build: "inlined" | "static" = "inlined";

const modules = new Map<string, WebAssembly.Module>();

/**
 * @internal Returns the module of a family for a type.
 *
 * @param isRelaxed only where `hasRelaxed`
 * @param isShared true if threads share its memory
 */
export function compiledModule(family: Family, dtype: Dtype, isRelaxed: boolean, isShared = false): WebAssembly.Module {
  const products = isRelaxed ? family.products?.[dtype] : undefined;
  const key = `${family.name} ${dtype} ${products !== undefined} ${isShared}`;
  const known = modules.get(key);
  if (known) return known;
  const bytes = decode(family.text!, dtype);
  if (products) fuse(bytes, products);
  if (isShared) share(bytes);
  const module = new WebAssembly.Module(bytes);
  modules.set(key, module);
  return module;
}

/** @internal A module of one function, which multiplies and adds three zeros: (drop (f32x4.relaxed_madd …)). */
const relaxedProbe = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 20, 1, 18, 0],
  ...[65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 26, 11],
];

/** @internal Tells whether the runtime has relaxed SIMD. */
export const hasRelaxed = (): boolean => WebAssembly.validate(Uint8Array.from(relaxedProbe));
