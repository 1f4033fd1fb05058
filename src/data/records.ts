/** Records, such as the lines of a table, as rows of numbers: each column is encoded by what it holds. */

import { checkFinite, checkOptions, shown, unknownName } from "../errors.ts";
import {
  type CategoryEncodingJSON,
  type CategoryFill,
  categoriesFromJSON,
  checkCategoryOptions,
  fittedCategories,
} from "./categories.ts";
import type { TableRecord, Value } from "./csv.ts";
import { checkNumberFill, fillOf, type NumberFill } from "./impute.ts";
import { isMissing } from "./rows.ts";
import { standardOf } from "./scale.ts";

export interface EncodeRecordsOptions {
  /** Columns that do not enter the rows: the target, or a number that only identifies. */
  ignore?: readonly string[];
  /** What a missing number becomes. */
  fillNumbers?: NumberFill;
  /** What a missing category becomes. */
  fillCategories?: CategoryFill;
  /** How often a category must occur to have a column of its own, as in `encodeCategories`. */
  minimumCount?: number;
}

/** How one column is encoded: (value - offset) / divisor, or a 1 in the column of its category. */
export type ColumnEncodingJSON =
  | { name: string; kind: "number"; fill: number; offset: number; divisor: number }
  | ({ name: string } & CategoryEncodingJSON);

export interface RecordEncodingJSON {
  kind: "encodeRecords";
  columns: ColumnEncodingJSON[];
  ignored: string[];
}

export interface RecordEncoding {
  /** What each column of the rows stands for: `age`, `island=Biscoe`, `island=(other)`. */
  readonly features: readonly string[];
  /** A row for each record. The columns may come in any order, and those that are ignored may be missing. */
  apply(records: readonly TableRecord[]): number[][];
  /** Plain data for `transformFromJSON`. */
  toJSON(): RecordEncodingJSON;
}

const who = "encodeRecords";

/** One column, ready to be applied. */
interface Encoder {
  readonly name: string;
  readonly features: readonly string[];
  apply(values: readonly Value[]): number[][];
}

function encoderOf(json: ColumnEncodingJSON): Encoder {
  const { name } = json;
  const owner = `${who}, column ${shown(name)}`;
  if (json.kind === "number") {
    const { fill, offset, divisor } = json;
    const apply = (values: readonly Value[]) => {
      checkNumbers(owner, values);
      return values.map((value) => [((isMissing(value) ? fill : (value as number)) - offset) / divisor]);
    };
    return { name, features: [name], apply };
  }
  const encoding = categoriesFromJSON(owner, json, owner);
  const apply = (values: readonly Value[]) => encoding.apply(values as (string | null)[]);
  return { name, features: encoding.features.map((feature) => `${name}=${feature}`), apply };
}

class TableEncoding implements RecordEncoding {
  readonly features: readonly string[];
  readonly #json: RecordEncodingJSON;
  readonly #encoders: readonly Encoder[];

  constructor(json: RecordEncodingJSON) {
    this.#json = structuredClone(json);
    this.#encoders = this.#json.columns.map(encoderOf);
    this.features = this.#encoders.flatMap(({ features }) => features);
  }

