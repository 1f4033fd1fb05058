/** Counts the values of a table that are unlike all of the training rows, for notes to the user. */

import type { SeriesColumns } from "../data/index.ts";
import type { Pipeline, Prediction, Unseen } from "../index.ts";
import { clipName } from "./listed.ts";
import { plural, short } from "./numbers.ts";

export class UnseenTally {
  readonly #seen: NonNullable<Pipeline["seen"]>;
  /** Counts and first examples, by column and kind. */
  readonly #found = new Map<string, Map<Unseen, { count: number; line: number; value: unknown }>>();

  constructor({ seen = {} }: Pick<Pipeline, "seen">) {
    this.#seen = seen;
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

  /** Returns a note for each column and kind. */
  get notes(): string[] {
    return [...this.#found].flatMap(([column, kinds]) =>
      [...kinds].map(([kind, { count, line, value }]) => {
        const where = count === 1 ? `in line ${line}` : `first in line ${line}`;
        const name = clipName(column);
        if (kind === "missing")
          return `${name}: ${plural(count, "missing value")}, ${where}; no training row lacked one`;
        const shown = JSON.stringify(typeof value === "string" ? clipName(value) : value);
        if (kind === "unknown") return `${name}: ${plural(count, "value")} that no training row had, ${where} ${shown}`;
        const { least, greatest } = this.#seen[column];
        const range =
          least === undefined || greatest === undefined
            ? "where no training row had one"
            : `far outside those of the training rows, ${short(least)} to ${short(greatest)}`;
        return `${name}: ${plural(count, "number")} ${range}, ${where} ${shown}`;
      }),
    );
  }
}
