/** Position embedding: adds a learnt row to each step. */

import { embedding as family } from "../../../build/embedding.js";
import { checkArguments, checkOptions } from "../../errors.ts";
import { inAll, op } from "../../kernels/operations.ts";
import { type Initializer, normal } from "../initializers.ts";
import type { DescriptionBase, LayerKind, LayerTraining } from "./layer.ts";
import { type TrainableOptions, trainableOptionNames, trainableOptions } from "./options.ts";
import { addTable, streamingTable, throughTable } from "./position.ts";
import { sequenceOf } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

export interface PositionEmbeddingOptions extends TrainableOptions {
  /** The initializer of the rows. Default normal(0, 0.02). */
  readonly weightInitializer?: Initializer | undefined;
}

export interface PositionEmbeddingDescription extends DescriptionBase {
  readonly kind: "positionEmbedding";
  readonly weightInitializer: Initializer;
}

/**
 * Returns a layer that adds its table, weight [steps, features], to a value of that shape: each step gets the row of its place in the
 * sequence.
 *
 * Source  Radford et al. 2018 (GPT), also for the first values.
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function positionEmbedding(options: PositionEmbeddingOptions = {}): Layer<PositionEmbeddingDescription> {
  checkArguments("positionEmbedding", arguments.length, 1);
  checkOptions("positionEmbedding", options, ["weightInitializer", ...trainableOptionNames]);
  const { weightInitializer = normal(0, 0.02) } = options;
  const trained = trainableOptions("positionEmbedding", options);
  return callable(positionEmbeddingKind, { kind: "positionEmbedding", weightInitializer, ...trained });
}

export const positionEmbeddingKind: LayerKind<PositionEmbeddingDescription> = {
  family,

  outputShape: (_, inputShapes) => sequenceOf("positionEmbedding", inputShapes),

  parameters({ weightInitializer: initializer }, [shape]) {
    const [fanIn, fanOut] = shape;
    return [{ name: "weight", shape, fanIn, fanOut, initializer, isWeight: false }];
  },

  sequences: () => "kept",

  streaming: () =>
    streamingTable(
      () => ({}),
      (site) => site.parameters[0],
    ),

  forward: (_, site) => [addTable(site.parameters[0], site)],

  title: () => "position embedding",

  toJSON: () => ({}),

  fromJSON: (options) => positionEmbedding(options),
};

export const positionEmbeddingTraining: LayerTraining<PositionEmbeddingDescription> = {
  backward(_, site) {
    const { batch, outputGrad, outputShape, offsets, parameterGrads } = site;
    const [tableGrad] = parameterGrads;
    const through = throughTable(site);
    if (tableGrad === undefined) return through;
    const [steps, columns] = outputShape;
    const parts = { batch, outputGrad, tableGrad, offsets: offsets[0], steps, columns };
    return [op("positionBackward", inAll(steps), parts), ...through];
  },
};