  apply(records: readonly TableRecord[]): number[][] {
    const names = this.#encoders.map(({ name }) => name);
    checkRecords(records, names, this.#json.ignored);
    const parts = this.#encoders.map((encoder) => encoder.apply(records.map((record) => record[encoder.name])));
    return records.map((_, row) => parts.flatMap((part) => part[row]));
  }

  toJSON(): RecordEncodingJSON {
    return structuredClone(this.#json);
  }
}

/**
 * Fits the transform that makes a row of numbers of each record: numbers standardized, the missing ones filled with the
 * median of the others, and categories as a column for each, the missing ones filled with the most frequent.
 *
 * @param records at least one, all with the columns of the first: numbers, strings, and null where one is missing
 * @throws {TypeError} naming record or column, from 0, of what is no record, or neither a number nor a string
 * @throws {RangeError} if there is no record or no column, if a column is missing, unknown or has no value, or if an
 * option is unknown or out of range
 */
export function encodeRecords(records: readonly TableRecord[], options: EncodeRecordsOptions = {}): RecordEncoding {
  checkOptions(who, options, ["ignore", "fillNumbers", "fillCategories", "minimumCount"]);
  const { ignore = [], fillNumbers = "median", fillCategories, minimumCount } = options;
  if (!Array.isArray(ignore)) throw new TypeError(`${who} ignore: got ${shown(ignore)}, need an array of names`);
  checkNumberFill(`${who} fillNumbers`, fillNumbers);
  const categoryOptions = { fill: fillCategories, minimumCount };
  checkCategoryOptions(who, categoryOptions);
  if (!Array.isArray(records)) throw new TypeError(`${who}: got ${shown(records)}, need an array of records`);
  if (records.length === 0) throw new RangeError(`${who}: got no records, need at least one`);
  checkRecord(records[0], 0);
  const known = Object.keys(records[0]);
  const stranger = ignore.find((name) => !known.includes(name));
  if (stranger !== undefined) throw unknownName(`${who} ignore`, stranger, known);
  const names = known.filter((name) => !ignore.includes(name));
  if (names.length === 0) throw new RangeError(`${who}: got no columns, need at least one`);
  checkRecords(records, names, ignore);

  const columns = names.map((name): ColumnEncodingJSON => {
    const owner = `${who}, column ${shown(name)}`;
    const values = records.map((record) => record[name]);
    const present = values.filter((value) => !isMissing(value));
    if (present.length === 0) throw new RangeError(`${owner}: got no value, need at least one`);
    if (typeof present[0] === "string") {
      return { name, ...fittedCategories(owner, values as (string | null)[], categoryOptions).toJSON() };
    }
    checkNumbers(owner, values);
    const fill = fillOf(owner, present as number[], fillNumbers);
    const [offset, divisor] = standardOf(
      owner,
      values.map((value) => (isMissing(value) ? fill : (value as number))),
    );
    return { name, kind: "number", fill, offset, divisor };
  });
  return new TableEncoding({ kind: "encodeRecords", columns, ignored: [...ignore] });
}

function checkNumbers(owner: string, values: readonly Value[]): void {
  const row = values.findIndex((value) => !Number.isFinite(value) && !isMissing(value));
  if (row < 0) return;
  const message = `${owner}: got ${shown(values[row])} at row ${row}, need a finite number, or null where it is missing`;
  throw typeof values[row] === "number" ? new RangeError(message) : new TypeError(message);
}

function checkRecord(record: unknown, index: number): void {
  if (typeof record === "object" && record !== null && !Array.isArray(record) && !ArrayBuffer.isView(record)) return;
  throw new TypeError(`${who}: got ${shown(record)} at row ${index}, need an object with a value a column`);
}

/** Refuses records that lack one of `names`, or have a column that is not among these and `ignored`. */
function checkRecords(records: readonly TableRecord[], names: readonly string[], ignored: readonly string[]): void {
  if (!Array.isArray(records)) throw new TypeError(`${who}: got ${shown(records)}, need an array of records`);
  const known = [...names, ...ignored];
  records.forEach((record, index) => {
    checkRecord(record, index);
    const stranger = Object.keys(record).find((name) => !known.includes(name));
    if (stranger !== undefined) throw unknownName(`${who}, row ${index}`, stranger, known);
    const missing = names.find((name) => !Object.hasOwn(record, name));
    if (missing === undefined) return;
    throw new RangeError(`${who}, row ${index}: got no ${shown(missing)}, need a value or null for it`);
  });
}

/** The encoding that `json` describes, refused in the name of `caller` if it describes none. */
export function recordsFromJSON(caller: string, { kind, columns, ignored }: RecordEncodingJSON): RecordEncoding {
  for (const [name, list] of Object.entries({ columns, ignored })) {
    if (!Array.isArray(list)) throw new TypeError(`${caller}, ${name}: got ${shown(list)}, need an array`);
  }
  columns.forEach((column, index) => {
    checkColumn(`${caller}, column ${index}`, column);
  });
  const names = [...columns.map(({ name }) => name), ...ignored];
  names.forEach((name, index) => {
    if (typeof name !== "string") throw new TypeError(`${caller}: got ${shown(name)} as a name, need a string`);
    if (names.indexOf(name) !== index) throw new RangeError(`${caller}: got column ${shown(name)} twice, need it once`);
  });
  if (columns.length === 0) throw new RangeError(`${caller}: got no columns, need at least one`);
  return new TableEncoding({ kind, columns, ignored });
}

function checkColumn(caller: string, json: ColumnEncodingJSON): void {
  if (typeof json !== "object" || json === null) throw new TypeError(`${caller}: got ${shown(json)}, need an object`);
  if (json.kind === "encodeCategories") {
    categoriesFromJSON(caller, json, caller);
    return;
  }
  if (json.kind !== "number")
    throw unknownName(`${caller}, kind`, (json as ColumnEncodingJSON).kind, ["number", "encodeCategories"]);
  const { fill, offset, divisor } = json;
  for (const [name, value] of Object.entries({ fill, offset, divisor })) checkFinite(`${caller}, ${name}`, value);
  if (divisor === 0) throw new RangeError(`${caller}: got divisor 0, need another number`);
}
