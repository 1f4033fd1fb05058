/** Describes a model's columns for users who send it records. */

import type { Picture, PictureEncodingJSON, SeriesRecord } from "../../data/index.ts";
import type { Pipeline } from "../../index.ts";

/** A column of a record. Missing values are null. */
export type ColumnDescription =
  | { readonly name: string; readonly kind: "number" }
  /** Other texts are valid, too. They count as rare categories. */
  | { readonly name: string; readonly kind: "category"; readonly categories: readonly string[] }
  /** Any string. */
  | { readonly name: string; readonly kind: "text" }
  /** An array of steps: rows of `features` numbers each, or plain numbers if there is one feature. */
  | { readonly name: string; readonly kind: "series"; readonly features: number }
  /** `{ data, width, height }` of any size, which is resized to this height and width; never missing. */
  | { readonly name: string; readonly kind: "picture"; readonly size: PictureEncodingJSON["size"] };

/** Returns the columns that a record needs, in order. */
export function columnsOf({ columns }: Pipeline): ColumnDescription[] {
  return columns.map((column): ColumnDescription => {
    const { name, kind } = column;
    if (kind === "picture") return { name, kind, size: column.size };
    if (kind === "series") return { name, kind, features: column.offsets.length };
    if (kind !== "encodeCategories") return { name, kind };
    return { name, kind: "category", categories: column.categories.filter((category) => category !== null) };
  });
}

/** The tokens of an example's text, unless windows need more. */
const exampleTokens = 5;

/**
 * Returns a valid record. A column has the median or the most frequent value of the training. A series has as few steps of means as the
 * network takes. A picture is grey.
 */
export function exampleOf({ columns, encoding, network }: Pipeline): SeriesRecord {
  const { graph } = network.engine;
  const leastOf = (name: string) => {
    const input = graph.inputs[encoding.inputs.findIndex(({ columns }) => columns.includes(name))];
    return graph.leastSteps(input).steps;
  };
  const values = columns.map((column): [string, SeriesRecord[string]] => {
    const { name, kind } = column;
    if (kind === "number") return [name, column.fill];
    if (kind === "picture") return [name, greyPixel];
    if (kind === "text") {
      const { tokens, unit } = column;
      const length = Math.max(Math.min(exampleTokens, tokens.length), leastOf(name));
      const words = Array.from({ length }, (_, index) => tokens[index % tokens.length]);
      return [name, words.join(unit === "words" ? " " : "")];
    }
    if (kind === "series") {
      const { offsets } = column;
      const length = leastOf(name);
      const steps = Array.from({ length }, () => offsets);
      return [name, offsets.length === 1 ? steps.flat() : steps];
    }
    return [name, column.fill ?? column.categories.find((category) => category !== null) ?? null];
  });
  return Object.fromEntries(values);
}

/** One pixel of medium grey. Pictures of any size are resized. */
const greyPixel: Picture = { data: Uint8Array.of(128), width: 1, height: 1 };

/** Returns a record as JSON, with bytes as arrays of numbers. */
export const jsonOf = (record: SeriesRecord | string | Picture): string =>
  JSON.stringify(record, (_, value) => (value instanceof Uint8Array ? [...value] : value));
