/** Reads a table into memory by columns. */

import type { SeriesColumns } from "../data/index.ts";
import { pcg32 } from "../index.ts";
import { GrowingColumn, type Strays, type TableColumn } from "./column.ts";
import { Failure } from "./failure.ts";
import { columnName, looksLikeValues } from "./header.ts";
import { linesOf } from "./lines.ts";
import { clipName, listText } from "./listed.ts";
import { type MarksQuestion, marksByColumn } from "./marks.ts";
import { plural } from "./numbers.ts";
import { mostNamed, refusedText } from "./refusals.ts";
import { listWords } from "./shell.ts";
import type { Source } from "./source.ts";

export interface ColumnTable {
  readonly columns: readonly TableColumn[];
  readonly rows: number;
  /** The number of lines with values in the file. A sample has fewer rows than lines. */
  readonly lines: number;
  /** Remarks on the file, for the user. */
  readonly remarks?: readonly string[];
  /** For a sample, the line of each row, from 0. */
  readonly places?: readonly number[];
}

/** A request for rows drawn at random. */
export interface Sample {
  readonly rows: number;
  readonly seed: number;
}

export interface ReadOptions extends MarksQuestion {
  /** Columns whose values are categories even if they look like numbers or dates. */
  readonly categories?: Iterable<string>;
  /** Columns that are not used, so that their texts may be anything. */
  readonly ignore?: readonly string[];
  /** The column whose texts are kept, as they may be the names of classes. */
  readonly target?: string;
  /** True if the target is one of classes, false if it is a number. Default: its texts decide. */
  readonly isClass?: boolean | undefined;
  /** True if the first line has the names, false if there is no such line. Default: it has them, unless it looks like values. */
  readonly hasNames?: boolean | undefined;
  /** Called every few thousand lines. */
  readonly onRows?: (rows: number) => void;
  /** Default: all rows are kept. */
  readonly sample?: Sample;
  /** The most memory for the table and its examples. Default: no limit. */
  readonly memoryBytes?: number;
}

/** The memory per value: in the table, in a part of it, in the examples of the network, and in temporary copies. */
const bytesPerValue = 32;

/**
 * Reads a whole table. A column whose texts are numbers of one notation holds numbers, one of dates holds dates, any other holds categories.
 *
 * @throws {Failure} naming file, line and column of invalid values
 */
export async function readTable(source: Source, options: ReadOptions): Promise<ColumnTable> {
  const { onRows, sample, memoryBytes = Number.POSITIVE_INFINITY, hasNames } = options;
  const { names, head, delimiter, blocks, remarks } = await linesOf(source, { hasNames: hasNames ?? true });
  const columns = newColumns(names, delimiter, source.name, options);
  const mostRows = Math.floor(memoryBytes / (bytesPerValue * columns.length));
  const generator = sample && pcg32(sample.seed);
  const places: number[] | undefined = sample && [];
  let count = 0;
  let isDone = false;
  for await (const { numbers, rows } of blocks) {
    for (let row = 0; row < rows.length && !isDone; row++) {
      const values = rows[row];
      // Reservoir sampling keeps each row with the same chance (Vitter 1985, algorithm R).
      const place = generator && count + row >= sample.rows ? generator.integer(count + row + 1) : count + row;
      if (sample && place >= sample.rows) continue;
      if (places) places[place] = count + row;
      for (let index = 0; index < columns.length; index++) {
        if (!columns[index].put(place, values[index], numbers[row])) isDone = true;
      }
    }
    if (isDone) break;
    count += rows.length;
    onRows?.(count);
    if (!sample && count > mostRows) {
      throw tooLarge(source.name, `more than ${mostRows} rows of ${columns.length} columns`, mostRows);
    }
  }
  if (count === 0 && !isDone) {
    throw new Failure(`${source.name}: got names but no values, need at least one line of them`);
  }
  const finished = columns.map((column) => column.finish());
  const table = finished.map(({ column }) => column);
  if (hasNames === undefined && head && looksLikeValues(table, head.names)) {
    throw namesAsValues(source.name, head, options.target);
  }
  const strays = finished.flatMap(({ strays }) => strays ?? []);
  if (strays.length > 0) throw strayError(source.name, strays);
  return {
    columns: table,
    rows: Math.min(count, sample?.rows ?? count),
    lines: count,
    remarks,
    ...(places && { places }),
  };
}

