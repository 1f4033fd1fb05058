/** Names in a sentence: as many as one reads. */

import type { ColumnEncodingJSON, SequenceEncodingJSON } from "../data/index.ts";
import type { Pipeline } from "../index.ts";
import { count, plural } from "./numbers.ts";

/** "a, b, … 7 in all" */
export function listed(names: readonly string[], most: number): string {
  const first = names.slice(0, most).join(", ");
  return names.length > most ? `${first}, … ${names.length} in all` : first;
}

/** Characters of a name. */
const longest = 40;

/** A name as it is, or its beginning. */
export const clipped = (name: string): string =>
  name.length > longest ? `${Array.from(name.slice(0, longest)).slice(0, -1).join("")}…` : name;

/** What a column of categories is told apart by. */
export function categoriesShown({
  categories,
  others,
}: Extract<ColumnEncodingJSON, { kind: "encodeCategories" }>): string {
  const names = categories.map((category) => clipped(category ?? "(missing)"));
  return listed(others === "column" ? [...names, "(other)"] : names, 5);
}

/** "10 features and 1 text" */
export function featuresShown({ features, inputs, vocabularies }: Pipeline["encoding"]): string {
  const texts = Object.keys(vocabularies).length;
  const series = inputs.length - texts - (features.length > 0 ? 1 : 0);
  const parts = [
    ...(features.length > 0 ? [plural(features.length, "feature")] : []),
    ...(texts > 0 ? [plural(texts, "text")] : []),
    ...(series > 0 ? [`${count(series)} series`] : []),
  ];
  return parts.join(" and ");
}

/** What a column of texts or series is read as. */
export function sequencesShown(json: SequenceEncodingJSON): string {
  const { length, maximumLength, kind } = json;
  const steps = `${length === undefined ? "up to " : ""}${count((length ?? maximumLength)!)}`;
  if (kind === "text") return `${plural(json.tokens.length, json.unit.slice(0, -1))} known, ${steps} of each text`;
  return `${steps} steps of ${plural(json.offsets.length, "number")}`;
}
