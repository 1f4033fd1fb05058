/** The nodes of a graph, with their attributes by name and type. */

import { shown } from "../errors.ts";
import { hasHidden } from "../hidden.ts";
import type { AttributeProto, NodeProto, TensorProto } from "./schema.ts";

/** The codes of the types of attributes. */
const attributeTypes = { float: 1, int: 2, bytes: 3, tensor: 4, floats: 6, ints: 7, texts: 8 } as const;
/** The values of attributes that a file has without one, as it leaves out zeros and empty lists. */
const empty = { float: 0, int: 0, bytes: new Uint8Array(), tensor: undefined, floats: [], ints: [], texts: [] };

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
    return this.#value(name, "int") ?? usual;
  }

  float(name: string, usual: number): number {
    return shortest(this.#value(name, "float") ?? usual);
  }

  /** A list of whole numbers. */
  ints(name: string): readonly number[] | undefined {
    return this.#value(name, "ints");
  }

  floats(name: string): readonly number[] | undefined {
    return this.#value(name, "floats");
  }

  text(name: string, usual: string): string {
    const bytes = this.#value(name, "bytes");
    return bytes ? textOf(bytes) : usual;
  }

  texts(name: string): readonly string[] {
    return (this.#value(name, "texts") ?? []).map(textOf);
  }

  tensor(name: string): TensorProto | undefined {
    return this.#value(name, "tensor");
  }

  /** Returns an attribute's value; undefined if the node does not have it. */
  #value<Type extends keyof typeof attributeTypes>(name: string, type: Type): AttributeProto[Type] {
    const attribute = this.#attributes.get(name);
    if (!attribute) return undefined;
    const code = attributeTypes[type];
    // Files of version 1 have no types.
    if (!attribute.type || attribute.type === code) return attribute[type] ?? (empty[type] as AttributeProto[Type]);
    const got = `attribute ${shown(name)} of type ${attribute.type} of ONNX`;
    throw new RangeError(`${this.who}: got ${got}, need type ${code}`);
  }
}
