/** Lists the worst mistakes as rows of the table. */

import type { SeriesColumns } from "../../data/index.ts";
import type { Target } from "../../index.ts";
import { clipName } from "../listed.ts";
import { count, plural, short } from "../numbers.ts";
import { type Content, html, type Markup } from "./markup.ts";

/** A tested row with its prediction, as it is shown. */
export interface TestedRow {
  /** Its place among the tested rows. */
  readonly place: number;
  readonly is: string;
  readonly said: string;
  /** The probability of the predicted class, or the error. */
  readonly sure: string;
}

export interface MistakesOptions {
  readonly target: Target;
  readonly worst: readonly TestedRow[];
  /** The number of mistakes, of classes; of all rows, of numbers. */
  readonly mistakes: number;
  readonly columns: SeriesColumns;
  /** The columns to show, the most important first. */
  readonly names: readonly string[];
  /** The number of each row in the table, from 1. */
  readonly numbers: Int32Array;
}

/** The most mistakes and columns that are shown. */
export const mostMistakes = 12;
const mostColumns = 7;

/** Returns the worst mistakes: the surest wrong classes, or the numbers that are farthest off. */
export function worstOf(
  rows: number,
  { badness, show }: { badness: (place: number) => number; show: (place: number) => Omit<TestedRow, "place"> },
): TestedRow[] {
  return Array.from({ length: rows }, (_, place) => ({ place, bad: badness(place) }))
    .filter(({ bad }) => bad > 0)
    .sort((one, other) => other.bad - one.bad)
    .slice(0, mostMistakes)
    .map(({ place }) => ({ place, ...show(place) }));
}

/** Returns the section of the page. */
export function mistakesSection({ target, worst, mistakes, columns, names, numbers }: MistakesOptions): Content {
  if (worst.length === 0) {
    return target.kind === "classes" ? section(html`<p>No tested row is taken for another class.</p>\n`) : "";
  }
  const shown = names.slice(0, mostColumns);
  const isClass = target.kind === "classes";
  const head = ["row", "actual", "predicted", isClass ? "probability" : "error", ...shown.map(clipName)];
  const rows = worst.map(({ place, is, said, sure }) => {
    const values = shown.map((name) => cellOf(columns[name][place]));
    return html`<tr><th scope="row">${count(numbers[place])}</th>${[is, said, sure, ...values].map((cell) => html`<td>${cell}</td>`)}</tr>\n`;
  });
  const which = isClass
    ? mistakesText(worst.length, mistakes)
    : `The ${worst.length} of ${plural(mistakes, "tested row")} that are farthest off`;
  const most = names.length > shown.length ? `, with the ${shown.length} columns that matter most` : "";
  return section(html`<p>${which}${most}. Rows count from 1, without the line of names.</p>
<div class="wide"><table><thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table></div>
`);
}

function mistakesText(shown: number, all: number): string {
  if (shown < all) return `The ${shown} surest of ${count(all)} mistakes`;
  return all === 1 ? "The one mistake" : `All ${count(all)} mistakes, the surest first`;
}

const section = (content: Markup): Markup => html`<section>
<h2>Worst mistakes</h2>
${content}</section>
`;

function cellOf(value: unknown): string {
  if (value === null || Number.isNaN(value)) return "–";
  return typeof value === "number" ? short(value) : clipName(String(value));
}
