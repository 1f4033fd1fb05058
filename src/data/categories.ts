/** Categories as rows with a single 1: each category of the training values has a column. */

import { checkArguments, checkInteger, checkOptions, listed, nearest, shown, unknownName } from "../errors.ts";
import { knownBooleans, truthOf } from "./booleans.ts";
import { sorted } from "./labels.ts";
import { plainNumber } from "./numberFormat.ts";
import { isBlank } from "./rows.ts";
import { countsOf, mostFrequent } from "./statistics.ts";

/** The replacement for a missing category: the most frequent one, or a category of its own. */
export type CategoryFill = "mostFrequent" | "ownCategory";

export interface EncodeCategoriesOptions {
  /** The replacement for a missing category. Default "mostFrequent". */
  fill?: CategoryFill | undefined;
  /**
   * How often a category must occur in the training values to have its column; those that do less often share the
   * column "(other)", and so do those that do not occur. If none shares it there is no such column, and what does not
   * occur is a row of zeros. At 0 each has its column, and what does not occur is refused. Default 0.
   */
  minimumCount?: number | undefined;
}

export interface CategoryEncodingJSON {
  kind: "encodeCategories";
  /** The categories that have a column, in order; null is the missing value. */
  categories: (string | null)[];
  /** The replacement for a missing value; null if it stays missing. */
  fill: string | null;
  /** The treatment of categories without a column: they share the last column, are zeros, or are refused. */
  others: "column" | "zeros" | "refused";
}

/** The transform that `encodeCategories` returns. */
export interface CategoryEncoding {
  /** The meaning of each column: a category, "(missing)" or "(other)". */
  readonly features: readonly string[];
  /** Returns a row for each value: 1 in the value's column, 0 elsewhere. */
  apply(values: readonly (string | boolean | null)[]): number[][];
  /** Returns plain data for `transformFromJSON`. */
  toJSON(): CategoryEncodingJSON;
}

/** An encoding that can also return the place of the 1. */
export interface CategoryPlaces extends CategoryEncoding {
  /** True if some categories are texts of numbers, so that a number is one, too, or booleans, which 1 and 0 stand for. */
  readonly takesNumbers: boolean;
  /** Returns the column of `value`, or undefined if its row is all zeros. `row` is the value's row, for error messages. */
  columnOf(value: string | boolean | null, row: number): number | undefined;
}

/** Returns "true" or "false" for a boolean, and any other value as it is. */
export const categoryOf = <Given>(value: Given): Exclude<Given, boolean> | string =>
  typeof value === "boolean" ? String(value) : (value as Exclude<Given, boolean>);

/** A category; null where it is missing, as an empty text is. */
const presentOf = <Given>(value: Given): Given | null => (typeof value === "string" && isBlank(value) ? null : value);

/** Returns a text without the spaces around it, and any other value as it is. */
export const trimmed = <Given>(value: Given): Given | string => (typeof value === "string" ? value.trim() : value);

class ColumnEncoding implements CategoryPlaces {
  readonly features: readonly string[];
  readonly takesNumbers: boolean;
  readonly #who: string;
  readonly #json: CategoryEncodingJSON;
  readonly #columnOf: ReadonlyMap<string | boolean | null, number>;

  constructor(who: string, json: CategoryEncodingJSON) {
    const { categories, others } = json;
    this.features = [
      ...categories.map((category) => category ?? "(missing)"),
      ...(others === "column" ? ["(other)"] : []),
    ];
    this.#who = who;
    this.#json = json;
    const columnOf = new Map<string | boolean | null, number>(categories.map((category, column) => [category, column]));
    const booleans = knownBooleans(categories);
    for (const [value, category] of booleans) columnOf.set(value, columnOf.get(category)!);
    this.#columnOf = columnOf;
    const isNumber = (category: string | null) => category !== null && !Number.isNaN(plainNumber(category));
    this.takesNumbers = booleans.length > 0 || categories.some(isNumber);
  }

