/** Reads PGM and PPM files: grey and coloured pictures without compression. */

import { checkArguments, plural, shown } from "../errors.ts";
import { checkBytes } from "./bytes.ts";
import type { Picture } from "./picture.ts";

const who = "readPnm";

/** The header of a picture. */
interface Header {
  /** True for P2 and P3, whose numbers are text. */
  readonly isPlain: boolean;
  readonly channels: 1 | 3;
  readonly width: number;
  readonly height: number;
  /** The number for full brightness. */
  readonly largest: number;
}

/** The largest number that a header may have. */
const mostNumber = 2 ** 31 - 1;
const mostLargest = 65535;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const hash = 0x23;
const zero = 0x30;
const letterP = 0x50;

const isDigit = (byte: number) => byte >= zero && byte < zero + 10;
const isLineEnd = (byte: number) => byte === lineFeed || byte === carriageReturn;
/** Space, tab, the ends of lines, vertical tab and form feed. */
const isSpace = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/**
 * Reads the pictures of a PGM or PPM file: plain (P2, P3) or binary (P5, P6), of 8 or 16 bits, with comments. Nearly every file has one
 * picture; a binary one may have several, one after the other.
 *
 * Numbers become bytes, which `images` takes: if the largest number of the header is not 255, a byte is number · 255 / largest, rounded.
 * The header is checked against the number of bytes before memory is allocated.
 *
 * @param bytes the whole file, unpacked
 * @returns pictures of 1 byte a pixel (P2, P5) or 3 (P3, P6)
 * @throws {TypeError} if `bytes` is not a Uint8Array
 * @throws {RangeError} if it is not a PGM or PPM file or ends early (the message names the byte, from 0), or if it is still gzipped
 * Source  https://netpbm.sourceforge.net/doc/pgm.html and ppm.html.
 */
export function readPnm(bytes: Uint8Array): Picture[] {
  checkArguments("readPnm", arguments.length, 1);
  checkBytes(who, bytes);
  const scanner = new Scanner(bytes);
  const pictures: Picture[] = [];
  do {
    const header = readHeader(scanner);
    const { isPlain, width, height } = header;
    const data = isPlain ? readPlain(scanner, header) : readBinary(scanner, header);
    pictures.push({ data, width, height });
    scanner.skipSpace(isPlain);
    if (isPlain && scanner.left > 0) throw scanner.refusal("the end of the file, as a plain one has one picture");
  } while (scanner.left > 0);
  return pictures;
}

function readHeader(scanner: Scanner): Header {
  const format = scanner.format();
  const width = scanner.number("a width", 1, mostNumber);
  const height = scanner.number("a height", 1, mostNumber);
  const largest = scanner.number("a largest number", 1, mostLargest);
  return { isPlain: format < 5, channels: format % 3 === 0 ? 3 : 1, width, height, largest };
}

/** Reads the bytes of a picture whose numbers are text. */
function readPlain(scanner: Scanner, { channels, width, height, largest }: Header): Uint8Array {
  // Each number takes at least a space and a digit.
  scanner.expectLeft(2 * width * height * channels, `${width} × ${height} pixels as text`);
  const data = new Uint8Array(width * height * channels);
  for (let index = 0; index < data.length; index++) {
    data[index] = byteOf(scanner.number("a number of a pixel", 0, largest), largest);
  }
  return data;
}

/** Reads the bytes of a picture whose numbers have one or two bytes each, the higher byte first. */
function readBinary(scanner: Scanner, { channels, width, height, largest }: Header): Uint8Array {
  scanner.skipOneSpace();
  const count = width * height * channels;
  const isWide = largest > 255;
  scanner.expectLeft(isWide ? 2 * count : count, `${width} × ${height} pixels`);
  const data = new Uint8Array(count);
  for (let index = 0; index < count; index++) data[index] = byteOf(scanner.binary(isWide, largest), largest);
  return data;
}

const byteOf = (number: number, largest: number) => (largest === 255 ? number : Math.round((number * 255) / largest));

/** A place in the bytes of a file, with methods that read from it. */
class Scanner {
  readonly #bytes: Uint8Array;
  #place = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes from the place to the end. */
  get left(): number {
    return this.#bytes.length - this.#place;
  }

  /** Returns an error about the next `length` characters from a place. */
  refusal(need: string, place = this.#place, length = 1): RangeError {
    const text = Array.from(this.#bytes.subarray(place, place + length), (byte) => String.fromCharCode(byte)).join("");
    const got = text === "" ? "the end of the file" : shown(text);
    return new RangeError(`${who}, byte ${place}: got ${got}, need ${need}`);
  }

  expectLeft(need: number, what: string): void {
    if (this.left >= need) return;
    throw new RangeError(
      `${who}, byte ${this.#place}: got ${plural(this.left, "byte")} to the end, need ${need} for ${what}`,
    );
  }

  /** Reads the digit after the letter P. */
  format(): number {
    const format = this.#bytes[this.#place] === letterP ? this.#bytes[this.#place + 1] - zero : 0;
    if (![2, 3, 5, 6].includes(format)) {
      throw this.refusal("a PGM or PPM picture, which begins with P2, P3, P5 or P6", this.#place, 2);
    }
    this.#place += 2;
    return format;
  }

  /** Reads a decimal number from `low` to `high`, after white space. */
  number(name: string, low: number, high: number): number {
    const before = this.#place;
    this.skipSpace(true);
    const start = this.#place;
    if (start === before) throw this.refusal(`white space before ${name}`);
    let value = 0;
    // Digits beyond the limit are not read: the number is already too large.
    while (isDigit(this.#bytes[this.#place]) && value <= high) value = 10 * value + this.#bytes[this.#place++] - zero;
    if (this.#place === start || value < low || value > high) {
      throw this.refusal(`${name}, a whole number from ${low} to ${high}`, start);
    }
    return value;
  }

  /** Reads a number of one byte, or of two. */
  binary(isWide: boolean, largest: number): number {
    const start = this.#place;
    let value = this.#bytes[this.#place++];
    if (isWide) value = 256 * value + this.#bytes[this.#place++];
    if (value <= largest) return value;
    throw new RangeError(`${who}, byte ${start}: got ${value} for a pixel, need at most ${largest}, as the file says`);
  }

  /** Skips white space, and comments from # to the end of their line. */
  skipSpace(withComments: boolean): void {
    for (;;) {
      const byte = this.#bytes[this.#place];
      if (withComments && byte === hash) this.#skipComment();
      else if (isSpace(byte)) this.#place++;
      else return;
    }
  }

  /** Skips the one byte of white space, or the comment, between a header and binary numbers. */
  skipOneSpace(): void {
    const byte = this.#bytes[this.#place];
    if (byte === hash) this.#skipComment();
    else if (isSpace(byte)) this.#place++;
    else throw this.refusal("white space before the pixels");
  }

  #skipComment(): void {
    while (this.left > 0 && !isLineEnd(this.#bytes[this.#place])) this.#place++;
    if (this.left > 0) this.#place++;
  }
}
