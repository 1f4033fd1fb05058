/** Embedding: a row of numbers for each token. */

import { embedding as family } from "../../../build/embedding.js";
import { checkArguments, checkInteger, checkOptions } from "../../errors.ts";
import { eachRow, inAll, type Operation, op } from "../../kernels/operations.ts";
import { type Initializer, normal } from "../initializers.ts";
import { type DescriptionBase, type LayerKind, type LayerTraining, sizeOf } from "./layer.ts";
import { type TrainableOptions, trainableOptionNames, trainableOptions } from "./options.ts";
import { onlyShape } from "./shape.ts";
import { callable, type Layer } from "./value.ts";

/** The largest number up to which float32 holds every whole number. */
const mostTokens = 2 ** 24;

export interface EmbeddingOptions extends TrainableOptions {
  /** A token whose row starts as 0 and has no gradient, so training does not change it. It masks nothing. Default none. */
  readonly padding?: number | undefined;
  /** The initializer of the weight. Default normal(0, 1), like PyTorch's. */
  readonly weightInitializer?: Initializer | undefined;
}

export interface EmbeddingDescription extends DescriptionBase {
  readonly kind: "embedding";
  readonly count: number;
  readonly units: number;
  readonly padding?: number | undefined;
  readonly weightInitializer: Initializer;
}

/**
 * Returns a layer that maps token numbers [...shape] to [...shape, units]: each token becomes its row of the weight, [count, units].
 *
 * Tokens are whole numbers from 0 to count − 1, in an input of the network, or in a rearrangement of one. Other numbers are refused before
 * anything runs. Only `network.input` is not checked; there they give rows of zeros. The gradient of a batch is 0 in the rows of all tokens
 * that do not occur; `sgd`, `adagrad` and `sparseAdam` do not change these rows.
 *
 * Source  PyTorch's Embedding. Keras's first values are 20 times as small.
 * @param count the number of tokens, from 1 to 2²⁴, the limit up to which float32 holds every whole number
 * @param units the numbers for each token, at least 1
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function embedding(count: number, units: number, options: EmbeddingOptions = {}): Layer<EmbeddingDescription> {
  checkArguments("embedding", arguments.length, 3);
  checkInteger("embedding: count", count, 1, mostTokens);
  checkInteger("embedding: units", units, 1, 2 ** 31 - 1);
  checkOptions("embedding", options, ["padding", "weightInitializer", ...trainableOptionNames]);
  const { padding, weightInitializer = normal(0, 1) } = options;
  if (padding !== undefined) checkInteger("embedding: padding", padding, 0, count - 1);
  return callable(embeddingKind, {
    kind: "embedding",
    count,
    units,
    ...(padding !== undefined && { padding }),
    weightInitializer,
    ...trainableOptions("embedding", options),
  });
}

export const embeddingKind: LayerKind<EmbeddingDescription> = {
  family,

  outputShape: ({ units }, inputShapes) => [...onlyShape("embedding", inputShapes), units],

  parameters: ({ count, units, padding, weightInitializer }) => [
    {
      name: "weight",
      shape: [count, units],
      fanIn: count,
      fanOut: units,
      initializer: weightInitializer,
      isWeight: true,
      isSparse: true,
      ...(padding !== undefined && { zeroRow: padding }),
    },
  ],

  tokens: ({ count }) => count,

  sequences: () => "tokens",

  forward({ count, units }, { inputs: [tokens], inputShapes: [shape], parameters: [table], output }) {
    return [op("embeddingForward", eachRow(sizeOf(shape)), { tokens, table, output, count, columns: units })];
  },

  trainingOptions: ["padding"],

  title: ({ count, units, padding }) =>
    `embedding ${count} × ${units}${padding === undefined ? "" : `, padding ${padding}`}`,

  toJSON: ({ count, units, padding }) => ({ count, units, padding }),

  fromJSON: ({ count, units, ...options }) => embedding(count as number, units as number, options),
};

export const embeddingTraining: LayerTraining<EmbeddingDescription> = {
  backward({ count, units, padding = -1 }, site) {
    const { batch, inputs, inputShapes, outputGrad, inputGrads, parameterGrads, parameterMarks } = site;
    const [tokens] = inputs;
    const [inputGrad] = inputGrads;
    const [tableGrad] = parameterGrads;
    const [marks] = parameterMarks;
    const positions = sizeOf(inputShapes[0]);
    const operations: Operation[] = [];
    if (tableGrad !== undefined && marks !== undefined) {
      const read = { batch, positions, tokens, count, padding };
      operations.push(
        op("embeddingBackward", inAll(units), { ...read, outputGrad, tableGrad, columns: units }),
        op("markRows", inAll(count), { ...read, marks }),
      );
    }
    // The output does not vary with the number of a token, so its gradient is 0.
    if (inputGrad !== undefined) operations.push(op("clear", eachRow(positions), { output: inputGrad }));
    return operations;
  },
};
