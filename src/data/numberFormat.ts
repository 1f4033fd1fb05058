/** Notations of numbers in texts: decimal and thousands separators, currencies and units, parentheses for negative numbers. */

import { checkOptions, shown } from "../errors.ts";

/** The notation of the numbers in a column of texts. A plain number such as -1234.5 has none of these. */
export interface NumberFormat {
  /** The decimal separator. Default ".". */
  decimal?: "." | "," | undefined;
  /** The separator of thousands. Default none. */
  thousands?: "," | "." | " " | "'" | undefined;
  /** A currency or unit, before or after the number, such as "$", "%" or "kg". A number may lack it. Default none. */
  unit?: string | undefined;
  /** True if parentheses mean a negative number: (120) is -120. Default false. */
  parentheses?: boolean | undefined;
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
const simplify = (text: string) =>
  isAscii.test(text) ? text.trim() : text.replace(wideSpaces, " ").replace(dashes, "-").replace(/[’´]/g, "'").trim();

/**
 * Returns a function that reads numbers of a format: a text that is none becomes NaN.
 *
 * @param needsUnit true if a number needs the format's unit, unless it is 0. Default false
 */
export function numberReader(format: NumberFormat, { needsUnit = false } = {}): (text: string) => number {
  const readWritten = writtenReader(format, needsUnit);
  const { decimal, thousands, unit } = format;
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
  const { unit = "", parentheses = false } = format;
  const numberOf = bodyReader(format);
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
    let hasUnit = unit === "";
    if (!hasUnit && body.startsWith(unit)) {
      hasUnit = true;
      body = body.slice(unit.length).trimStart();
      takeSign();
    } else if (!hasUnit && body.endsWith(unit)) {
      hasUnit = true;
      body = body.slice(0, -unit.length).trimEnd();
    }
    const value = numberOf(body);
    if (!hasUnit && needsUnit && value !== 0) return Number.NaN;
    return sign * value;
  };
}

const escaped = (separator: string) => separator.replace(".", "\\.");

/** Returns a function that reads digits with separators. */
function bodyReader({ decimal = ".", thousands }: NumberFormat): (body: string) => number {
  const point = escaped(decimal);
  const mark = thousands === undefined ? "" : escaped(thousands);
  // India writes 12,34,567.
  const group = thousands === "," ? "\\d{2,3}" : "\\d{3}";
  const grouped = mark === "" ? undefined : new RegExp(`^\\d{1,3}(?:${mark}${group})*${mark}\\d{3}(?:${point}\\d*)?$`);
  return (body) => {
    if (/^[+-]/.test(body)) return Number.NaN;
    let written = body;
    if (grouped?.test(body)) written = body.replaceAll(thousands!, "");
    else if (decimal === "," && thousands === "." && body.includes(".")) return Number.NaN;
    return plainNumber(decimal === "," ? written.replace(",", ".") : written);
  };
}

/** Currencies whose name may stand before a number. Other letters there are rather codes, as in A12. */
const currencies =
  "USD|EUR|CHF|GBP|JPY|CNY|CAD|AUD|NZD|INR|SEK|NOK|DKK|PLN|CZK|HUF|RUB|BRL|MXN|ZAR|KRW|SGD|HKD|TRY|ILS|THB|Rs\\.?|kr\\.?|Fr\\.?";

/** The longest text that may be a number. */
const longest = 40;

/** A number in any notation: digits with separators, perhaps with a sign, a currency before them, a unit after them, in parentheses. */
const anyNumber = new RegExp(
  `^(?<open>\\()? ?[+-]? ?(?<before>(?:[A-Z]{1,2})?\\p{Sc}|(?:${currencies})(?= ?[-+\\d]))? ?[+-]? ?` +
    `(?<body>(?:\\d(?:[\\d.,' ]*\\d)?|[.,]\\d+)(?:[eE][+-]?\\d+)?) ?(?<after>[^\\d\\s+\\-().,'/:][^\\s]{0,11}(?: [^\\d\\s]{1,11})?)? ?\\)?$`,
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
  readonly isInParentheses: boolean;
}

/** Returns the parts of a number in any notation; undefined if a text is none. */
function writtenNumber(given: string): WrittenNumber | undefined {
  if (given.length > longest) return undefined;
  const text = simplify(given);
  const { open, before, body, after } = anyNumber.exec(text)?.groups ?? {};
  const isInParentheses = open !== undefined;
  if (body === undefined || (before && after) || isInParentheses !== text.endsWith(")")) return undefined;
  if (bodyReaders.every((read) => Number.isNaN(read(body)))) return undefined;
  return { text, body, unit: before ?? after?.trimEnd() ?? "", isInParentheses };
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

/** Returns whether a text is a number in any notation. */
export const looksLikeNumber = (text: string): boolean => writtenNumber(text) !== undefined;

/** The notation of the numbers in a column, and a function that tells which texts are written so. */
export interface FoundFormat {
  readonly format: NumberFormat;
  /** Returns the number of a text in this notation, with its unit; NaN for other texts. */
  readonly read: (text: string) => number;
}

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
  const written: (WrittenNumber & { rows: number })[] = [];
  const rowsOfUnit = new Map<string, number>();
  for (const [given, rows] of counts) {
    const number = writtenNumber(given);
    if (!number) continue;
    written.push({ ...number, rows });
    if (/[1-9]/.test(number.body)) rowsOfUnit.set(number.unit, (rowsOfUnit.get(number.unit) ?? 0) + rows);
  }
  if (written.length === 0) return undefined;
  const [unit] = [...rowsOfUnit].reduce((best, each) => (each[1] > best[1] ? each : best), ["", 0]);
  const same = written.filter((each) => each.unit === unit || (each.unit === "" && !/[1-9]/.test(each.body)));
  const common: NumberFormat = {
    ...(unit !== "" && { unit }),
    ...(same.some(({ isInParentheses }) => isInParentheses) && { parentheses: true }),
  };
  const [first, ...others] = separators;
  const decimalComma = ({ decimal }: NumberFormat) => decimal === ",";
  const tried =
    delimiter === ";"
      ? [first, ...others.filter(decimalComma), ...others.filter((each) => !decimalComma(each))]
      : separators;
  const bodies = same.map(({ body }) => body);
  const likely = hasPointsBetweenThousands(bodies, delimiter) ? [{ decimal: ",", thousands: "." } as const] : [];
  let best: FoundFormat | undefined;
  let most = 0;
  for (const each of [...likely, ...tried]) {
    const format = { ...each, ...common };
    const read = numberReader(format, { needsUnit: true });
    const rows = same.reduce((sum, { text, rows }) => (Number.isNaN(read(text)) ? sum : sum + rows), 0);
    if (rows <= most) continue;
    [best, most] = [{ format, read }, rows];
  }
  return best;
}

/** Returns whether a format is that of plain numbers. */
export const isPlainFormat = ({ decimal = ".", thousands, unit, parentheses }: NumberFormat): boolean =>
  decimal === "." && thousands === undefined && unit === undefined && !parentheses;

/** Refuses what is not a format. */
export function checkNumberFormat(who: string, format: NumberFormat): void {
  checkOptions(who, format, ["decimal", "thousands", "unit", "parentheses"]);
  const { decimal = ".", thousands, unit, parentheses } = format;
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
  if (parentheses !== undefined && typeof parentheses !== "boolean")
    refuse("parentheses", parentheses, "true or false");
}
