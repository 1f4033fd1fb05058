/**
 * Turns records, such as the lines of a table, into the inputs of a network. Numbers and categories together are one input, a row of
 * numbers for each record. Each column of texts, series or pictures is an input of its own.
 */

import { checkArguments, checkOptions, listed, shown, unknownName } from "../errors.ts";
import { type CategoryFill, checkCategoryOptions, type EncodeCategoriesOptions, fitCategories } from "./categories.ts";
import { countRows, isByColumns, type SeriesColumns, type SeriesRecord, type TableLike } from "./columns.ts";
import type { CellValue } from "./csv.ts";
import { checkNumberFill, type NumberFill } from "./impute.ts";
import { checkMarks, clearMissing, type MissingMark } from "./missing.ts";
import type { NumberFormat } from "./numberFormat.ts";
import {
  type PictureEncodingJSON,
  type PictureOptions,
  pictureEncodingOf,
  picturesFromJSON,
} from "./pictureColumns.ts";
import { isMissing } from "./rows.ts";
import {
  fitSeries,
  fitTexts,
  type SequenceEncodingJSON,
  type SequenceRows,
  type SeriesOptions,
  sequencesFromJSON,
  type TextOptions,
} from "./sequences.ts";
import {
  checkValueJSON,
  type DateOptions,
  type Encoder,
  encoderOf,
  fitDates,
  fitNumbers,
  type ValueEncodingJSON,
} from "./valueColumns.ts";
import type { Vocabulary } from "./vocabulary.ts";

export interface EncodeRecordsOptions {
  /** Columns to leave out: the target, or a number that only identifies. Default none. */
  ignore?: readonly string[] | undefined;
  /** The replacement for a missing number. Default "median". */
  fillNumbers?: NumberFill | undefined;
  /** The replacement for a missing category. Default "mostFrequent". */
  fillCategories?: CategoryFill | undefined;
  /** The number of times that a category must occur to have a column, as in `encodeCategories`. Default 0. */
  minimumCount?: number | undefined;
  /** Values that stand for a missing one, by column, beside null, NaN and an empty text: `{ bloodPressure: [0], island: ["unknown"] }`. Default none. */
  missing?: Readonly<Record<string, readonly MissingMark[]>> | undefined;
  /**
   * The share of missing values from which a column of numbers or dates has one number more, which is 1 where the value is missing and 0
   * elsewhere: 0.05 for one in twenty. Above 1, no column has it. Default 2.
   */
  missingColumns?: number | undefined;
  /** Columns of numbers that are texts, with their notation: `{ price: { unit: "$", thousands: "," } }`. They may hold numbers, too. Default none. */
  numbers?: Readonly<Record<string, NumberFormat>> | undefined;
  /** Columns of dates, which become numbers, with their options: `{ sold: { order: "day-month-year" } }`. Default none. */
  dates?: Readonly<Record<string, DateOptions>> | undefined;
  /** Columns of categories with options of their own: `{ island: { minimumCount: 5 } }`. Default none. */
  categories?: Readonly<Record<string, EncodeCategoriesOptions>> | undefined;
  /** The columns to read, in this order. Default all others than those of `ignore`, in the order of the table. */
  columns?: readonly string[] | undefined;
  /** Columns of texts, which become token numbers, with their options: `{ review: { size: 5000, maximumLength: 100 } }`. Default none. */
  texts?: Readonly<Record<string, TextOptions>> | undefined;
  /** Columns of series, which become standardized steps, with their options: `{ readings: {} }`. Default none. */
  series?: Readonly<Record<string, SeriesOptions>> | undefined;
  /** Columns of pictures, `{ data, width, height }`, which become images, with their options: `{ photo: { size: 64 } }`. Default none. */
  pictures?: Readonly<Record<string, PictureOptions>> | undefined;
}

/** The encoding of one column: numbers, a 1 in the column of its category, sequences, or images. */
export type ColumnEncodingJSON = (NamedColumn & ValueEncodingJSON) | (NamedColumn & OwnEncodingJSON);

/** The encoding of a column that is an input of its own. */
export type OwnEncodingJSON = SequenceEncodingJSON | PictureEncodingJSON;

/** A column with its name. */
export interface NamedColumn {
  name: string;
  /** The values that mean a missing one, if there are any. */
  missing?: MissingMark[] | undefined;
}

export interface RecordEncodingJSON {
  kind: "encodeRecords";
  columns: ColumnEncodingJSON[];
  ignored: string[];
}

