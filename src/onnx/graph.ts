/**
 * A graph that is being written. ONNX's operators need the sides of a tensor in different orders, so each value of the network has a tensor
 * for each order in which one is needed; the first is that in which its layer makes it.
 */

import { encodeText } from "../host.ts";
import type { Dtype, Value } from "../index.ts";
import { type AttributeProto, type NodeProto, type TensorProto, typeCodes } from "./schema.ts";
import type { Numbers } from "./tensors.ts";

/**
 * The order of the sides of a tensor: as here, [batch, …, channels]; with the channels first, [batch, channels, …]; with the steps first,
 * [steps, batch, features]; or one row in the order of an image with its channels first.
 */
export type Order = "last" | "first" | "steps" | "row";

/** An attribute's value: whole numbers and lists of them, real numbers as { float }, texts. */
export type AttributeValue = number | readonly number[] | string | { readonly float: number } | readonly string[];

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

function attributeOf(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === "number") return { name, type: 2, int: value };
  if (typeof value === "string") return { name, type: 3, bytes: bytesOf(value) };
  if (Array.isArray(value) && typeof value[0] === "string") return { name, type: 8, texts: value.map(encodeText) };
  if ("float" in (value as object)) return { name, type: 1, float: (value as { float: number }).float };
  return { name, type: 7, ints: value as readonly number[] };
}

interface NodeOptions {
  readonly name?: string;
  readonly outputs?: number;
  readonly outputNames?: readonly string[];
  readonly domain?: string;
}

/** Returns the bytes of numbers, as they are in memory. */
const rawOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength).slice();

/** Returns the sides of a tensor with channels first. */
const firstOf = (sides: number) => [0, sides, ...Array.from({ length: sides - 1 }, (_, side) => side + 1)];
const lastOf = (sides: number) => [0, ...Array.from({ length: sides - 1 }, (_, side) => side + 2), 1];

/** ONNX's operators of machine learning, as ONNX Runtime has them since 2019. */
export const learning = { domain: "ai.onnx.ml", version: 2 };

export class GraphWriter {
  readonly nodes: NodeProto[] = [];
  /** True if a node is of ONNX's operators of machine learning. */
  needsLearning = false;
  readonly initializers: TensorProto[] = [];
  readonly opset: number;
  readonly dtype: Dtype;
  readonly #tensors = new Map<Value, Map<Order, string>>();
  /** The image whose channels come first in a row. */
  readonly #images = new Map<Value, readonly number[]>();
  readonly #names = new Set<string>();
  readonly #constants = new Map<string, string>();

  constructor(opset: number, dtype: Dtype) {
    this.opset = opset;
    this.dtype = dtype;
  }

  /** Returns a name that nothing else has, like `wanted`. */
  unique(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.#names.has(name); number++) name = `${wanted}_${number}`;
    this.#names.add(name);
    return name;
  }

