/** Tensors of ONNX files: their types, their numbers, and the limits that keep a small file from asking for much memory. */

import { plural, shown } from "../errors.ts";
import { refuse } from "./refusals.ts";
import type { TensorProto } from "./schema.ts";

/** The numbers of a tensor as simdnet/onnx computes with them: float32 where that is exact, else float64. */
export type Numbers = Float32Array | Float64Array;

/** The most sides of a tensor. */
export const mostSides = 16;
/** The most numbers of a tensor: those of a value of a network. */
export const mostNumbers = 2 ** 31 - 1;

interface ElementType {
  readonly name: string;
  readonly bytes: number;
  /** The list that has the numbers if they are not in `raw`. */
  readonly list: "floats" | "ints" | "longs" | "doubles" | "unsigned";
  readonly isInteger: boolean;
  /** Returns the numbers of bytes that are aligned. */
  readonly read: (buffer: ArrayBuffer) => Numbers;
  /** Returns the numbers of a list, if they are stored otherwise than as they are. */
  readonly unpack?: (list: readonly number[]) => Numbers;
}

/** Returns the number of 16 bits in IEEE 754's format: sign, 5 bits of exponent, 10 of mantissa. Exact. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return (sign * (exponent === 0 ? mantissa : (1024 + mantissa) * (1 << (exponent - 1)))) / 2 ** 24;
}

const halves = (bits: Uint16Array): Numbers => Float32Array.from(bits, half);
/** Returns the numbers whose upper 16 bits, as float32, are given. */
const upperHalves = (bits: Uint16Array): Numbers =>
  new Float32Array(Uint32Array.from(bits, (each) => each << 16).buffer);

const integer = (
  name: string,
  bytes: number,
  list: "ints" | "longs" | "unsigned",
  read: ElementType["read"],
): ElementType => ({ name, bytes, list, isInteger: true, read });

/** The types of numbers by their codes in a file. Texts and complex numbers are not among them. */
const elementTypes: Readonly<Record<number, ElementType>> = {
  1: { name: "float", bytes: 4, list: "floats", isInteger: false, read: (buffer) => new Float32Array(buffer) },
  2: integer("uint8", 1, "ints", (buffer) => Float64Array.from(new Uint8Array(buffer))),
  3: integer("int8", 1, "ints", (buffer) => Float64Array.from(new Int8Array(buffer))),
  4: integer("uint16", 2, "ints", (buffer) => Float64Array.from(new Uint16Array(buffer))),
  5: integer("int16", 2, "ints", (buffer) => Float64Array.from(new Int16Array(buffer))),
  6: integer("int32", 4, "ints", (buffer) => Float64Array.from(new Int32Array(buffer))),
  7: integer("int64", 8, "longs", (buffer) => Float64Array.from(new BigInt64Array(buffer), Number)),
  9: integer("bool", 1, "ints", (buffer) => Float64Array.from(new Uint8Array(buffer))),
  10: {
    ...{ name: "float16", bytes: 2, list: "ints", isInteger: false },
    read: (buffer) => halves(new Uint16Array(buffer)),
    unpack: (list) => halves(Uint16Array.from(list)),
  },
  11: { name: "double", bytes: 8, list: "doubles", isInteger: false, read: (buffer) => new Float64Array(buffer) },
  12: integer("uint32", 4, "unsigned", (buffer) => Float64Array.from(new Uint32Array(buffer))),
  13: integer("uint64", 8, "unsigned", (buffer) => Float64Array.from(new BigUint64Array(buffer), Number)),
  16: {
    ...{ name: "bfloat16", bytes: 2, list: "ints", isInteger: false },
    read: (buffer) => upperHalves(new Uint16Array(buffer)),
    unpack: (list) => upperHalves(Uint16Array.from(list)),
  },
};

/** The codes of the types that are written. */
export const typeCodes = { float32: 1, int32: 6, int64: 7, text: 8, bool: 9, float64: 11 } as const;

