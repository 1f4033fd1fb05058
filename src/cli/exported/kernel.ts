/** Compiles the kernels of an exported module. The command puts their bytes before it, only those that its network needs. */

import { bytesOfBase64 } from "../../host.ts";

/** The bytes of modules as base64, by the names of their files. */
declare const simdnetKernels: Readonly<Record<string, string>>;

/** Returns the module of a file such as core32.wasm; undefined if the network does not need it. */
export function kernelOf(name: string): WebAssembly.Module | undefined {
  return Object.hasOwn(simdnetKernels, name) ? new WebAssembly.Module(bytesOfBase64(simdnetKernels[name])) : undefined;
}
