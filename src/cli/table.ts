/** Reads a table into memory by columns. A number takes 8 bytes. */

import type { ColumnValues, SeriesColumns } from "../data/index.ts";
import { pcg32 } from "../index.ts";
import { Failure } from "./failure.ts";
import { linesOf } from "./lines.ts";
import type { Source } from "./source.ts";

export interface TableColumn {
  readonly name: string;
  readonly kind: "number" | "category";
  /** Numbers, with NaN where one is missing, or strings, with null where one is missing. */
  readonly values: ColumnValues;
  readonly missing: number;
}

export interface ColumnTable {
  readonly columns: readonly TableColumn[];
  readonly rows: number;
  /** The number of lines with values in the file. A sample has fewer rows than lines. */
  readonly lines: number;
  /** For a sample, the line of each row, from 0. */
  readonly places?: readonly number[];
}

/** A request for rows drawn at random. */
export interface Sample {
  readonly rows: number;
  readonly seed: number;
}

export interface ReadOptions {
  /** The texts that mean a missing value. */
  readonly missing: ReadonlySet<string>;
  /** Columns whose values are categories even if they look like numbers. */
  readonly categories?: ReadonlySet<string>;
  /** Called every few thousand lines. */
  readonly onRows?: (rows: number) => void;
  /** Default: all rows are kept. */
  readonly sample?: Sample;
  /** The most memory for the table and its examples. Default: no limit. */
  readonly memoryBytes?: number;
}

/** The memory per value: in the table, in a part of it, in the examples of the network, and in temporary copies. */
const bytesPerValue = 32;

/** The default texts that mean a missing value. */
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

/** A column with more different numbers than this holds numbers. A later text in it is an error. */
const mostTexts = 1000;

/** Fewer numbers than this among texts may be categories. */
const leastNumbers = 20;

/** The square of a greater number may overflow, so means and deviations cannot be computed. */
const greatestNumber = 1e150;

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Parses a number. Returns NaN if `text` is none, or too great to compute with.
 *
 * @param delimiter of the table: with semicolons between values, numbers may have a decimal comma
 */
export function numberOf(text: string, delimiter = ","): number {
  const written = delimiter === ";" ? text.replace(",", ".") : text;
  const value = Number(written);
  return Math.abs(value) <= greatestNumber && decimal.test(written) ? value : Number.NaN;
}

const code = /^0\d+$/;

/** A column that is being read. */
class GrowingColumn {
  readonly name: string;
  #numbers: Float64Array | undefined = new Float64Array(1024);
  /** The original texts, as long as the column may turn out to hold categories. */
  #texts: (string | null)[] | undefined = [];
  /** Each distinct text once. A substring would keep its whole line in memory. */
  readonly #known = new Map<string, string>();
  readonly #delimiter: string;
  /** True if the user declares the column to hold categories. */
  readonly #isCategory: boolean;
  #count = 0;
  missing = 0;
  /** True if a value is a code such as 007. */
  #hasCodes = false;
  /** The number of values that are numbers. */
  #numeric = 0;
  #firstText: { readonly line: number; readonly text: string } | undefined;

  constructor(name: string, delimiter: string, isCategory: boolean) {
    this.name = name;
    this.#delimiter = delimiter;
    this.#isCategory = isCategory;
    if (isCategory) this.#numbers = undefined;
  }

  /**
   * Writes the value of a row. `row` is an existing one or the next new one.
   *
   * @returns whether `text` fits the previous values
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
      // Copies the characters, so that the line can be freed.
      known = JSON.parse(JSON.stringify(text)) as string;
      this.#known.set(known, known);
    }
    return known;
  }

  /** The first value that is no number, if nearly all others are numbers. It is an error that would turn numbers into categories. */
  get slip(): { readonly line: number; readonly text: string; readonly numeric: number } | undefined {
    const isSlip =
      this.#firstText && this.#numeric >= leastNumbers && this.#numeric >= 0.9 * (this.#count - this.missing);
    return isSlip ? { ...this.#firstText!, numeric: this.#numeric } : undefined;
  }

  toColumn(): TableColumn {
    const { name, missing } = this;
    // A column with very many codes has no texts any more.
    const isCode = this.#hasCodes && this.#texts !== undefined;
    if (this.#numbers && missing < this.#count && !isCode) {
      return { name, kind: "number", values: this.#numbers.slice(0, this.#count), missing };
    }
    return { name, kind: "category", values: this.#texts ?? new Array(this.#count).fill(null), missing };
  }
}

/**
 * Reads a whole table. A column that has only finite decimal numbers holds numbers, any other holds categories.
 *
 * @throws {Failure} naming file, line and column of an invalid value
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
      // Reservoir sampling keeps each row with the same chance (Vitter 1985, algorithm R).
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

/** @param mostRows the number of rows that fit into memory */
export function tooLarge(file: string, got: string, mostRows: number): Failure {
  const advice = `--sample ${roundDown(mostRows)} trains on that many of them, drawn at random`;
  return new Failure(`${file}: got ${got}, which do not fit into the memory of this machine; ${advice}`);
}

function notNumber(
  file: string,
  column: string,
  { line, text, why }: { line: number; text: string; why: string },
): Failure {
  return new Failure(
    `${file}, line ${line}, column ${JSON.stringify(column)}: got ${JSON.stringify(text.slice(0, 60))}, need a number, ${why}; ` +
      `if it means a missing value, use --missing ${listWord(text)}; if the column holds categories, --categories ${listWord(column)}`,
  );
}

/** Rounds down to 10, 50, 100, 500, 1000 and so on; at least 10. */
function roundDown(count: number): number {
  if (count < 10) return 10;
  const power = Number(`1e${String(count).length - 1}`);
  return count >= 5 * power ? 5 * power : power;
}

export const shellWord = (text: string) =>
  /^[\w.@%+=:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Quotes a name for an option that takes a list: as in CSV if it has a comma, then for the shell. */
export const listWord = (text: string) => shellWord(/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Returns the given rows of a column, in this order. */
export function rowsOf<Column extends SeriesColumns[string]>(values: Column, rows: ArrayLike<number>): Column {
  if (values instanceof Float64Array) {
    const taken = new Float64Array(rows.length);
    for (let index = 0; index < rows.length; index++) taken[index] = values[rows[index]];
    return taken as Column;
  }
  return Array.from(rows, (row) => values[row]) as SeriesColumns[string] as Column;
}

/** Returns the given rows of several columns, in this order. */
export const columnsAt = <Table extends SeriesColumns>(columns: Table, rows: ArrayLike<number>): Table =>
  Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, rowsOf(values, rows)])) as Table;
