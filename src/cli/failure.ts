/** What the user of the command can mend: it is shown as a sentence, without a stack, and the process ends with 1. */
export class Failure extends Error {}

/** What `work` gives, its refusals in the name of `where`: the library refuses bad data by RangeError and TypeError. */
export function guard<Result>(where: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw new Failure(`${where}: ${error.message}`);
    throw error;
  }
}
