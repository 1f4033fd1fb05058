/** Makes the report of a training: a page with figures about the model on its test rows. */

import type { SeriesColumns } from "../data/index.ts";
import { type Network, type Pipeline, pcg32 } from "../index.ts";
import { classFrom, isTooLarge, predictionOf } from "../pipeline/target.ts";
import type { Notes } from "./notes.ts";
import { percent, short } from "./numbers.ts";
import { filtersOf } from "./pictures/filters.ts";
import { type ColumnPlot, type ColumnRows, columnPlot } from "./report/columnPlots.ts";
import type { ClassCurve } from "./report/curves.ts";
import { layerHistograms } from "./report/histograms.ts";
import { type MistakesOptions, worstOf } from "./report/mistakes.ts";
import { pageOf } from "./report/page.ts";
import type { NumberPoint } from "./report/plots.ts";
import { sheetOf } from "./report/sheet.ts";
import { wordGroups } from "./report/words.ts";
import { Probabilities, type Score, scoresOf, type Tested } from "./score.ts";
import { columnsAt } from "./table.ts";

export interface Subject {
  readonly model: Pipeline;
  readonly notes: Notes;
  /** The epoch whose parameters the model has. */
  readonly best: number | undefined;
  /** The predictions for the tested rows: of folds, of a network for each. */
  readonly tests: readonly Tested[];
  /** The columns of the tested rows that the model reads. */
  readonly columns: SeriesColumns;
  /** The names of the files, for pictures. */
  readonly names?: readonly string[];
  /** The number of each row in the table, from 1; undefined for pictures. */
  readonly numbers?: Int32Array;
  /** The number of missing values of each column of the table. */
  readonly missing: ReadonlyMap<string, number>;
  /** The number of rows behind the importances. */
  readonly importanceRows: number;
}

/** The most rows for all figures, and the most points of a scatter plot. Larger tests are sampled. */
const [mostRows, mostPoints] = [10_000, 2000];
/** The most columns that are plotted, and curves of classes. An even number leaves no empty place. */
const [mostColumnPlots, mostCurves] = [6, 12];

/** @returns the page; the same training gives the same bytes */
export async function reportOf(subject: Subject): Promise<string> {
  const { model, notes, best, tests, columns, names, numbers, missing, importanceRows } = subject;
  const { seed } = notes.settings;
  const { target, network } = model;
  const targets = Float64Array.from(tests.flatMap(({ targets }) => Array.from(targets)));
  const points = target.kind === "number" ? numberPoints(tests) : [];
  // A prediction that is too large for a number has no place in a figure.
  const sample = sampleRows(targets.length, mostRows, seed).filter((row) => !Number.isNaN(points[row]?.said));
  const sampled = columnsAt(columns, sample);
  const rows = sample.length;
  const labels = Float64Array.from(sample, (row) => targets[row]);
  const probabilities = target.kind === "classes" ? new Probabilities(tests) : undefined;
  const [{ outputs }] = tests;
  const sheet =
    names && sheetOf(model, sampled, { sample, names, outputs, targets: labels, filters: firstFilters(network) });
  return pageOf({
    model,
    notes,
    best,
    rows: importanceRows,
    points: Array.from(sample.subarray(0, mostPoints), (row) => points[row]).filter((point) => point !== undefined),
    curves: probabilities ? curvesOf(probabilities, notes.test) : [],
    sheet,
    columnPlots: sheet ? [] : await plotsOf(subject, { sample, sampled, points, probabilities }),
    mistakes: numbers && mistakesIn(subject, { numbers, points, probabilities }),
    missing,
    words: wordGroups(model),
    layers: layerHistograms(model, sampled, rows),
  });
}

/** Returns the target and the prediction of each row, in the target's unit; NaN for one that is too large for a number. */
function numberPoints(tests: readonly Tested[]): NumberPoint[] {
  return tests.flatMap(({ target, outputs, targets }) => {
    if (target.kind === "classes") return [];
    return Array.from(targets, (is, row): NumberPoint => {
      if (isTooLarge(target, outputs[row])) return { is, said: Number.NaN, interval: undefined };
      const { prediction, interval } = predictionOf(target, [outputs[row]]);
      return { is, said: prediction as number, interval };
    });
  });
}

