/**
 * What a store of bytes is, and the object that is made of its bytes. A store may be one that several servers write to: then it takes
 * only what is made of what it holds.
 *
 * @typedef {object} Store
 * @property {() => Promise<Uint8Array | undefined>} get what was put last, whole, whenever the process ends
 * @property {(bytes: Uint8Array) => Promise<void>} put in place of what `get` gave last; a Conflict if another server has put since
 * @property {() => boolean} [isOld] whether another server has put since; without it, the store has one server
 */

/** Another server has stored something since. */
export class Conflict extends Error {}

/** How often a change is tried that other servers come before. */
const mostTries = 8;

/** An object that is stored. */
export class Stored {
  #store;
  #read;
  /** What is stored, but while a change is under way. */
  #loaded;

  /**
   * @param {Store} store
   * @param {(bytes: Uint8Array | undefined) => { toBytes(): Uint8Array }} read makes the object; undefined for a store that is empty
   */
  constructor(store, read) {
    this.#store = store;
    this.#read = read;
  }

  /** The object as it is stored. */
  current() {
    if (this.#store.isOld?.()) this.#loaded = undefined;
    this.#loaded ??= this.#store.get().then(this.#read);
    this.#loaded.catch(() => this.#forget());
    return this.#loaded;
  }

  /**
   * Changes the object and stores it. One change at a time is to be made.
   *
   * @param {(object: any) => any} work begins anew, if another server has stored something meanwhile
   * @returns what `work` does
   * @throws {Conflict} if others come before it again and again
   */
  async change(work) {
    for (let tries = 1; ; tries++) {
      const object = await this.current();
      try {
        const result = await work(object);
        await this.#store.put(object.toBytes());
        return result;
      } catch (error) {
        // The change is not stored; the next one begins from what is.
        this.#forget();
        if (!(error instanceof Conflict) || tries === mostTries) throw error;
      }
    }
  }

  #forget() {
    this.#loaded = undefined;
  }
}
