/** Reads tables that do not fit in memory: it takes pieces of text and returns chunks of rows by columns. */

import { checkArguments, checkInteger, checkOptions, shown, unknownName } from "../errors.ts";
import { TextReader } from "../host.ts";
import type { Columns, ColumnValues } from "./columns.ts";
import { type Column, type CsvOptions, checkCsvOptions, isNumber, kindsByName, missingTexts, namesOf } from "./csv.ts";
import { type LineBlocks, linesOf } from "./lines.ts";

/** A file or a text in pieces: bytes of UTF-8, or strings. */
export type TextPieces = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

export interface StreamCsvOptions extends Pick<CsvOptions, "delimiter" | "missing" | "kinds"> {
  /** The columns to read. Default all. */
  columns?: readonly string[] | undefined;
  /** Rows of a chunk; the last one may have fewer. Default 65536. */
  rows?: number | undefined;
}

/** A column that is read. */
interface Field {
  readonly name: string;
  /** The column's place in a line. */
  readonly index: number;
  readonly kind: Column["kind"];
}

const who = "streamCsv";
const defaultRows = 1 << 16;

/**
 * Returns the rows of a table in chunks, and keeps one chunk in memory. It reads lines as `parseCsv` does; the first one names the columns.
 * `kinds` gives the kinds of columns. A column that it does not name has the kind that `parseCsv` would find in the first chunk. The
 * borders of the pieces do not matter.
 *
 * @param pieces such as a stream of `createReadStream`, a `ReadableStream`, or an array of strings
 * @returns chunks by columns, each with `rows` rows: numbers as Float64Array with NaN for a missing one, or strings with null for a missing
 * one
 * @throws {TypeError | RangeError} if an option is unknown or out of range
 * @throws {TypeError} while reading: if `pieces` are neither bytes nor strings
 * @throws {RangeError} while reading: if a quote is not closed, a line has more or fewer values than there are columns or more than 2²⁴
 * characters, a name is empty or occurs twice, or a value is not of its column's kind (the message names the line, from 1); if an option
 * names an unknown column; if there are no lines of values; or if the bytes are not UTF-8
 */
export function streamCsv(
  pieces: TextPieces,
  options: StreamCsvOptions = {},
): AsyncGenerator<Columns, void, undefined> {
  checkArguments("streamCsv", arguments.length, 2);
  checkOptions(who, options, ["delimiter", "missing", "kinds", "columns", "rows"]);
  const { delimiter, missing = missingTexts, kinds = {}, columns, rows = defaultRows } = options;
  checkCsvOptions(who, { delimiter, missing });
  kindsByName(who, kinds, Object.keys(Object(kinds)));
  if (columns !== undefined && !(Array.isArray(columns) && columns.length > 0)) {
    throw new TypeError(`${who} columns: got ${shown(columns)}, need an array of at least one name`);
  }
  checkInteger(`${who} rows`, rows, 1, Number.MAX_SAFE_INTEGER);
  return closed(pieces, { delimiter, missing: new Set(missing), kinds, columns, rows });
}

interface Settings extends Required<Pick<StreamCsvOptions, "kinds" | "rows">> {
  readonly delimiter: string | undefined;
  readonly columns: readonly string[] | undefined;
  readonly missing: ReadonlySet<string>;
}

async function* closed(pieces: TextPieces, settings: Settings): AsyncGenerator<Columns, void, undefined> {
  const texts = textsOf(pieces);
  try {
    yield* chunksOf(texts, settings);
  } finally {
    // Releases the pieces, also if their first line is refused.
    await texts.return();
  }
}

async function* chunksOf(texts: AsyncIterable<string>, settings: Settings): AsyncGenerator<Columns, void, undefined> {
  const { delimiter, missing, kinds, rows } = settings;
  const { head, blocks } = await linesOf(who, texts, { delimiter });
  const names = namesOf(who, head);
  const { columns = names } = settings;
  const places = new Map(names.map((name, index) => [name, index]));
  const unknown = columns.find((name) => !places.has(name));
  if (unknown !== undefined) throw unknownName(`${who} columns`, unknown, names);
  const kindOf = kindsByName(who, kinds, names);

  let fields: readonly Field[] | undefined;
  for await (const lines of chunksOfLines(blocks, rows)) {
    const isStrange = (text: string) => !missing.has(text) && !isNumber(text);
    fields ??= columns.map((name): Field => {
      const index = places.get(name)!;
      const found = lines.rows.some((values) => isStrange(values[index])) ? "category" : "number";
      return { name, index, kind: kindOf.get(name) ?? found };
    });
    // Built from entries: an assignment to "__proto__" would not make a property.
    yield Object.fromEntries(fields.map((field) => [field.name, valuesOf(field, lines, missing)]));
  }
  if (!fields) throw new RangeError(`${who}: got no rows, need at least one after the names`);
}

interface Lines {
  readonly numbers: readonly number[];
  readonly rows: readonly (readonly string[])[];
}

/** Returns the lines in groups of at most `most`. */
async function* chunksOfLines(blocks: LineBlocks["blocks"], most: number): AsyncGenerator<Lines, void, undefined> {
  let [numbers, rows]: [number[], (readonly string[])[]] = [[], []];
  for await (const block of blocks) {
    for (let row = 0; row < block.rows.length; row++) {
      numbers.push(block.numbers[row]);
      rows.push(block.rows[row]);
      if (rows.length < most) continue;
      yield { numbers, rows };
      [numbers, rows] = [[], []];
    }
  }
  if (rows.length > 0) yield { numbers, rows };
}

/** Returns the values of a column. */
function valuesOf({ name, index, kind }: Field, { numbers, rows }: Lines, missing: ReadonlySet<string>): ColumnValues {
  if (kind === "category") return rows.map(({ [index]: text }) => (missing.has(text) ? null : text));
  const values = new Float64Array(rows.length);
  for (let row = 0; row < rows.length; row++) {
    const text = rows[row][index];
    if (!missing.has(text) && !isNumber(text)) {
      const need = `a finite number, or kinds: { ${shown(name)}: "category" }`;
      throw new RangeError(`${who}, line ${numbers[row]}, column ${shown(name)}: got ${shown(text)}, need ${need}`);
    }
    values[row] = missing.has(text) ? Number.NaN : Number(text);
  }
  return values;
}

async function* textsOf(pieces: TextPieces): AsyncGenerator<string, void, undefined> {
  const { [Symbol.asyncIterator]: asynchronous, [Symbol.iterator]: synchronous } = Object(pieces);
  if (typeof pieces === "string" || typeof (asynchronous ?? synchronous) !== "function") {
    throw new TypeError(`${who}: got ${shown(pieces)}, need pieces of a text to iterate over`);
  }
  const reader = new TextReader();
  const decode = (piece?: Uint8Array) => {
    try {
      return piece ? reader.read(piece) : reader.end();
    } catch {
      throw new RangeError(`${who}: got bytes that are no UTF-8 text, need a table as CSV or TSV`);
    }
  };
  for await (const piece of pieces) {
    if (typeof piece === "string") yield piece;
    else if (Object.prototype.toString.call(piece) === "[object Uint8Array]") yield decode(piece);
    else throw new TypeError(`${who}: got a piece that is ${shown(piece)}, need bytes or strings`);
  }
  yield decode();
}
