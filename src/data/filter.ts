/** Removes rows from a table by rules, and counts the rows that each rule removes. */

import { checkArguments, shown } from "../errors.ts";
import {
  type Columns,
  countRows,
  isByColumns,
  type SeriesColumns,
  type SeriesRecord,
  type TableLike,
} from "./columns.ts";
import type { TableRecord } from "./csv.ts";
import { isMissing } from "./rows.ts";

/** Returns true if a row stays. A missing value is null. In a table by columns, the row object is valid only during the call. */
export type RowRule = (row: SeriesRecord) => boolean;

/** Rules by their names. */
export type RowRules = Readonly<Record<string, RowRule>>;

/** The result of `filterRows`. */
export interface FilteredRows<Table extends TableLike> {
  /** The rows that keep all rules, in the form of the table. */
  readonly kept: Table;
  /** The number of rows that each rule removes: those that break it and no rule before it. */
  readonly taken: Readonly<Record<string, number>>;
}

const who = "filterRows";

/**
 * Returns the rows of a table that keep all rules, and how many rows each rule removes.
 *
 * @param table records, or columns
 * @param rules by name, such as `{ "fare above 0": ({ fare }) => fare > 0 }`; messages and counts use the names, and the order matters
 * @throws {TypeError} if `table` is not a table, a rule is not a function, or a rule returns neither true nor false
 * @throws {RangeError} if columns differ in length
 */
export function filterRows(table: Columns, rules: RowRules): FilteredRows<Columns>;
export function filterRows(table: SeriesColumns, rules: RowRules): FilteredRows<SeriesColumns>;
export function filterRows(table: readonly TableRecord[], rules: RowRules): FilteredRows<TableRecord[]>;
export function filterRows(table: readonly SeriesRecord[], rules: RowRules): FilteredRows<SeriesRecord[]>;
export function filterRows(table: TableLike, rules: RowRules): FilteredRows<TableLike> {
  checkArguments("filterRows", arguments.length, 2);
  if (!Array.isArray(table) && !isByColumns(table)) {
    throw new TypeError(`${who}: got ${shown(table)}, need an array of records, or columns`);
  }
  const named = checkRules(rules);
  const count = isByColumns(table) ? countRows(who, table) : table.length;
  const rowAt = isByColumns(table) ? viewOf(table) : recordsOf(table);
  const taken = new Map(named.map(([name]) => [name, 0]));
  const keptRows: number[] = [];
  for (let row = 0; row < count; row++) {
    const breaks = named.find(([name, rule]) => !isKept(name, rule, rowAt(row), row))?.[0];
    if (breaks === undefined) keptRows.push(row);
    else taken.set(breaks, taken.get(breaks)! + 1);
  }
  return { kept: rowsAt(table, keptRows), taken: Object.fromEntries(taken) };
}

function checkRules(rules: RowRules): [string, RowRule][] {
  if (typeof rules !== "object" || rules === null || Array.isArray(rules)) {
    throw new TypeError(`${who} rules: got ${shown(rules)}, need an object of functions by name`);
  }
  const named = Object.entries(rules);
  for (const [name, rule] of named) {
    if (typeof rule === "function") continue;
    throw new TypeError(`${who}, rule ${shown(name)}: got ${shown(rule)}, need a function of a row`);
  }
  return named;
}

function isKept(name: string, rule: RowRule, record: SeriesRecord, row: number): boolean {
  const answer: unknown = rule(record);
  if (typeof answer === "boolean") return answer;
  throw new TypeError(`${who}, rule ${shown(name)}: got ${shown(answer)} for row ${row}, need true or false`);
}

function recordsOf(table: readonly SeriesRecord[]): (row: number) => SeriesRecord {
  return (row) => {
    const record: unknown = table[row];
    if (typeof record === "object" && record !== null) return record as SeriesRecord;
    throw new TypeError(`${who}: got ${shown(record)} at row ${row}, need an object with a value for each column`);
  };
}

/** Returns one object that shows the values of any row: an object for each row would cost more time than the rules. */
function viewOf(columns: SeriesColumns): (row: number) => SeriesRecord {
  let at = 0;
  const view = Object.create(null);
  for (const [name, values] of Object.entries(columns)) {
    const get = () => (isMissing(values[at]) ? null : values[at]);
    Object.defineProperty(view, name, { enumerable: true, get });
  }
  return (row) => {
    at = row;
    return view;
  };
}

function rowsAt(table: TableLike, rows: readonly number[]): TableLike {
  if (!isByColumns(table)) return rows.map((row) => table[row]);
  const at = (values: SeriesColumns[string]) =>
    values instanceof Float64Array ? Float64Array.from(rows, (row) => values[row]) : rows.map((row) => values[row]);
  return Object.fromEntries(Object.entries(table).map(([name, values]) => [name, at(values)]));
}
