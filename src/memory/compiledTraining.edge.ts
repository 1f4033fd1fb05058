/**
 * The compiled module of training, likewise. It stays a file of its own in the package: a bundler leaves out a file, but not
 * the import of a module that it does not read, from a program that does not use it.
 */

import training from "./training.wasm?module";

/** @internal */
export const compiledTraining = (): WebAssembly.Module => training;

/** @internal */
export function compiledRelaxed(): WebAssembly.Module {
  throw new Error("memory: got a call for relaxed products, need hasRelaxed() first");
}
