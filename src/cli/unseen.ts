/** Counts the values of a table that are unlike all of the training rows, and the answers that are too large, for notes to the user. */

import type { SeriesColumns } from "../data/index.ts";
import type { Pipeline, Prediction, Target, Unseen } from "../index.ts";
import { isTooLarge } from "../pipeline/target.ts";
import { clipName } from "./listed.ts";
import { plural, short } from "./numbers.ts";

export class UnseenTally {
  readonly #seen: NonNullable<Pipeline["seen"]>;
  /** Counts and first examples, by column and kind. */
  readonly #found = new Map<string, Map<Unseen, { count: number; line: number; value: unknown }>>();

  readonly #target: Target;
  readonly #texts: ReadonlySet<string>;
  readonly #dates: ReadonlySet<string>;
  /** The lines whose numbers are too large: how many there are, and the first. */
  #tooLarge: { count: number; first: number } | undefined;

  constructor({ seen = {}, target, columns }: Pick<Pipeline, "seen" | "target" | "columns">) {
    this.#seen = seen;
    const [texts, dates] = ["text", "date"].map(
      (wanted) => new Set(columns.flatMap(({ name, kind }) => (kind === wanted ? [name] : []))),
    );
    this.#texts = texts;
    this.#dates = dates;
    this.#target = target;
  }

  /** @param lines the numbers of the lines */
  add(
    unseen: ReadonlyMap<number, NonNullable<Prediction["unseen"]>>,
    columns: SeriesColumns,
    lines: ArrayLike<number>,
  ): void {
    for (const [row, kinds] of unseen) {
      for (const [column, kind] of Object.entries(kinds)) {
        // What the note of absent columns says already.
        if (!Object.hasOwn(columns, column)) continue;
        const ofColumn = this.#found.get(column) ?? new Map();
        this.#found.set(column, ofColumn);
        const found = ofColumn.get(kind) ?? { count: 0, line: Number.POSITIVE_INFINITY, value: undefined };
        ofColumn.set(kind, found);
        found.count++;
        // Rows come column by column, not line by line.
        if (lines[row] < found.line) [found.line, found.value] = [lines[row], columns[column][row]];
      }
    }
  }

  /** Counts the numbers that are too large. @param lines the numbers of the lines */
  addOutputs(outputs: ArrayLike<number>, lines: ArrayLike<number>): void {
    const target = this.#target;
    if (target.kind !== "number") return;
    for (let row = 0; row < lines.length; row++) {
      if (!isTooLarge(target, outputs[row])) continue;
      const { count, first } = this.#tooLarge ?? { count: 0, first: lines[row] };
      this.#tooLarge = { count: count + 1, first };
    }
  }

  /** Returns a note on answers that are too large, and one for each column and kind. */
  get notes(): string[] {
    return [...this.#answerNotes(), ...this.#valueNotes()];
  }

  #answerNotes(): string[] {
    if (!this.#tooLarge) return [];
    const { count, first } = this.#tooLarge;
    const [where, has, its] = count === 1 ? ["in line", "has", "its"] : ["first in line", "have", "their"];
    return [
      `${plural(count, "row")} ${has} no answer, ${where} ${first}: ${its} ${clipName(this.#target.name)} would be too large for a number`,
    ];
  }

  #valueNotes(): string[] {
    return [...this.#found].flatMap(([column, kinds]) =>
      [...kinds].map(([kind, { count, line, value }]) => {
        const where = count === 1 ? `in line ${line}` : `first in line ${line}`;
        const name = clipName(column);
        if (kind === "missing")
          return `${name}: ${plural(count, "missing value")}, ${where}; no training row lacked one`;
        const shown = JSON.stringify(typeof value === "string" ? clipName(value) : value);
        if (kind === "unknown" && this.#texts.has(column)) {
          return `${name}: ${plural(count, "text")} without a word that the model knows, ${where} ${shown}`;
        }
        if (kind === "unknown") return `${name}: ${plural(count, "value")} that no training row had, ${where} ${shown}`;
        const { least, greatest } = this.#seen[column];
        const [what, text] = this.#dates.has(column) ? (["date", dateText] as const) : (["number", short] as const);
        const range =
          least === undefined || greatest === undefined
            ? "where no training row had one"
            : `far outside those of the training rows, ${text(least)} to ${text(greatest)}`;
        return `${name}: ${plural(count, what)} ${range}, ${where} ${shown}`;
      }),
    );
  }
}

const millisecondsOfDay = 86_400_000;

/** Returns a date. @param days from 1970-01-01 */
const dateText = (days: number): string => new Date(days * millisecondsOfDay).toISOString().slice(0, 10);
