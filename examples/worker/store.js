/**
 * The interface of a store of bytes, and an object that is kept in one. Several servers may write to a store. Then it accepts only bytes
 * that are based on its present content.
 *
 * @typedef {object} Store
 * @property {() => Promise<Uint8Array | undefined>} get returns the last bytes that were put, complete, even if a process ended in between
 * @property {(bytes: Uint8Array) => Promise<void>} put replaces the bytes that `get` returned last; a Conflict if another server has put
 * since
 * @property {() => boolean} [isOld] tells whether another server has put since; a store without it has one server
 */

/** The error if another server has stored something in the meantime. */
export class Conflict extends Error {}

/** The number of tries of a change, if other servers are faster. */
const mostTries = 8;

/** An object that is kept in a store. */
export class Stored {
  #store;
  #read;
  /** The stored object; undefined during a change. */
  #loaded;

  /**
   * @param {Store} store
   * @param {(bytes: Uint8Array | undefined) => { toBytes(): Uint8Array }} read makes the object; it gets undefined from an empty store
   */
  constructor(store, read) {
    this.#store = store;
    this.#read = read;
  }

  /** Returns the object as it is stored. */
  current() {
    if (this.#store.isOld?.()) this.#loaded = undefined;
    this.#loaded ??= this.#store.get().then(this.#read);
    this.#loaded.catch(() => this.#forget());
    return this.#loaded;
  }

  /**
   * Changes the object and stores it. Only one change may run at a time.
   *
   * @param {(object: any) => any} work runs again if another server has stored something in the meantime
   * @returns the result of `work`
   * @throws {Conflict} if others are faster again and again
   */
  async change(work) {
    for (let tries = 1; ; tries++) {
      const object = await this.current();
      try {
        const result = await work(object);
        await this.#store.put(object.toBytes());
        return result;
      } catch (error) {
        // The change is not stored, so the next one starts from the stored object.
        this.#forget();
        if (!(error instanceof Conflict) || tries === mostTries) throw error;
      }
    }
  }

  #forget() {
    this.#loaded = undefined;
  }
}
