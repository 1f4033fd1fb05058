/** Reads IDX files, the format of MNIST, Fashion-MNIST, EMNIST and KMNIST. */

import { checkArguments, plural } from "../errors.ts";
import { checkBytes } from "./bytes.ts";

/** The numbers of an IDX file. */
export interface IdxTensor {
  /** For images [count, height, width], for labels [count]. */
  shape: number[];
  /** Row-major, in the type that the file names. */
  values: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

/** A type of numbers: its array, and the method of a DataView that reads one number. */
interface Kind {
  readonly Values: new (count: number) => IdxTensor["values"];
  readonly bytes: number;
  readonly read: "getUint8" | "getInt8" | "getInt16" | "getInt32" | "getFloat32" | "getFloat64";
}

/** Types by the third byte of a file. */
const kinds = new Map<number, Kind>([
  [0x08, { Values: Uint8Array, bytes: 1, read: "getUint8" }],
  [0x09, { Values: Int8Array, bytes: 1, read: "getInt8" }],
  [0x0b, { Values: Int16Array, bytes: 2, read: "getInt16" }],
  [0x0c, { Values: Int32Array, bytes: 4, read: "getInt32" }],
  [0x0d, { Values: Float32Array, bytes: 4, read: "getFloat32" }],
  [0x0e, { Values: Float64Array, bytes: 8, read: "getFloat64" }],
]);

/**
 * Reads the numbers of an IDX file and their shape. It checks the header against the number of bytes before it allocates memory.
 *
 * The `values` of images are whole rows, as trainers take them. Image i of [count, height, width] is `values.subarray(i * size, (i + 1) *
 * size)` with size = height · width.
 *
 * @param bytes the whole file, unpacked
 * @throws {TypeError} if `bytes` is not a Uint8Array
 * @throws {RangeError} if it is not an IDX file, has more or fewer bytes than its sides need, or is still gzipped
 * Source  http://yann.lecun.com/exdb/mnist, "The IDX file format".
 */
export function readIdx(bytes: Uint8Array): IdxTensor {
  checkArguments("readIdx", arguments.length, 1);
  const who = "readIdx";
  checkBytes(who, bytes);
  const kind = kinds.get(bytes[2]);
  const sides = bytes[3];
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || !kind || sides === 0) {
    const got = bytes.length === 0 ? "no bytes" : `a file that begins with ${bytes.subarray(0, 4).join(" ")}`;
    const need = "an IDX file: two zeros, a type from 8, 9, 11, 12, 13 and 14, the number of sides";
    throw new RangeError(`${who}: got ${got}, need ${need}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 4 + 4 * sides;
  if (bytes.length < start) {
    throw new RangeError(`${who}: got ${plural(bytes.length, "byte")}, need ${start} for ${plural(sides, "side")}`);
  }
  const shape = Array.from({ length: sides }, (_, side) => view.getUint32(4 + 4 * side));
  const side = shape.indexOf(0);
  if (side >= 0) throw new RangeError(`${who}: got 0 as side ${side}, need at least 1`);
  const count = shape.reduce((product, length) => product * length, 1);
  const { Values, bytes: size, read } = kind;
  if (count * size !== bytes.length - start) {
    const need = `${count * size}, as a shape of [${shape.slice(0, 8).join(", ")}${sides > 8 ? ", …" : ""}] has`;
    throw new RangeError(`${who}: got ${plural(bytes.length - start, "byte")} of numbers, need ${need}`);
  }
  const values = new Values(count);
  for (let index = 0; index < count; index++) values[index] = view[read](start + index * size);
  return { shape, values };
}
