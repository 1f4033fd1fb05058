/** Makes the report of a training: a page with figures about the model on its test rows. */

import type { SeriesColumns } from "../data/index.ts";
import { type Network, type Pipeline, pcg32 } from "../index.ts";
import { numberFrom } from "../pipeline/target.ts";
import type { Notes } from "./notes.ts";
import { filtersOf } from "./pictures/filters.ts";
import { layerHistograms } from "./report/histograms.ts";
import { pageOf } from "./report/page.ts";
import { sheetOf } from "./report/sheet.ts";
import { wordGroups } from "./report/words.ts";
import type { Tested } from "./score.ts";
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
  /** The number of rows behind the importances. */
  readonly importanceRows: number;
}

/** The most rows for all figures, and the most points of a scatter plot. Larger tests are sampled. */
const [mostRows, mostPoints] = [10_000, 2000];

/** @returns the page; the same training gives the same bytes */
export async function reportOf({
  model,
  notes,
  best,
  tests,
  columns,
  names,
  importanceRows,
}: Subject): Promise<string> {
  const { seed } = notes.settings;
  const { target, network } = model;
  const targets = Float64Array.from(tests.flatMap(({ targets }) => Array.from(targets)));
  const sample = sampleRows(targets.length, mostRows, seed);
  const sampled = columnsAt(columns, sample);
  const rows = sample.length;
  const labels = Float64Array.from(sample, (row) => targets[row]);
  const points =
    target.kind === "number"
      ? Array.from(model.outputs(sampled), (output, row) => ({
          is: labels[row],
          said: numberFrom(target, output),
        })).slice(0, mostPoints)
      : [];
  const [{ outputs }] = tests;
  const sheet =
    names && sheetOf(model, sampled, { sample, names, outputs, targets: labels, filters: firstFilters(network) });
  return pageOf({
    model,
    notes,
    best,
    rows: importanceRows,
    points,
    sheet,
    importances: notes.importance,
    words: wordGroups(model),
    layers: layerHistograms(model, sampled, rows),
  });
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
