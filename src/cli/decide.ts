/** Decides whether the target of a table is a class or a number, and which columns are inputs. Each decision states its reason. */

import { daysIn, encodeRecords, findMeaning, numberReader, plainNumber, vocabulary } from "../data/index.ts";
import type { Target } from "../index.ts";
import { alikeTexts } from "./alike.ts";
import { numbersOf, type TableColumn } from "./column.ts";
import { Failure } from "./failure.ts";
import { clipName, gapsText, listText, notationsText, oneNotation } from "./listed.ts";
import { keepAdvice } from "./marks.ts";
import { short } from "./numbers.ts";
import { mostNamed, refusedText } from "./refusals.ts";
import { remarksOn } from "./remarks.ts";
import { type ColumnTable, nameLike, rowsOf } from "./table.ts";

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
  /** Remarks on its values, for the user. */
  readonly remarks: readonly string[];
}

export interface InputDecision {
  readonly column: TableColumn;
  readonly isUsed: boolean;
  /** True if the column is read word by word. */
  readonly isText: boolean;
  /** The reason why the column is not used; "" if it is. */
  readonly why: string;
  /** The least number of rows of a category that has a feature of its own. */
  readonly minimumCount: number;
}

/** A target of whole numbers with at most this many different values is one of classes, if each has enough rows. */
const mostNumberedClasses = 20;
/**
 * With fewer rows for each of more than two whole numbers, on average, they are numbers: a class of a few rows is not learned, and has one
 * or two rows to test, while a number learns from the rows of its neighbours.
 */
const leastRowsOfClass = 10;
/** A target with more classes than this is refused. */
const mostClasses = 1000;

/** Texts have at least this many words on average; shorter values are names, codes or categories. */
const leastWords = 4;
/** At least this share of the words in texts occurs more than once. */
const repeatedWords = 0.5;
/** A category that the user declares has at most this many features. */
const mostDeclared = 1000;
/** The number of rows that are examined to tell whether a column holds texts. */
const measuredRows = 2000;

/** The most groups of classes that are alike which are named. */
const mostGroups = 3;

/** Fewer rows cannot be split into three parts. */
export const leastRows = 10;

const quoted = (text: string) => JSON.stringify(text);

/** Returns the column called `name`. If there is none, the case of letters is ignored, as long as only one column matches. */
export function findColumn(table: ColumnTable, name: string, file: string): TableColumn {
  const names = table.columns.map((column) => column.name);
  const found = nameLike(names, name);
  if (found !== undefined) return table.columns[names.indexOf(found)];
  const known = names.map((each) => quoted(clipName(each)));
  throw new Failure(`${file}: there is no column ${quoted(name)}; its columns are ${listText(known, 20)}`);
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
  if (rows.length === 0) {
    const got = column.gaps ? ` (${gapsText(column.gaps)})` : "";
    throw new Failure(
      `${file}, column ${quoted(name)}: it has no values${got}, need a target for each row${keepAdvice(column.gaps)}`,
    );
  }
  const counts = countsOf(rows, (row) => values[row] as string | number);
  const isWhole = kind === "number" && [...counts.keys()].every(Number.isInteger);
  const { isClasses, why } = decideTask({ task, isWhole, kind, values: counts.size, rows: rows.length });
  if (counts.size < 2) {
    const [only] = counts.keys();
    const besides = column.gaps ? `, besides missing ones (${gapsText(column.gaps)})` : "";
    const got = `only one value, ${quoted(String(only))}${besides}`;
    const need = `need at least two to tell apart${keepAdvice(column.gaps)}`;
    throw new Failure(`${file}, column ${quoted(name)}: got ${got}, ${need}`);
  }
  if (!isClasses) return { column, goal: { kind: "number" }, why, rows, remarks: remarksOn(column) };
  if (task === undefined && counts.size > mostNumberedClasses && column.notations) {
    const { of } = column.notations;
    throw new Failure(
      `${file}, column ${quoted(name)}: got ${notationsText(column.notations)}, ${of} in different notations, need one; ` +
        "--task classification takes them as names of classes",
    );
  }
  if (counts.size > mostClasses || (counts.size > rows.length / 2 && rows.length >= leastRows)) {
    const many = counts.size > mostClasses ? `more than ${mostClasses}` : counts.size;
    const got = `${many} different values in ${rows.length} rows`;
    const areNumbers = [...counts.keys()].every(isNumeric);
    const hint = kind === "date" ? `; ${daysAdvice(column)}` : areNumbers ? "; --task regression takes numbers" : "";
    throw new Failure(`${file}, column ${quoted(name)}: got ${got}, need classes that occur several times${hint}`);
  }
  return { ...classesOf(column, rows, task === "classes"), why, rows };
}

/** The reason for a task that the user has chosen. */
export const whyAsked = "as --task says";

interface TaskQuestion {
  readonly task: Goal["kind"] | undefined;
  readonly isWhole: boolean;
  readonly kind: TableColumn["kind"];
  /** The number of different values. */
  readonly values: number;
  readonly rows: number;
}

