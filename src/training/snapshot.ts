/** Copies of a network's parameters and statistics, which bring back an earlier state. */

import { checkNumbersIn, plural } from "../errors.ts";
import { elementBytes, type Values } from "../kernels/dtype.ts";
import type { Engine } from "../topology/engine.ts";
import type { Statistic } from "../topology/graph.ts";
import { sizeOf } from "../topology/layers/layer.ts";

/** Returns a view of the parameters and the statistics. */
export function viewOf({ arena, parameterBlock, blockCount, statisticCount }: Engine): Values {
  return arena.view(parameterBlock, blockCount + statisticCount);
}

/** Returns a copy of the parameters and the statistics, for `restore`. */
export const snapshotOf = (engine: Engine): Values => viewOf(engine).slice();

/** Brings back a copy that `snapshotOf` has made. */
export function restore(engine: Engine, values: Values): void {
  viewOf(engine).set(values);
}

/**
 * Refuses values that `snapshotOf` cannot have copied.
 *
 * @throws {RangeError} if they are of another type or number, or if one is not what a tensor may have in its place
 */
export function checkSnapshot(who: string, engine: Engine, values: Values): void {
  const { dtype, graph } = engine;
  const count = viewOf(engine).length;
  if (values.length !== count || values instanceof Float32Array !== (dtype === "float32")) {
    const need = `${plural(count, "finite number")} of ${dtype}`;
    throw new RangeError(`${who}: got other parameters than the network's, need ${need}`);
  }
  const beyond = values.slice();
  for (const tensor of [...graph.parameters, ...graph.statistics]) {
    const from = (engine.tensorView(tensor).byteOffset - engine.parameterBlock) / elementBytes[dtype];
    const to = from + sizeOf(tensor.shape);
    const { minimum } = tensor as Statistic;
    checkNumbersIn(`${who}: ${tensor.fullName}`, values.subarray(from, to), { least: minimum });
    beyond.fill(0, from, to);
  }
  // Sums over the whole block rely on it.
  checkNumbersIn(`${who}: what is between tensors`, beyond, { least: 0, most: 0 });
}
