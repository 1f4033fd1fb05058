/** Formats lists, names and encodings for sentences. */

import {
  type ColumnEncodingJSON,
  type DateEncodingJSON,
  type DatePart,
  isShownBefore,
  type Notations,
  type NumberFormat,
  type OwnEncodingJSON,
  type PictureEncodingJSON,
} from "../data/index.ts";
import type { Pipeline } from "../index.ts";
import { count, plural } from "./numbers.ts";

/** Joins names; beyond `most`, gives the total: "a, b, … 7 in all". */
export function listText(names: readonly string[], most: number): string {
  const first = names.slice(0, most).join(", ");
  return names.length > most ? `${first}, … ${names.length} in all` : first;
}

/** The most characters of a name. */
const longest = 40;

/** Shortens a long name to its beginning. */
export const clipName = (name: string): string =>
  name.length > longest ? `${Array.from(name.slice(0, longest)).slice(0, -1).join("")}…` : name;

/** Lists the texts that were taken for a missing value, with their numbers of rows: `8 "?", 4 blank`. */
export const gapsText = (gaps: ReadonlyMap<string, number>): string =>
  listText(
    [...gaps]
      .sort(([, one], [, other]) => other - one)
      .map(([text, rows]) => `${count(rows)} ${text === "" ? "blank" : JSON.stringify(clipName(text))}`),
    4,
  );

/** Lists the categories of a column. */
export function categoriesText({
  categories,
  others,
}: Extract<ColumnEncodingJSON, { kind: "encodeCategories" }>): string {
  const names = categories.map((category) => clipName(category ?? "(missing)"));
  return listText(others === "column" ? [...names, "(other)"] : names, 5);
}

/** Counts the inputs of an encoding: "10 features and 1 text". */
export function featuresText({ features, inputs, vocabularies }: Pipeline["encoding"]): string {
  const texts = Object.keys(vocabularies).length;
  const own = inputs.slice(features.length > 0 ? 1 : 0);
  // Images have three sides, series of numbers two.
  const pictures = own.filter(({ shape }) => shape.length === 3).length;
  const series = own.length - texts - pictures;
  const parts = [
    ...(features.length > 0 ? [plural(features.length, "feature")] : []),
    ...(texts > 0 ? [plural(texts, "text")] : []),
    ...(series > 0 ? [`${count(series)} series`] : []),
    ...(pictures > 0 ? [plural(pictures, "picture")] : []),
  ];
  return parts.join(" and ");
}

/** Returns whether numbers are written in another way than plainly. */
export const hasOwnNotation = (format: NumberFormat): boolean => Object.keys(format).length > 0;

/** Returns a number as a column's texts write it, as an example: "$1,234.5". */
export function formatText(format: NumberFormat): string {
  const { decimal = ".", thousands, unit = "", parentheses, trailingMinus, multiples, time } = format;
  if (time !== undefined) return { "0:00": "12:30", "0:00:00": "1:02:03", duration: "3h 43m" }[time];
  const digits = multiples ? `1${decimal}5K` : `1${thousands ?? ""}234${decimal}5`;
  const written = isShownBefore(format)
    ? `${unit}${unit.length > 2 ? " " : ""}${digits}`
    : `${digits}${unit && ` ${unit}`}`;
  return `${written}${parentheses ? ` and (${digits})` : ""}${trailingMinus ? ` and ${digits}-` : ""}`;
}

/** Says how a column's texts are read as numbers, if they are not plain numbers: "written like 3h 43m, in seconds". */
export function writtenText(format: NumberFormat = {}): string {
  if (!hasOwnNotation(format)) return "";
  const sense = format.time
    ? { "0:00": " = 12 × 60 + 30", "0:00:00": ", in seconds", duration: ", in seconds" }[format.time]
    : format.multiples
      ? " = 1500"
      : "";
  return `, written like ${formatText(format)}${sense}`;
}

/** Lists notations by an example of each and its rows: `"50 kg" (80 rows) and "110 lb" (40 rows)`. */
export const notationsText = ({ each }: Notations): string =>
  each.map(({ example, rows }) => `${JSON.stringify(clipName(example))} (${plural(rows, "row")})`).join(" and ");

/** The advice where numbers or dates stand in several notations. */
export const oneNotation = "; write them in one to have them read";

/** Returns whether a date has the name of a month, so that its order does not matter. */
const hasMonthName = (example = "") => /\p{L}{3}/u.test(example);

/** Describes the parts of dates that are read: "such as 31-Jan-24 → year, month", or "day-month-year → year, month" where the order counts. */
export const datesText = ({ order, parts, example }: DateEncodingJSON): string =>
  `${hasMonthName(example) ? `such as ${example}` : order} → ${parts.map(({ part }) => partNames[part] ?? part).join(", ")}`;

/** Says how dates are written: `such as "31-Jan-24"`, or `written day-month-year, such as "31.1.2024"`. */
export function dateFormText({ order, example }: Pick<DateEncodingJSON, "order" | "example">): string {
  const such = example === undefined ? "" : `such as ${JSON.stringify(example)}`;
  return hasMonthName(example) ? such : [`written ${order}`, such].filter((part) => part !== "").join(", ");
}

const partNames: Partial<Record<DatePart, string>> = { dayOfYear: "day of the year" };

/** Describes images: "64 × 64 pixels in colour". */
export function imagesText({ size: [height, width], channels }: PictureEncodingJSON): string {
  const colours = { 1: "in grey", 3: "in colour", 4: "in colour with alpha" }[channels];
  return `${count(width)} × ${count(height)} pixels ${colours}`;
}

/** Describes how a column of texts, series or pictures is read. */
export function inputText(json: OwnEncodingJSON): string {
  if (json.kind === "picture") return imagesText(json);
  const { length, maximumLength, kind } = json;
  const steps = `${length === undefined ? "up to " : ""}${count((length ?? maximumLength)!)}`;
  if (kind === "text") return `${plural(json.tokens.length, json.unit.slice(0, -1))} known, ${steps} of each text`;
  return `${steps} steps of ${plural(json.offsets.length, "number")}`;
}
