/** Reads the parts of dates and times as they are written, so that the machine's time zone does not matter. */

import { checkArguments, isKnown, shown, unknownName } from "../errors.ts";
import type { CellValue } from "./csv.ts";
import { isMissingValue } from "./missing.ts";

/** A date, and the time of day where the text has one. */
export interface Moment {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** Days from 1970-01-01 to the date. */
  readonly days: number;
  readonly time: { readonly hour: number; readonly minute: number; readonly second: number } | undefined;
}

/** The formulas of the parts. Parts of the time of day are undefined if the text has no time. */
const parts: Readonly<Record<DatePart, (moment: Moment) => number | undefined>> = {
  year: ({ year }: Moment) => year,
  /** 1 to 12. */
  month: ({ month }: Moment) => month,
  /** 1 to 31. */
  day: ({ day }: Moment) => day,
  /** 1 to 366. */
  dayOfYear: ({ year, days }: Moment) => days - daysSince1970(year, 1, 1) + 1,
  /** Monday 0 to Sunday 6. 1970-01-01 was a Thursday. */
  weekday: ({ days }: Moment) => (((days + 3) % 7) + 7) % 7,
  /** 0 to 23. */
  hour: ({ time }: Moment) => time?.hour,
  /** 0 to 59. */
  minute: ({ time }: Moment) => time?.minute,
  /** 0 to 59, whole. */
  second: ({ time }: Moment) => time && Math.floor(time.second),
  /** Days since 1970-01-01T00:00; the time of day is the fraction. */
  days: ({ days, time }: Moment) => (time ? days + (time.hour * 3600 + time.minute * 60 + time.second) / 86_400 : days),
};

/** A part of a date and time. */
export type DatePart = "year" | "month" | "day" | "dayOfYear" | "weekday" | "hour" | "minute" | "second" | "days";

/** All parts. */
export const dateParts = Object.keys(parts) as readonly DatePart[];

const who = "datePart";
const form = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?)?$/;

/**
 * Returns one part of a date: `datePart("2012-04-21 04:30:42 UTC", "hour")` is 4. The parts are those of the text: neither a zone at its
 * end nor the machine's zone shifts them.
 *
 * The parts are `year`, `month` (1 to 12), `day` (1 to 31), `dayOfYear` (1 to 366), `weekday` (Monday 0), `hour`, `minute`, `second` (whole), and `days`: the days
 * since 1970-01-01, with the time of day as the fraction.
 *
 * @param text an ISO date, alone or with a time after "T" or a space, and then perhaps "Z", "UTC", "GMT" or "+02:00"; or a column of these
 * @returns the part; for a column, the part of each text, with NaN for a missing one: null, undefined or an empty text
 * @throws {TypeError} if `text` is neither a string nor an array
 * @throws {RangeError} if a text is not such a date or has no time when a part of it is asked for (the message names the row, from 0); or
 * if the part is unknown
 */
export function datePart(text: string, part: DatePart): number;
export function datePart(texts: readonly CellValue[], part: DatePart): ReturnType<Float64Array["slice"]>;
export function datePart(
  text: string | readonly CellValue[],
  part: DatePart,
): number | ReturnType<Float64Array["slice"]> {
  checkArguments("datePart", arguments.length, 2);
  if (!isKnown(parts, part)) throw unknownName(`${who} part`, part, dateParts);
  if (typeof text === "string") return partOf(who, text, part);
  if (!Array.isArray(text)) throw new TypeError(`${who}: got ${shown(text)}, need a text, or an array of texts`);
  const values = new Float64Array(text.length);
  for (let row = 0; row < text.length; row++) {
    values[row] = isMissingValue(text[row]) ? Number.NaN : partOf(`${who}, row ${row}`, text[row], part);
  }
  return values;
}

function partOf(owner: string, text: unknown, part: DatePart): number {
  const value = parts[part](momentOf(owner, text));
  if (value !== undefined) return value;
  throw new RangeError(`${owner}: got ${shown(text)}, need a time of day for its ${part}`);
}

function momentOf(owner: string, text: unknown): Moment {
  const fields = typeof text === "string" ? form.exec(text) : null;
  const [year, month, day, hour, minute, second] = (fields ?? []).slice(1).map((field) => Number(field ?? 0));
  const time = fields?.[4] === undefined ? undefined : { hour, minute, second };
  const moment = fields && newMoment([year, month, day], time);
  if (moment) return moment;
  const need = 'a date such as "2012-04-21" or "2012-04-21 04:30:42 UTC"';
  throw new RangeError(`${owner}: got ${shown(text)}, need ${need}`);
}

/** Returns the moment of a date (year, month, day) and a time; undefined if there is none. */
export function newMoment([year, month, day]: readonly number[], time: Moment["time"]): Moment | undefined {
  const isTime = !time || (time.hour < 24 && time.minute < 60 && time.second < 60);
  return isTime && isDate(year, month, day)
    ? { year, month, day, days: daysSince1970(year, month, day), time }
    : undefined;
}

/** Returns a part of a moment. A moment without a time of day is at 0:00. */
export const partIn = (moment: Moment, part: DatePart): number => parts[part](moment) ?? 0;

function isDate(year: number, month: number, day: number): boolean {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return month >= 1 && month <= 12 && day >= 1 && day <= length;
}

/** Source: Hinnant 2013, chrono-Compatible Low-Level Date Algorithms, days_from_civil. A year begins in March, so the leap day ends it. */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const daysFromMarch = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return marchYear * 365 + leapDays + daysFromMarch - 719_468;
}
