/**
 * Generators of random numbers: the same numbers on every runtime, with a state that can be saved and restored. Initializers draw weights
 * from them, batches their order, `simdnet/data` its splits.
 */

import { checkArguments, checkInteger, shown, unknownName } from "./errors.ts";
import { log } from "./scalar.ts";

/** The state of a generator, as plain data that survives JSON without loss. */
export interface GeneratorState {
  readonly kind: "mt19937" | "pcg32";
  /** mt19937: the 624 words and the position in them. pcg32: the high and the low half of the state. */
  readonly words: readonly number[];
  /** The second normal of a pair, if it has not been used. */
  readonly spareNormal: number | null;
}

/** A generator of random numbers. */
export interface RandomGenerator {
  /** The state. It can be assigned to a generator of the same kind. */
  state: GeneratorState;
  /** A double in [0, 1), a multiple of 2^-53. */
  next(): number;
  /** A normally distributed double of mean 0 and deviation 1. */
  normal(): number;
  /** A whole number from 0 to n - 1, each equally likely; 1 <= n <= 2^32. */
  integer(n: number): number;
  /** Shuffles `array` in place and returns it. */
  shuffle<A extends Shufflable>(array: A): A;
}

/** An array, or a typed array. */
export interface Shufflable {
  readonly length: number;
  [index: number]: unknown;
}

const wordRange = 2 ** 32;

/** A bound for draws from the normal distribution: none exceeds √(−2 ln 2⁻¹⁰⁴) = 12.01. */
const mostNormal = 13;

/** The part that all generators share: everything above 32 random bits at a time. */
abstract class WordGenerator implements RandomGenerator {
  abstract readonly kind: GeneratorState["kind"];
  /** The words of a saved state. */
  abstract readonly words: Uint32Array;
  #spareNormal: number | null = null;

  /** 32 random bits, as a number from 0 to 2^32 - 1. */
  protected abstract word(): number;