  apply(values: readonly (string | boolean | null)[]): number[][] {
    checkArguments("apply", arguments.length, 1);
    checkCategories(this.#who, values);
    return Array.from(values, (value, row) => {
      const encoded = new Array<number>(this.features.length).fill(0);
      const column = this.columnOf(value, row);
      if (column !== undefined) encoded[column] = 1;
      return encoded;
    });
  }

  columnOf(given: string | boolean | null, row: number): number | undefined {
    const value = presentOf(given);
    return (
      this.#columnOf.get(value ?? this.#json.fill) ??
      // A table's values stand without the spaces around them.
      this.#columnOf.get(trimmed(value)) ??
      this.#columnOf.get(truthOf(value)) ??
      this.#columnOfOther(value, row)
    );
  }

  toJSON(): CategoryEncodingJSON {
    return { ...this.#json, categories: this.#json.categories.slice() };
  }

  /** Returns the column for other categories, or undefined if there is none. */
  #columnOfOther(value: string | boolean | null, row: number): number | undefined {
    const { categories, others } = this.#json;
    if (others === "column") return categories.length;
    if (others === "zeros") return undefined;
    const known = categories.filter((category) => category !== null);
    const meant = value === null ? undefined : nearest(String(value), known);
    const question = meant === undefined ? "" : `; did you mean ${shown(meant)}?`;
    throw new RangeError(
      `${this.#who}: got ${shown(value)} at row ${row}, need one of ${listed(known.map(shown))}, ` +
        `or a minimumCount above 0 in fitting${question}`,
    );
  }

  /** Frameworks that watch objects leave it alone; vue looks at this tag. */
  get [Symbol.toStringTag](): string {
    return "CategoryEncoding";
  }
}

/**
 * Fits the transform that turns each category into a row with a single 1. The columns are the categories in the order of their code units,
 * then "(missing)" and "(other)" where they exist.
 *
 * @param values strings or booleans, which are the categories "true" and "false", and null or an empty text where one is missing; at least
 * one of them
 * @throws {TypeError} if `values` is not an array, or naming the row, from 0, of what is none of these
 * @throws {RangeError} if there is no string, or an option is unknown or out of range
 */
export function encodeCategories(
  values: readonly (string | boolean | null)[],
  options: EncodeCategoriesOptions = {},
): CategoryEncoding {
  checkArguments("encodeCategories", arguments.length, 2);
  const who = "encodeCategories";
  checkOptions(who, options, ["fill", "minimumCount"]);
  checkCategoryOptions(who, options);
  return fitCategories(who, values, options);
}

/** Refuses invalid options. */
export function checkCategoryOptions(who: string, { fill, minimumCount = 0 }: EncodeCategoriesOptions): void {
  const fills: unknown[] = [undefined, "mostFrequent", "ownCategory"] satisfies (CategoryFill | undefined)[];
  if (!fills.includes(fill)) throw unknownName(`${who} fill of categories`, fill, ["mostFrequent", "ownCategory"]);
  checkInteger(`${who} minimumCount`, minimumCount, 0, Number.MAX_SAFE_INTEGER);
}

/** @param mayBeBooleans whether booleans are accepted as the categories "true" and "false" */
export function checkCategories(who: string, values: readonly unknown[], mayBeBooleans = true): void {
  if (!Array.isArray(values)) throw new TypeError(`${who}: got ${shown(values)}, need an array of strings`);
  for (let row = 0; row < values.length; row++) {
    if (typeof values[row] === "string" || values[row] === null) continue;
    if (mayBeBooleans && typeof values[row] === "boolean") continue;
    throw new TypeError(`${who}: got ${shown(values[row])} at row ${row}, need a string, or null where it is missing`);
  }
}

/** Does the work of `encodeCategories` for checked options. Messages begin with `who`. */
export function fitCategories(
  who: string,
  given: readonly (string | boolean | null)[],
  { fill = "mostFrequent", minimumCount = 0 }: EncodeCategoriesOptions,
): CategoryEncoding {
  checkCategories(who, given);
  const values = given.map((value) => presentOf(categoryOf(value)));
  const present = values.filter((value) => value !== null);
  if (present.length === 0) throw new RangeError(`${who}: got no category, need at least one`);
  const filled = fill === "ownCategory" ? null : mostFrequent(present);
  const counts = countsOf(values.map((value) => value ?? filled));
  const frequent = [...sorted(new Set(present)), null].filter((category) => {
    const count = counts.get(category) ?? 0;
    return count > 0 && count >= minimumCount;
  });
  const others = frequent.length < counts.size ? "column" : minimumCount > 0 ? "zeros" : "refused";
  return new ColumnEncoding(who, { kind: "encodeCategories", categories: frequent, fill: filled, others });
}

/** Returns the encoding that `json` describes. `who` reports an invalid `json`; `owner` applies the encoding. */
export function categoriesFromJSON(who: string, json: CategoryEncodingJSON, owner: string): CategoryPlaces {
  const { kind, categories, fill, others } = json;
  checkCategories(`${who}, categories`, categories, false);
  checkCategories(`${who}, fill`, [fill], false);
  const seen = new Set<string | null>();
  const twice = categories.find((category) => seen.size === seen.add(category).size);
  if (twice !== undefined) throw new RangeError(`${who}, categories: got ${shown(twice)} twice, need it once`);
  const known = ["column", "zeros", "refused"] satisfies CategoryEncodingJSON["others"][];
  if (!known.includes(others)) throw unknownName(`${who}, others`, others, known);
  if (categories.length === 0 && others !== "column")
    throw new RangeError(`${who}: got no categories, need at least one`);
  // If other categories are refused, every category of the fit has a column, and the fill is one of them.
  if (others === "refused" && fill !== null && !categories.includes(fill)) {
    throw new RangeError(`${who}, fill: got ${shown(fill)}, need one of ${listed(categories.map(shown))}`);
  }
  return new ColumnEncoding(owner, { kind, categories: categories.slice(), fill, others });
}
