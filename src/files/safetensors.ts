/**
 * The safetensors format: 8 bytes of header length, a JSON header, the tensors' bytes one after the other. All are little-endian, like
 * WebAssembly. Networks and checkpoints are such files; any safetensors reader opens them.
 *
 * Source  https://github.com/huggingface/safetensors (Apache-2.0): README.md "Format", limits of safetensors/src/tensor.rs.
 */

import { isKnown, plural, shown } from "../errors.ts";
import { decodeText, encodeText } from "../host.ts";
import type { Bytes, Dtype, Values } from "../kernels/dtype.ts";
import { parseJSON } from "./json.ts";

/** A tensor with its name. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array | Float64Array;
}

/** A tensor of a file that was read. */
export interface ReadTensor extends NamedTensor {
  readonly values: Values;
}

export interface DecodedTensor extends ReadTensor {
  readonly dtype: Dtype;
}

export interface SafetensorsFile {
  readonly tensors: DecodedTensor[];
  readonly metadata: Record<string, string>;
}

const lengthBytes = 8;
/** The header also ends on a multiple of this, so that every tensor is aligned to its element. */
const alignmentBytes = 8;
/** The limit of the reference implementation. */
const maxHeaderBytes = 100_000_000;
const metadataName = "__metadata__";
const space = 0x20;
const openingBrace = 0x7b;

const elements = {
  F32: { dtype: "float32", bytes: 4, Values: Float32Array },
  F64: { dtype: "float64", bytes: 8, Values: Float64Array },
} as const;

/** Returns a shape for a message, cut if it is long. */
export const shownShape = (shape: readonly number[]) =>
  `[${shape.slice(0, 8).join(", ")}${shape.length > 8 ? ", …" : ""}]`;
const refusal = (got: string, need: string) => new RangeError(`safetensors: got ${got}, need ${need}`);

/**
 * Returns a safetensors file of `tensors`. Tensors of 8-byte elements come first; otherwise the order is kept.
 *
 * @throws {RangeError} if a name occurs twice or is reserved, or if a shape does not fit its values
 */
export function encode(tensors: readonly NamedTensor[], metadata: Readonly<Record<string, string>> = {}): Bytes {
  const ordered = tensors.toSorted((a, b) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT);
  const names = new Set<string>([metadataName]);
  const entries: [string, unknown][] = [];
  checkMetadata(metadata);
  if (Object.keys(metadata).length > 0) entries.push([metadataName, metadata]);
  let end = 0;
  for (const { name, shape, values } of ordered) {
    if (names.has(name)) throw refusal(`tensor name ${shown(name)}`, "names that differ, and none of the format's own");
    names.add(name);
    if (elementCount(name, shape) !== values.length) {
      throw refusal(
        `${plural(values.length, "value")} in tensor ${shown(name)}`,
        `as many as its shape ${shownShape(shape)} has`,
      );
    }
    const begin = end;
    end += values.byteLength;
    const dtype = values.BYTES_PER_ELEMENT === elements.F64.bytes ? "F64" : "F32";
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  // JSON.stringify of one object would put names such as "10" first.
  const members = entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const header = encodeText(`{${members.join(",")}}`);
  const headerBytes = Math.ceil(header.length / alignmentBytes) * alignmentBytes;
  if (headerBytes > maxHeaderBytes) throw refusal(`a header of ${headerBytes} bytes`, `at most ${maxHeaderBytes}`);

  const bytes = new Uint8Array(lengthBytes + headerBytes + end);
  new DataView(bytes.buffer).setUint32(0, headerBytes, true);
  bytes.set(header, lengthBytes);
  let address = lengthBytes + headerBytes;
  bytes.fill(space, lengthBytes + header.length, address);
  for (const { values } of ordered) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), address);
    address += values.byteLength;
  }
  return bytes;
}

/**
 * Returns the tensors of a safetensors file, copied, in the order of their data.
 *
 * @throws {TypeError} if `file` is neither a Uint8Array nor an ArrayBuffer
 * @throws {RangeError} if the bytes are not a well-formed file of F32 and F64 tensors; before this check nothing large is allocated
 */
export function decode(file: Uint8Array | ArrayBuffer): SafetensorsFile {
  const { tensors, metadata } = readTensors(file, elements);
  const decoded = tensors.map(({ name, shape, type: { dtype, Values }, buffer }) => {
    return { name, shape, dtype, values: new Values(buffer) };
  });
  return { tensors: decoded, metadata };
}

/** A tensor with a copy of its bytes. */
export interface RawTensor<Type> {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: Type;
  readonly buffer: ArrayBuffer;
}