  /**
   * Adds a node.
   *
   * @param options.outputs the number of outputs; each gets a name that nothing else has
   * @param options.outputNames the names of the outputs instead; an output that nobody needs has the name ""
   * @param options.domain the set of its operator; default ONNX's own
   * @returns the names of its outputs
   */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    { name = operator, outputs = 1, outputNames, domain }: NodeOptions = {},
  ): readonly string[] {
    const own = this.unique(name);
    const made = outputNames ?? Array.from({ length: outputs }, (_, index) => this.unique(`${own}:${index}`));
    const entries = Object.entries(attributes);
    this.nodes.push({
      ...{ operator, inputs, outputs: made, name: own },
      ...(domain !== undefined && { domain }),
      ...(entries.length > 0 && { attributes: entries.map(([key, value]) => attributeOf(key, value)) }),
    });
    return made;
  }

  /** Adds a node with one output. @returns its name */
  one(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    name = operator,
  ): string {
    return this.node(operator, inputs, attributes, { name })[0];
  }

  /**
   * Adds a tensor of the network's type, or finds the one that another use of its layer has added.
   *
   * @param arrangement how its numbers are arranged, if several ways have the same shape
   * @returns its name
   */
  tensor(name: string, dims: readonly number[], values: Numbers, arrangement = ""): string {
    const key = `tensor ${name} ${dims.join(" ")} ${arrangement}`;
    return this.#constant(key, () => ({ dims, type: typeCodes[this.dtype], raw: rawOf(values) }), name);
  }

  /** Returns the name of a number, or of a list of numbers, of the network's type. */
  number(value: number | readonly number[]): string {
    const list = [value].flat();
    return this.#constant(`number ${Array.isArray(value)} ${list.join(" ")}`, () => {
      const values = this.dtype === "float64" ? Float64Array.from(list) : Float32Array.from(list);
      return { dims: typeof value === "number" ? [] : [list.length], type: typeCodes[this.dtype], raw: rawOf(values) };
    });
  }

  /** Returns the name of a list of whole numbers: sides, axes, places. */
  integers(list: readonly number[]): string {
    return this.#constant(`integers ${list.join(" ")}`, () => {
      return { dims: [list.length], type: typeCodes.int64, raw: rawOf(BigInt64Array.from(list, BigInt)) };
    });
  }

  /** Returns the name of a list of int32: numbers of steps. */
  int32(list: readonly number[]): string {
    return this.#constant(`int32 ${list.join(" ")}`, () => {
      return { dims: [list.length], type: typeCodes.int32, raw: rawOf(Int32Array.from(list)) };
    });
  }

  /** Returns the name of real numbers that are float32 in any network. */
  floats(list: readonly number[], isScalar = false): string {
    return this.#constant(`floats ${isScalar} ${list.join(" ")}`, () => {
      return { dims: isScalar ? [] : [list.length], type: typeCodes.float32, raw: rawOf(Float32Array.from(list)) };
    });
  }

  /** Returns the name of a double, or of a list of doubles, in any network. */
  double(value: number | readonly number[]): string {
    const list = [value].flat();
    return this.#constant(`double ${Array.isArray(value)} ${list.join(" ")}`, () => {
      const dims = typeof value === "number" ? [] : [list.length];
      return { dims, type: typeCodes.float64, raw: rawOf(Float64Array.from(list)) };
    });
  }

  /** Returns the name of a list of texts. */
  texts(list: readonly string[]): string {
    return this.#constant(`texts ${JSON.stringify(list)}`, () => {
      return { dims: [list.length], type: typeCodes.text, texts: list.map(encodeText) };
    });
  }

  /** Adds a node that numbers texts: one of ONNX's operators of machine learning. @returns the name of its output */
  labels(input: string, attributes: Readonly<Record<string, AttributeValue>>): string {
    this.needsLearning = true;
    return this.node("LabelEncoder", [input], attributes, { domain: learning.domain })[0];
  }

  #constant(key: string, make: () => Omit<TensorProto, "name">, wanted = "constant"): string {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.unique(wanted);
    this.#constants.set(key, name);
    this.initializers.push({ name, ...make() });
    return name;
  }

  /** Says that a tensor is a value, with its sides in this order. @param image the shape of the image that a row was */
  set(value: Value, order: Order, name: string, image?: readonly number[]): void {
    const tensors = this.#tensors.get(value) ?? new Map<Order, string>();
    tensors.set(order, name);
    this.#tensors.set(value, tensors);
    if (image) this.#images.set(value, image);
  }

  /** Returns the order in which a value is: "last" if it is in several. */
  orderOf(value: Value): Order {
    const tensors = this.#tensors.get(value)!;
    return tensors.has("last") ? "last" : [...tensors.keys()][0];
  }

  /** Tells whether a value has a tensor in this order. */
  has(value: Value, order: Order): boolean {
    return this.#tensors.get(value)!.has(order);
  }

  /** The shape of the image that a row was. */
  imageOf(value: Value): readonly number[] {
    return this.#images.get(value)!;
  }

  /** Returns the tensor of a value with its sides in an order. Transposes it at the first use. */
  get(value: Value, order: Order): string {
    const tensors = this.#tensors.get(value)!;
    const known = tensors.get(order);
    if (known !== undefined) return known;
    const sides = value.shape.length;
    if (order === "first" && sides === 1) return this.get(value, "last");
    const made = this.#turned(value, order, sides);
    tensors.set(order, made);
    return made;
  }

  #turned(value: Value, order: Order, sides: number): string {
    const from = this.orderOf(value);
    if (order === "last" && from === "row") {
      const [height, width, channels] = this.imageOf(value);
      const image = this.one("Reshape", [this.get(value, "row"), this.integers([0, channels, height, width])]);
      const turned = this.one("Transpose", [image], { perm: [0, 2, 3, 1] });
      return this.one("Reshape", [turned, this.integers([0, -1])]);
    }
    if (order === "first" && from === "steps")
      return this.one("Transpose", [this.get(value, "steps")], { perm: [1, 2, 0] });
    if (order === "steps" && from === "first")
      return this.one("Transpose", [this.get(value, "first")], { perm: [2, 0, 1] });
    if (order === "steps") return this.one("Transpose", [this.get(value, "last")], { perm: [1, 0, 2] });
    if (order === "first") return this.one("Transpose", [this.get(value, "last")], { perm: firstOf(sides) });
    if (from === "steps") return this.one("Transpose", [this.get(value, "steps")], { perm: [1, 0, 2] });
    return this.one("Transpose", [this.get(value, "first")], { perm: lastOf(sides) });
  }

  /** Returns the axis of a side of a value, counted without the batch, in a tensor of this order. */
  axisOf(value: Value, side: number, order: Order): number {
    if (order === "steps") return side === 0 ? 0 : 2;
    if (order !== "first") return side + 1;
    return side === value.shape.length - 1 ? 1 : side + 2;
  }
}
