/** Splits a table into lines and values, a few thousand lines at a time: a text may be larger than memory. */

import Papa from "papaparse";
import { plural } from "../errors.ts";
import { beginningOf, delimiters, spaces, wordsOf } from "./beginning.ts";
import { plainNumber } from "./numberFormat.ts";

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
  /** The number of lines of comments before the first line. */
  readonly comments: number;
  /** The lines of a title before the line of names. */
  readonly titles: readonly Line[];
  /** The other lines, each with as many values as the first one. */
  readonly blocks: AsyncGenerator<Block, void, undefined>;
}

interface LineOptions {
  readonly delimiter?: string | undefined;
  readonly skipsTitles?: boolean;
  readonly countsRagged?: boolean;
}

/** The greatest number of characters of a line. A longer one has a quote that is not closed. */
const longestLine = 1 << 24;
/** The same for the text as written: every value may have quotes, and every character may be a doubled quote. */
const longestWritten = 3 * longestLine;

/**
 * Returns the lines of a text that comes piece by piece. It skips blank lines, and lines of comments before the first line.
 *
 * @param owner the owner of the text, for messages
 * @param options `delimiter`, by default the one of comma, semicolon, tab, bar and spaces that divides the first lines most evenly;
 *   `skipsTitles`, true if a title may stand before the line of names; and `countsRagged`, true if an error counts all lines that have more or
 *   fewer values, for which the text is read to its end
 * @throws {RangeError} if there is no line; or if a quote is not closed, or a line has more or fewer values than there are columns, or
 *   more than 2²⁴ characters
 */
