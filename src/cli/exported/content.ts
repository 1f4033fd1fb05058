/** Reads the content of a model's file: a pipeline, which predicts from records, or a network alone. */

import { decodeText } from "../../host.ts";
import { Network, Pipeline } from "../../index.ts";

/**
 * Returns the pipeline of a file or, if it has none, the network.
 *
 * @throws {RangeError | TypeError} if the bytes hold neither
 */
export const contentOf = (file: Uint8Array | ArrayBuffer): Pipeline | Network =>
  hasPipeline(file) ? Pipeline.fromBytes(file) : Network.fromBytes(file);

/**
 * Returns whether the metadata of a safetensors file says that there is a pipeline. It only looks for the name, between quotes that no
 * backslash escapes: the header may be hostile, and is checked where it is read.
 */
function hasPipeline(file: Uint8Array | ArrayBuffer): boolean {
  const bytes = ArrayBuffer.isView(file) ? file : new Uint8Array(file);
  const headerStart = 8;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = bytes.length < headerStart ? 0 : Number(view.getBigUint64(0, true));
  try {
    const header = decodeText(bytes.subarray(headerStart, headerStart + length));
    return /[{,]\s{0,99}"pipeline"\s{0,99}:\s{0,99}"/.test(header);
  } catch {
    // Network.fromBytes reports the problem.
    return false;
  }
}
