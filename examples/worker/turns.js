/** Work that waits for its turn: what changes a state and stores it does so alone. */
export class Turns {
  /** How much of it has not ended. */
  waiting = 0;
  #last = Promise.resolve();

  /**
   * Runs `work` when all before it has ended, well or not.
   *
   * @template Result
   * @param {() => Result | Promise<Result>} work
   * @returns {Promise<Result>}
   */
  take(work) {
    this.waiting++;
    const result = this.#last.then(work);
    this.#last = result.catch(() => {}).finally(() => this.waiting--);
    return result;
  }
}
