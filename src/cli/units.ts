/** Numbers the independent units of the rows that a model is evaluated on, as `simdnet train` numbers those of its test rows. */

import type { Pipeline } from "../index.ts";
import { copiesIn } from "./copies.ts";
import { marksOf } from "./encode.ts";
import { notesOf } from "./notes.ts";
import { nameLike } from "./table.ts";

/** The most rows whose copies are counted, since all of them are in memory. */
const mostCompared = 100_000;

/** The units: rows of a group, if the model was trained with --group and the table has its column; otherwise a row and its copies. */
export class Units {
  /** The places of the compared columns: the model's and the target. A column that only names rows is in no model. */
  readonly #places: readonly number[];
  readonly #group: { readonly place: number; readonly missing: ReadonlySet<string> } | undefined;
  /** The number of each row's group. */
  readonly #numbers: number[] = [];
  readonly #groups = new Map<string, number>();
  /** The values of the compared columns; undefined if there are too many rows. */
  #columns: string[][] | undefined;
  #rows = 0;

  /** @param names the columns of the table */
  constructor(model: Pipeline, names: readonly string[]) {
    const asked = notesOf(model)?.question.group ?? undefined;
    const group = asked === undefined ? undefined : nameLike(names, asked);
    this.#group = group === undefined ? undefined : { place: names.indexOf(group), missing: marksOf(model, group) };
    const compared = new Set([model.target.name, ...model.columns.map(({ name }) => name)]);
    this.#places = names.flatMap((name, index) => (compared.has(name) ? [index] : []));
    this.#columns = this.#group ? undefined : this.#places.map(() => []);
  }

  add(rows: readonly (readonly string[])[]): void {
    if (this.#group) {
      const { place, missing } = this.#group;
      for (const row of rows) this.#numbers.push(this.#groupNumber(row[place], missing));
      return;
    }
    this.#rows += rows.length;
    if (this.#rows > mostCompared) this.#columns = undefined;
    this.#columns?.forEach((values, index) => {
      for (const row of rows) values.push(row[this.#places[index]]);
    });
  }

  /** A row without a group is a group of its own. */
  #groupNumber(text: string, missing: ReadonlySet<string>): number {
    const known = this.#groups.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.length;
    if (text.trim() !== "" && !missing.has(text)) this.#groups.set(text, number);
    return number;
  }

  /** True if the units are groups of the table. */
  get areGroups(): boolean {
    return this.#group !== undefined;
  }

  /** The number of the unit of each row: the place of its first row. Undefined if each row is its own. */
  get numbers(): ArrayLike<number> | undefined {
    if (this.#group) return this.#numbers;
    return (
      this.#columns &&
      copiesIn(
        this.#columns,
        Int32Array.from({ length: this.#rows }, (_, row) => row),
      )?.first
    );
  }
}