/** An input that the network needs for the records: `input(shape, { variableLength })`. */
export interface EncodedInput {
  /** The columns of the input: all numbers and categories, or one of sequences or pictures. */
  readonly columns: readonly string[];
  readonly shape: readonly number[];
  /** True if examples may have fewer steps than the shape says. */
  readonly variableLength: boolean;
}

/** The rows of the only input, or an array with the rows of each input. */
export type EncodedRows = OwnRows | OwnRows[];
/** The same as `EncodedRows`, for a table by columns. */
export type EncodedColumns = EncodedColumn | EncodedColumn[];

/** The rows of an input: sequences or images. */
export type OwnRows = SequenceRows | Float32Array[];
/** The rows of one input, for a table by columns. */
export type EncodedColumn = Float64Array | Float32Array | SequenceRows;

/** The transform that `encodeRecords` returns. */
export interface RecordEncoding<Rows = number[][], ColumnRows = Float64Array> {
  /** The meaning of each number in the rows of numbers and categories: `age`, `island=Biscoe`, `island=(other)`. */
  readonly features: readonly string[];
  /** The inputs of a network, in order: first that of numbers and categories, if there are any; then one for each other column. */
  readonly inputs: readonly EncodedInput[];
  /** The vocabularies of the columns of texts, by name. An embedding needs their `size`. */
  readonly vocabularies: Readonly<Record<string, Vocabulary>>;
  /**
   * Returns examples for a network, a row for each record; for several inputs, an array with the rows of each. The columns may come in any
   * order. If a column is missing, so are all of its values.
   */
  apply(records: readonly SeriesRecord[]): Rows;
  /** The same for a table by columns: whole rows one after the other in a typed array, unless they differ in length. */
  apply(columns: SeriesColumns): ColumnRows;
  /** Returns plain data for `transformFromJSON`. */
  toJSON(): RecordEncodingJSON;
}

const who = "encodeRecords";

/** A column that is an input of its own, ready to be applied. */
interface OwnEncoding {
  readonly shape: readonly number[];
  readonly variableLength: boolean;
  readonly vocabulary?: Vocabulary | undefined;
  rowsOf(values: ArrayLike<unknown>): OwnRows;
}

const isOwn = (json: ColumnEncodingJSON): json is NamedColumn & OwnEncodingJSON =>
  json.kind === "text" || json.kind === "series" || json.kind === "picture";

const ownFromJSON = (who: string, json: OwnEncodingJSON, owner: string): OwnEncoding =>
  json.kind === "picture" ? picturesFromJSON(who, json, owner) : sequencesFromJSON(who, json, owner);

class TableEncoding implements RecordEncoding<EncodedRows, EncodedColumns> {
  readonly features: readonly string[];
  readonly inputs: readonly EncodedInput[];
  readonly vocabularies: Readonly<Record<string, Vocabulary>>;
  readonly #caller: string;
  readonly #json: RecordEncodingJSON;
  readonly #encoders: readonly Encoder[];
  readonly #own: readonly ({ readonly name: string } & OwnEncoding)[];

  constructor(caller: string, json: RecordEncodingJSON) {
    this.#caller = caller;
    this.#json = copyPlain(json);
    const { columns } = this.#json;
    this.#encoders = columns.flatMap((column) =>
      isOwn(column) ? [] : [encoderOf(`${caller}, column ${shown(column.name)}`, column)],
    );
    this.#own = columns.filter(isOwn).map((column) => {
      const owner = `${caller}, column ${shown(column.name)}`;
      return { name: column.name, ...ownFromJSON(owner, column, owner) };
    });
    this.features = this.#encoders.flatMap(({ features }) => features);
    const values = { columns: this.#encoders.map(({ name }) => name), shape: [this.features.length] };
    this.inputs = [
      ...(this.#encoders.length > 0 ? [{ ...values, variableLength: false }] : []),
      ...this.#own.map(({ name, shape, variableLength }) => ({ columns: [name], shape, variableLength })),
    ];
    const vocabularies = this.#own.map(({ name, vocabulary }) => [name, vocabulary] as const);
    this.vocabularies = Object.fromEntries(vocabularies.filter((pair): pair is [string, Vocabulary] => !!pair[1]));
  }

  apply(records: readonly SeriesRecord[]): EncodedRows;
  apply(columns: SeriesColumns): EncodedColumns;
  apply(table: TableLike): EncodedRows | EncodedColumns {
    checkArguments("apply", arguments.length, 1);
    const { columns, ignored } = this.#json;
    const { count, values } = checkTable(this.#caller, table, columns, ignored);
    const isFlat = isByColumns(table);
    const rows = this.#encoders.length > 0 ? [this.#rowsOf(values, count, isFlat)] : [];
    const own = this.#own.map(({ name, shape, variableLength, rowsOf }) => {
      const rows = rowsOf(values(name));
      return isFlat && !variableLength ? concatenateRows(rows, shape) : rows;
    });
    const each = [...rows, ...own];
    return (each.length === 1 ? each[0] : each) as EncodedRows | EncodedColumns;
  }

  /** Returns the rows of numbers and categories. */
  #rowsOf(values: TableValues, count: number, isFlat: boolean): number[][] | Float64Array {
    const width = this.features.length;
    const rows = new Float64Array(count * width);
    let from = 0;
    const errors: Error[] = [];
    for (const { name, features, write } of this.#encoders) {
      // All columns are read, so that one error names all values that are refused.
      try {
        write(values(name) as ArrayLike<CellValue>, rows, from, width);
      } catch (error) {
        errors.push(error as Error);
      }
      from += features.length;
    }
    throwJoined(errors);
    if (isFlat) return rows;
    return Array.from({ length: count }, (_, row) => [...rows.subarray(row * width, (row + 1) * width)]);
  }

  toJSON(): RecordEncodingJSON {
    return copyPlain(this.#json);
  }

  /** Frameworks that watch objects leave it alone; vue looks at this tag. */
  get [Symbol.toStringTag](): string {
    return "RecordEncoding";
  }
}

