/** What a model's columns are, for those who send it records. */

import type { TableRecord } from "../../data/index.ts";
import type { Pipeline } from "../../index.ts";

/** A missing value is null in either. */
export type ColumnDescription =
  | { readonly name: string; readonly kind: "number" }
  /** Other texts are taken, too: they are as rare ones were in the training. */
  | { readonly name: string; readonly kind: "category"; readonly categories: readonly string[] };

/** The columns that a record needs, in order. */
export function columnsOf({ columns }: Pipeline): ColumnDescription[] {
  return columns.map((column) => {
    const { name, kind } = column;
    if (kind === "number") return { name, kind };
    return { name, kind: "category", categories: column.categories.filter((category) => category !== null) };
  });
}

/** A record that the model takes: of each column the median, or what is most frequent, as the training had them. */
export function exampleOf({ columns }: Pipeline): TableRecord {
  const values = columns.map((column): [string, string | number | null] => {
    const { name, kind } = column;
    if (kind === "number") return [name, column.fill];
    return [name, column.fill ?? column.categories.find((category) => category !== null) ?? null];
  });
  return Object.fromEntries(values);
}
