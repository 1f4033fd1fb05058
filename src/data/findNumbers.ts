/** Finds the notation of the numbers in a column: numbers with separators and units, multiples and times. */

import { bodyReader, isShownBefore, type NumberFormat, numberReader, simplify } from "./numberFormat.ts";
import { areDurations, areScores, longestTime, timeFormOf, timeForms } from "./timeFormat.ts";
import { factorOf, isSameUnit, unitKey } from "./unitNames.ts";

/** Currencies whose name may stand before a number. Other letters there are rather codes, as in A12. */
const currencies =
  "USD|EUR|CHF|GBP|JPY|CNY|CAD|AUD|NZD|INR|SEK|NOK|DKK|PLN|CZK|HUF|RUB|BRL|MXN|ZAR|KRW|SGD|HKD|TRY|ILS|THB|Rs\\.?|kr\\.?|Fr\\.?";

/** The longest text that may be a number. */
const longest = 40;

/**
 * A number in any notation: digits with separators, perhaps with a sign before or a minus behind, a currency or a sign that compares
 * before them, a unit after them, in parentheses.
 */
const anyNumber = new RegExp(
  `^(?<open>\\()? ?(?<compare>[<>≤≥~≈]=?)? ?[+-]? ?(?<before>(?:[A-Z]{1,2})?\\p{Sc}|(?:${currencies})(?= ?[-+\\d]))? ?[+-]? ?` +
    `(?<body>(?:\\d(?:[\\d.,' ]*\\d)?|[.,]\\d+)(?:[eE][+-]?\\d+)?) ?(?:(?<after>[^\\d\\s+\\-().,'/:<>][^\\s]{0,11}(?: [^\\d\\s]{1,11})?) ?|(?<behind>[-+]))?\\)?$`,
  "u",
);

/** The notations that are tried, the most likely first. */
const separators: readonly NumberFormat[] = [
  {},
  { thousands: "," },
  { thousands: " " },
  { thousands: "'" },
  { decimal: "," },
  { decimal: ",", thousands: "." },
  { decimal: ",", thousands: " " },
  { decimal: ",", thousands: "'" },
];

const bodyReaders = separators.map(bodyReader);

/** The parts of a number in any notation. */
interface WrittenNumber {
  /** The whole text, with plain spaces and signs. */
  readonly text: string;
  /** The digits with their separators. */
  readonly body: string;
  readonly unit: string;
  readonly isUnitBefore: boolean;
  /** The letters behind a number that may multiply it: K in 1.5K, which is the unit, and in $1.5K. */
  readonly suffix: string | undefined;
  readonly isInParentheses: boolean;
  readonly hasTrailingMinus: boolean;
}

/** Returns the parts of a number in any notation; undefined if a text is none. */
function writtenNumber(given: string): WrittenNumber | undefined {
  if (given.length > longest) return undefined;
  const text = simplify(given);
  const { open, compare, before, body, after, behind } = anyNumber.exec(text)?.groups ?? {};
  const isInParentheses = open !== undefined;
  if (body === undefined || isInParentheses !== text.endsWith(")")) return undefined;
  const suffix = after !== undefined && factorOf(after) !== undefined ? after : undefined;
  if (before && after && !suffix) return undefined;
  if (bodyReaders.every((read) => Number.isNaN(read(body)))) return undefined;
  // The signs that compare are units of a kind: where all numbers have one, it may be left out.
  const units = [compare, before ?? after, behind === "+" ? behind : undefined].filter((unit) => unit !== undefined);
  return {
    text,
    body,
    unit: units.join(" "),
    isUnitBefore: compare !== undefined || before !== undefined,
    suffix: units.length === 1 ? suffix : undefined,
    isInParentheses,
    hasTrailingMinus: behind === "-",
  };
}

/** With so many different numbers, decimals would now and then have fewer than three digits. */
const enoughNumbers = 30;

/**
 * Tells whether the points in a column stand between thousands, though no number has two of them: 2.033 beside 907. All have three digits
 * behind them, and only numbers below 1000 have none.
 *
 * @param texts different numbers, without units
 * @param delimiter of the table. Default ","
 */