/** Throws the only error, or one with the messages of all, of the type of the first. */
function throwJoined([first, ...others]: readonly Error[]): void {
  if (!first) return;
  if (others.length === 0 || !isRefusal(first)) throw first;
  const message = [first, ...others.filter(isRefusal)].map((error) => error.message).join("; ");
  throw first instanceof RangeError ? new RangeError(message) : new TypeError(message);
}

const isRefusal = (error: Error): boolean => error instanceof RangeError || error instanceof TypeError;

/** Returns a copy of plain data. */
function copyPlain<Plain>(value: Plain): Plain {
  if (Array.isArray(value)) return value.map(copyPlain) as Plain;
  if (typeof value !== "object" || value === null) return value;
  // Built from entries: an assignment to "__proto__" would not make a property.
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, copyPlain(entry)])) as Plain;
}

/** Concatenates rows of one length. */
function concatenateRows(rows: OwnRows, shape: readonly number[]): Float64Array | Float32Array {
  const width = shape.reduce((product, side) => product * side);
  const areImages = rows[0] instanceof Float32Array;
  const values = areImages ? new Float32Array(rows.length * width) : new Float64Array(rows.length * width);
  rows.forEach((row, index) => {
    values.set(row instanceof Float32Array ? row : row.flat(), index * width);
  });
  return values;
}

/**
 * Fits the transform that turns records into inputs of a network.
 *
 * @param table records, at least one: numbers, strings, booleans, which are the categories "true" and "false", and null, an empty
 * text or no such key where one is missing; series are arrays of numbers or of rows of numbers; or columns of at least one row
 * @throws {TypeError} naming record or column, from 0, of what is no record, or of another kind than the column's first value
 * @throws {RangeError} if there is no record or no column, if a column has no value, or if an option is unknown or out of range
 */