function decideTask({ task, isWhole, kind, values, rows }: TaskQuestion): { isClasses: boolean; why: string } {
  if (task) return { isClasses: task === "classes", why: whyAsked };
  if (kind !== "number") return { isClasses: true, why: `since its values are ${kind === "date" ? "dates" : "texts"}` };
  if (!isWhole || values > mostNumberedClasses) return { isClasses: false, why: "since its values are numbers" };
  const each = `on average ${short(rows / values)} rows each`;
  if (values > 2 && rows < leastRowsOfClass * values) {
    const why = `since its ${values} different whole numbers have ${each}, too few for classes; --task classification takes them as classes`;
    return { isClasses: false, why };
  }
  const why = `since it has only ${values} different whole numbers, ${each}; --task regression takes them as numbers`;
  return { isClasses: true, why };
}

/**
 * Returns the classes of a target: the texts of the table or, where nothing is lost, their numbers.
 *
 * @param areNumbers true if texts may be numbers, because the user asks for classes
 */
function classesOf(
  column: TableColumn,
  rows: Int32Array,
  areNumbers: boolean,
): Pick<TargetDecision, "column" | "goal" | "remarks"> {
  const labels: ArrayLike<unknown> = column.texts ?? column.values;
  const counts = countsOf(rows, (row) => labels[row] as string | number);
  const mayBeNumbers = column.kind === "number" || areNumbers;
  const isExact = mayBeNumbers && [...counts.keys()].every((label) => String(Number(label)) === String(label));
  const number = (label: string | number | null) => (label === null ? Number.NaN : Number(label));
  const values = isExact ? Float64Array.from(labels as ArrayLike<string>, number) : (labels as TableColumn["values"]);
  const kind = isExact ? "number" : "category";
  const named = isExact ? new Map([...counts].map(([label, rows]) => [Number(label), rows])) : counts;
  const classes = [...named.keys()].sort([...named.keys()].every(isNumeric) ? byNumber : byText);
  const alike = alikeTexts(new Map([...counts].map(([label, rows]) => [String(label), rows])), mostGroups);
  const mixed = areNumbers ? undefined : column.notations;
  const areDates = column.kind === "date" && !areNumbers;
  const remarks = [
    ...(areDates
      ? [
          `the target ${quoted(clipName(column.name))} holds dates, each of which is a class of its own; ${daysAdvice(column)}; ` +
            "if they are classes, say --task classification",
        ]
      : []),
    ...(mixed ? [`the classes are ${mixed.of} in different notations, ${notationsText(mixed)}${oneNotation}`] : []),
    ...alike.map((phrase) => `some classes ${phrase}`),
  ];
  const goal: Goal = { kind: "classes", classes, counts: classes.map((label) => named.get(label)!) };
  return { column: { ...column, kind, values }, goal, remarks };
}

/** Returns the advice to write dates as numbers, with the first date as an example. */
function daysAdvice({ values, dates }: TableColumn): string {
  const texts = values as readonly (string | null)[];
  const order = dates?.order ?? "year-month-day";
  const example = texts.find((text) => text !== null && daysIn(text, order) !== undefined)!;
  return `to predict when, write them as numbers of days, such as ${Number(daysIn(example, order)!.toFixed(2))} for ${example}`;
}

const isNumeric = (label: string | number): boolean => !Number.isNaN(plainNumber(String(label)));
const byText = (one: string | number, other: string | number) => (one < other ? -1 : 1);
const byNumber = (one: string | number, other: string | number) =>
  Number(one) - Number(other) || byText(String(one), String(other));

/** Converts a column to numbers, even if its values are codes such as 007 or were declared to be categories. */
function asNumbers(column: TableColumn, file: string): TableColumn {
  if (column.kind === "number") return column;
  const texts = column.values as readonly (string | null)[];
  const present = texts.filter((text) => text !== null);
  const counts = countTexts(present);
  const { meaning } = findMeaning(counts);
  const format = meaning.kind === "number" ? meaning.format : {};
  const read = numberReader(format);
  const bad = [...counts].filter(([text]) => Number.isNaN(read(text)));
  if (bad.length > 0) {
    const got = listText(
      bad.map(([text, rows]) => refusedText(text, rows)),
      mostNamed,
    );
    const hint = column.kind === "date" ? `; ${daysAdvice(column)}` : "";
    throw new Failure(`${file}, column ${quoted(column.name)}: got ${got}, need numbers for --task regression${hint}`);
  }
  return { ...column, kind: "number", values: numbersOf(texts, read), format };
}