export function hasPointsBetweenThousands(texts: readonly string[], delimiter = ","): boolean {
  const bodies = texts.map((text) => text.replace(/^[+-]/, ""));
  const whole = bodies.filter((body) => /^\d+$/.test(body));
  const pointed = bodies.filter((body) => /^[1-9]\d{0,2}(?:\.\d{3})+$/.test(body));
  const hasOthers = whole.length + pointed.length < bodies.length || whole.some((body) => body.length > 3);
  // Between semicolons, decimals have commas.
  return !hasOthers && whole.length > 0 && pointed.length >= (delimiter === ";" ? 3 : enoughNumbers);
}

/** Returns the unit of a number in any notation, "" for none, or the form of a time; undefined if a text is neither. */
export const notationOf = (text: string): string | undefined => timeFormOf(simplify(text)) ?? writtenNumber(text)?.unit;

/** The notation of the numbers in a column, and a function that tells which texts are written so. */
export interface FoundFormat {
  readonly format: NumberFormat;
  /** Returns the number of a text in this notation, with its unit; NaN for other texts. */
  readonly read: (text: string) => number;
}

/** A number of the column and its number of rows. */
type CountedNumber = WrittenNumber & { readonly rows: number };

/**
 * Finds the notation that most of a column's numbers have. Texts that are not numbers do not matter.
 *
 * @param counts the number of rows of each text
 * @param delimiter of the table: between semicolons, 1,250 has a decimal comma
 * @returns undefined if no text is a number in any notation
 */
export function findNumberFormat(
  counts: Iterable<readonly [text: string, rows: number]>,
  delimiter = ",",
): FoundFormat | undefined {
  const written: CountedNumber[] = [];
  const texts: [text: string, rows: number][] = [];
  for (const [given, rows] of counts) {
    const number = writtenNumber(given);
    if (number) written.push({ ...number, rows });
    if (given.length <= longestTime) texts.push([simplify(given), rows]);
  }
  const multiples = withMultiples(written);
  const numbers = formatOf(multiples ?? written, delimiter, multiples !== undefined);
  const time = timeFormIn(texts);
  return time && time.rows > (numbers?.rows ?? 0) ? time : numbers;
}

/** A notation with the number of rows that it reads. */
type CountedFormat = FoundFormat & { readonly rows: number };

/** Returns the form of most times. @param counts the rows of texts with plain spaces and signs */
function timeFormIn(counts: readonly (readonly [text: string, rows: number])[]): CountedFormat | undefined {
  const found = timeForms.map((time): CountedFormat => {
    const format = { time };
    const read = numberReader(format);
    const times = counts.filter(([text]) => !Number.isNaN(read(text)));
    const texts = times.map(([text]) => text);
    const areOthers = time === "duration" ? !areDurations(texts) : areScores(texts);
    return { format, read, rows: areOthers ? 0 : times.reduce((sum, [, rows]) => sum + rows, 0) };
  });
  const best = found.reduce((best, each) => (each.rows > best.rows ? each : best));
  return best.rows > 0 ? best : undefined;
}

/**
 * Returns the numbers with letters such as K and M taken for factors, if they are: several of them, or K beside plain numbers, not codes such
 * as 3B and 5M.
 */
function withMultiples(written: readonly CountedNumber[]): CountedNumber[] | undefined {
  const suffixed = written.filter(({ suffix }) => suffix !== undefined);
  const factors = new Set(suffixed.map(({ suffix }) => factorOf(suffix!)));
  if (factors.size === 0) return undefined;
  const hasCurrency = suffixed.some(({ isUnitBefore }) => isUnitBefore);
  const hasDecimals = suffixed.some(({ body }) => /[.,]/.test(body));
  const hasThousands = factors.has(1000);
  const hasPlain = written.some(({ unit, suffix, body }) => suffix === undefined && unit === "" && /[1-9]/.test(body));
  const areFactors =
    hasCurrency ||
    (factors.size > 1 && (hasThousands || hasDecimals)) ||
    (hasThousands && hasPlain && suffixed.every(({ text }) => /\d\p{L}/u.test(text)));
  // Beside 12a, the house numbers 12b and 12k are no multiples.
  const hasOtherLetter = written.some(({ unit, suffix }) => suffix === undefined && /^\p{L}$/u.test(unit));
  if (!areFactors || (hasOtherLetter && !hasCurrency && !hasDecimals)) return undefined;
  return written.map((number) => {
    // The unit was the suffix, unless a currency stands before the number.
    return number.suffix === undefined || number.isUnitBefore ? number : { ...number, unit: "" };
  });
}

