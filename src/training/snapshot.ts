/** Copies of a network's parameters and statistics, which bring back an earlier state. */

import { plural } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import type { Engine } from "../topology/engine.ts";

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

/** Refuses values that `snapshotOf` cannot have copied. @throws {RangeError} saying what it needs */
export function checkSnapshot(who: string, engine: Engine, values: Values): void {
  const { dtype } = engine;
  const count = viewOf(engine).length;
  const fits = values.length === count && values instanceof Float32Array === (dtype === "float32");
  if (fits && values.every((value) => Number.isFinite(value))) return;
  throw new RangeError(
    `${who}: got other parameters than the network's, need ${plural(count, "finite number")} of ${dtype}`,
  );
}
