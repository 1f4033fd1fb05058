/**
 * The compiled module of training, likewise. It stays a file of its own in the package: a bundler leaves out a file, but not
 * the import of a module that it does not read, from a program that does not use it.
 */

import type { Dtype } from "./dtype.ts";
import float32 from "./training32.wasm?module";
import float64 from "./training64.wasm?module";

/** @internal */
export const compiledTraining = (dtype: Dtype): WebAssembly.Module => (dtype === "float32" ? float32 : float64);