export function encodeRecords(
  table: TableLike,
  options?: EncodeRecordsOptions & { texts?: undefined; series?: undefined; pictures?: undefined },
): RecordEncoding;
export function encodeRecords(
  table: TableLike,
  options: EncodeRecordsOptions,
): RecordEncoding<EncodedRows, EncodedColumns>;
export function encodeRecords(
  table: TableLike,
  options: EncodeRecordsOptions = {},
): RecordEncoding<EncodedRows, EncodedColumns> {
  checkArguments("encodeRecords", arguments.length, 2);
  checkOptions(who, options, [
    ...["ignore", "fillNumbers", "fillCategories", "minimumCount", "missing", "missingColumns", "columns"],
    ...kindOptions,
  ]);
  const { ignore = [], columns: order, fillNumbers = "median", fillCategories, minimumCount } = options;
  const { missing = {}, missingColumns = 2 } = options;
  for (const [option, names] of Object.entries({ ignore, columns: order ?? [] })) {
    if (!Array.isArray(names)) throw new TypeError(`${who} ${option}: got ${shown(names)}, need an array of names`);
  }
  checkNumberFill(`${who} fillNumbers`, fillNumbers);
  if (!(typeof missingColumns === "number" && missingColumns >= 0)) {
    throw new RangeError(`${who} missingColumns: got ${shown(missingColumns)}, need a share from 0`);
  }
  const gaps = { fillNumbers, missingColumns };
  const categoryOptions = { fill: fillCategories, minimumCount };
  checkCategoryOptions(who, categoryOptions);
  const known = namesOf(table);
  const isColumn = new Set(known);
  for (const [option, listed] of Object.entries({ ignore, columns: order ?? [] })) {
    const unknown = listed.find((name) => !isColumn.has(name));
    if (unknown !== undefined) throw unknownName(`${who} ${option}`, unknown, known);
  }
  for (const name of ignore) isColumn.delete(name);
  const names = order ?? [...isColumn];
  checkOrder(names, ignore);
  const isRead = new Set(names);
  const ignored = [...ignore, ...[...isColumn].filter((name) => !isRead.has(name))];
  for (const option of ["missing", ...kindOptions] as const) {
    const { [option]: chosen = {} } = options;
    if (typeof chosen !== "object" || chosen === null || Array.isArray(chosen)) {
      const need = `an object with ${option === "missing" ? "values" : "options"} for each column`;
      throw new TypeError(`${who} ${option}: got ${shown(chosen)}, need ${need}`);
    }
    const unknown = Object.keys(chosen).find((name) => !isRead.has(name));
    if (unknown !== undefined) throw unknownName(`${who} ${option}`, unknown, names);
  }
  const optionOf = (name: string) => kindOptions.filter((option) => Object.hasOwn(options[option] ?? {}, name));
  const named = names.map((name): NamedColumn => {
    const [first, second] = optionOf(name);
    if (second) throw new RangeError(`${who}: got ${shown(name)} in ${first} and in ${second}, need it in one`);
    if (!Object.hasOwn(missing, name)) return { name };
    checkMarks(`${who} missing, column ${shown(name)}`, missing[name]);
    return { name, missing: [...missing[name]] };
  });
  const { values } = checkTable(who, table, named, ignored);

  const columns = named.map((head): ColumnEncodingJSON => {
    const { name } = head;
    const owner = `${who}, column ${shown(name)}`;
    const given = values(name);
    const first = (given as readonly unknown[]).findIndex((value) => !isMissing(value));
    if (first < 0) throw new RangeError(`${owner}: got no value, need at least one`);
    const { texts, series, pictures, numbers, dates, categories } = options;
    const column = given as ArrayLike<CellValue>;
    switch (optionOf(name)[0]) {
      case "texts":
        return { ...head, ...fitTexts(owner, given, texts![name]) };
      case "series":
        return { ...head, ...fitSeries(owner, given, series![name]) };
      case "pictures":
        return { ...head, ...pictureEncodingOf(owner, pictures![name]) };
      case "dates":
        return { ...head, ...fitDates(owner, given, dates![name], gaps) };
      case "numbers":
        return { ...head, ...fitNumbers(owner, column, { ...head, format: numbers![name] }, gaps) };
    }
    const chosen = Object.hasOwn(categories ?? {}, name) ? categories![name] : undefined;
    if (chosen || typeof column[first] === "string" || typeof column[first] === "boolean") {
      if (chosen) checkCategoryOptions(`${who} categories, column ${shown(name)}`, chosen);
      const each = { ...categoryOptions, ...chosen };
      return { ...head, ...fitCategories(owner, column as (string | boolean | null)[], each).toJSON() };
    }
    return { ...head, ...fitNumbers(owner, column, {}, gaps) };
  });
  return new TableEncoding(who, { kind: "encodeRecords", columns, ignored });
}

/** The options that say of which kind a column is. */
const kindOptions = ["numbers", "dates", "categories", "texts", "series", "pictures"] as const;

/** Refuses columns without a name, twice or ignored. */
function checkOrder(names: readonly string[], ignore: readonly string[]): void {
  if (names.length === 0) throw new RangeError(`${who}: got no columns, need at least one`);
  const seen = new Set(ignore);
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice === undefined) return;
  const where = ignore.includes(twice) ? "in columns and in ignore" : "twice in columns";
  throw new RangeError(`${who}: got ${shown(twice)} ${where}, need it once`);
}

/** Returns the names of a table's columns. For records, these are all keys that occur, in the order of their first record. */
function namesOf(table: TableLike): string[] {
  if (isByColumns(table)) return Object.keys(table);
  checkArray(who, table);
  if (table.length === 0) throw new RangeError(`${who}: got no records, need at least one`);
  const names = new Set<string>();
  table.forEach((record, index) => {
    checkRecord(who, record, index);
    for (const name of Object.keys(record)) names.add(name);
  });
  return [...names];
}