/** Returns a type of numbers. @throws {RangeError} if it is none: texts, complex numbers, fewer than 8 bits */
export function elementTypeOf(code: number | undefined): ElementType {
  const known = elementTypes[code ?? 0];
  if (known) return known;
  const names = Object.values(elementTypes).map(({ name }) => name);
  refuse(`numbers of type ${shown(code)} of ONNX`, `one of ${names.join(", ")}`);
}

/** Returns the sides of a shape. @throws {RangeError} if there are too many, or one is negative */
export function checkDims(dims: readonly number[]): readonly number[] {
  const count = dims.reduce((product, side) => product * side, 1);
  const isShape = dims.every((side) => Number.isSafeInteger(side) && side >= 0) && count <= mostNumbers;
  if (isShape && dims.length <= mostSides) return dims;
  const sides = dims.length > mostSides ? plural(dims.length, "side") : `[${dims.join(", ")}]`;
  refuse(`a shape of ${sides}`, `at most ${mostSides} sides and 2³¹ numbers`);
}

/** The numbers of a tensor with its shape. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly values: Numbers;
  readonly isInteger: boolean;
}

/** Returns the bytes of another file that an ONNX file names. */
export type ExternalFile = (name: string) => Uint8Array | ArrayBuffer;

/** Returns bytes, for a function that takes a file. A response gives an ArrayBuffer. @param who begins the message of an error */
export function bytesOf(who: string, file: Uint8Array | ArrayBuffer): Uint8Array {
  const kind = Object.prototype.toString.call(file);
  if (kind === "[object Uint8Array]") return file as Uint8Array;
  if (kind === "[object ArrayBuffer]") return new Uint8Array(file as ArrayBuffer);
  throw new TypeError(`${who}: got ${shown(file)}, need a Uint8Array or an ArrayBuffer`);
}

/** Returns the bytes of a tensor's numbers in another file. */
function externalBytes({ external = [] }: TensorProto, fileOf: ExternalFile | undefined): Uint8Array {
  const entry = (key: string) => external.find((each) => each.key === key)?.value;
  const name = entry("location") ?? "";
  if (!fileOf) {
    return refuse(
      `numbers that are in another file, ${shown(name)}`,
      "externalFile in the options, or one file (in PyTorch: external_data=False)",
    );
  }
  const bytes = bytesOf(`fromOnnx: externalFile(${shown(name)})`, fileOf(name));
  const offset = Number(entry("offset") ?? 0);
  const length = Number(entry("length") ?? bytes.length - offset);
  const isWithin = [offset, length].every((each) => Number.isSafeInteger(each) && each >= 0);
  if (isWithin && offset + length <= bytes.length) return bytes.subarray(offset, offset + length);
  return refuse(`${length} bytes from ${offset} in ${shown(name)}`, `some of its ${plural(bytes.length, "byte")}`);
}

/**
 * Returns the numbers of a tensor. The bytes that are there are compared with its shape before anything is allocated.
 *
 * @param fileOf returns the bytes of another file; undefined if there is none
 * @throws {RangeError} if it has another number of bytes, a type without numbers, or its numbers in another file that is not there
 */
export function readTensor(tensor: TensorProto, fileOf?: ExternalFile): Tensor {
  const { dims = [], type: code, location } = tensor;
  if (tensor.segment) refuse("a segment of a tensor", "a whole one");
  const type = elementTypeOf(code);
  const count = checkDims(dims).reduce((product, side) => product * side, 1);
  const raw = location === 1 ? externalBytes(tensor, fileOf) : tensor.raw;
  const list = tensor[type.list] ?? [];
  const given = raw ? raw.length / type.bytes : list.length;
  if (given !== count) {
    const shape = `[${dims.join(", ")}] of ${type.name}`;
    refuse(`${plural(given, "number")} for the shape ${shape}`, `${count}`);
  }
  const values = raw ? type.read(raw.slice().buffer as ArrayBuffer) : (type.unpack ?? numbersOf(type))(list);
  return { dims, values, isInteger: type.isInteger };
}

const numbersOf =
  ({ name }: ElementType) =>
  (list: readonly number[]): Numbers =>
    name === "float" ? Float32Array.from(list) : Float64Array.from(list);
