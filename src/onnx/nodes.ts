/** The nodes of a graph, with their attributes by name and type. */

import { shown } from "../errors.ts";
import { hasHidden } from "../hidden.ts";
import type { AttributeProto, NodeProto, TensorProto } from "./schema.ts";

/** The codes of the types of attributes. */
const attributeTypes = { float: 1, int: 2, bytes: 3, tensor: 4, floats: 6, ints: 7, texts: 8 } as const;

/** The most characters of a name that a layer takes over. */
const mostCharacters = 100;

/** Returns the shortest decimal number that becomes this float32: 0.9 instead of 0.89999998. */
export function shortest(value: number): number {
  const digits = [6, 7, 8].find((count) => Math.fround(Number(value.toPrecision(count))) === value);
  return digits === undefined ? value : Number(value.toPrecision(digits));
}

/** Returns a text of ONNX's own names, all of which are ASCII. */
const textOf = (bytes: Uint8Array) => String.fromCharCode(...bytes.subarray(0, mostCharacters));

/** One node of a graph. */
export class Operator {
  /** The name of the operator: "Conv". */
  readonly name: string;
  /** The names of its inputs; an empty one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** The function, the operator and the node, for messages: `fromOnnx, Conv "conv1"`. */
  readonly who: string;
  /** The node's name, if a layer may have it. */
  readonly title: string | undefined;
  readonly #attributes: ReadonlyMap<string, AttributeProto>;
  readonly #proto: NodeProto;

  /** @param version that of the operators of this graph */
  constructor(
    proto: NodeProto,
    readonly version: number,
  ) {
    const { operator = "", inputs = [], outputs = [], name = "", domain = "", attributes = [] } = proto;
    this.#proto = proto;
    this.name = operator;
    this.inputs = inputs;
    this.outputs = outputs;
    this.domain = domain === "ai.onnx" ? "" : domain;
    this.who = `fromOnnx, ${/^\w+$/.test(operator) ? operator : shown(operator)} ${shown(name || (outputs[0] ?? ""))}`;
    this.title = name !== "" && name.length <= mostCharacters && !hasHidden(name) ? name : undefined;
    this.#attributes = new Map(attributes.map((attribute) => [attribute.name ?? "", attribute]));
  }

  /** Returns the same node without an attribute. */
  without(name: string): Operator {
    const attributes = (this.#proto.attributes ?? []).filter((attribute) => attribute.name !== name);
    return new Operator({ ...this.#proto, attributes }, this.version);
  }

  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  int(name: string, usual: number): number {
    const value = this.#find(name, "int");
    return value ? (value.int ?? 0) : usual;
  }

  float(name: string, usual: number): number {
    const value = this.#find(name, "float");
    return value ? shortest(value.float ?? 0) : usual;
  }

  /** A list of whole numbers. */
  ints(name: string): readonly number[] | undefined {
    const value = this.#find(name, "ints");
    return value && (value.ints ?? []);
  }

  floats(name: string): readonly number[] | undefined {
    const value = this.#find(name, "floats");
    return value && (value.floats ?? []);
  }

  text(name: string, usual: string): string {
    const value = this.#find(name, "bytes");
    return value ? textOf(value.bytes ?? new Uint8Array()) : usual;
  }

  texts(name: string): readonly string[] {
    return (this.#find(name, "texts")?.texts ?? []).map(textOf);
  }

  tensor(name: string): TensorProto | undefined {
    return this.#find(name, "tensor")?.tensor;
  }

  #find(name: string, type: keyof typeof attributeTypes): AttributeProto | undefined {
    const attribute = this.#attributes.get(name);
    // Files of version 1 have no types.
    if (!attribute?.type || attribute.type === attributeTypes[type]) return attribute;
    const got = `attribute ${shown(name)} of type ${attribute.type} of ONNX`;
    throw new RangeError(`${this.who}: got ${got}, need type ${attributeTypes[type]}`);
  }
}
