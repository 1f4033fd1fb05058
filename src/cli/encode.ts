/** Converts lines of a table to the columns that a model reads: matches columns by name and parses numbers and categories. */

import { type Columns, momentIn, type NumberFormat, numberReader } from "../data/index.ts";
import type { Pipeline } from "../index.ts";
import { mostDeviations } from "./encodeParts.ts";
import { Failure, guard } from "./failure.ts";
import type { Block, Lines } from "./lines.ts";
import { clipName, dateFormText, formatText, hasOwnNotation, listText } from "./listed.ts";
import { marksByColumn, missingMarks } from "./marks.ts";
import { notesOf } from "./notes.ts";
import { plural, short } from "./numbers.ts";
import { Refusals } from "./refusals.ts";

type Column = Pipeline["columns"][number];
type NumberColumn = Extract<Column, { kind: "number" }>;
type DateColumn = Extract<Column, { kind: "date" }>;

/** The most values of a table, of features and of outputs that are in memory at once. */
const mostValues = 20_000;

export class TableReader {
  readonly #pipeline: Pipeline;
  /** Undefined for a column that the table does not have. */
  readonly #places: readonly (number | undefined)[];
  /** The test for each column that tells if a text means a missing value. */
  readonly #isMissing: readonly ((text: string) => boolean)[];
  /** The functions that read numbers, for each column. */
  readonly #numbers: readonly ((text: string) => number)[];
  /** The values that the model cannot read; the caller reports them after the last line. */
  readonly refusals: Refusals;
  /** The number of columns of the table. */
  readonly #width: number;
  /** Remarks on the names and comments of the table. */
  readonly remarks: readonly string[];
  /** The number of rows in which every value that the model reads is missing. */
  emptyRows = 0;
  /** The columns that the table does not have: their values are missing. */
  readonly absent: readonly string[];
  /** Values without a category of their own, by column: how many there are, and the first. */
  readonly unseen = new Map<string, { count: number; first: string }>();