function countTexts(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

export interface InputQuestion {
  readonly target: string;
  readonly ignore: readonly string[];
  /** Columns that the user declares to be categories. */
  readonly categories: readonly string[];
  /** The rows to train on. */
  readonly rows: Int32Array;
  /** True if columns of dates are not used. */
  readonly dropsDates?: boolean;
  /** The share of missing values from which a number or a date has a feature for them. Default: none has. */
  readonly missingColumns?: number;
  /** Categories that occur less often get no feature of their own. */
  readonly minimumCount: number;
  readonly file: string;
}

/** Decides which columns other than the target are inputs. */
export function decideInputs(table: ColumnTable, question: InputQuestion): InputDecision[] {
  const { target, ignore, file } = question;
  const isColumn = new Set(table.columns.map(({ name }) => name));
  const ignored = new Set(ignore.map((name) => (isColumn.has(name) ? name : findColumn(table, name, file).name)));
  if (ignored.has(target)) throw new Failure(`${file}: --ignore names ${quoted(target)}, which is the target`);
  const isDeclared = new Set(question.categories);
  const decisions = table.columns
    .filter(({ name }) => name !== target)
    .map((column): InputDecision => {
      const { minimumCount } = question;
      const notUsed = (why: string) => ({ column, isUsed: false, isText: false, why, minimumCount });
      if (ignored.has(column.name)) return notUsed("as --ignore says");
      if (column.kind === "date" && question.dropsDates) return notUsed("as --dates says");
      return decideInput(column, table.places, { ...question, isDeclared: isDeclared.has(column.name) });
    });
  if (decisions.some(({ isUsed }) => isUsed)) return decisions;
  const reasons = decisions.map(({ column, why }) => `${quoted(clipName(column.name))} (${why})`);
  throw new Failure(
    `${file}: got no column to predict ${quoted(target)} from, need one; not used: ${listText(reasons, 20) || "there is no other"}`,
  );
}

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

/** @param question `isDeclared` is true if the user says that the column holds categories */
function decideInput(
  column: TableColumn,
  places: ColumnTable["places"],
  question: InputQuestion & { readonly isDeclared: boolean },
): InputDecision {
  const { values, kind } = column;
  const { rows, missingColumns = 2 } = question;
  const decided = (why: string, isText = false, minimumCount = question.minimumCount): InputDecision => ({
    column,
    isUsed: why === "",
    isText,
    why,
    minimumCount,
  });
  const first = rows.find((row) => !isMissing(values[row]));
  if (first === undefined) {
    const inAll = column.missing === values.length ? "" : " in the rows to train on";
    return decided(`it has no values${inAll}${column.gaps ? `: ${gapsText(column.gaps)}` : ""}`);
  }
  let missing = 0;
  if (column.missing > 0) for (const row of rows) if (isMissing(values[row])) missing++;
  const isConstant = !rows.some((row) => values[row] !== values[first] && !isMissing(values[row]));
  const hasGaps = kind === "category" ? missing > 0 : missing > 0 && missing >= missingColumns * rows.length;
  if (isConstant && !hasGaps) {
    const inAll = (values as readonly unknown[]).every((value) => isMissing(value as null) || value === values[first]);
    return decided(`it has one value only${inAll ? "" : " in the rows to train on"}`);
  }
  if (kind === "category") return decideCategory(column, missing, question, decided);
  if (kind === "date") return decided("");
  const placeOf = (row: number) => places?.[row] ?? row;
  const start = (values[0] as number) - placeOf(0);
  const isCount = values.length > 2 && (values as Float64Array).every((value, row) => value === start + placeOf(row));
  return decided(isCount ? "it counts the rows" : "");
}

function decideCategory(
  column: TableColumn,
  missing: number,
  { rows, minimumCount, isDeclared }: InputQuestion & { readonly isDeclared: boolean },
  decided: (why: string, isText?: boolean, minimumCount?: number) => InputDecision,
): InputDecision {
  const counts = new Map<unknown, number>();
  for (const row of rows)
    if (column.values[row] !== null) counts.set(column.values[row], (counts.get(column.values[row]) ?? 0) + 1);
  const present = rows.length - missing;
  const least = isDeclared ? declaredCount([...counts.values()], minimumCount) : minimumCount;
  if (!isDeclared && counts.size > mostNumberedClasses && counts.size > present / 2) {
    if (!column.notations && areTexts(column, rows)) return decided("", true);
    // That a value is given at all may still tell something.
    if (missing < least) {
      const { notations } = column;
      const what = notations
        ? `, ${notations.of} in different notations: ${notationsText(notations)}${oneNotation}`
        : "";
      return decided(`it has ${counts.size} different values in ${present} rows${what}`);
    }
  }
  const isFrequent = missing >= least || [...counts.values()].some((count) => count >= least);
  return decided(isFrequent ? "" : `no value comes in ${least} of the rows to train on`, false, least);
}

/** Returns the least count of a category in a declared column: 2, or more if too many categories come so often. */
function declaredCount(counts: readonly number[], minimumCount: number): number {
  const ordered = counts.toSorted((one, other) => other - one);
  return Math.min(minimumCount, Math.max(2, (ordered[mostDeclared] ?? 0) + 1));
}

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
  { column: { name, values, format }, goal }: TargetDecision,
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
  return { target: { kind: "number", name, offset, divisor, ...(format && { format }) }, encode: of };
}

/** Does what Float64Array.from does, ten times as fast. */
function mapRows(rows: ArrayLike<number>, map: (row: number) => number): Float64Array {
  const values = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index++) values[index] = map(rows[index]);
  return values;
}
