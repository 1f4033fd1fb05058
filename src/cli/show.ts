/** Shows results: labelled lines, tables, scores and curves. */

import { styleText } from "node:util";
import { Table } from "console-table-printer";
import widthOf from "fast-string-width";
import { wrapAnsi } from "fast-wrap-ansi";
import plot from "simple-ascii-chart";
import type { History } from "../index.ts";
import { sanitize } from "./display.ts";
import type { Interval } from "./intervals.ts";
import { count, isLogarithmic, percent, placeOfGreatest, plural, short } from "./numbers.ts";
import type { ClassScore, NumberScore, Score } from "./score.ts";

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
  const isNumber = (column: number) => rows.every((row) => /^([-−]?[\d.,]*( %)?|–)$/.test(row[column]));
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

/** With fewer rows, the interval of a score is shown. */
const fewRows = 1000;

/** Returns an interval in words, if the score is of few rows. */
const intervalText = (rows: number, interval: Interval, format: (value: number) => string): string =>
  rows < fewRows ? `95${noBreak}% interval ${format(interval[0])} to ${format(interval[1])}` : "";

/** Joins the parts that are not empty. */
const joined = (parts: readonly string[], separator = "; "): string =>
  parts.filter((part) => part !== "").join(separator);

/** Shows a score next to the naive baseline and the linear model. */
export function showScore(output: Output, label: string, score: Score, how: ScoreWords): void {
  if (score.kind === "number") showNumberScore(output, label, score, how);
  else showClassScore(output, label, score, how);
}

/** The words around a score. */
export interface ScoreWords {
  /** The name of the target. */
  readonly target: string;
  /** True if the units of the score are groups of the table, false if they are rows without their copies. */
  readonly hasGroups: boolean;
}

/** A share of the rows from which on it is not worth a word that the others are copies. */
const nearlyAll = 0.9;

/** Names the independent units of a score, if they are clearly fewer than its rows: groups, or rows without copies. */
function groupsText({ rows, units = rows }: Score, hasGroups: boolean): string {
  if (units > nearlyAll * rows) return "";
  return hasGroups ? ` in ${plural(units, "group")}` : `, ${plural(units, "row")} without copies`;
}

function showNumberScore(output: Output, label: string, score: NumberScore, { target, hasGroups }: ScoreWords): void {
  const { rows, tooLarge = 0, units = rows, r2, baseline, linear, interval } = score;
  const error = (name: string, value: number, range: Interval) => {
    const within = intervalText(units, range, short);
    return `${name} ${short(value)}${within && ` (${within})`}`;
  };
  const leftOut = tooLarge > 0 ? `; ${count(tooLarge)} left out, whose predictions are too large for a number` : "";
  const errors = [
    error("mean absolute error", score.meanAbsoluteError, score.meanAbsoluteErrorInterval),
    `median ${short(score.medianAbsoluteError)}`,
    error("root mean squared error", score.rootMeanSquaredError, score.rootMeanSquaredErrorInterval),
    `R² ${r2 === null ? "–" : short(r2)} (${plural(rows, "row")}${groupsText(score, hasGroups)}${leftOut})`,
  ];
  const both = (of: { meanAbsoluteError: number; rootMeanSquaredError: number }) =>
    `${short(of.meanAbsoluteError)} and ${short(of.rootMeanSquaredError)}`;
  say(output, label, errors.join(", "));
  say(output, "", `always saying ${short(baseline.says)}, the mean of ${target}: ${both(baseline)}`);
  if (linear) say(output, "", `a linear model: ${both(linear)}`);
  const residuals = Object.entries(score.residuals).map(
    ([name, value]) => `${name.slice(1)}${noBreak}%${noBreak}${short(value)}`,
  );
  say(output, "Residuals", `predicted less actual: ${residuals.join(", ")}`);
  if (interval) {
    say(output, "Intervals", `of ${percent(interval.share)} hold ${percent(interval.held)} of the actual numbers`);
  }
}

function showClassScore(output: Output, label: string, score: ClassScore, { hasGroups }: ScoreWords): void {
  const { accuracy, right, rows, units = rows, baseline, linear, crossEntropy } = score;
  const { rocAuc, averagePrecision, f1, calibration } = score;
  const of = joined([
    `${count(right)} of ${count(rows)}${groupsText(score, hasGroups)}`,
    intervalText(units, score.accuracyInterval, percent),
  ]);
  say(output, label, `accuracy ${percent(accuracy)} (${of}), cross-entropy ${short(crossEntropy)}`);
  const measures = [
    rocAuc === null ? "" : `ROC AUC ${short(rocAuc)}`,
    averagePrecision === null ? "" : `average precision ${short(averagePrecision)}`,
    `F1 ${short(f1)}`,
    `calibration error ${short(calibration.error)}`,
  ];
  say(output, "", joined(measures, ", "));
  say(output, "", `always saying ${JSON.stringify(baseline.says)}: ${percent(baseline.accuracy)}`);
  if (linear) {
    const area = linear.rocAuc === null ? "" : `, ROC AUC ${short(linear.rocAuc)}`;
    say(output, "", `a linear model: ${percent(linear.accuracy)}, cross-entropy ${short(linear.crossEntropy)}${area}`);
  }
}

/** A space at which no line breaks. */
const noBreak = "\u00a0";

/** Shows precision, recall and so on of each class; of very many, of those with the least F1. */
export function showClasses(output: Output, score: Score): void {
  if (score.kind === "number" || output.isJSON) return;
  const { classes, byClass } = score;
  const worst = byClass
    .map((one, number) => ({ ...one, number }))
    .filter(({ rows }) => rows > 0 || classes.length <= mostShownClasses)
    .sort((one, other) => (one.f1 ?? 0) - (other.f1 ?? 0))
    .slice(0, mostShownClasses)
    .sort((one, other) => one.number - other.number);
  const cell = (value: number | null) => (value === null ? "–" : value.toFixed(3));
  blankLine(output);
  table(
    output,
    ["class", "rows", "precision", "recall", "F1", "ROC AUC", "average precision"],
    worst.map(({ number, rows, ...of }) => [
      String(classes[number]),
      count(rows),
      ...[of.precision, of.recall, of.f1, of.rocAuc, of.averagePrecision].map(cell),
    ]),
  );
  if (worst.length < classes.length)
    say(output, "", `the ${worst.length} of ${classes.length} classes with the least F1`);
}

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
