/** Notations of numbers in texts: separators, currencies and units, multiples such as 1.5K, times, and signs of negative numbers. */

import { checkOptions, listed, shown } from "../errors.ts";
import { type TimeForm, timeForms, timeIn } from "./timeFormat.ts";
import { factorOf, isSameUnit, multiple } from "./unitNames.ts";

/** The notation of the numbers in a column of texts. A plain number such as -1234.5 has none of these. */
export interface NumberFormat {
  /** The decimal separator. Default ".". */
  decimal?: "." | "," | undefined;
  /** The separator of thousands. Default none. */
  thousands?: "," | "." | " " | "'" | undefined;
  /**
   * A currency or unit, before or after the number, such as "$", "%" or "kg". A number may lack it. Case does not count, except where a
   * capital means something else, as in mW and MW. Default none.
   */
  unit?: string | undefined;
  /** True if messages show the unit before the number; it is read on either side. Default true for the signs of currencies, false for others. */
  unitBefore?: boolean | undefined;
  /** True if parentheses mean a negative number: (120) is -120. Default false. */
  parentheses?: boolean | undefined;
  /** True if a minus may follow the number: 1.15- is -1.15. Default false. */
  trailingMinus?: boolean | undefined;
  /** True if letters behind a number multiply it: 1.5K is 1500, 0.3M is 300000; B and bn are billions, T and tn are trillions. Default false. */
  multiples?: boolean | undefined;
  /**
   * The notation of times: "0:00" reads 12:30 as 12 · 60 + 30, "0:00:00" reads 1:02:03 as seconds, and "duration" reads 3h 43m as seconds.
   * The other options do not count then. Default none.
   */
  time?: TimeForm | undefined;
}

/** The square of a greater number may overflow, so means and deviations cannot be computed. */
const greatestNumber = 1e150;

const plain = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Returns the number that a text writes as plain decimals; NaN if it is not one, or too great to compute with. */
export function plainNumber(text: string): number {
  const value = Number(text);
  return Math.abs(value) <= greatestNumber && plain.test(text) ? value : Number.NaN;
}

const isAscii = /^[\t -~]*$/;
const wideSpaces = /[\u00a0\u2007\u2009\u202f]/g;
const dashes = /[\u2212\u2012\u2013]/g;

/** Returns a text with plain spaces, minus signs and apostrophes. */
export const simplify = (text: string) =>
  isAscii.test(text) ? text.trim() : text.replace(wideSpaces, " ").replace(dashes, "-").replace(/[’´]/g, "'").trim();

/**
 * Returns a function that reads numbers of a format: a text that is none becomes NaN.
 *
 * @param needsUnit true if a number needs the format's unit, unless it is 0. Default false
 */
export function numberReader(format: NumberFormat, { needsUnit = false } = {}): (text: string) => number {
  const { decimal, thousands, unit, time } = format;
  // A plain 90 could count the first or the last part.
  if (time !== undefined) return (text) => timeIn(simplify(text), time);
  const readWritten = writtenReader(format, needsUnit);
  // With points between thousands, 1.500 is not a plain number.
  if (thousands === "." || (needsUnit && unit !== undefined)) return readWritten;
  const hasComma = decimal === "," && thousands === undefined;
  return (text) => {
    // The quick way for nearly all numbers.
    const value = plainNumber(hasComma ? text.replace(",", ".") : text);
    return Number.isNaN(value) ? readWritten(text) : value;
  };
}

function writtenReader(format: NumberFormat, needsUnit: boolean): (text: string) => number {
  const { unit = "", parentheses = false, trailingMinus = false, multiples = false } = format;
  const numberOf = bodyReader(format);
  const unitPlace = placeOfUnit(unit);
  return (text) => {
    let body = simplify(text);
    let sign = 1;
    if (parentheses && body.startsWith("(") && body.endsWith(")")) {
      body = body.slice(1, -1).trim();
      sign = -1;
    }
    const takeSign = () => {
      if (body[0] !== "-" && body[0] !== "+") return;
      if (body[0] === "-") sign = -sign;
      body = body.slice(1).trimStart();
    };
    takeSign();
    const place = unitPlace(body);
    if (place > 0) {
      body = body.slice(place).trimStart();
      takeSign();
    } else if (place < 0) body = body.slice(0, place).trimEnd();
    const hasUnit = unit === "" || place !== 0;
    if (trailingMinus && body.endsWith("-") && sign > 0) {
      sign = -1;
      body = body.slice(0, -1).trimEnd();
    }
    const [, number, suffix] = (multiples && multiple.exec(body)) || [];
    const value = number === undefined ? numberOf(body) : numberOf(number) * factorOf(suffix)!;
    if (!hasUnit && needsUnit && value !== 0) return Number.NaN;
    return sign * value;
  };
}

