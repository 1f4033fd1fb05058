/** Splits a table into lines and values, a few thousand lines at a time: a text may be larger than memory. */

import Papa from "papaparse";
import { plural } from "../errors.ts";

/** Consecutive lines. */
export interface Block {
  /** The number of each line in the text, from 1. */
  readonly numbers: readonly number[];
  /** The values of each line, without the spaces around them. */
  readonly rows: readonly (readonly string[])[];
}

/** A line: its number in the text, from 1, and its values. */
export interface Line {
  readonly number: number;
  readonly values: readonly string[];
}

export interface LineBlocks {
  /** The first line, which names the columns. */
  readonly head: Line;
  readonly delimiter: string;
  /** The other lines, each with as many values as the first one. */
  readonly blocks: AsyncGenerator<Block, void, undefined>;
}

/** The delimiters that are tried. */
const delimiters = [",", ";", "\t", "|"];

/** The greatest number of characters of a line. A longer one has a quote that is not closed. */
const longestLine = 1 << 24;
/** The same for the text as written: every value may have quotes, and every character may be a doubled quote. */
const longestWritten = 3 * longestLine;

/**
 * Returns the lines of a text that comes piece by piece. It skips blank lines.
 *
 * @param owner the owner of the text, for messages
 * @param delimiter by default the one of comma, semicolon, tab and bar that divides the first lines most evenly
 * @throws {RangeError} if there is no line; or if a quote is not closed, or a line has more or fewer values than there are columns, or
 *   more than 2²⁴ characters
 */
