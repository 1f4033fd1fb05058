/** Formats lists, names and encodings for sentences. */

import type {
  ColumnEncodingJSON,
  DateEncodingJSON,
  DatePart,
  NumberFormat,
  OwnEncodingJSON,
  PictureEncodingJSON,
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
export function formatText({ decimal = ".", thousands, unit = "", parentheses }: NumberFormat): string {
  const digits = `1${thousands ?? ""}234${decimal}5`;
  const isBefore = /\p{Sc}$|^[A-Z]{3}$/u.test(unit);
  const written = isBefore ? `${unit}${unit.length > 2 ? " " : ""}${digits}` : `${digits}${unit && ` ${unit}`}`;
  return parentheses ? `${written} and (${digits})` : written;
}

/** Describes the parts of dates that are read: "day-month-year → year, month". */
export const datesText = ({ order, parts }: DateEncodingJSON): string =>
  `${order} → ${parts.map(({ part }) => partNames[part] ?? part).join(", ")}`;

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
