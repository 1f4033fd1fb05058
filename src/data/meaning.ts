/** Finds what the texts of a column mean: numbers in some notation, dates in some order, or categories. */

import { type DateOrder, findDateOrder, momentIn } from "./dateFormat.ts";
import { findNumberFormat } from "./findNumbers.ts";
import { dateForms, type Notation, type Notations, numberNotations, orderNotations } from "./notations.ts";
import { isPlainFormat, type NumberFormat } from "./numberFormat.ts";

/** The meaning of a column's texts. */
export type Meaning =
  | { readonly kind: "number"; readonly format: NumberFormat }
  | {
      readonly kind: "date";
      readonly order: DateOrder;
      /** True if the days and months could be exchanged everywhere. */
      readonly isAmbiguous: boolean;
      /** The forms of the dates, if there are several: with the year first or last or a name of the month, the most frequent first. */
      readonly forms?: readonly Notation[] | undefined;
    }
  | {
      readonly kind: "category";
      /** The notations of a column that looks like numbers or dates in several ones; undefined for other columns. */
      readonly notations?: Notations | undefined;
    };

export interface FoundMeaning {
  readonly meaning: Meaning;
  /** The texts that do not have this meaning, though nearly all others have. */
  readonly strays: readonly string[];
  /** The number of rows that have the meaning. */
  readonly rows: number;
}

/** The number of rows of each text. */
export type TextCounts = ReadonlyMap<string, number>;

/** In a column of at least this many numbers or dates, other texts in up to a tenth of the rows are errors. */
const leastRows = 20;
const mostStrays = 0.1;

/**
 * In a column of at least this many different numbers or dates, up to a few other texts are errors, in however many rows: "unknown" among
 * temperatures. Fewer numbers among texts may be categories, such as sizes.
 */
const leastDifferent = 10;
const mostDifferentStrays = 5;

const code = /^[-+]?0\d+$/;

/** Integers beyond 2⁵³ are not all numbers of a computer: two of them may become the same. */
const isTooLong = (text: string, value: number): boolean =>
  Math.abs(value) > Number.MAX_SAFE_INTEGER && /^[-+]?\d+$/.test(text);

/** Returns whether a number is rather a code, such as 007 or an identifier of 19 digits. */
export const isCode = (text: string, value: number): boolean => code.test(text) || isTooLong(text, value);

/**
 * Returns the meaning of a column.
 *
 * @param counts without the texts that mean a missing value
 * @param delimiter of the table
 */
export function findMeaning(counts: TextCounts, delimiter?: string): FoundMeaning {
  const numbers = findNumberFormat(counts, delimiter);
  if (numbers) {
    const { format, read } = numbers;
    const split = splitTexts(counts, (text) => !Number.isNaN(read(text)));
    const hasCodes = isPlainFormat(format) && split.texts.some((text) => isCode(text, read(text)));
    if (isNearlyAll(split) && !(hasCodes && split.strays.length === 0)) {
      return { meaning: { kind: "number", format }, strays: split.strays, rows: split.rows };
    }
  }
  const dates = findDateOrder(counts);
  if (dates) {
    const isDate = (text: string) => momentIn(text, dates.order) !== undefined;
    const split = splitTexts(counts, isDate);
    if (isNearlyAll(split)) {
      const forms = dateForms(counts, isDate);
      const meaning = { kind: "date", ...dates, ...(forms.length > 1 && { forms }) } as const;
      return { meaning, strays: split.strays, rows: split.rows };
    }
  }
  const rows = sumOf(counts.values());
  const notations = notationsIn(counts, rows, numbers?.read);
  return { meaning: { kind: "category", ...(notations && { notations }) }, strays: [], rows };
}

/** Returns the notations of a column. @param read reads the numbers of the most frequent notation; undefined if there are none */
function notationsIn(
  counts: TextCounts,
  rows: number,
  read: ((text: string) => number) | undefined,
): Notations | undefined {
  const numbers = read && numberNotations(counts, read, rows);
  if (numbers) return { of: "numbers", each: numbers };
  const dates = orderNotations(counts, rows);
  return dates && { of: "dates", each: dates };
}

interface SplitTexts {
  readonly texts: readonly string[];
  readonly strays: readonly string[];
  /** The rows of `texts`. */
  readonly rows: number;
  readonly strayRows: number;
}

function splitTexts(counts: TextCounts, isSuch: (text: string) => boolean): SplitTexts {
  const [texts, strays]: [string[], string[]] = [[], []];
  for (const text of counts.keys()) (isSuch(text) ? texts : strays).push(text);
  const rowsOf = (list: readonly string[]) => sumOf(list.map((text) => counts.get(text)!));
  return { texts, strays, rows: rowsOf(texts), strayRows: rowsOf(strays) };
}

function isNearlyAll({ texts, strays, rows, strayRows }: SplitTexts): boolean {
  if (texts.length === 0) return false;
  if (strays.length === 0) return true;
  if (rows >= leastRows && strayRows <= mostStrays * (rows + strayRows)) return true;
  return texts.length >= leastDifferent && strays.length <= mostDifferentStrays;
}

const sumOf = (numbers: Iterable<number>): number => {
  let sum = 0;
  for (const each of numbers) sum += each;
  return sum;
};
