/** Lines of a table as a model reads them: its columns by name, texts as numbers and categories. */

import type { Columns } from "../data/index.ts";
import type { Pipeline } from "../index.ts";
import { Failure } from "./failure.ts";
import type { Block, Lines } from "./lines.ts";
import { notesOf } from "./notes.ts";
import { missingMarks, numberOf } from "./table.ts";

export class Lineup {
  readonly #pipeline: Pipeline;
  readonly #places: readonly number[];
  readonly #missing: ReadonlySet<string>;
  readonly #file: string;
  readonly #delimiter: string;
  /** Categories that the model has not learned from, by column: how often each comes, and the first. */
  readonly unseen = new Map<string, { count: number; first: string }>();

  /** @throws {Failure} if the table lacks a column that the model needs */
  constructor(pipeline: Pipeline, { names, delimiter }: Pick<Lines, "names" | "delimiter">, file: string) {
    const lacking = pipeline.columns.filter(({ name }) => !names.includes(name));
    if (lacking.length > 0) {
      const list = lacking.map(({ name }) => JSON.stringify(name)).join(", ");
      const has = names.map((name) => JSON.stringify(name)).join(", ");
      throw new Failure(
        `${file}: the model needs column${lacking.length > 1 ? "s" : ""} ${list}; the table has ${has}`,
      );
    }
    this.#pipeline = pipeline;
    this.#delimiter = delimiter;
    this.#places = pipeline.columns.map(({ name }) => names.indexOf(name));
    this.#missing = missingOf(pipeline);
    this.#file = file;
  }

  /** @throws {Failure} naming line and column of a text where the model needs a number */
  columnsOf({ numbers, rows }: Block): Columns {
    const columns = this.#pipeline.columns.map((column, index): [string, Columns[string]] => {
      const { name, kind } = column;
      const texts = rows.map((row) => row[this.#places[index]]);
      if (kind !== "number") return [name, this.#categories(name, column.categories, texts)];
      return [name, Float64Array.from(texts, (text, row) => this.#number(name, text, numbers[row]))];
    });
    return Object.fromEntries(columns);
  }

  #number(name: string, text: string, line: number): number {
    if (this.#missing.has(text)) return Number.NaN;
    const value = numberOf(text, this.#delimiter);
    if (!Number.isNaN(value)) return value;
    const got = JSON.stringify(text.slice(0, 60));
    throw new Failure(
      `${this.#file}, line ${line}, column ${JSON.stringify(name)}: got ${got}, need a number, as the model learned`,
    );
  }

  #categories(name: string, known: readonly (string | null)[], texts: readonly string[]): (string | null)[] {
    const set = new Set(known);
    return texts.map((text) => {
      if (this.#missing.has(text)) return null;
      if (!set.has(text)) {
        const { count, first } = this.unseen.get(name) ?? { count: 0, first: text };
        this.unseen.set(name, { count: count + 1, first });
      }
      return text;
    });
  }
}

/** What stands for a missing value: the same as when the model was trained. */
export function missingOf(model: Pipeline): ReadonlySet<string> {
  const notes = notesOf(model);
  return notes ? new Set(notes.question.missing) : missingMarks;
}

/** What to say of categories that the model has not learned from. */
export function unseenNote({ unseen }: Lineup): string[] {
  return [...unseen].map(([name, { count, first }]) => {
    const what =
      count === 1 ? `1 value (${JSON.stringify(first)})` : `${count} values (such as ${JSON.stringify(first)})`;
    return `${name}: ${what} too rare in the training rows to have a feature of its own, or not there at all`;
  });
}
