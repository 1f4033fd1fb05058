/** Describes a model's columns for users who send it records. */

import type {
  DateEncodingJSON,
  DateOrder,
  NumberFormat,
  Picture,
  PictureEncodingJSON,
  SeriesRecord,
} from "../../data/index.ts";
import type { Pipeline } from "../../index.ts";

/** A column of a record. Missing values are null. A number of a model of the command may also be a text, in the notation of its table. */
export type ColumnDescription =
  | { readonly name: string; readonly kind: "number"; readonly format?: NumberFormat | undefined }
  /** Other texts are valid, too. They count as rare categories. */
  | { readonly name: string; readonly kind: "category"; readonly categories: readonly string[] }
  /** A date as the model's table writes it, or with the year first: "2012-04-21", alone or with a time. */
  | { readonly name: string; readonly kind: "date"; readonly order: DateOrder }
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
    if (kind === "date") return { name, kind, order: column.order };
    if (kind === "number") {
      const { format } = column;
      return { name, kind, ...(format && Object.keys(format).length > 0 && { format }) };
    }
    if (kind === "text") return { name, kind };
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
    if (kind === "date") return [name, exampleDate(column)];
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

/** Returns a date in the middle of the training's years. */
function exampleDate({ parts }: DateEncodingJSON): string {
  const year = parts.find(({ part }) => part === "year");
  const day = `${String(Math.round(year?.fill ?? 2000)).padStart(4, "0")}-07-01`;
  return parts.some(({ part }) => part === "hour") ? `${day} 12:00` : day;
}

/** One pixel of medium grey. Pictures of any size are resized. */
const greyPixel: Picture = { data: Uint8Array.of(128), width: 1, height: 1 };

/** Returns a record as JSON, with bytes as arrays of numbers. */
export const jsonOf = (record: SeriesRecord | string | Picture): string =>
  JSON.stringify(record, (_, value) => (value instanceof Uint8Array ? [...value] : value));
