/** Layers that add to each step of a sequence a row of a table, by its place. */

import { type Address, eachRow, none, type Operation, op } from "../../kernels/operations.ts";
import { type BackwardSite, eachStep, type Site, type Streaming } from "./layer.ts";

/**
 * Adds a table of the shape of the value.
 *
 * @param before the record of a batch whose step says how many steps came before
 */
export function addTable(table: Address, site: Site, before = none): Operation {
  const { inputs, offsets, output, outputShape } = site;
  const [steps, columns] = outputShape;
  const blocks = { input: inputs[0], table, output, offsets: offsets[0], before };
  return op("positionForward", eachRow(), { ...blocks, steps, columns });
}

/** Returns how such a layer takes one step after the other, up to the end of its table. */
export const streamingTable = (
  blocks: Streaming["blocks"],
  tableOf: (site: Site) => Address,
): Pick<Streaming, "blocks" | "keeps" | "isBounded" | "forward"> => ({
  blocks,
  keeps: [],
  isBounded: true,
  forward: (_, site) => [addTable(tableOf(site), site, site.stepBatches[0])],
});

/** The gradient goes through as it is. */
export function throughTable(site: BackwardSite): Operation[] {
  const { inputGrads, outputGrad: source, outputShape } = site;
  const [destination] = inputGrads;
  if (destination === undefined) return [];
  const [, columns] = outputShape;
  const strides = { sourceStride: columns, destinationStride: columns };
  return [op("copyColumns", eachStep(site), { source, destination, columns, ...strides })];
}
