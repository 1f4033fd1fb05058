/** The compiled cores, from the text that the build inlines: each is compiled once a process, at first use. */

import { core } from "../../build/module.js";
import { decode } from "./decode.ts";
import type { Dtype } from "./dtype.ts";
import { fuse } from "./fuse.ts";

/** Where the modules come from: in the package's own text, or as files that the runtime has compiled (compiled.edge.ts). */
export const build: "inlined" | "static" = "inlined";

const modules = new Map<string, WebAssembly.Module>();

/** @internal What every network needs: assembly/core.ts. @param isRelaxed only where `hasRelaxed` */
export function compiledCore(dtype: Dtype, isRelaxed: boolean): WebAssembly.Module {
  const key = `${dtype} ${isRelaxed}`;
  const known = modules.get(key);
  if (known) return known;
  const bytes = decode(core, dtype);
  if (isRelaxed) fuse(bytes, dtype);
  const compiled = new WebAssembly.Module(bytes);
  modules.set(key, compiled);
  return compiled;
}

/** @internal A module of one function, which multiplies and adds three zeros: (drop (f32x4.relaxed_madd …)). */
const relaxedProbe = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 20, 1, 18, 0],
  ...[65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 26, 11],
];

/** @internal Whether the runtime has relaxed SIMD. */
export const hasRelaxed = (): boolean => WebAssembly.validate(Uint8Array.from(relaxedProbe));
