/** Checks the bytes of a file before a reader looks into them. */

import { shown } from "../errors.ts";

/**
 * Refuses values that are not bytes, and files that are still packed.
 *
 * @param who begins the message of an error
 * @throws {TypeError} if `bytes` is not a Uint8Array; Node's Buffer is one
 * @throws {RangeError} if the bytes begin as a gzip file does
 */
export function checkBytes(who: string, bytes: unknown): asserts bytes is Uint8Array {
  if (Object.prototype.toString.call(bytes) !== "[object Uint8Array]") {
    throw new TypeError(`${who}: got ${shown(bytes)}, need the bytes of a file as a Uint8Array`);
  }
  const [first, second] = bytes as Uint8Array;
  if (first !== 0x1f || second !== 0x8b) return;
  const need = 'unpacked bytes: gunzipSync(bytes) of node:zlib, or new DecompressionStream("gzip")';
  throw new RangeError(`${who}: got a gzip file, need ${need}`);
}
