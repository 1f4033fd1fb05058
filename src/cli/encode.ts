/** Converts lines of a table to the columns that a model reads: matches columns by name and parses numbers and categories. */

import type { Columns } from "../data/index.ts";
import type { Pipeline } from "../index.ts";
import { Failure, guard } from "./failure.ts";
import type { Block, Lines } from "./lines.ts";
import { clipName, listText } from "./listed.ts";
import { notesOf } from "./notes.ts";
import { plural, short } from "./numbers.ts";
import { mostDeviations } from "./prepare.ts";
import { missingMarks, numberOf } from "./table.ts";

type NumberColumn = Extract<Pipeline["columns"][number], { kind: "number" }>;

/** The most values of a table, of features and of outputs that are in memory at once. */
const mostValues = 200_000;

export class TableReader {
  readonly #pipeline: Pipeline;
  /** Undefined for a column that the table does not have. */
  readonly #places: readonly (number | undefined)[];
  readonly #missing: ReadonlySet<string>;
  readonly #file: string;
  readonly #delimiter: string;
  /** The number of columns of the table. */
  readonly #width: number;
  /** The number of rows in which every value that the model reads is missing. */
  emptyRows = 0;
  /** The columns that the table does not have: their values are missing. */
  readonly absent: readonly string[];
  /** Values without a category of their own, by column: how many there are, and the first. */
  readonly unseen = new Map<string, { count: number; first: string }>();

  /**
   * @throws {Failure} if the table has none of the model's columns, or lacks one and has a misspelling of its name; or if the model needs series
   */
  constructor(pipeline: Pipeline, { names, delimiter }: Pick<Lines, "names" | "delimiter">, file: string) {
    const unsupported = pipeline.columns.find(({ kind }) => kind === "series" || kind === "picture");
    if (unsupported) {
      const what = `a ${unsupported.kind} from ${JSON.stringify(clipName(unsupported.name))}`;
      throw new Failure(
        `${file}: the model reads ${what}, which a table cannot hold; need a program that uses the library`,
      );
    }
    const places = new Map(names.map((name, index) => [name, index]));
    guard(file, () => pipeline.checkNames("columns", names));
    this.#pipeline = pipeline;
    this.#delimiter = delimiter;
    this.#width = names.length;
    this.#places = pipeline.columns.map(({ name }) => places.get(name));
    this.absent = pipeline.columns.map(({ name }) => name).filter((name) => !places.has(name));
    this.#missing = missingMarksOf(pipeline);
    this.#file = file;
  }

  /** The most lines to convert at once. A category becomes many features, a text many tokens. */
  get mostRows(): number {
    const { network } = this.#pipeline;
    return Math.max(1, Math.floor(mostValues / (this.#width + network.inputs + network.outputs)));
  }

  /** @throws {Failure} naming line and column if the model cannot read a value */
  columnsOf({ numbers, rows }: Block): Columns {
    const isMissing = (text: string) => text.trim() === "" || this.#missing.has(text);
    const places = this.#places.filter((place) => place !== undefined);
    for (const row of rows) if (places.every((place) => isMissing(row[place]))) this.emptyRows++;
    const columns = this.#pipeline.columns.flatMap((column, index): [string, Columns[string]][] => {
      const { name, kind } = column;
      const place = this.#places[index];
      if (place === undefined) return [];
      const texts = rows.map((row) => row[place]);
      if (kind === "encodeCategories") return [[name, this.#categories(name, column.categories, texts)]];
      if (kind !== "number") return [[name, texts.map((text) => (this.#missing.has(text) ? null : text))]];
      return [[name, Float64Array.from(texts, (text, row) => this.#number(column, text, numbers[row]))]];
    });
    return Object.fromEntries(columns);
  }

  #number({ name, offset, divisor }: NumberColumn, text: string, line: number): number {
    if (this.#missing.has(text)) return Number.NaN;
    const value = numberOf(text, this.#delimiter);
    if (Math.abs((value - offset) / divisor) <= mostDeviations) return value;
    const need = Number.isNaN(value)
      ? "a number, as the model learned"
      : `one nearer to the training values (mean ${short(offset)})`;
    const got = JSON.stringify(text.slice(0, 60));
    throw new Failure(`${this.#file}, line ${line}, column ${JSON.stringify(name)}: got ${got}, need ${need}`);
  }

  #categories(name: string, known: readonly (string | null)[], texts: readonly string[]): (string | null)[] {
    const set = new Set(known);
    return texts.map((text) => {
      if (this.#missing.has(text)) return null;
      // A pipeline that knows the values of its training tells better what is unseen.
      if (!set.has(text) && !this.#pipeline.seen) {
        const { count, first } = this.unseen.get(name) ?? { count: 0, first: text };
        this.unseen.set(name, { count: count + 1, first });
      }
      return text;
    });
  }
}

/** Returns the texts that mean a missing value: the same as when the model was trained. */
export function missingMarksOf(model: Pipeline): ReadonlySet<string> {
  const notes = notesOf(model);
  return notes ? new Set(notes.question.missing) : missingMarks;
}

/** Returns notes about missing columns, empty rows and unknown categories. */
export function readerNotes({ absent, unseen, emptyRows }: TableReader): string[] {
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
  return [...lacks, ...empty, ...unknownCategories];
}
