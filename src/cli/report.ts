/** The report of a training: what is found out about the model on its test rows, as a page with pictures. */

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
  /** The test rows: what the model reads of them, and their class numbers, or numbers in their own unit. */
  readonly columns: SeriesColumns;
  /** Of the files, where the columns are one of pictures. */
  readonly names?: readonly string[];
  /** What the network says of them. */
  readonly outputs: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
}

/** Of more rows than these a sample is taken: for everything, and for points. */
const [mostRows, mostPoints] = [10_000, 2000];
/** Products and sums of all forward passes for the importance of columns: a few seconds. */
const mostWork = 1e10;
/** However large the network. */
const leastRows = 200;

/** @returns a page that the same training makes the same */
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
    // Of one column there is nothing to compare.
    importances: sheet
      ? []
      : importances(model, columnsAt(sampled, start), { targets: labels.subarray(0, asked), seed }),
    words: wordGroups(model),
    layers: layerHistograms(model, sampled, rows),
  });
}

/** Which of `rows` rows are looked at, in a random order: any first part of them is a sample, too. */
function sampleRows(rows: number, most: number, seed: number): Int32Array {
  return pcg32(seed)
    .shuffle(Int32Array.from({ length: rows }, (_, row) => row))
    .slice(0, most);
}

/** Those of the first layer that looks at more than one pixel. */
const firstFilters = (network: Network) =>
  filtersOf(network).find(({ filters: [[{ width, height }]] }) => width * height > 1);
