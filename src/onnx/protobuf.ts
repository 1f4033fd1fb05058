/** Reads and writes ONNX's messages in the format of protocol buffers. */

import { refusalOf } from "./formats.ts";
import {
  type FieldKind,
  type GraphProto,
  type MessageName,
  type ModelProto,
  messages,
  type TensorProto,
} from "./schema.ts";
import { eightBytes, fourBytes, lengthPrefixed, varint, WireReader, WireWriter } from "./wire.ts";

/** The most messages of a file: each takes two bytes there, but a hundred in memory. */
const mostMessages = 2 ** 18;

/** The ways to store numbers. Everything else has its length before it. */
const wireTypes: Readonly<Record<string, number>> = { int: varint, double: eightBytes, float: fourBytes };

type Message = Record<string, unknown>;

/** Reads messages from a file, and counts them. */
class MessageReader {
  readonly #wire: WireReader;
  #count = 0;

  constructor(bytes: Uint8Array) {
    this.#wire = new WireReader(bytes);
  }

  /** Returns the message that ends at `end`. */
  read(name: MessageName, end: number): Message {
    if (++this.#count > mostMessages) throw new RangeError(`more than ${mostMessages} messages, need fewer`);
    const message: Message = {};
    const wire = this.#wire;
    while (wire.at < end) {
      const tag = wire.int(end);
      const type = tag & 7;
      const field = messages[name].get(Math.floor(tag / 8));
      if (!field) wire.skip(type, end);
      else if (field.isList) {
        const list = (message[field.name] ?? []) as unknown[];
        message[field.name] = list;
        this.#append(list, field.kind, type, end);
      } else message[field.name] = this.#value(field.kind, type, end);
    }
    return message;
  }

  /** Appends one value, or several that are packed, to a list. */
  #append(list: unknown[], kind: FieldKind, type: number, end: number): void {
    if (!Object.hasOwn(wireTypes, kind) || type !== lengthPrefixed) {
      list.push(this.#value(kind, type, end));
      return;
    }
    const last = this.#wire.block(end);
    while (this.#wire.at < last) list.push(this.#value(kind, wireTypes[kind], last));
  }

  #value(kind: FieldKind, type: number, end: number): unknown {
    const wire = this.#wire;
    if (type !== (wireTypes[kind] ?? lengthPrefixed))
      throw new RangeError(`a field stored in way ${type}, need another`);
    if (kind === "int") return wire.int(end);
    if (kind === "float") return wire.float(end);
    if (kind === "double") return wire.double(end);
    if (kind === "text") return wire.text(end);
    if (kind === "bytes") return wire.bytes(end);
    return this.read(kind, wire.block(end));
  }
}

/** A model that has a graph. */
export type Model = ModelProto & { readonly graph: GraphProto };

/**
 * Returns the model in the bytes of an ONNX file. Tensors are views of the bytes.
 *
 * @throws {RangeError} if the bytes are not such a file; the message names the format that they have, if it is known
 */
export function decodeModel(who: string, bytes: Uint8Array): Model {
  const { graph, ...model }: ModelProto = decodeMessage(who, "model", bytes);
  if (graph) return { ...model, graph };
  throw new RangeError(`${who}: ${refusalOf(bytes) ?? "got a file without a graph, need one"}`);
}

/** Returns the tensor in the bytes of a file that holds nothing else. */
export const decodeTensor = (who: string, bytes: Uint8Array): TensorProto => decodeMessage(who, "tensor", bytes);

function decodeMessage(who: string, name: MessageName, bytes: Uint8Array): object {
  try {
    return new MessageReader(bytes).read(name, bytes.length);
  } catch (cause) {
    const { message } = cause as Error;
    const refusal = refusalOf(bytes) ?? `got ${bytes.length} bytes that are not an ONNX file: ${message}`;
    throw new RangeError(`${who}: ${refusal}`, { cause });
  }
}

/** Returns the bytes of an ONNX file. */
export const encodeModel = (model: ModelProto): Uint8Array<ArrayBuffer> =>
  messageOf("model", model as Message).finish();

function messageOf(name: MessageName, message: Message): WireWriter {
  const wire = new WireWriter();
  for (const [number, { name: field, kind, isList }] of messages[name]) {
    const value = message[field];
    if (value === undefined) continue;
    const values = isList ? (value as readonly unknown[]) : [value];
    if (isList && kind === "int") {
      const packed = new WireWriter();
      for (const each of values) packed.int(each as number);
      wire.field(number, lengthPrefixed);
      wire.message(packed);
    } else for (const each of values) writeValue(wire, number, kind, each);
  }
  return wire;
}

/** Writes one value. Doubles and lists of real numbers are in tensors' raw bytes, not in fields. */
function writeValue(wire: WireWriter, number: number, kind: FieldKind, value: unknown): void {
  wire.field(number, wireTypes[kind] ?? lengthPrefixed);
  if (kind === "int") wire.int(value as number);
  else if (kind === "float") wire.float(value as number);
  else if (kind === "text") wire.text(value as string);
  else if (kind === "bytes") wire.bytes(value as Uint8Array);
  else wire.message(messageOf(kind as MessageName, value as Message));
}