/** Returns the unit that most rows have, in its most frequent spelling. Zeros may lack it. */
function frequentUnit(written: readonly CountedNumber[]): string {
  const groups = new Map<string, Map<string, number>>();
  for (const { unit, body, rows } of written) {
    if (!/[1-9]/.test(body)) continue;
    const spellings = groups.get(unitKey(unit)) ?? new Map<string, number>();
    groups.set(unitKey(unit), spellings.set(unit, (spellings.get(unit) ?? 0) + rows));
  }
  const rowsOf = (spellings: ReadonlyMap<string, number>) =>
    [...spellings.values()].reduce((sum, rows) => sum + rows, 0);
  const most = [...groups.values()].reduce((best, each) => (rowsOf(each) > rowsOf(best) ? each : best), new Map());
  return [...most].reduce((best, each) => (each[1] > best[1] ? each : best), ["", 0])[0];
}

/** The address of a computer: four groups of three digits, none above 255. */
const address = /^(?:(?:1\d\d|2[0-4]\d|25[0-5])(?:\.|$)){4}$/;

/** With fewer different numbers, a minus behind one may be another sign: the grades 2-, 2 and 2+. */
const leastTrailing = 10;

function formatOf(written: readonly CountedNumber[], delimiter: string, multiples: boolean): CountedFormat | undefined {
  if (written.length === 0) return undefined;
  if (written.every(({ body }) => address.test(body))) return undefined;
  const unit = frequentUnit(written);
  const same = written.filter((each) => isSameUnit(each.unit, unit) || (each.unit === "" && !/[1-9]/.test(each.body)));
  const withUnit = same.filter((each) => each.unit !== "");
  const isBefore = withUnit.filter(({ isUnitBefore }) => isUnitBefore).length > withUnit.length / 2;
  // A short number with a minus behind it may be a grade.
  const isLong = ({ hasTrailingMinus, body }: WrittenNumber) => hasTrailingMinus && /\d{3}|[.,]/.test(body);
  const hasOtherSigns = same.some(({ text }) => /^[-(]/.test(text)) || written.some(({ text }) => text.endsWith("+"));
  // Since 2015 is 2015-.
  const areYears = same.every(({ hasTrailingMinus, body }) => !hasTrailingMinus || /^(?:19|20)\d\d$/.test(body));
  const hasTrailing = same.length >= leastTrailing && same.some(isLong) && !hasOtherSigns && !areYears;
  const common: NumberFormat = {
    ...(unit !== "" && { unit, ...(isBefore !== isShownBefore({ unit }) && { unitBefore: isBefore }) }),
    ...(same.some(({ isInParentheses }) => isInParentheses) && { parentheses: true }),
    ...(hasTrailing && { trailingMinus: true }),
    ...(multiples && { multiples: true }),
  };
  const [first, ...others] = separators;
  const decimalComma = ({ decimal }: NumberFormat) => decimal === ",";
  const tried =
    delimiter === ";"
      ? [first, ...others.filter(decimalComma), ...others.filter((each) => !decimalComma(each))]
      : separators;
  const bodies = same.map(({ body }) => body);
  const likely = hasPointsBetweenThousands(bodies, delimiter) ? [{ decimal: ",", thousands: "." } as const] : [];
  let best: CountedFormat | undefined;
  for (const each of [...likely, ...tried]) {
    const format = { ...each, ...common };
    const read = numberReader(format, { needsUnit: true });
    const rows = same.reduce((sum, { text, rows }) => (Number.isNaN(read(text)) ? sum : sum + rows), 0);
    if (rows > (best?.rows ?? 0)) best = { format, read, rows };
  }
  return best;
}
