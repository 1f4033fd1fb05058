/** Which words of texts move a model's answer: what it says of each word alone, beside an empty text. */

import type { Columns } from "../../data/index.ts";
import type { Pipeline } from "../../index.ts";

export interface WordGroup {
  /** The column of texts. */
  readonly column: string;
  /** A class that words speak for; "more" or "less" of a number. */
  readonly towards: string | number;
  /** Those that do most first. */
  readonly words: readonly string[];
}

/** Words that are asked about: the most frequent. */
export const mostWords = 1000;
/** Words of a group. */
const mostShown = 15;
/** Classes that have a group. */
const mostClasses = 12;

/** The words of each column of texts that speak for each class, or for a greater or smaller number. All other columns are missing. */
export function wordGroups(model: Pick<Pipeline, "target" | "columns" | "outputs">): WordGroup[] {
  const { target, columns } = model;
  return columns.flatMap((column) => {
    if (column.kind !== "text") return [];
    const words = column.tokens.slice(0, mostWords);
    const texts = ["", ...words];
    const table: Columns = Object.fromEntries(
      columns.map(({ name, kind }) => {
        if (name === column.name) return [name, texts];
        return [name, kind === "number" ? new Float64Array(texts.length).fill(Number.NaN) : texts.map(() => null)];
      }),
    );
    const said = model.outputs(table);
    const width = said.length / texts.length;
    const top = (towards: string | number, effectOf: (row: number) => number): WordGroup => {
      const effects = words.map((word, index) => ({ word, effect: effectOf(index + 1) - effectOf(0) }));
      const strongest = effects.filter(({ effect }) => effect > 0).sort((one, other) => other.effect - one.effect);
      return { column: column.name, towards, words: strongest.slice(0, mostShown).map(({ word }) => word) };
    };
    if (target.kind === "number") {
      const sign = Math.sign(target.divisor);
      return [top("more", (row) => said[row] * sign), top("less", (row) => -said[row] * sign)];
    }
    return target.classes.slice(0, mostClasses).map((label, number) =>
      top(label, (row) => {
        if (width > 1) return said[row * width + number];
        return number === 1 ? said[row] : 1 - said[row];
      }),
    );
  });
}