function newColumns(
  names: readonly string[],
  delimiter: string,
  file: string,
  { categories = [], ignore = [], target, isClass, ...question }: ReadOptions,
): GrowingColumn[] {
  const isColumn = new Set(names);
  const unknown = [...categories].find((name) => !isColumn.has(name));
  if (unknown !== undefined) {
    throw new Failure(`${file}: there is no column ${JSON.stringify(unknown)}, which --categories names`);
  }
  const marksOf = marksByColumn(question, names, file);
  const isCategory = new Set(categories);
  const isIgnored = new Set(ignore.map((name) => (isColumn.has(name) ? name : nameLike(names, name))));
  const targetName = target === undefined ? undefined : nameLike(names, target);
  return names.map((name) => {
    const isTarget = name === targetName;
    return new GrowingColumn(name, {
      delimiter,
      marks: marksOf(name),
      isCategory: isCategory.has(name) || (isTarget && isClass === true),
      keepsTexts: isTarget && isClass !== false,
      isIgnored: isIgnored.has(name) && !isTarget,
    });
  });
}

/** Returns the one of `names` that is `name`. If there is none, the case of letters is ignored, as long as only one matches. */
export function nameLike(names: readonly string[], name: string): string | undefined {
  if (names.includes(name)) return name;
  const like = names.filter((each) => each.toLowerCase() === name.toLowerCase());
  return like.length === 1 ? like[0] : undefined;
}

/** @param mostRows the number of rows that fit into memory */
export function tooLarge(file: string, got: string, mostRows: number): Failure {
  const advice = `--sample ${roundDown(mostRows)} trains on that many of them, drawn at random`;
  return new Failure(`${file}: got ${got}, which do not fit into the memory of this machine; ${advice}`);
}

function namesAsValues(
  file: string,
  { number, names }: { readonly number: number; readonly names: readonly string[] },
  target: string | undefined,
): Failure {
  const quoted = names.map((name) => JSON.stringify(clipName(name)));
  const place = target === undefined ? -1 : names.indexOf(target);
  const instead = place < 0 ? "" : `; the target is then --target ${columnName(place)}`;
  return new Failure(
    `${file}, line ${number}: it looks like values, not like names (${listText(quoted, 6)}); ` +
      `--no-header reads it as values, of ${columnName(0)}, ${columnName(1)} and so on${instead}; --header takes it as names`,
  );
}

/** Returns the error for texts that do not fit their columns. It names all of them, so that one run suffices. */
function strayError(file: string, columns: readonly Strays[]): Failure {
  const sentences = columns.map(({ name, kind, strays, others, like }) => {
    const line = Math.min(...strays.map(({ line }) => line));
    const texts = strays.map(({ text, rows }) => refusedText(text, rows));
    const such = like === undefined ? "" : ` such as ${JSON.stringify(like)}`;
    const need = `need ${kind === "number" ? "a number" : "a date"}${such}, as ${plural(others, "other value")} ${others === 1 ? "is" : "are"}`;
    return `line ${line}, column ${JSON.stringify(name)}: got ${listText(texts, mostNamed)}, ${need}`;
  });
  const missing = [...new Set(columns.flatMap(({ strays }) => strays.map(({ text }) => text)))].slice(0, mostNamed);
  const [mean, hold] =
    missing.length === 1
      ? ["it means a missing value", "the column holds"]
      : ["they mean missing values", "columns hold"];
  return new Failure(
    `${file}, ${sentences.join("; ")}; if ${mean}, use --missing ${listWords(missing)}; ` +
      `if ${columns.length === 1 ? "the column holds" : hold} categories, --categories ${listWords(columns.map(({ name }) => name))}`,
  );
}

/** Rounds down to 10, 50, 100, 500, 1000 and so on; at least 10. */
function roundDown(count: number): number {
  if (count < 10) return 10;
  const power = Number(`1e${String(count).length - 1}`);
  return count >= 5 * power ? 5 * power : power;
}

/** Returns the given rows of a column, in this order. */
export function rowsOf<Column extends SeriesColumns[string]>(values: Column, rows: ArrayLike<number>): Column {
  if (values instanceof Float64Array) {
    const taken = new Float64Array(rows.length);
    for (let index = 0; index < rows.length; index++) taken[index] = values[rows[index]];
    return taken as Column;
  }
  return Array.from(rows, (row) => values[row]) as SeriesColumns[string] as Column;
}

/** Returns the given rows of several columns, in this order. */
export const columnsAt = <Table extends SeriesColumns>(columns: Table, rows: ArrayLike<number>): Table =>
  Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, rowsOf(values, rows)])) as Table;
