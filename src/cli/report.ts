/** Makes the report of a training: a page with figures about the model on its test rows. */

import type { SeriesColumns } from "../data/index.ts";
import { type Network, type Pipeline, pcg32 } from "../index.ts";
import type { Notes } from "./notes.ts";
import { filtersOf } from "./pictures/filters.ts";
import { layerHistograms } from "./report/histograms.ts";
import { importances, shuffles } from "./report/importance.ts";
import { pageOf } from "./report/page.ts";
import { sheetOf } from "./report/sheet.ts";
import { wordGroups } from "./report/words.ts";
import { columnsAt } from "./table.ts";

export interface Subject {
  readonly model: Pipeline;
  readonly notes: Notes;
  /** The epoch whose parameters the model has. */
  readonly best: number | undefined;
  /** The columns of the test rows that the model reads. */
  readonly columns: SeriesColumns;
  /** The names of the files, for pictures. */
  readonly names?: readonly string[];
  /** The outputs of the network for the test rows. */
  readonly outputs: ArrayLike<number>;
  /** The class numbers of the test rows, or their targets in their own unit. */
  readonly targets: ArrayLike<number>;
}

/** The most rows for all figures, and the most points of a scatter plot. Larger tests are sampled. */
const [mostRows, mostPoints] = [10_000, 2000];
/** The most multiplications for the importance of columns, over all forward passes: a few seconds. */
const mostWork = 1e10;
/** The least rows for the importance of columns, however large the network. */
const leastRows = 200;

/** @returns the page; the same training gives the same bytes */
export async function reportOf({ model, notes, best, columns, names, outputs, targets }: Subject): Promise<string> {
  const { seed } = notes.settings;
  const { target, network } = model;
  const sample = sampleRows(targets.length, mostRows, seed);
  const sampled = columnsAt(columns, sample);
  const rows = sample.length;
  const labels = Float64Array.from(sample, (row) => targets[row]);
  const points =
    target.kind === "number"
      ? Array.from(model.outputs(sampled), (output, row) => ({
          is: labels[row],
          said: output * target.divisor + target.offset,
        })).slice(0, mostPoints)
      : [];
  const sheet =
    names && sheetOf(model, sampled, { sample, names, outputs, targets: labels, filters: firstFilters(model.network) });
  const passes = shuffles * model.columns.length;
  const asked = Math.min(rows, Math.max(leastRows, Math.floor(mostWork / (passes * network.parameterCount))));
  const start = Array.from({ length: asked }, (_, row) => row);
  return pageOf({
    model,
    notes,
    best,
    rows: asked,
    points,
    sheet,
    // A single column has no other to be compared with.
    importances: sheet
      ? []
      : importances(model, columnsAt(sampled, start), { targets: labels.subarray(0, asked), seed }),
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
