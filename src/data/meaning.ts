/** Finds what the texts of a column mean: numbers in some notation, dates in some order, or categories. */

import { type DateOrder, findDateOrder, momentIn } from "./dateFormat.ts";
import { findNumberFormat, isPlainFormat, looksLikeNumber, type NumberFormat } from "./numberFormat.ts";

/** The meaning of a column's texts. */
export type Meaning =
  | { readonly kind: "number"; readonly format: NumberFormat }
  | {
      readonly kind: "date";
      readonly order: DateOrder;
      /** True if the days and months could be exchanged everywhere. */
      readonly isAmbiguous: boolean;
    }
  | {
      readonly kind: "category";
      /** Texts of a column that looks like numbers in several notations, two of them; undefined for other columns. */
      readonly notations?: readonly [string, string] | undefined;
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
    const split = splitTexts(counts, (text) => momentIn(text, dates.order) !== undefined);
    if (isNearlyAll(split)) return { meaning: { kind: "date", ...dates }, strays: split.strays, rows: split.rows };
  }
  const rows = sumOf(counts.values());
  const notations = numbers && notationsOf(counts, numbers.read, rows);
  return { meaning: { kind: "category", ...(notations && { notations }) }, strays: [], rows };
}

/** Returns two texts in different notations if nearly all texts look like numbers. @param read reads the most frequent notation */
function notationsOf(
  counts: TextCounts,
  read: (text: string) => number,
  rows: number,
): readonly [string, string] | undefined {
  const isOther = (text: string) => Number.isNaN(read(text));
  const alike = [...counts].filter(([text]) => looksLikeNumber(text));
  if (sumOf(alike.map(([, rows]) => rows)) < (1 - mostStrays) * rows) return undefined;
  const texts = alike.map(([text]) => text);
  const [first, other] = [texts.find((text) => !isOther(text)), texts.find(isOther)];
  return first === undefined || other === undefined ? undefined : [first, other];
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