/** Returns a function that gives the length of the unit at the begin of a text, less than 0 for one at its end, 0 if there is none. */
function placeOfUnit(unit: string): (body: string) => number {
  const { length } = unit;
  if (length === 0) return () => 0;
  // A plural is longer or shorter by a letter.
  const lengths = [length, length + 1, length - 1].filter((each) => each > 0);
  return (body) => {
    if (body.startsWith(unit)) return length;
    if (body.endsWith(unit)) return -length;
    const before = lengths.find((each) => isSameUnit(body.slice(0, each), unit));
    return before ?? -(lengths.find((each) => isSameUnit(body.slice(-each), unit)) ?? 0);
  };
}

const escaped = (separator: string) => separator.replace(".", "\\.");

/** Returns a function that reads digits with separators. */
export function bodyReader({ decimal = ".", thousands }: NumberFormat): (body: string) => number {
  const point = escaped(decimal);
  const mark = thousands === undefined ? "" : escaped(thousands);
  // India writes 12,34,567.
  const group = thousands === "," ? "\\d{2,3}" : "\\d{3}";
  const grouped =
    mark === "" ? undefined : new RegExp(`^[1-9]\\d{0,2}(?:${mark}${group})*${mark}\\d{3}(?:${point}\\d*)?$`);
  return (body) => {
    if (/^[+-]/.test(body)) return Number.NaN;
    let written = body;
    if (grouped?.test(body)) written = body.replaceAll(thousands!, "");
    else if (decimal === "," && thousands === "." && body.includes(".")) return Number.NaN;
    return plainNumber(decimal === "," ? written.replace(",", ".") : written);
  };
}

/** Returns whether messages show a format's unit before the number. */
export const isShownBefore = ({ unit = "", unitBefore }: NumberFormat): boolean => unitBefore ?? /\p{Sc}$/u.test(unit);

/** Returns whether a format is that of plain numbers. */
export const isPlainFormat = ({ decimal = ".", ...others }: NumberFormat): boolean =>
  decimal === "." && Object.values(others).every((value) => value === undefined || value === false);

/** Refuses what is not a format. */
export function checkNumberFormat(who: string, format: NumberFormat): void {
  const flags = ["unitBefore", "parentheses", "trailingMinus", "multiples"] as const;
  checkOptions(who, format, ["decimal", "thousands", "unit", "time", ...flags]);
  const { decimal = ".", thousands, unit, time } = format;
  const refuse = (name: string, got: unknown, need: string) => {
    throw new RangeError(`${who}: got ${name} ${shown(got)}, need ${need}`);
  };
  if (decimal !== "." && decimal !== ",") refuse("decimal", decimal, '"." or ","');
  if (thousands !== undefined && ![",", ".", " ", "'"].includes(thousands)) {
    refuse("thousands", thousands, 'one of ",", ".", " " and "\'"');
  }
  if (thousands === decimal) refuse("thousands", thousands, "another character than between decimals");
  if (unit !== undefined && (typeof unit !== "string" || unit.trim() === "" || /\d/.test(unit[0]))) {
    refuse("unit", unit, 'a text such as "$" or "kg"');
  }
  for (const flag of flags) {
    const { [flag]: value } = format;
    if (value !== undefined && typeof value !== "boolean") refuse(flag, value, "true or false");
  }
  if (time !== undefined && !timeForms.includes(time)) refuse("time", time, `one of ${listed(timeForms.map(shown))}`);
}
