/** A table in memory, by columns: 8 bytes a number, whatever its length. */

import type { ColumnValues, SeriesColumns } from "../data/index.ts";
import { pcg32 } from "../index.ts";
import { Failure } from "./failure.ts";
import { linesOf } from "./lines.ts";
import type { Source } from "./source.ts";

export interface TableColumn {
  readonly name: string;
  readonly kind: "number" | "category";
  /** Numbers, NaN where one is missing; or strings, null where one is. */
  readonly values: ColumnValues;
  readonly missing: number;
}

export interface ColumnTable {
  readonly columns: readonly TableColumn[];
  readonly rows: number;
  /** Lines of values in the file: more than rows if these are a sample. */
  readonly lines: number;
  /** Of a sample, which of the lines each row is, from 0. */
  readonly places?: readonly number[];
}

/** Rows drawn at random. */
export interface Sample {
  readonly rows: number;
  readonly seed: number;
}

export interface ReadOptions {
  /** What stands for a missing value. */
  readonly missing: ReadonlySet<string>;
  /** Columns whose values are categories, though they look like numbers. */
  readonly categories?: ReadonlySet<string>;
  /** Called every few thousand lines. */
  readonly onRows?: (rows: number) => void;
  /** By default all rows are kept. */
  readonly sample?: Sample;
  /** What the table and what is made of it may take. By default there is no limit. */
  readonly memoryBytes?: number;
}

/** What a value takes in the end: in the table, in a part of it, in the examples of the network, and in copies under way. */
const bytesPerValue = 32;

/** What stands for a missing value, unless the user says otherwise. */
export const missingMarks: ReadonlySet<string> = new Set([
  "",
  "NA",
  "N/A",
  "n/a",
  "#N/A",
  "NaN",
  "nan",
  "null",
  "NULL",
  "None",
  "?",
]);

/** A column of more different numbers than this one is taken to be of numbers, even where a text follows. */
const mostTexts = 1000;

/** Fewer numbers among texts may be meant as texts. */
const leastNumbers = 20;

/** Beyond it a square is no number, of which a mean and a deviation could be made. */
const greatestNumber = 1e150;

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The number that `text` is, NaN if it is none, or greater than any that is measured.
 *
 * @param delimiter of its table: where semicolons stand between values, commas may stand in numbers
 */
export function numberOf(text: string, delimiter = ","): number {
  const written = delimiter === ";" ? text.replace(",", ".") : text;
  const value = Number(written);
  return Math.abs(value) <= greatestNumber && decimal.test(written) ? value : Number.NaN;
}

const code = /^0\d+$/;

/** A column that grows. */
class GrowingColumn {
  readonly name: string;
  #numbers: Float64Array | undefined = new Float64Array(1024);
  /** As they stand in the text, as long as they may turn out to be categories. */
  #texts: (string | null)[] | undefined = [];
  /** Each text once: what is cut from a line keeps all of it in memory. */
  readonly #known = new Map<string, string>();
  readonly #delimiter: string;
  /** Whether the user says that it is of categories. */
  readonly #isCategory: boolean;
  #count = 0;
  missing = 0;
  /** Whether there is one such as 007: what is written so is a code. */
  #hasCodes = false;
  /** Values that are numbers, and the first that is none. */
  #numeric = 0;
  #firstText: { readonly line: number; readonly text: string } | undefined;

  constructor(name: string, delimiter: string, isCategory: boolean) {
    this.name = name;
    this.#delimiter = delimiter;
    this.#isCategory = isCategory;
    if (isCategory) this.#numbers = undefined;
  }

