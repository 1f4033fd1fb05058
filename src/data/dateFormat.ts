/** Dates as people write them in tables: in any order of day, month and year, with names of months, with a time of day. */

import { unknownName } from "../errors.ts";
import { type Moment, newMoment, partIn } from "./dates.ts";

/** The order of year, month and day in a date. */
export type DateOrder = "year-month-day" | "day-month-year" | "month-day-year";

const clock =
  "(?:(?:[T ]|, )(?<hour>\\d{1,2}):(?<minute>\\d\\d)(?::(?<second>\\d\\d(?:[.,]\\d+)?))?(?: ?(?<half>[AaPp])\\.?[Mm]\\.?)?(?: ?(?:Z|UTC|GMT|[+-]\\d\\d(?::?\\d\\d)?))?)?$";
const yearFirst = new RegExp(`^(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})${clock}`);
const yearLast = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})${clock}`);
const named = new RegExp(
  `^(?:(?<day>\\d{1,2})(?:[- /]|\\. ?)(?<month>[A-Za-z]{3,9})\\.?|(?<first>[A-Za-z]{3,9})\\.? (?<inner>\\d{1,2}),?)[- /,]+(?<year>\\d{4}|\\d{2})${clock}`,
);
const months = [
  ...["january", "february", "march", "april", "may", "june", "july", "august"],
  ...["september", "october", "november", "december"],
];

/** Returns the number of a month by its English name or the first three letters, 0 if it is none. */
const monthOf = (name: string): number =>
  months.findIndex((month) => month === name.toLowerCase() || month.slice(0, 3) === name.toLowerCase()) + 1;

/** The least year of two digits that is in the 20th century, as in POSIX. */
const firstOf1900 = 69;

const yearOf = (digits: string): number => {
  const year = Number(digits);
  if (digits.length > 2) return year;
  return year + (year < firstOf1900 ? 2000 : 1900);
};

/** Returns the time of day from its texts; undefined if there is none. @param half "am" or "pm" of a clock of twelve hours */
function timeOf([hour, minute, second = "0"]: readonly (string | undefined)[], half?: string): Moment["time"] {
  if (hour === undefined) return undefined;
  const shift = half === undefined ? 0 : (half.toLowerCase() === "p" ? 12 : 0) - (hour === "12" ? 12 : 0);
  return { hour: Number(hour) + shift, minute: Number(minute), second: Number(second) };
}

/**
 * Returns the date and the time that a text writes; undefined if it is no date. A year of four digits at the begin and a month's English
 * name are read in every order.
 */
export function momentIn(text: string, order: DateOrder): Moment | undefined {
  const first = yearFirst.exec(text);
  if (first) return withClock([first[1], first[3], first[4]].map(Number), first.groups!);
  const last = order === "year-month-day" ? null : yearLast.exec(text);
  if (last) {
    const [one, other, year] = [Number(last[1]), Number(last[3]), yearOf(last[4])];
    const [day, month] = order === "day-month-year" ? [one, other] : [other, one];
    return withClock([year, month, day], last.groups!);
  }
  const { year, day, month, first: name = month, inner = day, ...time } = named.exec(text)?.groups ?? {};
  if (year === undefined) return undefined;
  return withClock([yearOf(year), monthOf(name), Number(inner)], time);
}

/** The way in which a date is written: in one order, or with the year last in either of two. */
export type DateForm = DateOrder | "year last" | "name";

/** Returns the form of a date; undefined if a text is none. */
export function dateFormOf(text: string): DateForm | undefined {
  if (text.length > longest || !/\d/.test(text)) return undefined;
  if (named.test(text)) return momentIn(text, "year-month-day") && "name";
  const [first, dayFirst, monthFirst] = orders.map((order) => momentIn(text, order) !== undefined);
  if (first) return "year-month-day";
  if (dayFirst && monthFirst) return "year last";
  return dayFirst ? "day-month-year" : monthFirst ? "month-day-year" : undefined;
}

/** Returns the days from 1970-01-01 to the date that a text writes, with its time as a fraction; undefined if it is no date. */
export function daysIn(text: string, order: DateOrder): number | undefined {
  const moment = momentIn(text, order);
  return moment && partIn(moment, "days");
}

const withClock = (
  date: readonly number[],
  { hour, minute, second, half }: Readonly<Record<string, string | undefined>>,
): Moment | undefined => newMoment(date, timeOf([hour, minute, second?.replace(",", ".")], half));

/** The order of the dates in a column. */
export interface FoundOrder {
  readonly order: DateOrder;
  /** True if the dates have the same sense in another order: no day is after the 12th. */
  readonly isAmbiguous: boolean;
}

/**
 * Finds the order in which most of a column's dates are written. Texts that are not dates do not matter. If both of the last two orders
 * suit, dates with slashes are read as month/day/year, others as day.month.year.
 *
 * @param counts the number of rows of each text
 * @returns undefined if no text is a date
 */
export function findDateOrder(counts: Iterable<readonly [text: string, rows: number]>): FoundOrder | undefined {
  const rowsOf: Record<DateOrder, number> = { "year-month-day": 0, "day-month-year": 0, "month-day-year": 0 };
  let withSlash = 0;
  for (const [text, rows] of counts) {
    if (text.length > longest || !/\d/.test(text)) continue;
    for (const order of orders) if (momentIn(text, order)) rowsOf[order] += rows;
    if (text.includes("/")) withSlash += rows;
  }
  const [first, dayFirst, monthFirst] = orders.map((order) => rowsOf[order]);
  const most = Math.max(first, dayFirst, monthFirst);
  if (most === 0) return undefined;
  if (first === most) return { order: "year-month-day", isAmbiguous: false };
  const isAmbiguous = dayFirst === monthFirst;
  const isMonthFirst = isAmbiguous ? withSlash > 0 : monthFirst > dayFirst;
  return { order: isMonthFirst ? "month-day-year" : "day-month-year", isAmbiguous };
}

/** The orders of dates, that of ISO first. */
const orders: readonly DateOrder[] = ["year-month-day", "day-month-year", "month-day-year"];

/** The longest text that may be a date. */
const longest = 60;

/** Refuses what is not an order. */
export function checkDateOrder(who: string, order: DateOrder): void {
  if (!orders.includes(order)) throw unknownName(`${who}, order`, order, orders);
}
