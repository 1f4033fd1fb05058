/** The slow twin of sums in assembly/products/product.ts: long ones run in blocks. */

/** Terms of a block, at most. */
export const blockTerms = 256;

/** Σ of the terms of each block, then Σ of the blocks: each sum rounded by `round`. The start is added to the first block. */
export class BlockSum {
  readonly #round: (x: number) => number;
  readonly #start: number;
  #block = -1;
  #part = 0;
  #total: number | undefined;

  constructor(round: (x: number) => number, start = 0) {
    this.#round = round;
    this.#start = start;
  }

  /** Adds a term to the block of this number, which is that of the term before or a new one. */
  add(block: number, term: number): void {
    if (block !== this.#block) {
      if (this.#block >= 0) this.#total = this.value;
      this.#block = block;
      this.#part = 0;
    }
    this.#part = this.#round(this.#part + term);
  }

  get value(): number {
    if (this.#block < 0) return this.#start;
    return this.#round((this.#total ?? this.#start) + this.#part);
  }
}
