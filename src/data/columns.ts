/** Tables by columns. With millions of rows, an object for each row would fill the memory. */

import { plural, shown } from "../errors.ts";
import type { CellValue } from "./csv.ts";
import type { Picture } from "./picture.ts";
import type { Series } from "./windows.ts";

/** The values of one column: numbers, with NaN for a missing one, or strings, with null for a missing one. */
export type ColumnValues = Float64Array | readonly CellValue[];

/** A value of a record as JSON has it: booleans are the categories "true" and "false", and what is undefined or an empty text is missing. */
export type RecordValue = CellValue | boolean | undefined;

/** A table by columns, all of one length. */
export type Columns = Readonly<Record<string, ColumnValues>>;

/** A record that may hold series and pictures, too; a CSV has neither. A missing key is a missing value. */
export type SeriesRecord = Readonly<Record<string, RecordValue | Series | Picture>>;

/** A table by columns that may hold series and pictures, too. */
export type SeriesColumns = Readonly<Record<string, ColumnValues | readonly (RecordValue | Series | Picture)[]>>;

/** A table by lines or by columns. */
export type TableLike = readonly SeriesRecord[] | SeriesColumns;

/** Tells whether a table is given by columns. A value that is not a table is not. */
export const isByColumns = (table: TableLike): table is SeriesColumns =>
  typeof table === "object" && table !== null && !Array.isArray(table) && !ArrayBuffer.isView(table);

/**
 * Returns the number of rows of a table.
 *
 * @throws {TypeError | RangeError} if a value is not a column, or if columns differ in length
 */
export function countRows(who: string, columns: SeriesColumns): number {
  const names = Object.keys(columns);
  if (names.length === 0) throw new RangeError(`${who}: got no columns, need at least one`);
  for (const name of names) {
    const values: unknown = columns[name];
    if (!Array.isArray(values) && !(values instanceof Float64Array)) {
      const need = "an array, or a Float64Array of numbers";
      throw new TypeError(`${who}, column ${shown(name)}: got ${shown(values)}, need ${need}`);
    }
    const [{ length }, { length: first }] = [columns[name], columns[names[0]]];
    if (length !== first)
      throw new RangeError(`${who}, column ${shown(name)}: got ${plural(length, "value")}, need ${first}`);
  }
  return columns[names[0]].length;
}
