/** Columns of numbers, categories and dates: what their values mean, and the numbers that they become in a row. */

import { checkFinite, checkOptions, listed, shown, unknownName } from "../errors.ts";
import { type CategoryEncodingJSON, categoriesFromJSON, checkCategories } from "./categories.ts";
import type { CellValue } from "./csv.ts";
import { checkDateOrder, type DateOrder, momentIn } from "./dateFormat.ts";
import { type DatePart, dateParts, partIn } from "./dates.ts";
import { fillOf, type NumberFill } from "./impute.ts";
import type { MissingMark } from "./missing.ts";
import { checkNumberFormat, type NumberFormat, numberReader } from "./numberFormat.ts";
import { isMissing } from "./rows.ts";
import { standardOf } from "./scale.ts";

/** The encoding of one number of a column: (value - offset) / divisor, with `fill` for a missing value. */
export interface ScaledNumberJSON {
  fill: number;
  offset: number;
  divisor: number;
}

export interface NumberEncodingJSON extends ScaledNumberJSON {
  kind: "number";
  /** The notation of texts. Without it, texts are not numbers. */
  format?: NumberFormat | undefined;
  /** True if a second number is 1 where the value is missing, and 0 elsewhere. */
  missingColumn?: boolean | undefined;
}

export interface DateEncodingJSON {
  kind: "date";
  order: DateOrder;
  /** A date of the fit, as it is written, for messages. */
  example?: string | undefined;
  /** The parts of the date, each a number. */
  parts: (ScaledNumberJSON & { part: DatePart })[];
  /** True if one more number is 1 where the value is missing, and 0 elsewhere. */
  missingColumn?: boolean | undefined;
}

/** The encoding of a column that shares a row with other columns. */
export type ValueEncodingJSON = NumberEncodingJSON | CategoryEncodingJSON | DateEncodingJSON;

/** Options for a column of dates. */
export interface DateOptions {
  /** The order of year, month and day. Default "year-month-day". A year of four digits may come first in any order. */
  order?: DateOrder | undefined;
  /**
   * The parts of a date that become numbers. Default those of year, month, weekday, dayOfYear and hour that differ between the training
   * values.
   */
  parts?: readonly DatePart[] | undefined;
}

/** The default parts of dates. */
const defaultParts: readonly DatePart[] = ["year", "month", "weekday", "dayOfYear", "hour"];

/** A column that shares a row with others, ready to be applied. */
export interface Encoder {
  readonly name: string;
  readonly features: readonly string[];
  /** Writes the encoding of each value to `rows`, which are zeros: the first at `from`, each next one `width` further on. */
  write(values: ArrayLike<CellValue>, rows: Float64Array, from: number, width: number): void;
}

/** The numbers of a column and of a text's parts are encoded alike: NaN is a missing one. */
function writeScaled(
  owner: string,
  values: ArrayLike<number | null>,
  { fill, offset, divisor }: ScaledNumberJSON,
  { rows, from, width }: { readonly rows: Float64Array; readonly from: number; readonly width: number },
): void {
  for (let row = 0; row < values.length; row++) {
    const value = isMissing(values[row]) ? fill : values[row]!;
    const scaled = (value - offset) / divisor;
    if (!Number.isFinite(scaled)) {
      throw new RangeError(`${owner}: got ${shown(value)} at row ${row}, need a number nearer to those of the fit`);
    }
    rows[from + row * width] = scaled;
  }
}

function writeMissing(values: ArrayLike<unknown>, rows: Float64Array, from: number, width: number): void {
  for (let row = 0; row < values.length; row++) if (isMissing(values[row])) rows[from + row * width] = 1;
}

export type NamedValueJSON = ValueEncodingJSON & { readonly name: string; readonly missing?: readonly MissingMark[] };

/** @param owner begins the messages */
export function encoderOf(owner: string, json: NamedValueJSON): Encoder {
  const { name } = json;
  if (json.kind === "number") {
    const { missingColumn = false } = json;
    const numbersOf = numbersReader(owner, json);
    return {
      name,
      features: [name, ...(missingColumn ? [missingName(name)] : [])],
      write(values, rows, from, width) {
        const numbers = numbersOf(values);
        writeScaled(owner, numbers, json, { rows, from, width });
        if (missingColumn) writeMissing(numbers, rows, from + 1, width);
      },
    };
  }
  if (json.kind === "date") {
    const { parts, missingColumn = false } = json;
    return {
      name,
      features: [...parts.map(({ part }) => `${name}.${part}`), ...(missingColumn ? [missingName(name)] : [])],
      write(values, rows, from, width) {
        const numbers = partsOf(
          owner,
          values,
          json,
          parts.map(({ part }) => part),
        );
        parts.forEach((part, index) => {
          writeScaled(owner, numbers[index], part, { rows, from: from + index, width });
        });
        if (missingColumn) writeMissing(values, rows, from + parts.length, width);
      },
    };
  }
  const encoding = categoriesFromJSON(owner, json, owner);
  return {
    name,
    features: encoding.features.map((feature) => `${name}=${feature}`),
    write(values, rows, from, width) {
      const texts = encoding.takesNumbers ? Array.from(values, numberText) : values;
      checkCategories(owner, texts as readonly CellValue[]);
      for (let row = 0; row < values.length; row++) {
        const column = encoding.columnOf(texts[row] as string | boolean | null, row);
        if (column !== undefined) rows[from + row * width + column] = 1;
      }
    },
  };
}

