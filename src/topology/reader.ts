/** Prevents a call that reads examples from running within another: a getter in the examples may call anything, even the same function. */

export class Reader {
  /** The name of the call that is reading examples, if any. */
  #who: string | undefined;

  /** @throws {RangeError} if a call is already reading: both would use the same buffers */
  begin(who: string): void {
    if (this.#who !== undefined) {
      throw new RangeError(`${who}: got a call while ${this.#who} reads its examples, need that call to end first`);
    }
    this.#who = who;
  }

  end(): void {
    this.#who = undefined;
  }
}

/** Returns the error for examples that have changed after they were counted, as getters and proxies may. @param what such as "row 3" */
export const changedWhileRead = (who: string, what: string): RangeError =>
  new RangeError(`${who}: got ${what} otherwise than when it was counted, need examples that stay as they are`);