/** The values of a column by its name. */
type TableValues = (name: string) => ArrayLike<unknown>;

/**
 * Returns the number of rows of a table, and a function for the values of a column, with null for each missing one.
 *
 * @throws {TypeError | RangeError} if it is not a table, has other columns, or has columns but none of `columns`
 */
function checkTable(
  caller: string,
  table: TableLike,
  columns: readonly NamedColumn[],
  ignored: readonly string[],
): { count: number; values: TableValues } {
  const needed = columns.map(({ name }) => name);
  const known = new Set([...needed, ...ignored]);
  const checkNames = (owner: string, names: readonly string[]) => {
    const unknown = names.find((name) => !known.has(name));
    if (unknown !== undefined) throw unknownName(owner, unknown, [...known]);
    checkSomeColumn(owner, names, needed);
  };
  const marks = new Map(columns.map(({ name, missing }) => [name, missing]));
  if (isByColumns(table)) {
    const count = countRows(caller, table);
    checkNames(caller, Object.keys(table));
    const values: TableValues = (name) =>
      Object.hasOwn(table, name) ? clearMissing(table[name], marks.get(name)) : new Array<null>(count).fill(null);
    return { count, values };
  }
  checkArray(caller, table);
  table.forEach((record, index) => {
    checkRecord(caller, record, index);
    checkNames(`${caller}, row ${index}`, Object.keys(record));
  });
  const values: TableValues = (name) =>
    clearMissing(
      table.map((record) => valueIn(record, name)),
      marks.get(name),
    );
  return { count: table.length, values };
}

/** Returns the value of a record, or null if the record does not have it. */
export const valueIn = (record: SeriesRecord, name: string) =>
  Object.hasOwn(record, name) ? (record[name] ?? null) : null;

/**
 * Refuses a record or a table that has names, but none of the columns': it is meant for something else. One without names is accepted, as
 * any column may be missing.
 *
 * @throws {RangeError} naming both
 */
export function checkSomeColumn(owner: string, names: readonly string[], columns: readonly string[]): void {
  if (names.length === 0 || columns.some((name) => names.includes(name))) return;
  throw new RangeError(`${owner}: got ${listed(names.map(shown))}, need some of ${listed(columns.map(shown))}`);
}

function checkArray(caller: string, table: unknown): void {
  if (!Array.isArray(table))
    throw new TypeError(`${caller}: got ${shown(table)}, need an array of records, or columns`);
}

function checkRecord(caller: string, record: unknown, index: number): void {
  if (typeof record === "object" && record !== null && !Array.isArray(record) && !ArrayBuffer.isView(record)) return;
  throw new TypeError(`${caller}: got ${shown(record)} at row ${index}, need an object with a value for each column`);
}

/** Returns the encoding that `json` describes. `caller` reports an invalid `json`; `owner` applies the encoding. */
export function recordsFromJSON(
  caller: string,
  json: RecordEncodingJSON,
  owner = who,
): RecordEncoding<EncodedRows, EncodedColumns> {
  const { kind, columns, ignored } = json;
  for (const [name, list] of Object.entries({ columns, ignored })) {
    if (!Array.isArray(list)) throw new TypeError(`${caller}, ${name}: got ${shown(list)}, need an array`);
  }
  columns.forEach((column, index) => {
    checkColumn(`${caller}, column ${index}`, column);
  });
  const names = [...columns.map(({ name }) => name), ...ignored];
  const seen = new Set<string>();
  names.forEach((name) => {
    if (typeof name !== "string") throw new TypeError(`${caller}: got ${shown(name)} as a name, need a string`);
    if (seen.size === seen.add(name).size)
      throw new RangeError(`${caller}: got column ${shown(name)} twice, need it once`);
  });
  if (columns.length === 0) throw new RangeError(`${caller}: got no columns, need at least one`);
  return new TableEncoding(owner, { kind, columns, ignored });
}

function checkColumn(caller: string, json: ColumnEncodingJSON): void {
  if (typeof json !== "object" || json === null) throw new TypeError(`${caller}: got ${shown(json)}, need an object`);
  if (json.missing !== undefined) checkMarks(`${caller}, missing`, json.missing);
  if (isOwn(json)) {
    ownFromJSON(caller, json, caller);
    return;
  }
  const known: string[] = ["number", "encodeCategories", "date", "text", "series", "picture"];
  if (!known.includes(json.kind)) throw unknownName(`${caller}, kind`, json.kind, known);
  checkValueJSON(caller, json);
}
