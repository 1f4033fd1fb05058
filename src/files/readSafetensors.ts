/** Reads safetensors files of other writers, in all types that JavaScript has an array for, or that convert to one. */

import { checkArguments } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import { type ReadTensor, readTensors } from "./safetensors.ts";

/** A type of elements: its size in bytes, and a function that reads numbers from bytes. */
interface ElementType {
  readonly bytes: number;
  readonly read: (buffer: ArrayBuffer) => Values;
}

/** Returns the number of 16 bits in IEEE 754's format: sign, 5 bits of exponent, 10 of mantissa. Exact. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  // Subnormal numbers have no leading 1, and the smallest exponent.
  return (sign * (exponent === 0 ? mantissa : (1024 + mantissa) * (1 << (exponent - 1)))) / 2 ** 24;
}

/** The types by their names. Types that fit in float32 exactly become float32, all others float64. */
const types: Readonly<Record<string, ElementType>> = {
  F64: { bytes: 8, read: (buffer) => new Float64Array(buffer) },
  F32: { bytes: 4, read: (buffer) => new Float32Array(buffer) },
  F16: { bytes: 2, read: (buffer) => Float32Array.from(new Uint16Array(buffer), half) },
  BF16: {
    bytes: 2,
    // The upper half of a float32.
    read: (buffer) => new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer),
  },
  I64: { bytes: 8, read: (buffer) => Float64Array.from(new BigInt64Array(buffer), Number) },
  U64: { bytes: 8, read: (buffer) => Float64Array.from(new BigUint64Array(buffer), Number) },
  I32: { bytes: 4, read: (buffer) => Float64Array.from(new Int32Array(buffer)) },
  U32: { bytes: 4, read: (buffer) => Float64Array.from(new Uint32Array(buffer)) },
  I16: { bytes: 2, read: (buffer) => Float32Array.from(new Int16Array(buffer)) },
  U16: { bytes: 2, read: (buffer) => Float32Array.from(new Uint16Array(buffer)) },
  I8: { bytes: 1, read: (buffer) => Float32Array.from(new Int8Array(buffer)) },
  U8: { bytes: 1, read: (buffer) => Float32Array.from(new Uint8Array(buffer)) },
  BOOL: { bytes: 1, read: (buffer) => Float32Array.from(new Uint8Array(buffer)) },
};

/**
 * Returns the tensors of any safetensors file, in the order of their data, for `network.load`. F16, BF16, booleans and integers of up to 16
 * bits become float32, larger integers float64. Integers beyond 2⁵³ are rounded. Python's `save_model` writes a tensor of several names
 * once, and its other names into the metadata; it has all its names here, which share its values.
 *
 * @throws {TypeError} if `file` is neither a Uint8Array nor an ArrayBuffer
 * @throws {RangeError} if the file is not well formed, or has another type of numbers
 */
export function readSafetensors(file: Uint8Array | ArrayBuffer): ReadTensor[] {
  checkArguments("readSafetensors", arguments.length, 1);
  const { tensors, metadata } = readTensors(file, types);
  const read = tensors.map(({ name, shape, type, buffer }) => ({ name, shape, values: type.read(buffer) }));
  return withOtherNames(read, metadata);
}

/**
 * Adds the tensors that stand in the metadata as another name of one in the file. A file in alphabetical order stays so, because the order
 * may be that of its layers.
 */
function withOtherNames(tensors: ReadTensor[], metadata: Readonly<Record<string, string>>): ReadTensor[] {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const others = Object.keys(metadata).filter((name) => byName.has(metadata[name]) && !byName.has(name));
  if (others.length === 0) return tensors;
  const isSorted = tensors.every(({ name }, index) => index === 0 || tensors[index - 1].name < name);
  const all = [...tensors, ...others.map((name) => ({ ...byName.get(metadata[name])!, name }))];
  return isSorted ? all.sort((a, b) => (a.name < b.name ? -1 : 1)) : all;
}
