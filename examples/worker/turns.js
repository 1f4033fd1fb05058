/** A queue of work: work that changes a state and stores it runs alone. */
export class Turns {
  /** The number of works that have not ended. */
  waiting = 0;
  #last = Promise.resolve();

  /**
   * Runs `work` after all earlier work has ended, whether it succeeded or failed.
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
