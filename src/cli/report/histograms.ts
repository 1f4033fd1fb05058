/** Makes histograms of a network: of the weights of each layer, and of its activations for some rows. */

import type { SeriesColumns } from "../../data/index.ts";
import type { Pipeline } from "../../index.ts";
import { greatestOf } from "../numbers.ts";
import { isShown } from "../settings.ts";
import { columnsAt } from "../table.ts";

export interface Histogram {
  /** The least and the greatest value. If all values are equal, the range is theirs minus and plus a half. */
  readonly from: number;
  readonly to: number;
  /** The counts of bins of equal width. Each includes its lower bound, the last one both bounds. */
  readonly counts: readonly number[];
}

export interface LayerHistograms {
  readonly name: string;
  readonly title: string;
  /** Undefined if the layer has no weights. */
  readonly weights: Histogram | undefined;
  /** Activations of 0 are left out, because they would hide the others. Undefined if all are 0. */
  readonly activations: Histogram | undefined;
  /** The share of its activations that are 0. */
  readonly zeros: number;
  readonly units: number;
  /** The number of units that are 0 in every row. */
  readonly silentUnits: number;
}

/** @param values at least one, all finite */
export function histogramOf(values: ArrayLike<number>, bins = 30): Histogram {
  let [from, to] = [values[0], values[0]];
  for (let index = 1; index < values.length; index++) {
    if (values[index] < from) from = values[index];
    else if (values[index] > to) to = values[index];
  }
  if (from === to) [from, to] = [from - 0.5, to + 0.5];
  const counts = new Array<number>(bins).fill(0);
  const scale = bins / (to - from);
  for (let index = 0; index < values.length; index++) {
    counts[Math.min(bins - 1, Math.floor((values[index] - from) * scale))]++;
  }
  return { from, to, counts };
}

/** The rows of one forward pass. After `predict` a network holds the activations of its last pass. */
const passRows = 128;
/** The most activations of a layer that are counted. */
const mostValues = 1_000_000;

/**
 * Returns the histograms of every layer except those that change nothing in prediction, and the other networks of an ensemble.
 *
 * @param columns of the rows whose activations are counted; only the first of many rows are used
 */
export function layerHistograms(model: Pipeline, columns: SeriesColumns, rows: number): LayerHistograms[] {
  const { network } = model;
  const isEnsemble = network.layers.some(({ name }) => !isShown(name));
  const layers = network.layers.filter(
    ({ name, description: { kind } }) => kind !== "dropout" && isShown(name) && !(kind === "concatenate" && isEnsemble),
  );
  const sizes = layers.map(({ outputShape }) => outputShape.reduce((product, size) => product * size, 1));
  const used = Math.min(rows, Math.max(1, Math.floor(mostValues / greatestOf(sizes))));
  const parts: ArrayLike<number>[][] = layers.map(() => []);
  for (let from = 0; from < used; from += passRows) {
    const places = Array.from({ length: Math.min(passRows, used - from) }, (_, index) => from + index);
    model.outputs(columnsAt(columns, places));
    for (const [index, layer] of layers.entries()) parts[index].push(layer.activation.slice());
  }
  return layers.map(({ name, title, outputShape }, index) => {
    const weight = network.parameters.find((parameter) => parameter.name === `${name}.weight`);
    const activations = concatenate(parts[index]);
    const nonZero = activations.filter((value) => value !== 0);
    // Each step of a sequence of variable length counts as a row.
    const isRagged = network.engine.graph.nodes.some(({ layer, output }) => layer.name === name && output.lengths);
    return {
      name,
      title,
      weights: weight && histogramOf(weight.values),
      activations: nonZero.length === 0 ? undefined : histogramOf(nonZero),
      ...countZeros(activations, isRagged ? sizes[index] / outputShape[0] : sizes[index]),
    };
  });
}

function concatenate(parts: readonly ArrayLike<number>[]): Float64Array {
  const values = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let from = 0;
  for (const part of parts) {
    values.set(part, from);
    from += part.length;
  }
  return values;
}

function countZeros(activations: Float64Array, units: number) {
  const isActive = new Uint8Array(units);
  let zeros = 0;
  for (let index = 0; index < activations.length; index++) {
    if (activations[index] === 0) zeros++;
    else isActive[index % units] = 1;
  }
  const silentUnits = units - isActive.reduce((sum, has) => sum + has, 0);
  return { zeros: zeros / activations.length, units, silentUnits };
}
