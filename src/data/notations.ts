/** The notations side by side in a column: numbers in several units, dates in several orders. */

import { type DateOrder, dateFormOf } from "./dateFormat.ts";
import { notationOf } from "./findNumbers.ts";
import { unitKey } from "./unitNames.ts";

/** A notation of some of a column's texts. */
export interface Notation {
  /** The most frequent of the texts. */
  readonly example: string;
  /** The number of rows that are written so. */
  readonly rows: number;
}

/** The notations of a column in which nearly all texts are numbers, or dates; the most frequent first. */
export interface Notations {
  readonly of: "numbers" | "dates";
  readonly each: readonly Notation[];
}

/** The share of the rows that may be something else. */
const mostOthers = 0.1;

/** With more notations than this, texts are rather codes. */
const mostNotations = 6;

/** The ends of English ordinals, as in 1st and 2nd, are no units. */
const ordinal = /^(?:st|nd|rd|th)$/i;

/** Nor are the parts of years and the like, as in 2019Q2 and 2024W07. */
const quarter = /^\p{L}\d+$/u;

type Counts = ReadonlyMap<string, number>;

/** Groups texts by their notation. @param keyOf undefined for a text that has none */
function grouped(
  counts: Counts,
  keyOf: (text: string) => string | undefined,
): Map<string, Notation & { most: number }> {
  const groups = new Map<string, { example: string; rows: number; most: number }>();
  for (const [text, rows] of counts) {
    const key = keyOf(text);
    if (key === undefined) continue;
    const group = groups.get(key) ?? { example: text, rows: 0, most: 0 };
    group.rows += rows;
    if (rows > group.most) [group.example, group.most] = [text, rows];
    groups.set(key, group);
  }
  return groups;
}

const sorted = (groups: Iterable<Notation>): Notation[] =>
  [...groups].map(({ example, rows }) => ({ example, rows })).sort((one, other) => other.rows - one.rows);

const sumOf = (groups: Iterable<Notation>) => [...groups].reduce((sum, { rows }) => sum + rows, 0);

/**
 * Returns the notations of numbers if nearly all texts look like numbers, in more than one.
 *
 * @param read reads the most frequent notation
 * @param rows of all texts
 */
export function numberNotations(
  counts: Counts,
  read: (text: string) => number,
  rows: number,
): readonly Notation[] | undefined {
  // A zero without a unit belongs to any.
  const isZero = (text: string) => /^[-+]?[0.,]*0[.,0]*$/.test(text.trim());
  const zeroRows = [...counts].reduce((sum, [text, rows]) => (isZero(text) ? sum + rows : sum), 0);
  const groups = grouped(counts, (text) => {
    const notation = isZero(text) ? undefined : notationOf(text);
    return notation === undefined ? undefined : `${Number.isNaN(read(text))} ${unitKey(notation)}`;
  });
  const units = [...groups.keys()].map((key) => key.replace(/^\w+ /, "")).filter((unit) => unit !== "");
  const areCodes =
    units.every((unit) => ordinal.test(unit) || quarter.test(unit)) ||
    (units.length > 2 && units.every((unit) => /^[a-z]$/.test(unit)));
  if (groups.size < 2 || groups.size > mostNotations || (units.length > 0 && areCodes)) return undefined;
  return sumOf(groups.values()) < (1 - mostOthers) * (rows - zeroRows) ? undefined : sorted(groups.values());
}

/** Returns the two orders of dates, of which only one can read each group, if nearly all texts are dates. @param rows of all texts */
export function orderNotations(counts: Counts, rows: number): readonly Notation[] | undefined {
  const groups = grouped(counts, dateFormOf);
  const orders = (["day-month-year", "month-day-year"] satisfies DateOrder[]).map((order) => groups.get(order));
  if (orders.includes(undefined) || sumOf(groups.values()) < (1 - mostOthers) * rows) return undefined;
  return sorted(orders as Notation[]);
}

/** Returns the forms of dates: the year first, the year last, names of months. @param isRead whether a text is read as a date */
export function dateForms(counts: Counts, isRead: (text: string) => boolean): readonly Notation[] {
  return sorted(
    grouped(counts, (text) => {
      const form = isRead(text) ? dateFormOf(text) : undefined;
      return form === "day-month-year" || form === "month-day-year" ? "year last" : form;
    }).values(),
  );
}
