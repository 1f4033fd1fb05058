/** Reads tables from text: each line is a record, and a delimiter separates its values. */

import Papa from "papaparse";
import { checkArguments, checkOptions, plural, shown, unknownName } from "../errors.ts";
import type { Line } from "./lines.ts";

/** A value of a record: a number, a category, or null where it is missing. */
export type CellValue = number | string | null;

/** The values of one line, by the names of their columns. */
export type TableRecord = Readonly<Record<string, CellValue>>;

export interface Column {
  readonly name: string;
  readonly kind: "number" | "category";
}

/** A table that was read from a text. */
export interface Table {
  /** The columns, in the order of the text. */
  columns: Column[];
  /** A record for each line, in order. */
  records: TableRecord[];
}

export interface CsvOptions {
  /** One character. By default the one of comma, semicolon, tab and bar that divides the first lines most evenly. */
  delimiter?: string | undefined;
  /** True if the first line names the columns; otherwise they are column1, column2 and so on. Default true. */
  header?: boolean | undefined;
  /** The texts that mean a missing value. Default an empty value, NA, NaN, null and ?. */
  missing?: readonly string[] | undefined;
  /** The kinds of columns whose values would suggest another kind: post codes are categories. Default none. */
  kinds?: Readonly<Record<string, Column["kind"]>> | undefined;
}

const who = "parseCsv";
/** The default texts that mean a missing value. */
export const missingTexts: readonly string[] = ["", "NA", "NaN", "null", "?"];
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
/** Tells whether `text` is a finite number as people write it. */
export const isNumber = (text: string) => decimal.test(text) && Number.isFinite(Number(text));

/**
 * Reads a table. Quoted values may hold delimiters, line ends and doubled quotes. Spaces around a value, a byte order mark and blank lines
 * are ignored. A column has numbers if every value is a finite decimal number or missing. Any other column has categories.
 *
 * @param text the whole file, at least one line of values
 * @throws {TypeError} if `text` is not a string, or an option of the wrong type
 * @throws {RangeError} if a quote is not closed, a line has more or fewer values than there are columns, a name is empty or occurs twice,
 * or a value is not of the kind asked for (the message names the line, from 1); if there are no lines of values; or if an option is unknown
 */
export function parseCsv(text: string, options: CsvOptions = {}): Table {
  checkArguments("parseCsv", arguments.length, 2);
  if (typeof text !== "string") throw new TypeError(`${who}: got ${shown(text)}, need the text of a file`);
  checkOptions(who, options, ["delimiter", "header", "missing", "kinds"]);
  const { delimiter, header = true, missing = missingTexts, kinds = {} } = options;
  checkCsvOptions(who, { delimiter, missing });
  if (typeof header !== "boolean") throw new TypeError(`${who} header: got ${shown(header)}, need true or false`);

  const lines = linesOf(text.replace(/\r\n?/g, "\n"), delimiter);
  const [first] = lines;
  const body = header ? lines.slice(1) : lines;
  if (body.length === 0)
    throw new RangeError(`${who}: got no rows, need at least one${header ? " after the names" : ""}`);
  const names = header ? namesOf(who, first) : first.values.map((_, index) => `column${index + 1}`);
  const kindOf = kindsByName(who, kinds, names);
  for (const { number, values } of body) {
    if (values.length === names.length) continue;
    throw new RangeError(
      `${who}, line ${number}: got ${plural(values.length, "value")}, need ${names.length}, as in line ${first.number}`,
    );
  }
  const absent = new Set(missing);
  const columns = names.map((name, index): Column => {
    const textLine = body.find(({ values }) => !absent.has(values[index]) && !isNumber(values[index]));
    const kind = kindOf.get(name) ?? (textLine ? "category" : "number");
    if (kind === "category" || !textLine) return { name, kind };
    const got = shown(textLine.values[index]);
    throw new RangeError(`${who}, line ${textLine.number}, column ${shown(name)}: got ${got}, need a finite number`);
  });
  const read = (value: string, { kind }: Column): CellValue => {
    if (absent.has(value)) return null;
    return kind === "number" ? Number(value) : value;
  };
  // Built from entries: an assignment to "__proto__" would not make a property.
  const records = body.map(({ values }) =>
    Object.fromEntries(columns.map((column, index) => [column.name, read(values[index], column)])),
  );
  return { columns, records };
}