export async function linesOf(
  owner: string,
  pieces: AsyncIterable<string>,
  { delimiter, skipsTitles = false, countsRagged = false }: LineOptions = {},
): Promise<LineBlocks> {
  const texts = wholeLines(owner, pieces, `${delimiter ?? delimiters.join("")}\n\r`);
  const first = await nextLines(texts);
  if (first === undefined)
    throw new RangeError(`${owner}: the file is empty, need a line of names and lines of values`);
  if (/^\s*(\{\s*"|\[\s*[[{])/.test(first)) {
    throw new RangeError(`${owner}: this looks like JSON, need a table as CSV or TSV`);
  }
  if (/^\s*(%.*\n\s*)*@relation\b/i.test(first)) throw arffError(owner, first);
  const beginning = delimiter === undefined ? beginningOf(first) : { text: first, number: 1, delimiter, comments: 0 };
  const reader = new Reader(owner, beginning);
  let block: Block = reader.read(beginning.text);
  if (block.rows.length === 0) {
    throw new RangeError(`${owner}: got comments only, need a line of names and lines of values`);
  }
  let titleCount = 0;
  if (skipsTitles) {
    while (titleCount <= mostTitles && mayBeTitle(block.rows[titleCount])) {
      titleCount++;
      // The two lines after it decide.
      while (block.rows.length < titleCount + 2) {
        const { value: text } = await texts.next();
        if (text === undefined) break;
        const { numbers, rows } = reader.read(text);
        block = { numbers: [...block.numbers, ...numbers], rows: [...block.rows, ...rows] };
      }
    }
    if (titleCount > mostTitles || !isTitle(block.rows[0], block.rows.slice(titleCount))) titleCount = 0;
  }
  const titles = block.rows.slice(0, titleCount).map((values, index) => ({ number: block.numbers[index], values }));
  block = { numbers: block.numbers.slice(titleCount), rows: block.rows.slice(titleCount) };
  const [values, next] = block.rows;
  // R's write.table leaves out the name of the column of row names.
  const isNameless = reader.delimiter === spaces && next?.length === values.length + 1;
  const head = { number: block.numbers[0], values: isNameless ? ["", ...values] : values };
  const blocks = async function* () {
    const ragged = new RaggedLines(owner, head.values.length);
    try {
      const rest = { numbers: block.numbers.slice(1), rows: block.rows.slice(1) };
      if (rest.rows.length > 0 && ragged.areNone(rest)) yield rest;
      if (!countsRagged) ragged.check();
      for await (const text of texts) {
        const next = reader.read(text);
        if (ragged.areNone(next) && next.rows.length > 0) yield next;
        if (!countsRagged) ragged.check();
      }
      ragged.check();
    } catch (error) {
      ragged.check();
      throw error;
    } finally {
      // Releases the pieces, also if nobody has asked for them.
      await texts.return(undefined);
    }
  };
  return { head, delimiter: reader.delimiter, comments: beginning.comments, titles, blocks: blocks() };
}

/** Returns whether only the first value of a line is there. */
const mayBeTitle = (values: readonly string[] | undefined): boolean =>
  values !== undefined && values[0] !== "" && values.slice(1).every((value) => value === "");

/** The most lines of a title. */
const mostTitles = 3;

/** Returns whether a line is a title: of the lines after it, the first has names, of at least two columns, and the second as many values. */
function isTitle(title: readonly string[], [names, values]: readonly (readonly string[])[]): boolean {
  if (values === undefined || names.length !== values.length) return false;
  // A line with as many values may name only one column of two.
  const isShort = title.length < names.length ? names.length > 1 : title.length === names.length && names.length > 2;
  const isName = (text: string) => text !== "" && Number.isNaN(plainNumber(text));
  return isShort && names.every(isName) && new Set(names).size === names.length;
}

/** The most lines that an error names. */
const mostNamed = 5;

/** Collects the lines that have more or fewer values than there are columns. */
class RaggedLines {
  readonly #owner: string;
  readonly #width: number;
  #count = 0;
  readonly #first: { readonly number: number; readonly values: number }[] = [];

  constructor(owner: string, width: number) {
    this.#owner = owner;
    this.#width = width;
  }

  /** Returns whether no line so far, these included, is such a line. */
  areNone({ numbers, rows }: Block): boolean {
    for (let row = 0; row < rows.length; row++) {
      if (rows[row].length === this.#width) continue;
      this.#count++;
      if (this.#first.length < mostNamed) this.#first.push({ number: numbers[row], values: rows[row].length });
    }
    return this.#count === 0;
  }

  /** @throws {RangeError} if there are any */
  check(): void {
    if (this.#count === 0) return;
    const [{ number, values }, ...others] = this.#first;
    const named = others.map(({ number, values }) => `line ${number} has ${values}`);
    const all = this.#count > this.#first.length ? `, … ${this.#count} such lines in all` : "";
    const more = others.length === 0 ? "" : `; also ${named.join(", ")}${all}`;
    throw new RangeError(
      `${this.#owner}, line ${number}: got ${plural(values, "value")}, need ${this.#width}, one a column${more}`,
    );
  }
}

/** Returns the error for a file of Weka, with the names that its table would have. */
function arffError(owner: string, text: string): RangeError {
  const names = Array.from(text.matchAll(/^[ \t]*@attribute[ \t]+(?:'([^'\n]*)'|"([^"\n]*)"|([^\s\n]+))/gim), (match) =>
    match.slice(1).find((name) => name !== undefined),
  );
  const line = names.length === 0 ? "" : `, here ${names.join(",").slice(0, longestAdvice)}`;
  return new RangeError(
    `${owner}: this is an ARFF file, need a table as CSV: a line of names${line}, and then the lines after @data`,
  );
}

/** The most characters of names in a message. */
const longestAdvice = 200;

/** The most characters before the values: names, and comments before them. It is more in a single piece. */
const longestBeginning = 1 << 18;

/** Returns the first lines, with those that tell names from values. Undefined if all are blank. */
async function nextLines(texts: AsyncGenerator<string>): Promise<string | undefined> {
  let first = "";
  for (let next = await texts.next(); !next.done; next = await texts.next()) {
    first += next.value;
    if (first.length > longestBeginning || isEnough(beginningOf(first).text)) return first;
  }
  return first.trim() === "" ? undefined : first;
}

/** Returns whether a text has the line of names and, if only spaces may divide it, the line after it. */
function isEnough(text: string): boolean {
  const rest = text.trimStart();
  const end = rest.indexOf("\n");
  if (end < 0) return false;
  const line = rest.slice(0, end);
  const isDivided = delimiters.some((delimiter) => line.includes(delimiter)) || wordsOf(line).length === 1;
  return isDivided || rest.slice(end).trimStart() !== "";
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

class Reader {
  readonly #owner: string;
  readonly delimiter: string;
  /** The number of the next line. */
  #number: number;

  constructor(owner: string, { delimiter, number }: { readonly delimiter: string; readonly number: number }) {
    this.#owner = owner;
    this.delimiter = delimiter;
    this.#number = number;
  }

  read(text: string): Block {
    return this.delimiter === spaces ? this.#readWords(text) : this.#readValues(text);
  }

  /** Reads lines whose values are separated by any number of spaces. */
  #readWords(text: string): Block {
    const [numbers, rows]: [number[], string[][]] = [[], []];
    const lines = text.split("\n");
    if (text.endsWith("\n")) lines.pop();
    for (const line of lines) {
      const values = wordsOf(line);
      if (values.length > 0) {
        numbers.push(this.#number);
        rows.push(values);
      }
      this.#number++;
    }
    return { numbers, rows };
  }

  #readValues(text: string): Block {
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
