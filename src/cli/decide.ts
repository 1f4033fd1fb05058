/** Decides whether the target of a table is a class or a number, and which columns are inputs. Each decision states its reason. */

import { encodeRecords, vocabulary } from "../data/index.ts";
import type { Target } from "../index.ts";
import { Failure } from "./failure.ts";
import { clipName, listText } from "./listed.ts";
import { type ColumnTable, numberOf, rowsOf, type TableColumn } from "./table.ts";

/** The kind of prediction, derived from the target's column. */
export type Goal =
  | { readonly kind: "classes"; readonly classes: readonly (string | number)[]; readonly counts: readonly number[] }
  | { readonly kind: "number" };

export interface TargetDecision {
  readonly column: TableColumn;
  readonly goal: Goal;
  readonly why: string;
  /** The rows that have a target. */
  readonly rows: Int32Array;
}

export interface InputDecision {
  readonly column: TableColumn;
  readonly isUsed: boolean;
  /** True if the column is read word by word. */
  readonly isText: boolean;
  /** The reason why the column is not used; "" if it is. */
  readonly why: string;
}

/** A target of whole numbers with at most this many different values is one of classes. */
const mostNumberedClasses = 20;
/** A target with more classes than this is refused. */
const mostClasses = 1000;

/** Texts have at least this many words on average; shorter values are names, codes or categories. */
const leastWords = 4;
/** At least this share of the words in texts occurs more than once. */
const repeatedWords = 0.5;
/** The number of rows that are examined to tell whether a column holds texts. */
const measuredRows = 2000;

/** Fewer rows cannot be split into three parts. */
export const leastRows = 10;

const quoted = (text: string) => JSON.stringify(text);

