/** Layers that add a row of a table to each step of a sequence, by the step's place. */

import { type Address, eachRow, none, type Operation, op } from "../../kernels/operations.ts";
import { type BackwardSite, eachStep, type Site, type Streaming } from "./layer.ts";

/**
 * Adds a table of the value's shape.
 *
 * @param before the record of a batch whose `step` is the number of earlier steps
 */
export function addTable(table: Address, site: Site, before = none): Operation {
  const { inputs, offsets, output, outputShape } = site;
  const [steps, columns] = outputShape;
  const blocks = { input: inputs[0], table, output, offsets: offsets[0], before };
  return op("positionForward", eachRow(), { ...blocks, steps, columns });
}

/** Returns the streaming of such a layer. It ends with the table. */
export const streamingTable = (
  blocks: Streaming["blocks"],
  tableOf: (site: Site) => Address,
): Pick<Streaming, "blocks" | "keeps" | "isBounded" | "forward"> => ({
  blocks,
  keeps: [],
  isBounded: true,
  forward: (_, site) => [addTable(tableOf(site), site, site.stepBatches[0])],
});

/** Passes the gradient on unchanged. */
export function throughTable(site: BackwardSite): Operation[] {
  const { inputGrads, outputGrad: source, outputShape } = site;
  const [destination] = inputGrads;
  if (destination === undefined) return [];
  const [, columns] = outputShape;
  const strides = { sourceStride: columns, destinationStride: columns };
  return [op("copyColumns", eachStep(site), { source, destination, columns, ...strides })];
}
