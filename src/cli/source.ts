/** Reads the text of a table in pieces, from a file or from standard input, compressed or not. */

import { createReadStream, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { isSystemError, reasonOf } from "../systemErrors.ts";
import { Failure } from "./failure.ts";
import { readOrFail } from "./files.ts";
import { shellWord } from "./shell.ts";

/** A text that is being read. */
export interface Source {
  /** Its name in messages. */
  readonly name: string;
  /** Its stored size in bytes; undefined if unknown. */
  readonly bytes: number | undefined;
  /** Returns how many bytes have been read. */
  read(): number;
  /** Its text, in pieces of any length. */
  readonly text: AsyncIterable<string>;
}

/** The bytes that a gzip file begins with. */
const [gzipFirst, gzipSecond] = [0x1f, 0x8b];

/**
 * Opens the file at `path`, or standard input for "-".
 *
 * @throws {Failure} if there is no such file, or it cannot be read
 */
export function sourceOf(path: string, input: Readable = process.stdin): Source {
  const isInput = path === "-";
  let bytes: number | undefined;
  if (!isInput) {
    const stats = readOrFail(path, () => statSync(path));
    if (stats.isDirectory()) throw new Failure(`${path}: this is a folder, need a file`);
    if (stats.isFile()) bytes = stats.size;
  }
  const name = isInput ? "standard input" : path;
  let count = 0;
  const countedPieces = async function* () {
    for await (const piece of isInput ? input : createReadStream(path, { highWaterMark: 1 << 20 })) {
      count += piece.length;
      yield piece as Uint8Array;
    }
  };
  return { name, bytes, read: () => count, text: textOf(name, countedPieces()) };
}

async function* textOf(name: string, pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<string> {
  const tables = "need a table as CSV or TSV, or such a file compressed by gzip";
  let encoding = "utf-8";
  try {
    const { begin, whole } = await readBeginning(await decompress(pieces), leastBytes);
    const other = otherFormats.find(({ bytes }) =>
      bytes.every((byte, index) => byte === undefined || begin[index] === byte),
    );
    if (other) {
      const advice = other.by ? `; ${other.by} ${shellWord(name)} | simdnet … - reads it` : "";
      throw new Failure(`${name}: this is ${other.what}, ${tables}${advice}`);
    }
    encoding = encodingOf(begin);
    const decoder = new TextDecoder(encoding, { fatal: true });
    for await (const piece of whole) yield decoder.decode(piece, { stream: true });
    yield decoder.decode();
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA" && encoding !== "utf-8") {
      throw new Failure(`${name}: the UTF-16 text is damaged or cut short`);
    }
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
      const advice = "for a text from Windows, iconv -f WINDOWS-1252 -t UTF-8 converts it";
      throw new Failure(`${name}: this is no UTF-8 text, ${tables}; ${advice}`);
    }
    if (code.startsWith("Z_")) throw new Failure(`${name}: the compressed file is damaged or cut short`);
    if (isSystemError(error)) throw new Failure(`${name}: ${reasonOf(error)}`);
    throw error;
  }
}

/** The first bytes of other file formats, undefined for any, and the program that decompresses one, if there is one. */
const otherFormats: readonly {
  readonly bytes: readonly (number | undefined)[];
  readonly what: string;
  readonly by?: string;
}[] = [
  { bytes: [0x50, 0x4b, 3, 4], what: "a ZIP archive, or a workbook of Excel (which saves a sheet as “CSV UTF-8”)" },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], what: "a workbook of Excel (which saves a sheet as “CSV UTF-8”)" },
  { bytes: [0x50, 0x41, 0x52, 0x31], what: "a Parquet file" },
  { bytes: [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31, 0], what: "an Arrow file" },
  { bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20], what: "a database of SQLite" },
  { bytes: [0x89, 0x48, 0x44, 0x46], what: "an HDF5 file" },
  { bytes: [0x42, 0x5a, 0x68, undefined, 0x31, 0x41, 0x59], what: "a file compressed by bzip2", by: "bzcat" },
  { bytes: [0xfd, 0x37, 0x7a, 0x58], what: "a file compressed by xz", by: "xzcat" },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], what: "a file compressed by zstd", by: "zstdcat" },
];

/** The number of bytes by which other formats are told, and the most by which the encoding is. The shortest tables have as many. */
const leastBytes = 8;
const examinedBytes = 64;

/** Returns the encoding that the byte order mark names or, without one, that the zeros between the first characters show. */
function encodingOf(begin: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (begin[0] === 0xff && begin[1] === 0xfe) return "utf-16le";
  if (begin[0] === 0xfe && begin[1] === 0xff) return "utf-16be";
  const pairs = Math.min(begin.length, examinedBytes) >> 1;
  const zeros = [0, 0];
  for (let index = 0; index < 2 * pairs; index++) if (begin[index] === 0) zeros[index % 2]++;
  const [high, low] = zeros;
  // Names are mostly of Latin letters, whose high bytes are 0, and no text has the character 0.
  if (low > pairs / 2 && high === 0) return "utf-16le";
  return high > pairs / 2 && low === 0 ? "utf-16be" : "utf-8";
}

/** Reads at least the first `count` bytes, if there are as many. @returns these as `begin`, and all bytes as `whole` */
async function readBeginning(
  pieces: AsyncIterable<Uint8Array>,
  count: number,
): Promise<{ begin: Uint8Array; whole: AsyncGenerator<Uint8Array> }> {
  const rest = pieces[Symbol.asyncIterator]();
  let begin: Uint8Array = new Uint8Array(0);
  while (begin.length < count) {
    const next = await rest.next();
    if (next.done) break;
    begin = Buffer.concat([begin, next.value]);
  }
  const whole = async function* () {
    yield begin;
    yield* { [Symbol.asyncIterator]: () => rest };
  };
  return { begin, whole: whole() };
}

/** Decompresses the bytes if they begin as gzip does. */
async function decompress(pieces: AsyncGenerator<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const { begin, whole } = await readBeginning(pieces, 2);
  if (begin[0] !== gzipFirst || begin[1] !== gzipSecond) return whole;
  const gunzip = createGunzip();
  const feed = async () => {
    for await (const piece of whole)
      if (!gunzip.write(piece)) await new Promise((drained) => gunzip.once("drain", drained));
    gunzip.end();
  };
  feed().catch((error: Error) => gunzip.destroy(error));
  return gunzip;
}