/** Returns the column called `name`. If there is none, the case of letters is ignored, as long as only one column matches. */
export function findColumn(table: ColumnTable, name: string, file: string): TableColumn {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column) return column;
  const like = table.columns.filter((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (like.length === 1) return like[0];
  const names = table.columns.map((candidate) => quoted(clipName(candidate.name)));
  throw new Failure(`${file}: there is no column ${quoted(name)}; its columns are ${listText(names, 20)}`);
}

/** @param task overrides the kind that the values suggest */
export function decideTarget(
  table: ColumnTable,
  { target, task, file }: { target: string; task?: Goal["kind"]; file: string },
): TargetDecision {
  const given = findColumn(table, target, file);
  const column = task === "number" ? asNumbers(given, file) : given;
  const { values, kind, name } = column;
  const rows = new Int32Array(table.rows - column.missing);
  for (let row = 0, count = 0; row < table.rows; row++) if (!isMissing(values[row])) rows[count++] = row;
  if (rows.length === 0)
    throw new Failure(`${file}, column ${quoted(name)}: it has no values, need a target for each row`);
  const counts = countsOf(rows, (row) => values[row] as string | number);
  const isWhole = kind === "number" && [...counts.keys()].every(Number.isInteger);
  const isClasses = task ? task === "classes" : kind === "category" || (isWhole && counts.size <= mostNumberedClasses);
  const why = task
    ? "as --task says"
    : kind === "category"
      ? "since its values are texts"
      : isClasses
        ? `since it has only ${counts.size} different whole numbers; --task regression takes them as numbers`
        : "since its values are numbers";
  if (counts.size < 2) {
    const [only] = counts.keys();
    const got = `only one value, ${quoted(String(only))}`;
    throw new Failure(`${file}, column ${quoted(name)}: got ${got}, need at least two to tell apart`);
  }
  if (!isClasses) return { column, goal: { kind: "number" }, why, rows };
  if (task === undefined && counts.size > mostNumberedClasses && areFormattedNumbers(counts)) {
    const example = rows.find((row) => !isPlain(String(values[row])))!;
    const got = `${quoted(String(values[example]))}, which looks like a number, but is not written like 1234.5`;
    throw new Failure(
      `${file}, column ${quoted(name)}: got ${got}; --task classification takes it as the name of a class`,
    );
  }
  if (counts.size > mostClasses || (counts.size > rows.length / 2 && rows.length >= leastRows)) {
    const many = counts.size > mostClasses ? `more than ${mostClasses}` : counts.size;
    const got = `${many} different values in ${rows.length} rows`;
    const hint = [...counts.keys()].every((value) => isPlain(String(value))) ? "; --task regression takes numbers" : "";
    throw new Failure(`${file}, column ${quoted(name)}: got ${got}, need classes that occur several times${hint}`);
  }
  const classes = [...counts.keys()].sort((a, b) => (a < b ? -1 : 1));
  return { column, goal: { kind: "classes", classes, counts: classes.map((label) => counts.get(label)!) }, why, rows };
}

/** Converts a column to numbers, even if its values are codes such as 007 or were declared to be categories. */
function asNumbers(column: TableColumn, file: string): TableColumn {
  if (column.kind === "number") return column;
  const values = Float64Array.from(column.values as readonly (string | null)[], (text) => {
    if (text === null || isPlain(text)) return text === null ? Number.NaN : numberOf(text);
    const got = quoted(clipName(text));
    throw new Failure(`${file}, column ${quoted(column.name)}: got ${got}, need numbers for --task regression`);
  });
  return { ...column, kind: "number", values };
}

export interface InputQuestion {
  readonly target: string;
  readonly ignore: readonly string[];
  /** Columns that the user declares to be categories. */
  readonly categories: readonly string[];
  /** The rows to train on. */
  readonly rows: Int32Array;
  /** Categories that occur less often get no feature of their own. */
  readonly minimumCount: number;
  readonly file: string;
}

/** Decides which columns other than the target are inputs. */
export function decideInputs(
  table: ColumnTable,
  { target, ignore, categories, rows, minimumCount, file }: InputQuestion,
): InputDecision[] {
  const ignored = new Set(ignore.map((name) => findColumn(table, name, file).name));
  if (ignored.has(target)) throw new Failure(`${file}: --ignore names ${quoted(target)}, which is the target`);
  const decisions = table.columns
    .filter(({ name }) => name !== target)
    .map((column) => {
      if (ignored.has(column.name)) return { column, isUsed: false, isText: false, why: "as --ignore says" };
      const why = reasonToIgnore(column, table.places, { rows, minimumCount });
      const isText = why === ownValues && !categories.includes(column.name) && areTexts(column, rows);
      return isText ? { column, isUsed: true, isText, why: "" } : { column, isUsed: why === "", isText, why };
    });
  if (decisions.some(({ isUsed }) => isUsed)) return decisions;
  const reasons = decisions.map(({ column, why }) => `${quoted(clipName(column.name))} (${why})`);
  throw new Failure(
    `${file}: got no column to predict ${quoted(target)} from, need one; not used: ${listText(reasons, 20) || "there is no other"}`,
  );
}

const ownValues = "nearly every row has a value of its own";

/** Returns whether a column holds texts: values of several words, many of which occur again. */
function areTexts({ values }: TableColumn, rows: Int32Array): boolean {
  const texts = Array.from(rows.subarray(0, measuredRows), (row) => values[row]).filter((text) => text !== null);
  if (!texts.some((text) => /[\p{L}\p{N}]/u.test(text as string))) return false;
  const words = vocabulary(texts as string[])
    .apply(texts as string[])
    .flat();
  const counts = new Map<number, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const repeated = words.filter((word) => counts.get(word)! > 1);
  return words.length >= leastWords * texts.length && repeated.length >= repeatedWords * words.length;
}

/** Returns why a column cannot be an input; "" if it can. */
function reasonToIgnore(
  { kind, values }: TableColumn,
  places: ColumnTable["places"],
  { rows, minimumCount }: Pick<InputQuestion, "rows" | "minimumCount">,
): string {
  const first = rows.find((row) => !isMissing(values[row]));
  if (first === undefined) return "it has no values";
  if (rows.every((row) => isMissing(values[row]) || values[row] === values[first])) return "it has one value only";
  if (kind === "category") {
    const counts = new Map<string | number | null, number>();
    for (const row of rows) counts.set(values[row], (counts.get(values[row]) ?? 0) + 1);
    if (counts.size > mostNumberedClasses) {
      if (areFormattedNumbers(counts)) return "its values look like numbers, but are not written like 1234.5";
      if (areMostly(counts, 0.9, (text) => date.test(text))) {
        return "its values are dates; columns for the year, month or weekday can be used";
      }
      if (counts.size > rows.length / 2) return ownValues;
    }
    const isFrequent = [...counts].some(([value, count]) => value !== null && count >= minimumCount);
    return isFrequent ? "" : `no value comes in ${minimumCount} rows`;
  }
  const placeOf = (row: number) => places?.[row] ?? row;
  const start = (values[0] as number) - placeOf(0);
  const isCount = values.length > 2 && values.every((value, row) => value === start + placeOf(row));
  return isCount ? "it counts the rows" : "";
}

const date = /^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([T ].*)?$/;
/** A number with thousands separators, a unit, or any kind of sign. */
const numberLike = /^[^\p{L}\d]*\d{1,3}([., '’]?\d{3})*([.,]\d+)?[^\p{L}\d]*$/u;

/** The number of occurrences of each value. */
type Counts = ReadonlyMap<string | number | null, number>;

/** Returns whether at least this share of the values that are present satisfies `isSuch`. It is called once for each distinct value. */
function areMostly(counts: Counts, share: number, isSuch: (text: string) => boolean): boolean {
  let [such, present] = [0, 0];
  for (const [value, count] of counts) {
    if (isMissing(value)) continue;
    present += count;
    if (isSuch(String(value))) such += count;
  }
  return such >= share * present;
}

const isPlain = (text: string) => !Number.isNaN(numberOf(text));

/**
 * Returns whether texts look like numbers in another notation, such as 1.234,50 or 45 %. At least half must be so: a column of plain
 * numbers holds texts because the user said so.
 */
const areFormattedNumbers = (counts: Counts): boolean =>
  areMostly(counts, 0.9, (text) => numberLike.test(text)) && areMostly(counts, 0.5, (text) => !isPlain(text));

const isMissing = (value: string | number | null) => value === null || Number.isNaN(value);

/** Counts how often each label occurs. Stops early when there are more than `mostClasses`. */
function countsOf<Value>(rows: Int32Array, labelOf: (row: number) => Value): Map<Value, number> {
  const counts = new Map<Value, number>();
  for (const row of rows) {
    if (counts.size > mostClasses) break;
    const value = labelOf(row);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** Returns the target of a pipeline and a function that encodes rows: as class numbers, or as numbers of mean 0 and deviation 1. */
export function targetEncoding(
  { column: { name, values }, goal }: TargetDecision,
  trainRows: ArrayLike<number>,
): { target: Target; encode: (rows: ArrayLike<number>) => Float64Array } {
  if (goal.kind === "classes") {
    const { classes } = goal;
    const numbers = new Map(classes.map((label, number) => [label, number]));
    const of = (rows: ArrayLike<number>) => mapRows(rows, (row) => numbers.get(values[row] as string)!);
    return { target: { kind: "classes", name, classes }, encode: of };
  }
  // Numbers are scaled as a column of inputs is.
  const [scale] = encodeRecords({ [name]: rowsOf(values, trainRows) }).toJSON().columns;
  const { offset, divisor } = scale as Extract<typeof scale, { kind: "number" }>;
  const of = (rows: ArrayLike<number>) => mapRows(rows, (row) => ((values[row] as number) - offset) / divisor);
  return { target: { kind: "number", name, offset, divisor }, encode: of };
}

/** Does what Float64Array.from does, ten times as fast. */
function mapRows(rows: ArrayLike<number>, map: (row: number) => number): Float64Array {
  const values = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index++) values[index] = map(rows[index]);
  return values;
}
