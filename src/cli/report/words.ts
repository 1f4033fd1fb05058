/** Finds the words that move a model's prediction most: compares the prediction for each word alone with that for an empty text. */

import type { Columns } from "../../data/index.ts";
import type { Pipeline } from "../../index.ts";

export interface WordGroup {
  /** The column of texts. */
  readonly column: string;
  /** The class that the words speak for; "more" or "less" for a number. */
  readonly towards: string | number;
  /** The words, strongest first. */
  readonly words: readonly string[];
}

/** The number of words that are tried: the most frequent ones. */
export const mostWords = 1000;
/** The most words of a group. */
const mostShown = 15;
/** The most classes with a group. */
const mostClasses = 12;

/** Returns the strongest words of each column of texts for each class, or for more and less. All other columns are missing. */
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
