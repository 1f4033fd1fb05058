/** Checks the results of a network: JSON has only finite numbers. */

/**
 * Returns the results unchanged: a number, or arrays of numbers nested to any depth.
 *
 * @throws {RangeError} if a number is not finite
 */
export function checkFinite<Results>(results: Results): Results {
  if (hasOnlyFinite(results)) return results;
  throw new RangeError("predict: got an example whose result is not finite, need smaller numbers");
}

function hasOnlyFinite(results: unknown): boolean {
  if (typeof results === "number") return Number.isFinite(results);
  const list = results as ArrayLike<unknown>;
  for (let index = 0; index < list.length; index++) if (!hasOnlyFinite(list[index])) return false;
  return true;
}
