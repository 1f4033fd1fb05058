/** Requests WebAssembly, which a runtime may lack or forbid, and memory, of which it may have too little. */

/**
 * Returns the result of `make`.
 *
 * @param what the name of the result, for the message
 * @throws {TypeError} if the runtime has no WebAssembly, or does not compile this module
 * @throws {RangeError} if it does not have enough memory
 */
export function ask<Result>(what: string, make: () => Result): Result {
  if (typeof WebAssembly === "undefined")
    throw new TypeError("WebAssembly: got a runtime without it, need one with SIMD");
  try {
    return make();
  } catch (cause) {
    const { name, message } = cause as Error;
    if (name !== "RangeError") {
      const need = "SIMD, and wasm-unsafe-eval in a page's policy";
      throw new TypeError(`WebAssembly: got no ${what} (${message}), need ${need}`, { cause });
    }
    throw new RangeError(`memory: got none for the ${what} (${message}), need fewer networks at a time`, { cause });
  }
}
