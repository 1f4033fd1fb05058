/** The texts that mean a missing value: some by default, others by --missing, for all columns or for one. */

import { Failure } from "./failure.ts";
import { listWords } from "./shell.ts";

/** The default texts that mean a missing value. */
export const missingMarks: ReadonlySet<string> = new Set([
  "",
  "NA",
  "N/A",
  "n/a",
  "#N/A",
  "NaN",
  "nan",
  "null",
  "NULL",
  "None",
  "?",
]);

/** Returns the advice to keep texts that may be values, such as None; those that the user has named are none. */
export const keepAdvice = (gaps: ReadonlyMap<string, number> = new Map()): string => {
  const words = [...gaps.keys()].filter((text) => text !== "" && missingMarks.has(text));
  return words.length === 0 ? "" : `; --not-missing ${listWords(words)} takes them as values`;
};

/** The user's choice of texts that mean a missing value. */
export interface MarksQuestion {
  /** Texts for all columns, and `column=text` for one. */
  readonly missing: Iterable<string>;
}

/**
 * Returns a function that gives the marks of each column.
 *
 * @param names of all columns
 * @throws {Failure} if `missing` names an unknown column
 */
export function marksByColumn(
  { missing }: MarksQuestion,
  names: readonly string[],
  file: string,
): (name: string) => ReadonlySet<string> {
  const isColumn = new Set(names);
  const common = new Set<string>();
  const own = new Map<string, Set<string>>();
  for (const text of missing) {
    const name = columnIn(text, isColumn);
    if (name === undefined) {
      if (/^[^=]+=/.test(text)) {
        const got = JSON.stringify(text.slice(0, text.indexOf("=")));
        throw new Failure(`${file}: there is no column ${got}, which --missing names`);
      }
      common.add(text);
      continue;
    }
    const marks = own.get(name) ?? new Set();
    own.set(name, marks.add(text.slice(name.length + 1).trim()));
  }
  return (name) => {
    const marks = own.get(name);
    return marks ? new Set([...common, ...marks]) : common;
  };
}

/** Returns the column in `column=text`; undefined if there is none. A name may contain the sign. */
export function columnIn(text: string, isColumn: ReadonlySet<string>): string | undefined {
  for (let end = text.indexOf("="); end >= 0; end = text.indexOf("=", end + 1)) {
    if (isColumn.has(text.slice(0, end))) return text.slice(0, end);
  }
  return undefined;
}
