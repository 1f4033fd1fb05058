/** Shows results: labelled lines, tables, scores and curves. */

import { styleText } from "node:util";
import { Table } from "console-table-printer";
import widthOf from "fast-string-width";
import { wrapAnsi } from "fast-wrap-ansi";
import plot from "simple-ascii-chart";
import type { History } from "../index.ts";
import { sanitize } from "./display.ts";
import { count, isLogarithmic, percent, placeOfGreatest, plural, short } from "./numbers.ts";
import type { Score } from "./score.ts";

/** The output of a command. For JSON, the functions below write nothing. */
export interface Output {
  readonly isJSON: boolean;
  /** The width of the terminal; Infinity if there is none. */
  readonly columns: number;
  readonly hasColors: boolean;
  write(text: string): void;
}

/** The width of the longest label with a space. */
const labelWidth = 12;

/** Writes a label and a text, wrapped to the width. */
export function say(output: Output, label: string, text: string): void {
  if (output.isJSON) return;
  const head = label.padEnd(labelWidth);
  const width = Math.max(20, output.columns - labelWidth);
  const lines = Number.isFinite(width) ? wrapAnsi(sanitize(text), width).split("\n") : [sanitize(text)];
  const first = output.hasColors ? styleText("bold", head, { validateStream: false }) : head;
  output.write(`${first}${lines.join(`\n${" ".repeat(labelWidth)}`)}\n`);
}

/** Writes a label and code to copy, in one line however long. */
export const sayCode = (output: Output, label: string, code: string): void =>
  say({ ...output, columns: Number.POSITIVE_INFINITY }, label, code);

/** Writes a note to the error stream. */
export function note(text: string): void {
  process.stderr.write(`note: ${sanitize(text)}\n`);
}

/** Writes an empty line. */
export function blankLine(output: Output): void {
  if (!output.isJSON) output.write("\n");
}

/** Writes a table with numbers aligned right. Cells that are too wide are wrapped. */
export function table(output: Output, head: readonly string[], rows: readonly (readonly string[])[]): void {
  if (output.isJSON) return;
  const lines = [head, ...rows].map((cells) => cells.map(sanitize));
  const widths = fitWidths(
    head.map((_, column) => lines.reduce((widest, cells) => Math.max(widest, widthOf(cells[column])), 0)),
    output.columns - beforeRow - betweenCells * (head.length - 1),
  );
  // A title keeps its end, where names of files differ.
  const titles = head.map((title, column) => clipStart(sanitize(title), widths[column]));
  const wrapped = lines
    .slice(1)
    .map((cells) => cells.map((cell, column) => wrapAnsi(cell, widths[column], { hard: true }).split("\n")));
  const isNumber = (column: number) => rows.every((row) => /^[-−]?[\d.,]*( %)?$/.test(row[column]));
  const printer = new Table({
    columns: head.map((_, index) => ({
      name: String(index),
      title: titles[index],
      alignment: isNumber(index) ? "right" : "left",
    })),
    shouldDisableColors: true,
    rowSeparator: false,
    style: {
      headerTop: { left: "", mid: "", right: "", other: "" },
      headerBottom: { left: " ", mid: "─", right: " ", other: "─" },
      tableBottom: { left: "", mid: "", right: "", other: "" },
      vertical: " ",
    },
  });
  for (const cells of wrapped) {
    for (let line = 0; cells.some(({ length }) => length > line); line++) {
      printer.addRow(Object.fromEntries(cells.map((cell, index) => [index, cell[line] ?? ""])));
    }
  }
  const shown = printer.render().split("\n");
  output.write(
    `${shown
      .map((line) => line.trimEnd())
      .filter((line) => line !== "")
      .join("\n")}\n`,
  );
}

/** The spaces before a row and between cells. */
const [beforeRow, betweenCells] = [2, 3];
/** Columns are not made narrower than this. */
const leastWidth = 8;

/** Cuts the beginning of a text to fit the width. */
function clipStart(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const characters = Array.from(text).slice(-width);
  const from = characters.findIndex((_, index) => widthOf(characters.slice(index).join("")) < width);
  return `…${characters.slice(from).join("")}`;
}