export async function linesOf(owner: string, pieces: AsyncIterable<string>, delimiter?: string): Promise<LineBlocks> {
  const texts = wholeLines(owner, pieces, `${delimiter ?? delimiters.join("")}\n\r`);
  const first = await nextText(texts);
  if (first === undefined)
    throw new RangeError(`${owner}: the file is empty, need a line of names and lines of values`);
  if (/^\s*(\{\s*"|\[\s*[[{])/.test(first)) {
    throw new RangeError(`${owner}: this looks like JSON, need a table as CSV or TSV`);
  }
  const reader = new Reader(owner, delimiter ?? delimiterOf(first));
  const block = reader.read(first);
  const head = { number: block.numbers[0], values: block.rows[0] };
  const check = (block: Block): Block => {
    const index = block.rows.findIndex(({ length }) => length !== head.values.length);
    if (index < 0) return block;
    const [got, need] = [plural(block.rows[index].length, "value"), `${head.values.length}, one a column`];
    throw new RangeError(`${owner}, line ${block.numbers[index]}: got ${got}, need ${need}`);
  };
  const blocks = async function* () {
    try {
      if (block.rows.length > 1) yield check({ numbers: block.numbers.slice(1), rows: block.rows.slice(1) });
      for await (const text of texts) {
        const next = reader.read(text);
        if (next.rows.length > 0) yield check(next);
      }
    } finally {
      // Releases the pieces, also if nobody has asked for them.
      await texts.return(undefined);
    }
  };
  return { head, delimiter: reader.delimiter, blocks: blocks() };
}

/** Returns the first text that is not blank. */
async function nextText(texts: AsyncGenerator<string>): Promise<string | undefined> {
  let blank = "";
  for (let next = await texts.next(); !next.done; next = await texts.next()) {
    if (next.value.trim() !== "") return blank + next.value;
    blank += next.value;
  }
  return undefined;
}

/**
 * Returns the text in parts that end with a line. A line end within quotes does not count. Line ends become \n.
 *
 * @param beforeValues the characters that may stand before a value
 */
async function* wholeLines(owner: string, pieces: AsyncIterable<string>, beforeValues: string): AsyncGenerator<string> {
  const ends = new LineEnds(beforeValues);
  /** The pieces of the current line so far. They are joined only once, because a line may be as long as the file. */
  let unfinished: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    const end = ends.in(piece);
    if (end < 0) {
      unfinished.push(piece);
      length += piece.length;
      if (length > longestWritten) throw tooLong(owner);
      continue;
    }
    unfinished.push(piece.slice(0, end));
    yield normalizeLineEnds(unfinished.join(""));
    unfinished = [piece.slice(end)];
    length = piece.length - end;
  }
  const rest = unfinished.join("");
  if (rest !== "") yield normalizeLineEnds(rest);
}

const tooLong = (where: string) =>
  new RangeError(
    `${where}: got a line of more than ${longestLine} characters, need a shorter one; a quote may not be closed`,
  );

const normalizeLineEnds = (text: string) => (text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);

/** Finds the line ends outside of quotes in a text that comes piece by piece. It looks at each character once. */
class LineEnds {
  readonly #beforeValues: string;
  #isQuoted = false;
  /** True if the last character is a quote within quotes: a second quote may follow, or the value has ended. */
  #isQuoteOpen = false;
  /** The last character. */
  #last = "\n";

  /** @param beforeValues the characters that may stand before a value */
  constructor(beforeValues: string) {
    this.#beforeValues = beforeValues;
  }

  /**
   * Returns the place after the last line end of the next piece, or -1 if it has none. A quote within an unquoted value is a plain
   * character.
   */
  in(piece: string): number {
    if (piece === "") return -1;
    let end = -1;
    let newline = -1;
    let from = 0;
    if (this.#isQuoteOpen) {
      this.#isQuoteOpen = false;
      if (piece[0] === '"') from = 1;
      else this.#isQuoted = false;
    }
    while (from < piece.length) {
      const quote = piece.indexOf('"', from);
      if (this.#isQuoted) {
        if (quote < 0) break;
        from = quote + 1;
        if (from === piece.length) this.#isQuoteOpen = true;
        else if (piece[from] === '"') from++;
        else this.#isQuoted = false;
        continue;
      }
      // It searches forward from the next character. A search backwards from the quote would read long lines again and again.
      if (newline < from) newline = indexFrom(piece, "\n", from);
      const stop = quote < 0 ? piece.length : quote;
      if (newline < stop) end = piece.lastIndexOf("\n", stop) + 1;
      if (quote < 0) break;
      this.#isQuoted = this.#beforeValues.includes(quote === 0 ? this.#last : piece[quote - 1]);
      from = quote + 1;
    }
    this.#last = piece[piece.length - 1];
    return end;
  }
}

/** Returns the same as indexOf, but the end of the text where `part` is missing. */
function indexFrom(text: string, part: string, from: number): number {
  const index = text.indexOf(part, from);
  return index < 0 ? text.length : index;
}

/** Returns the one of comma, semicolon, tab and bar that divides the first lines most evenly, or a comma if none does. */
function delimiterOf(text: string): string {
  const guess = Papa.parse(text.slice(0, 100_000), {
    newline: "\n",
    delimitersToGuess: delimiters,
    preview: 50,
    skipEmptyLines: "greedy",
  });
  return guess.meta.delimiter;
}

class Reader {
  readonly #owner: string;
  readonly delimiter: string;
  #number = 1;

  constructor(owner: string, delimiter: string) {
    this.#owner = owner;
    this.delimiter = delimiter;
  }

  read(text: string): Block {
    const { data, errors } = Papa.parse<string[]>(text, { delimiter: this.delimiter, newline: "\n" });
    const error = errors.find(({ type }) => type === "Quotes");
    if (error) {
      const line = this.#number + text.slice(0, error.index).split("\n").length - 1;
      const what = error.code === "MissingQuotes" ? "is not closed" : "is closed before the value ends";
      throw new RangeError(`${this.#owner}, line ${line}: got a quote that ${what}, need one at the value's end`);
    }
    const hasQuotes = text.includes('"');
    // The text after the last line end is not a line.
    if (data.length > 0 && text.endsWith("\n")) data.pop();
    const numbers: number[] = [];
    const rows: string[][] = [];
    for (const values of data) {
      let isBlank = values.length === 1;
      let height = 1;
      let length = values.length - 1;
      for (let index = 0; index < values.length; index++) {
        length += values[index].length;
        if (hasQuotes) height += values[index].split("\n").length - 1;
        values[index] = trimValue(values[index]);
      }
      if (length > longestLine) throw tooLong(`${this.#owner}, line ${this.#number}`);
      isBlank &&= values[0] === "";
      if (!isBlank) {
        numbers.push(this.#number);
        rows.push(values);
      }
      this.#number += height;
    }
    return { numbers, rows };
  }
}

const space = 0x20;

/** Trims a value. Most values need no trim, so the ends are checked first. */
function trimValue(value: string): string {
  const { length } = value;
  if (length === 0) return value;
  const [first, last] = [value.charCodeAt(0), value.charCodeAt(length - 1)];
  return first <= space || last <= space || first > 0x7f || last > 0x7f ? value.trim() : value;
}