  /**
   * Writes the value of a row: of a new one, if `row` is that behind the last.
   *
   * @returns whether `text` fits what came before
   */
  put(row: number, text: string, isMissing: boolean, line: number): boolean {
    const value = isMissing || this.#isCategory ? Number.NaN : numberOf(text, this.#delimiter);
    if (!Number.isNaN(value)) {
      this.#numeric++;
      this.#hasCodes ||= text[0] === "0" && code.test(text);
    } else if (!isMissing && !this.#isCategory) {
      this.#firstText ??= { line, text };
      if (!this.#texts) return false;
      this.#numbers = undefined;
    }
    if (row < this.#count) this.missing -= this.#isMissing(row) ? 1 : 0;
    else this.#count++;
    this.missing += isMissing ? 1 : 0;
    if (this.#numbers) {
      if (row === this.#numbers.length) {
        const longer = new Float64Array(2 * row);
        longer.set(this.#numbers);
        this.#numbers = longer;
      }
      this.#numbers[row] = value;
    }
    if (this.#texts) {
      this.#texts[row] = isMissing ? null : this.#intern(text);
      if (this.#numbers && this.#known.size > mostTexts) {
        this.#texts = undefined;
        this.#known.clear();
      }
    }
    return true;
  }

  #isMissing(row: number): boolean {
    return this.#texts ? this.#texts[row] === null : Number.isNaN(this.#numbers![row]);
  }

  #intern(text: string): string {
    let known = this.#known.get(text);
    if (known === undefined) {
      // A string of its own, of which nothing else hangs.
      known = JSON.parse(JSON.stringify(text)) as string;
      this.#known.set(known, known);
    }
    return known;
  }

  /** The first value that is no number, if nearly all others are: a slip, which would make categories of numbers. */
  get slip(): { readonly line: number; readonly text: string; readonly numeric: number } | undefined {
    const isSlip =
      this.#firstText && this.#numeric >= leastNumbers && this.#numeric >= 0.9 * (this.#count - this.missing);
    return isSlip ? { ...this.#firstText!, numeric: this.#numeric } : undefined;
  }

  toColumn(): TableColumn {
    const { name, missing } = this;
    // Of very many codes, the texts are gone.
    const isCode = this.#hasCodes && this.#texts !== undefined;
    if (this.#numbers && missing < this.#count && !isCode) {
      return { name, kind: "number", values: this.#numbers.slice(0, this.#count), missing };
    }
    return { name, kind: "category", values: this.#texts ?? new Array(this.#count).fill(null), missing };
  }
}

/**
 * Reads all of a table. A column of finite decimal numbers alone is of numbers, any other of categories.
 *
 * @throws {Failure} naming file, line and column of what does not fit
 */
export async function readTable(source: Source, options: ReadOptions): Promise<ColumnTable> {
  const { missing, categories, onRows, sample, memoryBytes = Number.POSITIVE_INFINITY } = options;
  const { names, delimiter, blocks } = await linesOf(source);
  const isColumn = new Set(names);
  const unknown = [...(categories ?? [])].find((name) => !isColumn.has(name));
  if (unknown !== undefined) {
    throw new Failure(`${source.name}: there is no column ${JSON.stringify(unknown)}, which --categories names`);
  }
  const columns = names.map((name) => new GrowingColumn(name, delimiter, categories?.has(name) ?? false));
  const mostRows = Math.floor(memoryBytes / (bytesPerValue * columns.length));
  const generator = sample && pcg32(sample.seed);
  const places: number[] | undefined = sample && [];
  let count = 0;
  for await (const { numbers, rows } of blocks) {
    for (let row = 0; row < rows.length; row++) {
      const values = rows[row];
      // Each row is kept with the same chance (Vitter 1985, algorithm R).
      const place = generator && count + row >= sample.rows ? generator.integer(count + row + 1) : count + row;
      if (sample && place >= sample.rows) continue;
      if (places) places[place] = count + row;
      for (let index = 0; index < columns.length; index++) {
        const text = values[index];
        if (columns[index].put(place, text, missing.has(text), numbers[row])) continue;
        throw notNumber(source.name, names[index], { line: numbers[row], text, why: "as in all lines before" });
      }
    }
    count += rows.length;
    onRows?.(count);
    if (!sample && count > mostRows) {
      throw tooLarge(source.name, `more than ${mostRows} rows of ${columns.length} columns`, mostRows);
    }
  }
  for (const { name, slip } of columns) {
    if (slip) throw notNumber(source.name, name, { ...slip, why: `as ${slip.numeric} other values are` });
  }
  if (count === 0) throw new Failure(`${source.name}: got names but no values, need at least one line of them`);
  return {
    columns: columns.map((column) => column.toColumn()),
    rows: Math.min(count, sample?.rows ?? count),
    lines: count,
    ...(places && { places }),
  };
}

/** @param mostRows for which there would be memory */
export function tooLarge(file: string, got: string, mostRows: number): Failure {
  const advice = `say --sample ${roundDown(mostRows)} to train on so many of them, drawn at random`;
  return new Failure(`${file}: got ${got}, which do not fit into the memory of this machine; ${advice}`);
}

function notNumber(
  file: string,
  column: string,
  { line, text, why }: { line: number; text: string; why: string },
): Failure {
  return new Failure(
    `${file}, line ${line}, column ${JSON.stringify(column)}: got ${JSON.stringify(text.slice(0, 60))}, need a number, ${why}; ` +
      `if it stands for a missing value, say --missing ${listWord(text)}, if the column holds categories, --categories ${listWord(column)}`,
  );
}

/** The greatest power of ten, or half of one, that is not above `count`, if that is at least 10. */
function roundDown(count: number): number {
  if (count < 10) return 10;
  const power = Number(`1e${String(count).length - 1}`);
  return count >= 5 * power ? 5 * power : power;
}

export const shellWord = (text: string) =>
  /^[\w.@%+=:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** One name as an option takes several: in quotes as in CSV where it has a comma. */
const listWord = (text: string) => shellWord(/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The rows of a column, in this order. */
export function rowsOf<Column extends SeriesColumns[string]>(values: Column, rows: ArrayLike<number>): Column {
  if (values instanceof Float64Array) {
    const taken = new Float64Array(rows.length);
    for (let index = 0; index < rows.length; index++) taken[index] = values[rows[index]];
    return taken as Column;
  }
  return Array.from(rows, (row) => values[row]) as SeriesColumns[string] as Column;
}

/** The rows of several columns, in this order. */
export const columnsAt = <Table extends SeriesColumns>(columns: Table, rows: ArrayLike<number>): Table =>
  Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, rowsOf(values, rows)])) as Table;
