/** Refusals of a graph: what there is and what is needed. `named` puts the node, the input or the tensor before them. */

/** The refusal of an operator that mixes the examples of a batch. Without a batch it may be possible. */
export class MixedBatch extends RangeError {}

/** @throws {RangeError} */
export function refuse(got: string, need: string): never {
  throw new RangeError(`got ${got}, need ${need}`);
}

/** @throws {MixedBatch} */
export function refuseMixed(got: string, need = "each example alone"): never {
  throw new MixedBatch(`got ${got}, need ${need}`);
}

/** Returns the result of `work`. A RangeError of it begins with `who`, unless it has a name already. Layers name no node in theirs. */
export function named<Result>(who: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError) || error.message.startsWith("fromOnnx")) throw error;
    const kind = error instanceof MixedBatch ? MixedBatch : RangeError;
    throw new kind(`${who}: ${error.message}`, { cause: error.cause });
  }
}
