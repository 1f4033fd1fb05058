/**
 * The format of protocol buffers: fields with a number and a type of storage. Written by hand, because it is half as long as the smallest
 * library for it, and because each length is compared with the bytes that are there before anything is allocated.
 */

import { decodeText, encodeText } from "../host.ts";

/** The ways to store a field: a number of 7 bits a byte, 8 bytes, a length with as many bytes, 4 bytes. */
export const [varint, eightBytes, lengthPrefixed, fourBytes] = [0, 1, 2, 5];

/** Reads fields one after the other. */
export class WireReader {
  #at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get at(): number {
    return this.#at;
  }

  /** Returns the place behind `count` bytes. @throws {RangeError} if there are fewer before `end` */
  #behind(count: number, end: number): number {
    if (this.#at + count <= end) return this.#at + count;
    throw new RangeError(`a field of ${count} bytes where ${end - this.#at} are left, need a whole file`);
  }

  /** Returns the next whole number of up to 64 bits; one of 64 bits is negative if its first is 1. Beyond 2⁵³ it is rounded. */
  int(end: number): number {
    let [low, high, factor] = [0, 0, 1];
    for (let count = 0; count < 10; count++) {
      this.#behind(1, end);
      const byte = this.#bytes[this.#at++];
      const bits = byte & 127;
      // The first four bytes have 28 bits.
      if (count < 4) low += bits * factor;
      else high += bits * factor;
      factor = count === 3 ? 1 : 128 * factor;
      if (byte < 128) return fromParts(low, high);
    }
    throw new RangeError("a number of more than 10 bytes, need a whole file");
  }

  float(end: number): number {
    const behind = this.#behind(4, end);
    const value = this.#view.getFloat32(this.#at, true);
    this.#at = behind;
    return value;
  }

  double(end: number): number {
    const behind = this.#behind(8, end);
    const value = this.#view.getFloat64(this.#at, true);
    this.#at = behind;
    return value;
  }

  /** Reads a length. @returns the place behind as many bytes */
  block(end: number): number {
    return this.#behind(this.int(end), end);
  }

  bytes(end: number): Uint8Array {
    const behind = this.block(end);
    const bytes = this.#bytes.subarray(this.#at, behind);
    this.#at = behind;
    return bytes;
  }

  text(end: number): string {
    const bytes = this.bytes(end);
    try {
      return decodeText(bytes);
    } catch {
      throw new RangeError("a text that is not UTF-8, need one that is");
    }
  }

  skip(type: number, end: number): void {
    if (type === varint) this.int(end);
    else if (type === lengthPrefixed) this.#at = this.block(end);
    else if (type === eightBytes) this.#at = this.#behind(8, end);
    else if (type === fourBytes) this.#at = this.#behind(4, end);
    else throw new RangeError(`a field stored in way ${type}, need 0, 1, 2 or 5`);
  }
}

/** Returns low + high · 2²⁸ as a number of 64 bits with a sign. */
function fromParts(low: number, high: number): number {
  const whole = high % 2 ** 36;
  return whole < 2 ** 35 ? low + whole * 2 ** 28 : low + (whole - 2 ** 36) * 2 ** 28;
}

/** Collects the bytes of fields. */
export class WireWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  #add(part: Uint8Array): void {
    this.#parts.push(part);
    this.#length += part.length;
  }

  /** A whole number from −2⁵³ to 2⁵³. */
  int(value: number): void {
    const bytes: number[] = [];
    // A negative number has 64 bits.
    let [low, high] = [((value % 2 ** 28) + 2 ** 28) % 2 ** 28, Math.floor(value / 2 ** 28)];
    if (high < 0) high += 2 ** 36;
    for (let index = 0; index < 4 && (low > 0 || high > 0 || index === 0); index++) {
      const isLast = low < 128 && high === 0;
      bytes.push((low % 128) + (isLast ? 0 : 128));
      low = Math.floor(low / 128);
      if (isLast) break;
    }
    while (high > 0) {
      bytes.push((high % 128) + (high < 128 ? 0 : 128));
      high = Math.floor(high / 128);
    }
    this.#add(Uint8Array.from(bytes));
  }

  field(number: number, type: number): void {
    this.int(number * 8 + type);
  }

  float(value: number): void {
    this.#add(new Uint8Array(Float32Array.of(value).buffer));
  }

  /** Bytes with their length before them. */
  bytes(bytes: Uint8Array): void {
    this.int(bytes.length);
    this.#add(bytes);
  }

  text(text: string): void {
    this.bytes(encodeText(text));
  }

  /** The fields of another writer with their length before them. */
  message(message: WireWriter): void {
    this.int(message.#length);
    for (const part of message.#parts) this.#add(part);
  }

  /** Returns all bytes. */
  finish(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}