  /** Source  NumPy's legacy_double, which is genrand_res53 of mt19937ar.c (BSD-3-Clause). */
  next(): number {
    const high = this.word() >>> 5;
    const low = this.word() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** Source  Marsaglia & Bray 1964 (polar method), in the order of NumPy's legacy_gauss (BSD-3-Clause). */
  normal(): number {
    const spare = this.#spareNormal;
    if (spare !== null) {
      this.#spareNormal = null;
      return spare;
    }
    let x = 0;
    let y = 0;
    let square = 0;
    while (square >= 1 || square === 0) {
      x = 2 * this.next() - 1;
      y = 2 * this.next() - 1;
      square = x * x + y * y;
    }
    const factor = Math.sqrt((-2 * log(square)) / square);
    this.#spareNormal = factor * x;
    return factor * y;
  }

  /** Source  pcg32_boundedrand_r of pcg_basic.c (Apache-2.0). */
  integer(n: number): number {
    checkInteger("integer", n, 1, wordRange);
    // The number of words from `threshold` on is a multiple of n, so every remainder is equally likely.
    const threshold = wordRange % n;
    let word = this.word();
    while (word < threshold) word = this.word();
    return word % n;
  }

  /** Source  Durstenfeld 1964, from the end. */
  shuffle<A extends Shufflable>(array: A): A {
    for (let last = array.length - 1; last > 0; last--) {
      const chosen = this.integer(last + 1);
      const held = array[last];
      array[last] = array[chosen];
      array[chosen] = held;
    }
    return array;
  }

  get state(): GeneratorState {
    // This runs once an epoch. `slice` makes no iterator; `from` would leave its results to the garbage collector.
    const words = Array.prototype.slice.call(this.words) as number[];
    return { kind: this.kind, words, spareNormal: this.#spareNormal };
  }

  /** @throws {RangeError} if it is not a state of this kind of generator; then nothing changes */
  set state(state: GeneratorState) {
    const { kind, words, spareNormal } = Object(state) as Partial<GeneratorState>;
    const who = `${this.kind} state`;
    if (kind !== this.kind) throw new RangeError(`${who}: got kind ${shown(kind)}, need ${shown(this.kind)}`);
    if (!Array.isArray(words) || words.length !== this.words.length) {
      throw new RangeError(`${who}: got words ${shown(words)}, need an array of ${this.words.length}`);
    }
    words.forEach((word, index) => {
      checkInteger(`${who}, word ${index}`, word, 0, this.largest(index));
    });
    if (!this.moves(words)) throw new RangeError(`${who}: got words that are all 0, need one that is not`);
    if (spareNormal !== null && !(Number.isFinite(spareNormal) && Math.abs(spareNormal!) <= mostNormal)) {
      const need = `a number from ${-mostNormal} to ${mostNormal}, or null`;
      throw new RangeError(`${who}: got spareNormal ${shown(spareNormal)}, need ${need}`);
    }
    this.words.set(words);
    this.#spareNormal = spareNormal as number | null;
  }

  /** Tells whether the words of a state lead to more than zeros. */
  protected moves(_words: readonly number[]): boolean {
    return true;
  }

  /** Returns the largest value that word `index` of a state may have. */
  protected largest(_index: number): number {
    return wordRange - 1;
  }

  /** Returns the state, which may be set to resume there, so that `JSON.stringify(generator)` keeps it. */
  toJSON(): GeneratorState {
    return this.state;
  }

  /** Frameworks that watch objects leave it alone: vue by this. */
  get [Symbol.toStringTag](): string {
    return "Generator";
  }
}

const twisterLength = 624;
const twisterOffset = 397;

/**
 * Matsumoto and Nishimura's Mersenne Twister, as in NumPy's legacy RandomState.
 *
 * Source  https://github.com/numpy/numpy, numpy/random/src/mt19937 and legacy (BSD-3-Clause).
 */
class MersenneTwister extends WordGenerator {
  readonly kind = "mt19937";
  /** The words, then the position of the next one to use. */
  readonly words = new Uint32Array(twisterLength + 1);

  constructor(seed: number) {
    super();
    this.words[0] = seed;
    for (let index = 1; index < twisterLength; index++) {
      const previous = this.words[index - 1];
      this.words[index] = Math.imul(1812433253, previous ^ (previous >>> 30)) + index;
    }
    this.words[twisterLength] = twisterLength;
  }

  protected word(): number {
    const words = this.words;
    if (words[twisterLength] === twisterLength) this.#refresh();
    let word = words[words[twisterLength]++];
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  /** Source  NumPy's legacy bounded integers: masked words, and no word for n = 1, so that randint and shuffle agree. */
  override integer(n: number): number {
    checkInteger("integer", n, 1, wordRange);
    if (n === 1) return 0;
    const mask = 0xffffffff >>> Math.clz32(n - 1);
    let word = (this.word() & mask) >>> 0;
    while (word >= n) word = (this.word() & mask) >>> 0;
    return word;
  }

  protected override largest(index: number): number {
    return index === twisterLength ? twisterLength : super.largest(index);
  }

  /** Only the top bit of the first word counts. With zeros, drawing a normal would never end. */
  protected override moves(words: readonly number[]): boolean {
    return words[0] >= 2 ** 31 || words.slice(1, twisterLength).some((word) => word !== 0);
  }

  #refresh(): void {
    const words = this.words;
    for (let index = 0; index < twisterLength; index++) {
      const joined = (words[index] & 0x80000000) | (words[(index + 1) % twisterLength] & 0x7fffffff);
      const twist = joined & 1 ? 0x9908b0df : 0;
      words[index] = words[(index + twisterOffset) % twisterLength] ^ (joined >>> 1) ^ twist;
    }
    words[twisterLength] = 0;
  }
}

/** 6364136223846793005, the multiplier, in halves. */
const multiplierHigh = 0x5851f42d;
const multiplierLow = 0x4c957f2d;
/** The upper half of the low half. */
const multiplierTop = multiplierLow >>> 16;
const multiplierBottom = multiplierLow & 0xffff;
/** Twice the stream plus one. The stream is 54, that of the published demo; the choice is ours. */
const increment = 2 * 54 + 1;

/**
 * PCG-XSH-RR with 64 bits of state and 32 of output.
 *
 * Source  O'Neill 2014; https://github.com/imneme/pcg-c-basic, pcg_basic.c (Apache-2.0).
 */
class PermutedCongruential extends WordGenerator {
  readonly kind = "pcg32";
  /** The state: its high half, its low half. */
  readonly words = new Uint32Array(2);

  /** The same as pcg32_srandom_r(seed, 54): a step from zero, the seed added, a step. */
  constructor(seed: number) {
    super();
    const low = increment + (seed >>> 0);
    this.words[0] = Math.floor(seed / wordRange) + (low >= wordRange ? 1 : 0);
    this.words[1] = low;
    this.word();
  }

  protected word(): number {
    const high = this.words[0];
    const low = this.words[1];
    this.#step(high, low);
    // The low word of (state >> 18 ^ state) >> 27, rotated to the right by the top five bits.
    const mixedHigh = high ^ (high >>> 18);
    const mixedLow = low ^ ((high << 14) | (low >>> 18));
    const word = (mixedHigh << 5) | (mixedLow >>> 27);
    const rotation = high >>> 27;
    return ((word >>> rotation) | (word << -rotation)) >>> 0;
  }

  /** state = state · multiplier + increment, modulo 2^64. */
  #step(high: number, low: number): void {
    // low · multiplierLow in 64 bits, from products of 16-bit halves, which doubles hold exactly.
    const bottom = low & 0xffff;
    const top = low >>> 16;
    const middle = top * multiplierBottom + bottom * multiplierTop + ((bottom * multiplierBottom) >>> 16);
    const carried = top * multiplierTop + Math.floor(middle / 0x10000);
    const sum = (Math.imul(low, multiplierLow) >>> 0) + increment;
    const crossed = Math.imul(high, multiplierLow) + Math.imul(low, multiplierHigh);
    this.words[0] = carried + crossed + (sum >= wordRange ? 1 : 0);
    this.words[1] = sum;
  }
}

/**
 * Returns a generator with NumPy's legacy stream: after `np.random.seed(seed)`, `next` is `random_sample()`, `normal` is
 * `standard_normal()`, `integer(n)` is `randint(n)` and `shuffle` is `shuffle`, draw for draw.
 *
 * @param seed 0 to 2^32 - 1
 */
export function mt19937(seed: number): RandomGenerator {
  checkArguments("mt19937", arguments.length, 1);
  checkInteger("mt19937 seed", seed, 0, wordRange - 1);
  return new MersenneTwister(seed);
}

/**
 * Returns the default generator: small, fast and of good quality. `integer(2 ** 32)` is the 32-bit output of the published one.
 *
 * @param seed 0 to 2^53 - 1
 */
export function pcg32(seed: number): RandomGenerator {
  checkArguments("pcg32", arguments.length, 1);
  checkInteger("pcg32 seed", seed, 0, Number.MAX_SAFE_INTEGER);
  return new PermutedCongruential(seed);
}

/** Returns the given generator, or `pcg32` of the given seed. */
export function generatorOf(seed: number | RandomGenerator): RandomGenerator {
  if (typeof seed !== "object" || seed === null) return pcg32(seed);
  const missing = (["next", "normal", "integer", "shuffle"] as const).find(
    (method) => typeof seed[method] !== "function",
  );
  if (missing) throw new TypeError(`seed: got an object without ${missing}(), need a number or a generator`);
  return seed;
}

/**
 * Returns the live state of a `pcg32` generator, its high and its low half, so that a kernel can draw in its place. Returns undefined for
 * any other generator, and if the user has replaced `next`.
 */
export function pcg32Words(generator: RandomGenerator): Uint32Array | undefined {
  const isOurs = generator instanceof PermutedCongruential && generator.next === WordGenerator.prototype.next;
  return isOurs ? generator.words : undefined;
}

/**
 * Returns a generator in the given state.
 *
 * @throws {RangeError} if `state` is not a generator's state
 */
export function generatorAt(state: GeneratorState): RandomGenerator {
  const { kind } = Object(state) as GeneratorState;
  if (kind !== "mt19937" && kind !== "pcg32") throw unknownName("generator state: kind", kind, ["mt19937", "pcg32"]);
  const generator = kind === "mt19937" ? mt19937(0) : pcg32(0);
  generator.state = state;
  return generator;
}
