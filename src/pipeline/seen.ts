/** The values of the training records, by which a pipeline tells the values that it has never seen. */

import { knownBooleans, truthOf } from "../data/booleans.ts";
import { trimmed } from "../data/categories.ts";
import { isByColumns, type SeriesColumns, type TableLike } from "../data/columns.ts";
import { daysIn } from "../data/dateFormat.ts";
import { clearMissing } from "../data/missing.ts";
import { numberReader } from "../data/numberFormat.ts";
import { type ColumnEncodingJSON, type RecordEncodingJSON, valueIn } from "../data/records.ts";
import { isMissing } from "../data/rows.ts";
import { tokenTest } from "../data/vocabulary.ts";
import { checkArguments, checkFinite, shown, unknownName } from "../errors.ts";

/** The values of one column of the training records. */
export interface SeenColumn {
  /** True if a record lacked the value. */
  readonly missing: boolean;
  /** The range of a column of numbers. */
  readonly least?: number | undefined;
  readonly greatest?: number | undefined;
  /** The categories that are too rare to have a feature of their own. Default none. */
  readonly rare?: readonly string[] | undefined;
}

/** The values of the training records, by column. Series and pictures are not compared. */
export type Seen = Readonly<Record<string, SeenColumn>>;

/**
 * A difference to all training records: a value is missing where none was, a number or a date is far outside their range, a category is not
 * among theirs, or a text has no word that the vocabulary knows.
 */
export type Unseen = "missing" | "outside" | "unknown";

/** A number is far outside if its distance from the range is more than this share of the range. */
const margin = 0.25;
/** The most rare categories that are kept: of a column that has more, no category counts as unknown. */
const mostRare = 1000;

const isCompared = ({ kind }: ColumnEncodingJSON) =>
  kind === "number" || kind === "date" || kind === "encodeCategories" || kind === "text";

/** Returns a function that gives the number of a value, or the days to a date, NaN for others; undefined for other columns. */
function measureOf(json: ColumnEncodingJSON): ((value: unknown) => number) | undefined {
  if (json.kind === "date")
    return (value) => (typeof value === "string" ? (daysIn(value.trim(), json.order) ?? Number.NaN) : Number.NaN);
  if (json.kind !== "number") return undefined;
  const read = json.format && numberReader(json.format);
  return (value) => (typeof value === "string" && read ? read(value) : (value as number));
}

/**
 * Returns the values of training records that a pipeline's option `seen` takes.
 *
 * @param encoding the encoding of the records
 * @param table the training records, or a table by columns; what the encoding does not read does not count
 * @throws {TypeError} if there is no such encoding or table
 */
export function seenValues(encoding: { toJSON(): RecordEncodingJSON }, table: TableLike): Seen {
  checkArguments("seenValues", arguments.length, 2);
  const who = "seenValues";
  if (typeof encoding?.toJSON !== "function") {
    throw new TypeError(
      `${who}: got encoding ${shown(encoding)}, need what encodeRecords or transformFromJSON returns`,
    );
  }
  if (typeof table !== "object" || table === null) {
    throw new TypeError(`${who}: got ${shown(table)}, need an array of records, or columns`);
  }
  const valuesOf = (name: string): ArrayLike<unknown> =>
    isByColumns(table)
      ? Object.hasOwn(table, name)
        ? table[name]
        : [null]
      : table.map((record) => valueIn(record, name));
  const compared = encoding.toJSON().columns.filter(isCompared);
  return Object.fromEntries(compared.map((json) => [json.name, seenIn(json, valuesOf(json.name))]));
}

function seenIn(json: ColumnEncodingJSON, given: ArrayLike<unknown>): SeenColumn {
  const values = clearMissing(given, json.missing);
  let missing = false;
  const measure = measureOf(json);
  if (measure) {
    let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let row = 0; row < values.length; row++) {
      const value = measure(values[row]);
      if (isMissing(value)) missing = true;
      else {
        if (value < least) least = value;
        if (value > greatest) greatest = value;
      }
    }
    return { missing, ...(least <= greatest && { least, greatest }) };
  }
  if (json.kind === "text") return { missing: Array.from(values).some(isMissing) };
  const known = new Set<unknown>(categoriesIn(json));
  const rare = new Set<string>();
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === null) missing = true;
    else if (!known.has(value) && rare.size <= mostRare) rare.add(String(value));
  }
  return { missing, ...(rare.size > 0 && { rare: [...rare].sort() }) };
}

