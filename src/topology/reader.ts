/** Keeps calls that read examples apart: a getter among the examples may call anything, also what is reading them. */

export class Reader {
  /** The call that reads examples now. */
  #who: string | undefined;

  /** @throws {RangeError} if a call is reading already: both would use the same place */
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

/** The error of examples that have changed since they were counted, as getters and proxies may. @param what such as "row 3" */
export const changedWhileRead = (who: string, what: string): RangeError =>
  new RangeError(`${who}: got ${what} otherwise than when it was counted, need examples that stay as they are`);