  /**
   * @throws {Failure} if the table has none of the model's columns, or lacks one and has a misspelling of its name; or if the model needs series
   */
  constructor(pipeline: Pipeline, { names, head, delimiter, remarks = [] }: Omit<Lines, "blocks">, file: string) {
    const unsupported = pipeline.columns.find(({ kind }) => kind === "series" || kind === "picture");
    if (unsupported) {
      const what = `a ${unsupported.kind} from ${JSON.stringify(clipName(unsupported.name))}`;
      throw new Failure(
        `${file}: the model reads ${what}, which a table cannot hold; need a program that uses the library`,
      );
    }
    const places = new Map(names.map((name, index) => [name, index]));
    checkNames(pipeline, names, head !== undefined, file);
    this.remarks = remarks;
    this.#pipeline = pipeline;
    this.#width = names.length;
    this.#places = pipeline.columns.map(({ name }) => places.get(name));
    this.absent = pipeline.columns.map(({ name }) => name).filter((name) => !places.has(name));
    this.#isMissing = pipeline.columns.map(missingTest);
    this.#numbers = pipeline.columns.map((column) =>
      numberReaderFor(column.kind === "number" ? column.format : undefined, delimiter),
    );
    this.refusals = new Refusals(file);
  }

  /** The most lines to convert at once. A category becomes many features, a text many tokens. */
  get mostRows(): number {
    const { network } = this.#pipeline;
    return Math.max(1, Math.floor(mostValues / (this.#width + network.inputs + network.outputs)));
  }

  /** Returns the values that the model reads. Those that it cannot read are missing, and in `refusals`. */
  columnsOf({ numbers, rows }: Block): Columns {
    const given = this.#places.flatMap((place, column) => (place === undefined ? [] : [{ place, column }]));
    for (const row of rows) {
      if (given.every(({ place, column }) => this.#isMissing[column](row[place]))) this.emptyRows++;
    }
    const columns = given.map(({ place, column: index }): [string, Columns[string]] => {
      const column = this.#pipeline.columns[index];
      const { name, kind } = column;
      const texts = rows.map((row) => (this.#isMissing[index](row[place]) ? null : row[place]));
      // A pipeline that knows the values of its training tells better what is unseen.
      if (kind === "encodeCategories" && !this.#pipeline.seen) this.#countUnseen(name, column.categories, texts);
      if (kind === "date") this.#checkDates(column, texts, numbers);
      if (kind !== "number") return [name, texts];
      const read = this.#numbers[index];
      return [name, Float64Array.from(texts, (text, row) => this.#number(column, read, text, numbers[row]))];
    });
    return Object.fromEntries(columns);
  }

  #number(
    { name, offset, divisor, missing = [], format }: NumberColumn,
    read: (text: string) => number,
    text: string | null,
    line: number,
  ): number {
    if (text === null) return Number.NaN;
    const value = read(text);
    if (missing.length > 0 && missing.includes(value)) return Number.NaN;
    if (Math.abs((value - offset) / divisor) <= mostDeviations) return value;
    const like = format && hasOwnNotation(format) ? ` such as ${JSON.stringify(formatText(format))}` : "";
    const need = Number.isNaN(value)
      ? `a number${like}, as the model learned`
      : `one nearer to the training values (mean ${short(offset)})`;
    this.refusals.add(name, text, line, need);
    return Number.NaN;
  }

  #checkDates(column: DateColumn, texts: readonly (string | null)[], numbers: readonly number[]): void {
    texts.forEach((text, row) => {
      if (text === null || momentIn(text, column.order)) return;
      this.refusals.add(column.name, text, numbers[row], `a date ${dateFormText(column)}, as the model learned`);
    });
  }

  #countUnseen(name: string, known: readonly (string | null)[], texts: readonly (string | null)[]): void {
    const set = new Set(known);
    for (const text of texts) {
      if (text === null || set.has(text)) continue;
      const { count, first } = this.unseen.get(name) ?? { count: 0, first: text };
      this.unseen.set(name, { count: count + 1, first });
    }
  }
}

/** Checks the names of a table. If they are those of another one, it may lack the line of names, or the model's table may have lacked it. */
function checkNames(pipeline: Pipeline, names: readonly string[], hasNames: boolean, file: string): void {
  try {
    guard(file, () => pipeline.checkNames("columns", names));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const isNameless = pipeline.columns.every(({ name }) => /^column\d+$/.test(name));
    if (hasNames && isNameless) {
      throw new Failure(
        `${error.message}; the model's table had no line of names: if this one has none, use --no-header`,
      );
    }
    throw error;
  }
}

/** Returns a function that tells which texts mean a missing value. A model of the command knows; others have the default. */
function missingTest(column: Column): (text: string) => boolean {
  const known = new Set<unknown>(column.kind === "encodeCategories" ? column.categories : []);
  const marks = new Set<unknown>(column.missing ?? [...missingMarks].filter((mark) => !known.has(mark)));
  return (text) => text === "" || marks.has(text) || text.trim() === "";
}

/**
 * Returns a function that reads the numbers of a table.
 *
 * @param format undefined for a model that does not know one
 * @param delimiter of the table: between semicolons, numbers may have a decimal comma, whatever the model's have
 */
export function numberReaderFor(format: NumberFormat = {}, delimiter: string): (text: string) => number {
  const read = numberReader(format);
  if (delimiter !== ";" || format.thousands !== undefined) return read;
  const readComma = numberReader({ ...format, decimal: "," });
  return (text) => {
    const value = read(text);
    return Number.isNaN(value) ? readComma(text) : value;
  };
}

/** Returns the texts that mean a missing value in a column of the training's table: the same as when the model was trained. */
export function marksOf(model: Pipeline, column: string): ReadonlySet<string> {
  const notes = notesOf(model);
  if (!notes) return missingMarks;
  const names = [model.target.name, ...model.columns.map(({ name }) => name), ...Object.keys(notes.notUsed)];
  return marksByColumn(notes.question, names, "the model")(column);
}

/** Returns notes about missing columns, empty rows and unknown categories. */
export function readerNotes({ absent, unseen, emptyRows, remarks }: TableReader): string[] {
  const listed = listText(
    absent.map((name) => JSON.stringify(clipName(name))),
    20,
  );
  const lacks =
    absent.length === 0
      ? []
      : [
          `the table has no ${absent.length === 1 ? "column" : "columns"} ${listed}; in each row, a value is missing there`,
        ];
  const empty =
    emptyRows === 0
      ? []
      : [`${plural(emptyRows, "row")} without a value that the model reads; the answer is the same for all such rows`];
  const unknownCategories = [...unseen].map(([name, { count, first }]) => {
    const what = `${plural(count, "value")} (${count === 1 ? "" : "such as "}${JSON.stringify(first)})`;
    return `${name}: ${what} too rare in the training rows to have a feature of its own, or not there at all`;
  });
  return [...remarks, ...lacks, ...empty, ...unknownCategories];
}
