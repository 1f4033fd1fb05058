/** The compiled modules of an exported module, whose bytes the command has put before it: those alone that its network needs. */

/** The bytes of modules as base64, by the names of their files. */
declare const simdnetKernels: Readonly<Record<string, string>>;

/** The bytes of a text in base64. */
export const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** Returns the module of a file such as core32.wasm; nothing where the network does without. */
export function kernelOf(name: string): WebAssembly.Module | undefined {
  return Object.hasOwn(simdnetKernels, name) ? new WebAssembly.Module(bytesOf(simdnetKernels[name])) : undefined;
}