/** Returns the text of a number, and any other value as it is. */
const numberText = <Given>(value: Given): Given | string => (typeof value === "number" ? String(value) : value);

const missingName = (name: string) => `${name}=(missing)`;

/** Returns a function that reads the numbers of a column: numbers, and texts if the column has a format. A missing one is null or NaN. */
function numbersReader(
  owner: string,
  { format, missing = [] }: Pick<NumberEncodingJSON, "format"> & { readonly missing?: readonly MissingMark[] },
): (values: ArrayLike<CellValue>) => ArrayLike<number | null> {
  const read = format && numberReader(format);
  const isMark = new Set<unknown>(missing);
  const numberOf = (value: unknown) => (typeof value === "string" ? read!(value) : (value as number));
  return (values) => {
    if (!read || values instanceof Float64Array) {
      checkNumbers(owner, values);
      return values as ArrayLike<number | null>;
    }
    const numbers = new Float64Array(values.length).fill(Number.NaN);
    for (let row = 0; row < values.length; row++) {
      const value = values[row];
      if (isMissing(value)) continue;
      const number = numberOf(value);
      if (!Number.isFinite(number)) refuseNumbers(owner, values, (each) => Number.isFinite(numberOf(each)));
      if (!isMark.has(number)) numbers[row] = number;
    }
    return numbers;
  };
}

function checkNumbers(owner: string, values: ArrayLike<CellValue>): void {
  for (let row = 0; row < values.length; row++) {
    if (!Number.isFinite(values[row]) && !isMissing(values[row])) refuseNumbers(owner, values, Number.isFinite);
  }
}

const refuseNumbers = (owner: string, values: ArrayLike<unknown>, isGood: (value: unknown) => boolean): never =>
  refuseValues(owner, values, isGood, { need: "a finite number", kind: "number" });

/** The most values that a message names. */
const mostNamed = 5;

/**
 * Refuses a column, naming all values that are neither missing nor good.
 *
 * @param kind of a value that is only out of range; others are of a wrong type
 */
function refuseValues(
  owner: string,
  values: ArrayLike<unknown>,
  isGood: (value: unknown) => boolean,
  { need, kind }: { readonly need: string; readonly kind: "number" | "string" },
): never {
  const rows = Array.from(values, (_, row) => row).filter((row) => !isMissing(values[row]) && !isGood(values[row]));
  const named = rows.slice(0, mostNamed).map((row) => `${shown(values[row])} at row ${row}`);
  if (rows.length > mostNamed) named.push(`${rows.length - mostNamed} more`);
  const message = `${owner}: got ${listed(named)}, need ${need}, or null where it is missing`;
  throw rows.every((row) => typeof values[row] === kind) ? new RangeError(message) : new TypeError(message);
}

/** Returns the parts of each date: a list for each part, with NaN for a missing date. */
function partsOf(
  owner: string,
  values: ArrayLike<unknown>,
  { order, example }: Pick<DateEncodingJSON, "order" | "example">,
  parts: readonly DatePart[],
): Float64Array[] {
  const lists = parts.map(() => new Float64Array(values.length).fill(Number.NaN));
  const momentOf = (value: unknown) => (typeof value === "string" ? momentIn(value.trim(), order) : undefined);
  // Dates repeat, and reading one takes as long as a hundred look-ups.
  const known = new Map<string, readonly number[]>();
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (isMissing(value)) continue;
    let numbers = known.get(value as string);
    if (!numbers) {
      const moment = momentOf(value);
      if (!moment) {
        const need = `a date such as "${example ?? exampleOf(order)}"`;
        return refuseValues(owner, values, (each) => momentOf(each) !== undefined, { need, kind: "string" });
      }
      numbers = parts.map((part) => partIn(moment, part));
      if (known.size < mostKnown) known.set(value as string, numbers);
    }
    for (let index = 0; index < lists.length; index++) lists[index][row] = numbers[index];
  }
  return lists;
}

/** The most dates that are remembered. */
const mostKnown = 10_000;

const exampleOf = (order: DateOrder): string =>
  ({ "year-month-day": "2012-04-21", "day-month-year": "21.4.2012", "month-day-year": "4/21/2012" })[order];

/** The choices for the encoding of missing numbers and dates. */
export interface GapOptions {
  readonly fillNumbers: NumberFill;
  /** The share of missing values from which they have a column of their own. */
  readonly missingColumns: number;
}

