/** Remarks on the columns of a table that a user should look at: numbers that may mean a missing value, categories that may be one. */

import { dateFormOf } from "../data/index.ts";
import { alikeTexts } from "./alike.ts";
import type { TableColumn } from "./column.ts";
import type { InputDecision } from "./decide.ts";
import { clipName, notationsText, oneNotation } from "./listed.ts";
import { plural, short } from "./numbers.ts";
import { outliersIn } from "./outliers.ts";
import { listWord, listWords } from "./shell.ts";

/** The most groups of categories that are named for a column. */
const mostGroups = 3;

/** Categories beyond this number are not compared. */
const mostCompared = 10_000;

/** Returns the remarks on the columns that are used. */
export const columnRemarks = (inputs: readonly InputDecision[]): string[] =>
  inputs.filter(({ isUsed }) => isUsed).flatMap(({ column, isText }) => (isText ? [] : remarksOn(column)));

/** Returns the remarks on one column, a target or an input. */
export function remarksOn(column: TableColumn): string[] {
  const { name, kind, values } = column;
  const owner = JSON.stringify(clipName(name));
  if (kind === "number") return outlierRemark(name, values as Float64Array);
  if (kind === "date") return dateRemarks(column);
  const mixed = column.notations
    ? [
        `${owner}: ${column.notations.of} in different notations, ${notationsText(column.notations)}, are read as categories${oneNotation}, ` +
          `or say --categories ${listWord(name)}`,
      ]
    : [];
  const counts = new Map<string, number>();
  for (const value of values as readonly (string | null)[]) {
    if (value === null) continue;
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size > mostCompared) return mixed;
  }
  return [...mixed, ...alikeTexts(counts, mostGroups).map((phrase) => `${owner}: some categories ${phrase}`)];
}

/** Returns the remarks on a column of dates: that they are written in several forms, or that their order is a guess. */
export function dateRemarks({ name, dates, values }: TableColumn): string[] {
  const owner = JSON.stringify(clipName(name));
  const { isAmbiguous, forms, order } = dates!;
  const mixed = forms
    ? [`${owner}: dates are written in different forms, ${notationsText({ of: "dates", each: forms })}; all are read`]
    : [];
  if (!isAmbiguous) return mixed;
  const isGuess = (text: string | null) => text !== null && dateFormOf(text) === "year last";
  const example = JSON.stringify((values as readonly (string | null)[]).find(isGuess));
  return [
    ...mixed,
    `${owner}: dates such as ${example} are read as ${order}, but no day is after the 12th; 2024-01-31 can be read in one way only`,
  ];
}

function outlierRemark(name: string, values: Float64Array): string[] {
  const outliers = outliersIn(values);
  if (!outliers) return [];
  const { numbers, least, greatest } = outliers;
  const each = [...numbers].map(([value, rows]) => `${value} (${plural(rows, "row")})`).join(" and ");
  const [is, stand] = numbers.size === 1 ? ["is", "stands"] : ["are", "stand"];
  const advice = listWords([...numbers.keys()].map((value) => `${name}=${value}`));
  return [
    `${JSON.stringify(clipName(name))}: ${each} ${is} far from all others, ${short(least)} to ${short(greatest)}; ` +
      `if ${numbers.size === 1 ? "it" : "they"} ${stand} for a missing value, use --missing ${advice}`,
  ];
}
