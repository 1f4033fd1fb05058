/** Makes ONNX files for tests, node by node, and networks of them. */

import { expect } from "vitest";
import type { FromOnnxOptions } from "../../src/onnx/index.ts";
import { encodeModel } from "../../src/onnx/protobuf.ts";
import { type ReadModel, readModel } from "../../src/onnx/read.ts";
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from "../../src/onnx/schema.ts";

/** Whole numbers and lists of them, texts and lists of them; real numbers as { float } or { floats }. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: TensorProto };

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

function attributeOf(name: string, value: Attribute): AttributeProto {
  if (typeof value === "number") return { name, type: 2, int: value };
  if (typeof value === "string") return { name, type: 3, bytes: bytesOf(value) };
  if (Array.isArray(value)) {
    const isText = typeof value[0] === "string";
    return isText ? { name, type: 8, texts: value.map(bytesOf) } : { name, type: 7, ints: value };
  }
  if ("floats" in (value as object)) return { name, type: 6, ...(value as { floats: number[] }) };
  if ("tensor" in (value as object)) return { name, type: 4, ...(value as { tensor: TensorProto }) };
  return { name, type: 1, ...(value as { float: number }) };
}

/** `node("Gemm", "x w b -> y", { transB: 1 })`; "_" is an absent one. */
export function node(operator: string, names: string, attributes: Readonly<Record<string, Attribute>> = {}): NodeProto {
  const [inputs, outputs] = names.split("->").map((side) => side.trim().split(/\s+/).filter(Boolean));
  const given = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
  const present = (list: readonly string[]) => list.map((name) => (name === "_" ? "" : name));
  return {
    operator,
    inputs: present(inputs),
    outputs: present(outputs),
    attributes: given,
    name: outputs.find((name) => name !== "_") ?? "",
  };
}

/** A tensor of real numbers, or of whole ones. */
export function tensor(
  name: string,
  dims: readonly number[],
  values: ArrayLike<number>,
  type: "float" | "int64" = "float",
): TensorProto {
  const raw = type === "float" ? Float32Array.from(values) : BigInt64Array.from(Array.from(values), BigInt);
  return { name, dims, type: type === "float" ? 1 : 7, raw: new Uint8Array(raw.buffer) };
}

export const integers = (name: string, ...values: number[]) => tensor(name, [values.length], values, "int64");

export interface ModelSpec {
  readonly nodes: readonly NodeProto[];
  /** The sides of each input; a name is a side of unknown length. */
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  readonly outputs?: readonly string[];
  readonly tensors?: readonly TensorProto[];
  readonly opset?: number;
  /** The codes of the types of inputs that are not float. */
  readonly types?: Readonly<Record<string, number>>;
  readonly graph?: Partial<GraphProto>;
}

/** Returns the bytes of a model. */
export function modelOf({
  nodes,
  inputs,
  outputs,
  tensors = [],
  opset = 17,
  types = {},
  graph = {},
}: ModelSpec): Uint8Array<ArrayBuffer> {
  const last = nodes.at(-1)?.outputs?.find((name) => name !== "") ?? "";
  return encodeModel({
    irVersion: 8,
    opsets: [{ domain: "", version: opset }],
    graph: {
      name: "test",
      nodes,
      initializers: tensors,
      inputs: Object.entries(inputs).map(([name, sides]) => {
        const dims = sides.map((side) => (typeof side === "number" ? { value: side } : { parameter: side }));
        return { name, type: { tensor: { type: types[name] ?? 1, shape: { dims } } } };
      }),
      outputs: (outputs ?? [last]).map((name) => ({ name })),
      ...graph,
    },
  });
}

/** Returns the network of a model, with its inputs and outputs. */
export const read = (spec: ModelSpec, options?: FromOnnxOptions): ReadModel => readModel(modelOf(spec), options);

/** Returns the titles of the layers of a model's network. */
export const titles = (spec: ModelSpec, options?: FromOnnxOptions): string[] =>
  read(spec, options).network.layers.map(({ title }) => title);

/** Returns what a model's network answers to examples, rounded. */
export function answers(spec: ModelSpec, examples: readonly number[], options?: FromOnnxOptions): number[] {
  const answer = read(spec, options).network.predict(Float32Array.from(examples)) as Float32Array;
  return Array.from(answer, (value) => Number(value.toPrecision(5)));
}

/** Expects a refusal of a model. */
export const refused = (spec: ModelSpec, message: RegExp | string, options?: FromOnnxOptions) =>
  expect(() => read(spec, options)).toThrow(message);

/** 1, 2, 3, … */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
