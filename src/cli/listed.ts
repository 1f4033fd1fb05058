/** Formats lists, names and encodings for sentences. */

import type { ColumnEncodingJSON, OwnEncodingJSON, PictureEncodingJSON } from "../data/index.ts";
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