/** Reduces the widest columns until all fit. */
function fitWidths(widths: readonly number[], room: number): number[] {
  const fitted = widths.map((width) => Math.max(1, Math.min(width, room)));
  for (let over = fitted.reduce((sum, width) => sum + width, 0) - room; over > 0; over--) {
    const widest = placeOfGreatest(fitted);
    if (fitted[widest] <= leastWidth) break;
    fitted[widest]--;
  }
  return fitted;
}

/** Shows a score next to the naive baseline. */
export function showScore(output: Output, label: string, score: Score, unit: string): void {
  if (score.kind === "number") {
    const { meanAbsoluteError, rootMeanSquaredError, r2, baseline, rows } = score;
    say(
      output,
      label,
      `mean absolute error ${short(meanAbsoluteError)}, root mean squared error ${short(rootMeanSquaredError)}, R² ${r2 === null ? "–" : short(r2)} (${plural(rows, "row")})`,
    );
    say(
      output,
      "",
      `always saying ${short(baseline.says)}, the mean of ${unit}: ${short(baseline.meanAbsoluteError)} and ${short(baseline.rootMeanSquaredError)}`,
    );
    const residuals = Object.entries(score.residuals).map(
      ([name, value]) => `${name.slice(1)}${noBreak}%${noBreak}${short(value)}`,
    );
    say(output, "Residuals", `predicted less actual: ${residuals.join(", ")}`);
    return;
  }
  const { accuracy, right, rows, baseline, crossEntropy } = score;
  say(
    output,
    label,
    `accuracy ${percent(accuracy)} (${count(right)} of ${count(rows)}), cross-entropy ${short(crossEntropy)}`,
  );
  say(output, "", `always saying ${JSON.stringify(baseline.says)}: ${percent(baseline.accuracy)}`);
}

/** A space at which no line breaks. */
const noBreak = "\u00a0";

/** More classes than this do not fit on a screen. */
const mostShownClasses = 12;

/** Shows the confusion matrix. */
export function showConfusion(output: Output, score: Score): void {
  if (score.kind === "number" || output.isJSON) return;
  const { classes, confusion } = score;
  if (classes.length > mostShownClasses) return;
  blankLine(output);
  const names = classes.map(String);
  table(
    output,
    ["is ↓  said →", ...names],
    confusion.map((row, index) => [names[index], ...row.map(count)]),
  );
}

/** Shows the losses of a training as curves. */
export function showCurve(output: Output, { epoch, loss, validation }: History): void {
  if (output.isJSON || epoch.length < 2) return;
  const lists = [loss, validation.loss ?? []].filter(({ length }) => length > 0);
  const values = lists.flat().filter(Number.isFinite);
  if (values.length === 0) return;
  const isLog = isLogarithmic(values);
  const [place, back] = isLog ? [Math.log, Math.exp] : [Number, Number];
  const curves = lists.map((list) =>
    list
      .map((value, index): [number, number] => [epoch[index], place(value)])
      .filter(([, value]) => Number.isFinite(value)),
  );
  const low = place(values.reduce((least, value) => Math.min(least, value)));
  const high = place(values.reduce((greatest, value) => Math.max(greatest, value)));
  const symbols = ["●", "○"];
  const [first, last] = [epoch[0], epoch[epoch.length - 1]];
  const chart = plot(curves, {
    width: Math.max(20, Math.min(output.columns - 16, 60)),
    height: 10,
    xLabel: "epoch",
    customXAxisTicks: [...new Set([0, 1, 2, 3, 4].map((part) => Math.round(first + ((last - first) * part) / 4)))],
    customYAxisTicks: [0, 1, 2, 3].map((part) => low + ((high - low) * part) / 3),
    formatter: (value, { axis }) => short(axis === "y" ? back(value) : value),
    lineFormatter: ({ plotX, plotY, index, y }) => ({
      x: plotX,
      y: plotY,
      symbol: symbols[curves.findIndex((curve) => curve[index]?.[1] === y)],
    }),
  });
  blankLine(output);
  const legend = ["● loss", "○ validation loss"].slice(0, curves.length).join("   ");
  const scale = isLog ? "   (logarithmic)" : "";
  output.write(`      ${legend}${scale}${chart.replace(/ +$/gm, "").trimEnd()}\n`);
}
