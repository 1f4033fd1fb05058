/** An error that the user of the command can fix. It is shown as a sentence, without a stack, and the exit code is 1. */
export class Failure extends Error {}

/** Returns the result of `work`. A RangeError or TypeError, by which the library refuses data, becomes a Failure that begins with `where`. */
export function guard<Result>(where: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw new Failure(`${where}: ${error.message}`);
    throw error;
  }
}