/** Returns the curves of the classes: of two classes of the rarer one, of more of each, that of the least area last. */
function curvesOf(probabilities: Probabilities, score: Score): ClassCurve[] {
  if (score.kind === "number") return [];
  const { classes, byClass } = score;
  const drawn = classes.map((_, number) => number).filter((number) => byClass[number].rocAuc !== null);
  if (drawn.length === 0) return [];
  const { targets } = probabilities;
  const curve = (number: number, isMain: boolean): ClassCurve => ({
    name: String(classes[number]),
    scores: scoresOf(probabilities.of(number), targets, number, Math.ceil(targets.length / mostCurveRows)),
    isMain,
  });
  if (classes.length === 2) return [curve(byClass[1].rows <= byClass[0].rows ? 1 : 0, true)];
  const byArea = drawn.sort((one, other) => byClass[other].rocAuc! - byClass[one].rocAuc!).slice(-mostCurves);
  return byArea.map((number, index) => curve(number, index === byArea.length - 1));
}

/** The most rows behind a curve. */
const mostCurveRows = 100_000;

interface Sampled {
  readonly sample: Int32Array;
  readonly sampled: SeriesColumns;
  readonly points: readonly NumberPoint[];
  readonly probabilities: Probabilities | undefined;
}

/** Plots the columns that matter most against the target. */
async function plotsOf(
  { model, notes }: Subject,
  { sample, sampled, points, probabilities }: Sampled,
): Promise<({ readonly name: string } & ColumnPlot)[]> {
  const { target } = model;
  const second =
    probabilities && target.kind === "classes" && target.classes.length === 2 ? probabilities.of(1) : undefined;
  const valuesOf = (of: (row: number) => number) => Float64Array.from(sample, of);
  const rows: ColumnRows = {
    columns: sampled,
    target: target.kind === "classes" && target.classes.length === 2 ? String(target.classes[1]) : target.name,
    is: valuesOf((row) => (probabilities ? probabilities.targets[row] : points[row].is)),
    said: valuesOf((row) => second?.[row] ?? points[row]?.said ?? Number.NaN),
    classes: target.kind === "classes" && target.classes.length > 2 ? target.classes.map(String) : undefined,
    isNumber: target.kind === "number",
    dates: new Map(model.columns.flatMap((column) => (column.kind === "date" ? [[column.name, column.order]] : []))),
  };
  const isPlotted = new Set(model.columns.filter(({ kind }) => kind !== "text").map(({ name }) => name));
  const important = notes.importance.filter(({ column, mean }) => mean > 0 && isPlotted.has(column));
  const plots = [];
  for (const { column } of important.slice(0, mostColumnPlots)) {
    const plot = await columnPlot(column, rows);
    if (plot) plots.push({ name: column, ...plot });
  }
  return plots;
}

/** Returns the worst mistakes among all tested rows. */
function mistakesIn(
  { model, notes, tests, columns }: Subject,
  { numbers, points, probabilities }: Omit<Sampled, "sample" | "sampled"> & { readonly numbers: Int32Array },
): MistakesOptions {
  const { target } = model;
  const names = notes.importance.map(({ column }) => column);
  const shown = { target, columns, names: names.length > 0 ? names : model.columns.map(({ name }) => name), numbers };
  if (target.kind === "number") {
    const errorOf = (place: number) => points[place].said - points[place].is;
    const worst = worstOf(points.length, {
      // One that is too large for a number is no number, and not shown.
      badness: (place) => Math.abs(errorOf(place)) || 0,
      show(place) {
        const { is, said } = points[place];
        return { is: short(is), said: short(said), sure: short(errorOf(place)) };
      },
    });
    return { ...shown, worst, mistakes: points.length };
  }
  const { rows, targets, width } = probabilities!;
  const said = Int32Array.from(
    tests.flatMap(({ target, outputs, targets }) =>
      Array.from(targets, (_, row) => (target.kind === "classes" ? classFrom(target, outputs, width, row * width) : 0)),
    ),
  );
  const sure = probabilities!.at(said);
  const worst = worstOf(rows, {
    badness: (place) => (said[place] === targets[place] ? 0 : sure[place]),
    show: (place) => ({
      is: String(target.classes[targets[place]]),
      said: String(target.classes[said[place]]),
      sure: percent(sure[place]),
    }),
  });
  return { ...shown, worst, mistakes: said.filter((number, place) => number !== targets[place]).length };
}

/** Draws at most `most` of `rows` rows in random order. Any first part of the result is a random sample, too. */
function sampleRows(rows: number, most: number, seed: number): Int32Array {
  return pcg32(seed)
    .shuffle(Int32Array.from({ length: rows }, (_, row) => row))
    .slice(0, most);
}

/** Returns the filters of the first layer whose filters are larger than one pixel. */
const firstFilters = (network: Network) =>
  filtersOf(network).find(({ filters: [[{ width, height }]] }) => width * height > 1);