/** Returns the same for tensors of the given types. `types` has the size of an element of each, by its name in the header. */
export function readTensors<Type extends { readonly bytes: number }>(
  file: Uint8Array | ArrayBuffer,
  types: Readonly<Record<string, Type>>,
): { tensors: RawTensor<Type>[]; metadata: Record<string, string> } {
  const bytes = bytesOf(file);
  const headerBytes = headerLength(bytes);
  const dataAddress = lengthBytes + headerBytes;
  const dataBytes = bytes.length - dataAddress;
  const header = parseHeader(new Uint8Array(bytes.subarray(lengthBytes, dataAddress)));

  const metadata = Object.hasOwn(header, metadataName) ? header[metadataName] : {};
  checkMetadata(metadata);
  const extents: Extent<Type>[] = [];
  for (const name of Object.keys(header)) if (name !== metadataName) extents.push(extentOf(name, header[name], types));
  // Empty tensors come before the tensor that begins at the same place.
  extents.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let position = 0;
  for (const { name, begin, end } of extents) {
    if (begin !== position) {
      throw refusal(
        `tensor ${shown(name)} at byte ${begin} of the data`,
        `it at byte ${position}, where data continue`,
      );
    }
    position = end;
  }
  if (position !== dataBytes)
    throw refusal(`${plural(dataBytes, "byte")} of data`, `${position}, which the header describes`);

  const tensors = extents.map(({ name, shape, type, begin, end }) => {
    // The bytes are copied, because neither the file nor a tensor in it needs to be aligned.
    const { buffer } = new Uint8Array(bytes.subarray(dataAddress + begin, dataAddress + end));
    return { name, shape, type, buffer };
  });
  return { tensors, metadata };
}

/** Returns the bytes of a file. A response gives an ArrayBuffer; one that has been transferred is empty. */
function bytesOf(file: unknown): Uint8Array {
  const kind = Object.prototype.toString.call(file);
  if (kind === "[object Uint8Array]") return file as Uint8Array;
  if (kind !== "[object ArrayBuffer]") {
    throw new TypeError(`safetensors: got ${shown(file)}, need a Uint8Array or an ArrayBuffer`);
  }
  const buffer = file as ArrayBuffer;
  return buffer.byteLength === 0 ? new Uint8Array() : new Uint8Array(buffer);
}

/** Returns the header's length, after a check that the file is that long. */
function headerLength(bytes: Uint8Array): number {
  if (bytes.length < lengthBytes) throw refusal(`a file of ${plural(bytes.length, "byte")}`, `at least ${lengthBytes}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes);
  const claimed = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  const most = Math.min(maxHeaderBytes, bytes.length - lengthBytes);
  if (claimed > most)
    throw refusal(`a header of ${plural(claimed, "byte")}`, `at most ${most}: the file is no safetensors, or cut`);
  return claimed;
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  if (bytes[0] !== openingBrace) throw refusal("a header that does not begin with {", "a JSON object");
  let text: string;
  try {
    text = decodeText(bytes);
  } catch (cause) {
    throw new RangeError("safetensors: got a header that is not UTF-8, need a JSON object", { cause });
  }
  return parseJSON("safetensors", "a header", text) as Record<string, unknown>;
}

/** A tensor's entry in the header. */
interface Extent<Type> {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: Type;
  /** The tensor's first byte and its end, from the start of the data. */
  readonly begin: number;
  readonly end: number;
}

/** Returns a tensor's entry, checked for consistency, but not yet against the file. */
function extentOf<Type extends { readonly bytes: number }>(
  name: string,
  entry: unknown,
  types: Readonly<Record<string, Type>>,
): Extent<Type> {
  const { dtype, shape, data_offsets: offsets } = Object(entry);
  if (!isKnown(types, dtype)) {
    throw refusal(`dtype ${shown(dtype)} in tensor ${shown(name)}`, Object.keys(types).join(" or "));
  }
  const type = types[dtype];
  const count = elementCount(name, shape);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((offset) => Number.isSafeInteger(offset))) {
    throw refusal(`data_offsets ${shown(offsets)} in tensor ${shown(name)}`, "two whole numbers");
  }
  const [begin, end] = offsets;
  if (begin < 0 || end - begin !== count * type.bytes) {
    throw refusal(
      `data_offsets [${begin}, ${end}] in tensor ${shown(name)}`,
      `${plural(count * type.bytes, "byte")}, for shape ${shownShape(shape)}`,
    );
  }
  return { name, shape, type, begin, end };
}

/** Returns the number of elements of a shape, which it checks. */
function elementCount(name: string, shape: unknown): number {
  const need = "an array of whole numbers from 0, whose product is below 2^53";
  if (!Array.isArray(shape)) throw refusal(`shape ${shown(shape)} in tensor ${shown(name)}`, need);
  let count = 1;
  for (const size of shape) {
    if (Number.isSafeInteger(size)) count *= size;
    if (!Number.isSafeInteger(size) || size < 0 || !Number.isSafeInteger(count)) {
      throw refusal(`${shown(size)} in the shape of tensor ${shown(name)}`, need);
    }
  }
  return count;
}

function checkMetadata(metadata: unknown): asserts metadata is Record<string, string> {
  const need = "an object of strings";
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) {
    throw refusal(`metadata ${shown(metadata)}`, need);
  }
  // With millions of names, Object.entries takes longer than JSON.parse.
  for (const key of Object.keys(metadata)) {
    const value = (metadata as Record<string, unknown>)[key];
    if (typeof value !== "string") throw refusal(`${shown(value)} in the metadata under ${shown(key)}`, need);
  }
}
