/** Checks the options of a training against its table: contradictions are refused, and options without effect are noted. */

import { numberReader } from "../data/index.ts";
import type { TableColumn } from "./column.ts";
import { Failure } from "./failure.ts";
import { clipName } from "./listed.ts";
import { columnIn, missingMarks } from "./marks.ts";
import { shellWord } from "./shell.ts";
import { type ColumnTable, nameLike } from "./table.ts";

/** The options of a training that are checked, as `Question` has them. */
interface Asked {
  readonly target: string;
  readonly task: "classes" | "number" | null;
  readonly ignore: readonly string[];
  readonly missing: readonly string[];
  readonly notMissing?: readonly string[] | undefined;
  readonly categories: readonly string[];
  readonly dates?: "columns" | "drop" | undefined;
  readonly time: string | null;
}

const quoted = (text: string) => JSON.stringify(clipName(text));

/** @throws {Failure} if two options want different things of one column */
export function checkOptions(file: string, { columns }: ColumnTable, question: Asked): void {
  const { target, task, ignore, categories, time } = question;
  const names = columns.map(({ name }) => name);
  const isSame = (one: string, other: string) => nameLike(names, one) === nameLike(names, other);
  const ignored = categories.find((name) => ignore.some((other) => isSame(name, other)));
  if (ignored !== undefined) {
    throw new Failure(`${file}: --categories and --ignore both name ${quoted(ignored)}, need it in one of them`);
  }
  if (time !== null && categories.some((name) => isSame(name, time))) {
    throw new Failure(
      `${file}: --categories and --time both name ${quoted(time)}; times are in order, categories are not`,
    );
  }
  if (task === "number" && categories.some((name) => isSame(name, target))) {
    throw new Failure(`${file}: --categories names ${quoted(target)}, which --task regression takes as a number`);
  }
}

/** Returns notes about options that have no effect on the table. */
export function idleNotes({ columns, places }: ColumnTable, question: Asked): string[] {
  const { ignore, missing, notMissing = [], dates } = question;
  const names = columns.map(({ name }) => name);
  const isColumn = new Set(names);
  const isIgnored = new Set(ignore.map((name) => nameLike(names, name)));
  const where = places ? "the rows drawn" : "the table";
  const noteOf = (option: string, text: string, mark: string, among: readonly TableColumn[], name = where) => {
    const like = among.map((column) => spellingIn(column, mark)).find((each) => each !== undefined);
    const there = like === undefined ? "" : `; there is ${quoted(like)}`;
    return `${option} ${shellWord(text)}: no value of ${name} is ${quoted(mark)}${there}`;
  };
  const idle = missing
    .filter((text) => !missingMarks.has(text))
    .flatMap((text) => {
      const name = columnIn(text, isColumn);
      if (name === undefined) {
        return columns.some((column) => hasGap(column, text)) ? [] : [noteOf("--missing", text, text, columns)];
      }
      if (isIgnored.has(name)) return [`--missing ${shellWord(text)}: ${clipName(name)} is not used, as --ignore says`];
      const mark = text.slice(name.length + 1).trim();
      const among = columns.filter((column) => column.name === name);
      return among.some((column) => hasGap(column, mark))
        ? []
        : [noteOf("--missing", text, mark, among, clipName(name))];
    });
  const kept = notMissing
    .filter((text) => !columns.some((column) => hasText(column, text)))
    .map((text) => noteOf("--not-missing", text, text, columns));
  const hasDates = columns.some(({ kind, name }) => kind === "date" && !isIgnored.has(name));
  return [...idle, ...kept, ...(dates === "drop" && !hasDates ? ["--dates drop: no column holds dates"] : [])];
}

/** Returns whether a text means a missing value of a column. Among numbers it may be written in another way. */
function hasGap({ gaps, kind, values, format = {} }: TableColumn, mark: string): boolean {
  if (gaps?.has(mark)) return true;
  const number = kind === "number" ? numberReader(format)(mark) : Number.NaN;
  return !Number.isNaN(number) && (values as Float64Array).includes(number);
}

const hasText = ({ kind, values, texts }: TableColumn, text: string): boolean =>
  kind === "number" ? (texts ?? []).includes(text) : (values as readonly (string | null)[]).includes(text);

/** Returns a category that is another spelling of a text. */
function spellingIn({ kind, values }: TableColumn, text: string): string | undefined {
  if (kind !== "category") return undefined;
  const same = text.toLowerCase();
  const found = (values as readonly (string | null)[]).find((value) => value !== text && value?.toLowerCase() === same);
  return found ?? undefined;
}