const categoriesIn = (json: ColumnEncodingJSON) => (json.kind === "encodeCategories" ? json.categories : []);

/** Returns a function that tells what is unseen of a value of a column; undefined if nothing is. */
type Judge = (value: unknown) => Unseen | undefined;

/** The columns of a pipeline whose values can be judged, by name. */
export class SeenValues {
  readonly #judges: readonly { readonly name: string; readonly json: ColumnEncodingJSON; readonly judge: Judge }[];

  constructor(seen: Seen, columns: readonly ColumnEncodingJSON[]) {
    this.#judges = columns
      .filter((json) => isCompared(json) && Object.hasOwn(seen, json.name))
      .map((json) => ({ name: json.name, json, judge: judgeOf(json, seen[json.name]) }));
  }

  /**
   * Returns the unseen values of each row of a table, by the number of the row; rows without any are not there.
   *
   * @param columns all values of a column that is not there are missing
   */
  in(columns: SeriesColumns, rows: number): Map<number, Record<string, Unseen>> {
    const found = new Map<number, [string, Unseen][]>();
    for (const { name, json, judge } of this.#judges) {
      const values = Object.hasOwn(columns, name) ? clearMissing(columns[name], json.missing) : undefined;
      for (let row = 0; row < rows; row++) {
        const unseen = judge(values ? values[row] : null);
        if (unseen === undefined) continue;
        const others = found.get(row);
        if (others) others.push([name, unseen]);
        else found.set(row, [[name, unseen]]);
      }
    }
    // Built from entries: an assignment to "__proto__" would not make a property.
    return new Map([...found].map(([row, entries]) => [row, Object.fromEntries(entries)]));
  }
}

function judgeOf(json: ColumnEncodingJSON, { missing, least, greatest, rare = [] }: SeenColumn): Judge {
  const ofMissing = missing ? undefined : "missing";
  const measure = measureOf(json);
  if (measure) {
    const marks = new Set<unknown>(json.missing);
    const width = least === undefined || greatest === undefined ? Number.NaN : (greatest - least) * margin;
    const [low, high] = [(least ?? 0) - width, (greatest ?? 0) + width];
    return (value) => {
      const number = measure(value);
      if (isMissing(number) || marks.has(number)) return ofMissing;
      return number >= low && number <= high ? undefined : "outside";
    };
  }
  if (json.kind === "text") {
    const hasKnown = tokenTest(json);
    return (value) => (isMissing(value) ? ofMissing : hasKnown(String(value)) ? undefined : "unknown");
  }
  if (rare.length > mostRare) return (value) => (value === null ? ofMissing : undefined);
  const texts = [...categoriesIn(json), ...rare];
  const known = new Set<unknown>([...texts, ...knownBooleans(texts).map(([value]) => value)]);
  return (given) => {
    if (given === null) return ofMissing;
    const value = typeof given === "number" ? String(given) : given;
    return known.has(value) || known.has(trimmed(value)) || known.has(truthOf(value)) ? undefined : "unknown";
  };
}

/**
 * Returns a copy of `seen`, checked.
 *
 * @throws {TypeError | RangeError} if it is not what `seenValues` returns, or has a column that the pipeline does not have
 */
export function checkSeen(who: string, seen: Seen, columns: readonly { readonly name: string }[]): Seen {
  if (typeof seen !== "object" || seen === null || Array.isArray(seen)) {
    throw new TypeError(`${who}: got ${shown(seen)}, need an object with the values of each column`);
  }
  const names = columns.map(({ name }) => name);
  const entries = Object.entries(seen).map(([name, column]): [string, SeenColumn] => {
    const owner = `${who}, column ${shown(name)}`;
    if (!names.includes(name)) throw unknownName(who, name, names);
    const { missing, least, greatest, rare }: SeenColumn = Object(column);
    if (typeof missing !== "boolean")
      throw new TypeError(`${owner}: got missing ${shown(missing)}, need true or false`);
    if (least !== undefined) checkFinite(`${owner}: least`, least);
    if (greatest !== undefined) checkFinite(`${owner}: greatest`, greatest);
    if (rare !== undefined && !(Array.isArray(rare) && rare.every((category) => typeof category === "string"))) {
      throw new TypeError(`${owner}: got rare ${shown(rare)}, need an array of strings`);
    }
    const range = least !== undefined && greatest !== undefined && { least, greatest };
    return [name, { missing, ...range, ...(rare && { rare: [...rare] }) }];
  });
  return Object.fromEntries(entries);
}
