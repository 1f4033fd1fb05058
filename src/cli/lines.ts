/** The lines of a table as their values, some thousands at a time: files may be larger than memory. */

import Papa from "papaparse";
import { Failure } from "./failure.ts";
import { plural } from "./numbers.ts";
import type { Source } from "./source.ts";

/** Lines that follow each other. */
export interface Block {
  /** Where each stands in the text, from 1. */
  readonly numbers: readonly number[];
  /** The values of each, without the spaces around them. */
  readonly rows: readonly (readonly string[])[];
}

export interface Lines {
  /** The names of the columns: the first line. */
  readonly names: readonly string[];
  readonly delimiter: string;
  /** The other lines. */
  readonly blocks: AsyncIterable<Block>;
}

/** A block in parts of so many lines at most. */
export function* slicesOf({ numbers, rows }: Block, most: number): Generator<Block> {
  for (let from = 0; from < rows.length; from += most) {
    yield { numbers: numbers.slice(from, from + most), rows: rows.slice(from, from + most) };
  }
}

/** Characters without the end of a line, after which a quote is taken not to be closed. */
const longestLine = 1 << 26;

/**
 * The lines of `source`. Blank ones are passed over.
 *
 * @throws {Failure} naming the line of names that are empty or there twice, of a quote that is not closed, or of more or fewer
 *   values than columns
 */
export async function linesOf(source: Source): Promise<Lines> {
  const texts = wholeLines(source);
  const first = await nextText(texts);
  if (first === undefined)
    throw new Failure(`${source.name}: the file is empty, need a line of names and lines of values`);
  if (/^\s*(\{\s*"|\[\s*[[{])/.test(first)) {
    throw new Failure(`${source.name}: this looks like JSON, need a table as CSV or TSV`);
  }
  const delimiter = delimiterOf(first);
  const reader = new Reader(source.name, delimiter);
  const block = reader.read(first);
  const [head, ...rows] = block.rows;
  // As an index has none that pandas writes, or what stands behind a last delimiter.
  const names = head.map((name, index) => name || `column ${index + 1}`);
  checkNames(source.name, block.numbers[0], names);
  const check = ({ numbers, rows }: Block): Block => {
    const index = rows.findIndex(({ length }) => length !== names.length);
    if (index < 0) return { numbers, rows };
    const [got, need] = [plural(rows[index].length, "value"), `${names.length}, one a column`];
    throw new Failure(`${source.name}, line ${numbers[index]}: got ${got}, need ${need}`);
  };
  const blocks = async function* () {
    if (rows.length > 0) yield check({ numbers: block.numbers.slice(1), rows });
    for await (const text of texts) {
      const next = reader.read(text);
      if (next.rows.length > 0) yield check(next);
    }
  };
  return { names, delimiter, blocks: blocks() };
}

/** The first text that is not blank. */
async function nextText(texts: AsyncGenerator<string>): Promise<string | undefined> {
  let blank = "";
  for (let next = await texts.next(); !next.done; next = await texts.next()) {
    if (next.value.trim() !== "") return blank + next.value;
    blank += next.value;
  }
  return undefined;
}

/** The text in parts that end with a line, as the quotes stand, and with \n as the end of a line. */
async function* wholeLines({ name, text }: Source): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of text) {
    rest += piece;
    const end = lastEnd(rest);
    if (end < 0) {
      if (rest.length > longestLine)
        throw new Failure(`${name}: got a line without an end, need a quote that is closed`);
      continue;
    }
    yield normalized(rest.slice(0, end));
    rest = rest.slice(end);
  }
  if (rest !== "") yield normalized(rest);
}

const normalized = (text: string) => (text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);

/** What may stand before a value. */
const beforeValues = ",;\t|\n";

/** Behind the last end of a line that no quotes enclose; -1 if there is none. A quote within a value without quotes is a character. */
function lastEnd(text: string): number {
  let end = -1;
  for (let from = 0; ; ) {
    const quote = text.indexOf('"', from);
    const newline = text.lastIndexOf("\n", quote < 0 ? text.length : quote);
    if (newline >= from) end = newline + 1;
    if (quote < 0) return end;
    if (quote > 0 && !beforeValues.includes(text[quote - 1])) {
      from = quote + 1;
      continue;
    }
    let close = text.indexOf('"', quote + 1);
    while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
    if (close < 0) return end;
    from = close + 1;
  }
}

/** The one of comma, semicolon, tab and bar that cuts the first lines most evenly; a comma where none does. */
function delimiterOf(text: string): string {
  const guess = Papa.parse(text.slice(0, 100_000), {
    newline: "\n",
    delimitersToGuess: [",", ";", "\t", "|"],
    preview: 50,
    skipEmptyLines: "greedy",
  });
  return guess.meta.delimiter;
}

class Reader {
  readonly #name: string;
  readonly #delimiter: string;
  #number = 1;

  constructor(name: string, delimiter: string) {
    this.#name = name;
    this.#delimiter = delimiter;
  }

  read(text: string): Block {
    const { data, errors } = Papa.parse<string[]>(text, { delimiter: this.#delimiter, newline: "\n" });
    const error = errors.find(({ type }) => type === "Quotes");
    if (error) {
      const line = this.#number + text.slice(0, error.index).split("\n").length - 1;
      const what = error.code === "MissingQuotes" ? "is not closed" : "is closed before the value ends";
      throw new Failure(`${this.#name}, line ${line}: got a quote that ${what}, need one at the value's end`);
    }
    const hasQuotes = text.includes('"');
    // What stands behind the last line end is no line.
    if (data.length > 0 && text.endsWith("\n")) data.pop();
    const numbers: number[] = [];
    const rows: string[][] = [];
    for (const values of data) {
      let isBlank = values.length === 1;
      let height = 1;
      for (let index = 0; index < values.length; index++) {
        if (hasQuotes) height += values[index].split("\n").length - 1;
        values[index] = trimmed(values[index]);
      }
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

/** The value without the spaces around it, which hardly any has. */
function trimmed(value: string): string {
  const { length } = value;
  if (length === 0) return value;
  const [first, last] = [value.charCodeAt(0), value.charCodeAt(length - 1)];
  return first <= space || last <= space || first > 0x7f || last > 0x7f ? value.trim() : value;
}

function checkNames(name: string, line: number, names: readonly string[]): void {
  names.forEach((column, index) => {
    const earlier = names.indexOf(column);
    if (earlier === index) return;
    const where = `columns ${earlier + 1} and ${index + 1}`;
    throw new Failure(`${name}, line ${line}: got ${JSON.stringify(column)} as ${where}, need different names`);
  });
}
