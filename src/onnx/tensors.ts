/** Tensors of ONNX files: their types, their numbers, and the limits that keep a small file from asking for much memory. */

import { plural, shown } from "../errors.ts";
import { refuse } from "./refusals.ts";
import { type TensorProto, typeCodes } from "./schema.ts";

/** The numbers of a tensor as simdnet/onnx computes with them: float32 where that is exact, else float64. */
export type Numbers = Float32Array | Float64Array;

/** The most sides of a tensor. */
export const mostSides = 16;
/** The most numbers of a tensor: those of a value of a network. */
export const mostNumbers = 2 ** 31 - 1;

interface ElementType {
  readonly name: string;
  /** The list that has the numbers if they are not in `raw`. */
  readonly list: "floats" | "ints" | "longs" | "doubles" | "unsigned";
  /** The array of the numbers as they are stored. */
  readonly stored: StoredArray;
  readonly isInteger: boolean;
  /** Returns the numbers that 16 bits stand for. */
  readonly decode?: (bits: Iterable<number>) => Numbers;
}

/** An array of numbers that are stored in the same way. */
interface StoredArray {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): Numbers | Iterable<number | bigint>;
}

/** Returns the number of 16 bits in IEEE 754's format: sign, 5 bits of exponent, 10 of mantissa. Exact. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return (sign * (exponent === 0 ? mantissa : (1024 + mantissa) * (1 << (exponent - 1)))) / 2 ** 24;
}

const halves = (bits: Iterable<number>): Numbers => Float32Array.from(bits, half);
/** Returns the numbers whose upper 16 bits, as float32, are given. */
const upperHalves = (bits: Iterable<number>): Numbers =>
  new Float32Array(Uint32Array.from(bits, (each) => each << 16).buffer);

const real = (name: string, list: ElementType["list"], stored: StoredArray, decode?: ElementType["decode"]) => {
  return { name, list, stored, isInteger: false, ...(decode && { decode }) };
};
const integer = (name: string, stored: StoredArray, list: ElementType["list"] = "ints") => {
  return { name, list, stored, isInteger: true };
};

/** The types of numbers by their codes in a file. Texts and complex numbers are not among them. */
const elementTypes: Readonly<Record<number, ElementType>> = {
  1: real("float", "floats", Float32Array),
  2: integer("uint8", Uint8Array),
  3: integer("int8", Int8Array),
  4: integer("uint16", Uint16Array),
  5: integer("int16", Int16Array),
  6: integer("int32", Int32Array),
  7: integer("int64", BigInt64Array, "longs"),
  9: integer("bool", Uint8Array),
  10: real("float16", "ints", Uint16Array, halves),
  11: real("double", "doubles", Float64Array),
  12: integer("uint32", Uint32Array, "unsigned"),
  13: integer("uint64", BigUint64Array, "unsigned"),
  16: real("bfloat16", "ints", Uint16Array, upperHalves),
};

/** Returns a type of numbers. @throws {RangeError} if it is none: texts, complex numbers, fewer than 8 bits */
export function elementTypeOf(code: number | undefined): ElementType {
  const known = elementTypes[code ?? 0];
  if (known) return known;
  const names = Object.values(elementTypes).map(({ name }) => name);
  // Sequences and optional values have no type of numbers.
  const other = code === undefined ? "something other than a tensor" : `numbers of type ${code} of ONNX`;
  return refuse(code === typeCodes.text ? "texts" : other, `numbers: ${names.join(", ")}`);
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
  const given = raw ? raw.length / type.stored.BYTES_PER_ELEMENT : list.length;
  if (given !== count) {
    const shape = `[${dims.join(", ")}] of ${type.name}`;
    refuse(`${plural(given, "number")} for the shape ${shape}`, `${count}`);
  }
  return {
    dims,
    values: numbersOf(type, raw ? new type.stored(raw.slice().buffer as ArrayBuffer) : list),
    isInteger: type.isInteger,
  };
}

/** Returns numbers that are stored as a type says: 16 bits are decoded, whole numbers become doubles. */
function numbersOf({ name, decode }: ElementType, stored: Numbers | Iterable<number | bigint>): Numbers {
  if (decode) return decode(stored as Iterable<number>);
  if (stored instanceof Float32Array || stored instanceof Float64Array) return stored;
  const numbers = Float64Array.from(stored as Iterable<number>, Number);
  return name === "float" ? Float32Array.from(numbers) : numbers;
}
