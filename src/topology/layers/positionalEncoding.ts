/** Positional encoding: adds sinusoids of each step's place. */

import { embedding as family } from "../../../build/embedding.js";
import { checkArguments } from "../../errors.ts";
import { cosPi, power } from "../../scalar.ts";
import {
  type Blocks,
  type DescriptionBase,
  type LayerKind,
  type LayerTraining,
  sizeOf,
  type UseShapes,
} from "./layer.ts";
import { type NameOption, nameOption } from "./options.ts";
import { addTable, streamingTable, throughTable } from "./position.ts";
import { sequenceOf } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

/** The longest wave has about this many times 2π steps. */
const base = 10_000;

export interface PositionalEncodingDescription extends DescriptionBase {
  readonly kind: "positionalEncoding";
}

/**
 * Returns a layer that marks the place of each step in its sequence, without parameters. To step p of a value [steps, features] it adds
 * PE(p, 2i) = sin(p / 10000^(2i / features)) and PE(p, 2i + 1) = cos(p / 10000^(2i / features)).
 *
 * Source  Vaswani et al. 2017.
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function positionalEncoding(options: NameOption = {}): Layer<PositionalEncodingDescription> {
  checkArguments("positionalEncoding", arguments.length, 1);
  const name = nameOption("positionalEncoding", options);
  return callable(positionalEncodingKind, { kind: "positionalEncoding", ...name });
}

/** Returns the sinusoids of all steps, row-major: the same bits everywhere. */
function sinusoids(steps: number, features: number): Float64Array {
  const table = new Float64Array(steps * features);
  for (let feature = 0; feature < features; feature++) {
    const isSine = feature % 2 === 0;
    const halfTurns = power(base, -(isSine ? feature : feature - 1) / features) / Math.PI;
    for (let step = 0; step < steps; step++) {
      const angle = step * halfTurns;
      // sin x = cos(x - π / 2)
      table[step * features + feature] = cosPi(isSine ? angle - 0.5 : angle);
    }
  }
  return table;
}

const blocks = (_: unknown, { output }: UseShapes): Blocks => ({
  table: { elements: sizeOf(output), per: "network", values: () => sinusoids(output[0], output[1]) },
});

export const positionalEncodingKind: LayerKind<PositionalEncodingDescription> = {
  family,

  outputShape: (_, inputShapes) => sequenceOf("positionalEncoding", inputShapes),

  sequences: () => "kept",

  blocks,

  streaming: () => streamingTable(blocks, (site) => site.blocks.table),

  forward: (_, site) => [addTable(site.blocks.table, site)],

  title: () => "positional encoding",

  fromJSON: (options) => positionalEncoding(options),
};

export const positionalEncodingTraining: LayerTraining<PositionalEncodingDescription> = {
  backward: (_, site) => throughTable(site),
};
