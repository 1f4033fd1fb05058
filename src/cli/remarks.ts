/** Remarks on the columns of a table that a user should look at: numbers and dates that may mean a missing value, categories that may be one. */

import { dateFormOf, daysIn } from "../data/index.ts";
import { alikeTexts } from "./alike.ts";
import type { TableColumn } from "./column.ts";
import { clipName, notationsText, oneNotation } from "./listed.ts";
import { plural, short } from "./numbers.ts";
import { outliersIn } from "./outliers.ts";
import { listWord, listWords } from "./shell.ts";

/** The most groups of categories that are named for a column. */
const mostGroups = 3;

/** Categories beyond this number are not compared. */
const mostCompared = 10_000;

/** A column with the decision on its use as an input. */
interface Decided {
  readonly column: TableColumn;
  readonly isUsed: boolean;
  /** True if it is read word by word. */
  readonly isText: boolean;
}

/** Returns the remarks on the columns that are used. */
export const columnRemarks = (inputs: readonly Decided[]): string[] =>
  inputs.filter(({ isUsed }) => isUsed).flatMap(({ column, isText }) => (isText ? [] : remarksOn(column)));

/** Returns the remarks on one column, a target or an input. */
export function remarksOn(column: TableColumn): string[] {
  const { name, kind, values } = column;
  const owner = JSON.stringify(clipName(name));
  if (kind === "number") return outlierRemark(name, values as Float64Array);
  if (kind === "date") return [...farDateRemark(column), ...dateRemarks(column)];
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

/** Returns the remarks on how the dates of a column are read: that they are written in several forms, or that their order is a guess. */
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
  const texts = [...outliers.numbers].map(([value, rows]) => [String(value), rows] as const);
  return farRemark(name, texts, `${short(outliers.least)} to ${short(outliers.greatest)}`);
}

/** Judges dates by their days, and names them by their texts. */
function farDateRemark({ name, values, dates }: TableColumn): string[] {
  const texts = values as readonly (string | null)[];
  const known = new Map<string | null, number>([[null, Number.NaN]]);
  const days = Float64Array.from(texts, (text) => {
    if (!known.has(text)) known.set(text, daysIn(text!, dates!.order) ?? Number.NaN);
    return known.get(text)!;
  });
  const outliers = outliersIn(days, false);
  if (!outliers) return [];
  const rowsOf = new Map<string, number>();
  for (const [row, text] of texts.entries()) {
    if (outliers.numbers.has(days[row])) rowsOf.set(text!, (rowsOf.get(text!) ?? 0) + 1);
  }
  const textOf = (day: number) => texts[days.indexOf(day)];
  return farRemark(name, [...rowsOf], `${textOf(outliers.least)} to ${textOf(outliers.greatest)}`);
}

/** @param far each text that is far from all others, with its number of rows */
function farRemark(name: string, far: readonly (readonly [text: string, rows: number])[], range: string): string[] {
  const each = far.map(([text, rows]) => `${text} (${plural(rows, "row")})`).join(" and ");
  const [is, it, stand] = far.length === 1 ? ["is", "it", "stands"] : ["are", "they", "stand"];
  const advice = listWords(far.map(([text]) => `${name}=${text}`));
  return [
    `${JSON.stringify(clipName(name))}: ${each} ${is} far from all others, ${range}; ` +
      `if ${it} ${stand} for a missing value, use --missing ${advice}`,
  ];
}