/** Fits the encoding of numbers. @param format of texts; undefined if there are none */
export function fitNumbers(
  owner: string,
  values: ArrayLike<CellValue>,
  { format, missing }: { readonly format?: NumberFormat | undefined; readonly missing?: readonly MissingMark[] },
  options: GapOptions,
): NumberEncodingJSON {
  if (format !== undefined) checkNumberFormat(`${owner}, format`, format);
  const numbers = numbersReader(owner, { format, missing })(values);
  return {
    kind: "number",
    ...scaleOf(owner, numbers, options),
    ...(format && { format: { ...format } }),
    ...missingColumnOf(numbers, options),
  };
}

/** Fits the encoding of dates. */
export function fitDates(
  owner: string,
  values: ArrayLike<unknown>,
  dates: DateOptions,
  options: GapOptions,
): DateEncodingJSON {
  checkOptions(owner, dates, ["order", "parts"]);
  const { order = "year-month-day", parts } = dates;
  checkDateOrder(owner, order);
  if (parts !== undefined) checkParts(owner, parts);
  const asked = parts ?? defaultParts;
  const lists = partsOf(owner, values, { order }, asked);
  const example = Array.from(values).find((value) => !isMissing(value)) as string;
  const differs = lists.map((list) => {
    const first = list.find((value) => !Number.isNaN(value));
    return parts !== undefined || list.some((value) => !Number.isNaN(value) && value !== first);
  });
  return {
    kind: "date",
    order,
    example: example.trim(),
    parts: asked.flatMap((part, index) => (differs[index] ? [{ part, ...scaleOf(owner, lists[index], options) }] : [])),
    ...missingColumnOf(values, options),
  };
}

function checkParts(owner: string, parts: readonly DatePart[]): void {
  if (!Array.isArray(parts)) throw new TypeError(`${owner}, parts: got ${shown(parts)}, need an array of parts`);
  const index = parts.findIndex((part) => !dateParts.includes(part));
  if (index >= 0) throw unknownName(`${owner}, parts`, parts[index], dateParts);
}

/** Returns the fill of a column of numbers and its scale after the fill. */
function scaleOf(owner: string, numbers: ArrayLike<number | null>, { fillNumbers }: GapOptions): ScaledNumberJSON {
  const fill = fillOf(owner, presentNumbers(numbers), fillNumbers);
  const [offset, divisor] = standardOf(owner, fillMissing(numbers, fill));
  return { fill, offset, divisor };
}

function missingColumnOf(values: ArrayLike<unknown>, { missingColumns }: GapOptions): { missingColumn?: true } {
  let missing = 0;
  for (let row = 0; row < values.length; row++) if (isMissing(values[row])) missing++;
  return missing > 0 && missing >= missingColumns * values.length ? { missingColumn: true } : {};
}

/** Returns the numbers of a column that are present. Loops are ten times as fast here as the methods of typed arrays. */
function presentNumbers(column: ArrayLike<number | null>): Float64Array {
  const present = new Float64Array(column.length);
  let count = 0;
  for (let row = 0; row < column.length; row++) if (!isMissing(column[row])) present[count++] = column[row]!;
  return present.subarray(0, count);
}

/** Returns the numbers of a column, with `fill` for missing ones. */
function fillMissing(column: ArrayLike<number | null>, fill: number): Float64Array {
  const filled = new Float64Array(column.length);
  for (let row = 0; row < column.length; row++) filled[row] = isMissing(column[row]) ? fill : column[row]!;
  return filled;
}

/** Refuses what does not describe a column of values. */
export function checkValueJSON(caller: string, json: ValueEncodingJSON): void {
  if (json.kind === "encodeCategories") {
    categoriesFromJSON(caller, json, caller);
    return;
  }
  const { missingColumn } = json;
  if (missingColumn !== undefined && typeof missingColumn !== "boolean") {
    throw new TypeError(`${caller}, missingColumn: got ${shown(missingColumn)}, need true or false`);
  }
  if (json.kind === "number") {
    checkScale(caller, json);
    if (json.format !== undefined) checkNumberFormat(`${caller}, format`, json.format);
    return;
  }
  checkDateOrder(caller, json.order);
  if (json.example !== undefined && typeof json.example !== "string") {
    throw new TypeError(`${caller}, example: got ${shown(json.example)}, need a text`);
  }
  if (!Array.isArray(json.parts)) throw new TypeError(`${caller}, parts: got ${shown(json.parts)}, need an array`);
  checkParts(
    caller,
    json.parts.map((part) => Object(part).part),
  );
  json.parts.forEach((part) => {
    checkScale(`${caller}, ${listed([part.part])}`, part);
  });
}

function checkScale(caller: string, { fill, offset, divisor }: ScaledNumberJSON): void {
  for (const [name, value] of Object.entries({ fill, offset, divisor })) checkFinite(`${caller}, ${name}`, value);
  if (divisor === 0) throw new RangeError(`${caller}: got divisor 0, need another number`);
}