/** Refuses invalid options. */
export function checkCsvOptions(
  who: string,
  { delimiter, missing }: { delimiter: string | undefined; missing: readonly string[] },
): void {
  if (delimiter !== undefined && typeof delimiter !== "string") {
    throw new TypeError(`${who} delimiter: got ${shown(delimiter)}, need a string of one character`);
  }
  if (delimiter !== undefined && !/^[^"\r\n\ufeff]$/.test(delimiter)) {
    throw new RangeError(`${who} delimiter: got ${shown(delimiter)}, need one character that is no quote or line end`);
  }
  if (!Array.isArray(missing) || missing.some((text) => typeof text !== "string")) {
    throw new TypeError(`${who} missing: got ${shown(missing)}, need an array of strings`);
  }
}

/** Returns the lines that are not blank. `text` has only \n as line ends. */
function linesOf(text: string, delimiter = foundDelimiter(text)): Line[] {
  const { data, errors } = Papa.parse<string[]>(text, { delimiter, newline: "\n" });
  const [error] = errors.filter(({ type }) => type === "Quotes");
  if (error) throw quoteError(text, error);
  const lines: Line[] = [];
  let number = 1;
  for (const values of data) {
    const trimmed = values.map((value) => value.trim());
    if (trimmed.length > 1 || trimmed[0] !== "") lines.push({ number, values: trimmed });
    number += values.reduce((sum, value) => sum + value.split("\n").length - 1, 1);
  }
  return lines;
}

/** Finds the delimiter in the first lines or, if they are ragged, in the very first one. Returns a comma if there is none. */
function foundDelimiter(text: string): string {
  const guess = (part: string) =>
    Papa.parse(part, { newline: "\n", delimitersToGuess: [",", ";", "\t", "|"], preview: 1, skipEmptyLines: "greedy" });
  const { errors, meta } = guess(text);
  const isFound = errors.every(({ type }) => type !== "Delimiter");
  return isFound ? meta.delimiter : guess(text.trim().split("\n", 1)[0]).meta.delimiter;
}

function quoteError(text: string, { code, index = 0 }: Papa.ParseError): RangeError {
  // The parser knows where the value begins: after its quote and without the byte order mark.
  const before = text
    .replace(/^\ufeff/, "")
    .slice(0, index)
    .split("\n");
  const where = `line ${before.length}, character ${before[before.length - 1].length}`;
  const what = code === "MissingQuotes" ? "is not closed" : "is closed before the value ends";
  return new RangeError(
    `${who}, ${where}: got a quote that ${what}, need one at the value's end (and "" for one within)`,
  );
}

/** Returns the names of the columns, checked. */
export function namesOf(who: string, { number, values: names }: Line): readonly string[] {
  const places = new Map<string, number>();
  names.forEach((name, index) => {
    if (name === "") throw new RangeError(`${who}, line ${number}: got no name for column ${index + 1}, need one`);
    const earlier = places.get(name);
    places.set(name, index);
    if (earlier === undefined) return;
    throw new RangeError(
      `${who}, line ${number}: got ${shown(name)} as columns ${earlier + 1} and ${index + 1}, need different names`,
    );
  });
  return names;
}

/** Returns the option `kinds` by column, checked. */
export function kindsByName(
  who: string,
  kinds: CsvOptions["kinds"],
  names: readonly string[],
): Map<string, Column["kind"]> {
  if (typeof kinds !== "object" || kinds === null || Array.isArray(kinds)) {
    throw new TypeError(`${who} kinds: got ${shown(kinds)}, need an object of kinds by column name`);
  }
  const known = ["number", "category"];
  const isColumn = new Set(names);
  for (const [name, kind] of Object.entries(kinds)) {
    if (!isColumn.has(name)) throw unknownName(`${who} kinds`, name, names);
    if (!known.includes(kind)) throw unknownName(`${who} kinds, column ${shown(name)}`, kind, known);
  }
  return new Map(Object.entries(kinds));
}
