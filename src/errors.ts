/**
 * Errors of this package: a RangeError or TypeError whose message says who, what it got and what it needs, and which name was probably
 * meant; and the error of a training whose loss is no longer finite. Every folder uses these.
 */

import { escapeHidden } from "./hidden.ts";

/** Characters of a string that a message quotes. */
const shownLength = 60;

/** What marks objects of this package, in every copy of it that a program has loaded. */
const markKey = /* @__PURE__ */ Symbol.for("simdnet");

/** The mark of this copy of the package. */
const copy = {};

interface Mark {
  readonly name: string;
  readonly copy: object;
}

/** Marks an object with the name of its class, so that messages can name it, even if another copy of the package has made it. */
export function mark(object: object, name: string): void {
  Object.defineProperty(object, markKey, { value: { name, copy } satisfies Mark });
}

/** Returns an object for a message. */
function shownObject(value: object): string {
  const marked = (value as { readonly [markKey]?: Mark })[markKey];
  if (typeof marked?.name !== "string") return "an object";
  return `a ${escapeHidden(marked.name)}${marked.copy === copy ? "" : " of another copy of simdnet"}`;
}

/** Returns `value` for a message: strings in quotes (long ones cut), numbers unchanged, anything else by its kind. */
export function shown(value: unknown): string {
  if (typeof value === "string") {
    return escapeHidden(JSON.stringify(value.length > shownLength ? `${value.slice(0, shownLength)}…` : value));
  }
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) {
    const kind = Object.prototype.toString.call(value).slice(8, -1);
    // The U of Uint8Array is pronounced as a consonant.
    return `${/^[AEIO]/.test(kind) ? "an" : "a"} ${kind}`;
  }
  if (typeof value === "object" && value !== null) return shownObject(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint") return `${value}n`;
  return Object.is(value, -0) ? "-0" : escapeHidden(String(value));
}

/** Returns a number with its noun: "1 step", "2 steps". @param many the plural; by default with an s */
export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** Returns `name` without differences in spelling: case, hyphens, underscores, spaces, the parentheses of a call. */
const folded = (name: string) => name.toLowerCase().replace(/[-_\s()]/g, "");

/** Counts the insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)]);
  for (let j = 1; j <= b.length; j++) rows[0][j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      rows[i][j] = Math.min(replaced, rows[i - 1][j] + 1, rows[i][j - 1] + 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.length][b.length];
}

/**
 * Returns the name in `known` that `name` was probably meant to be.
 *
 * @param most returns the most edits of a name of some length. Default a third of it, rounded up
 * @returns the nearest by edit distance, the first of equals; undefined if none is within `most`
 */
export function nearest(
  name: string,
  known: readonly string[],
  most = (length: number) => Math.ceil(length / 3),
): string | undefined {
  if (name.length > shownLength) return undefined;
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    // Longer names are too far apart in any case. Names may be classes as long as texts.
    if (candidate.length > 2 * shownLength) continue;
    const distance = editDistance(folded(name), folded(candidate));
    if (distance <= most(candidate.length) && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * Tells whether `name` is a misspelling of `meant`: at most one edit for every five characters, and the same digits, as `x12` and `x13` are
 * two names.
 */
export const isMisspelling = (name: string, meant: string): boolean =>
  name.replace(/\D/g, "") === meant.replace(/\D/g, "") && nearest(name, [meant], (length) => length / 5) !== undefined;

/** Tells whether `name` is the name of a field of `known`. A list or an object is not, even if its text is such a name. */
export function isKnown<Known extends object>(known: Known, name: unknown): name is keyof Known {
  return typeof name === "string" && Object.hasOwn(known, name);
}

/** The most names that a message lists. */
const listedCount = 40;

/** Returns names for a message, cut if there are many. */
export const listed = (names: readonly string[]): string =>
  escapeHidden([...names.slice(0, listedCount), ...(names.length > listedCount ? ["…"] : [])].join(", "));

/** Returns the error for an unknown name: `activation: got "rellu", need one of …; did you mean "relu"?` */
export function unknownName(who: string, got: unknown, known: readonly string[]): RangeError {
  const meant = typeof got === "string" ? nearest(got, known) : undefined;
  const question = meant === undefined ? "" : `; did you mean ${shown(meant)}?`;
  const [first = "none"] = known;
  const need = known.length > 1 ? `one of ${listed(known)}` : escapeHidden(first);
  return new RangeError(`${who}: got ${shown(got)}, need ${need}${question}`);
}

/**
 * Refuses unknown options, so that a misspelt one is not silently ignored.
 *
 * @throws {TypeError} if `options` is given and is not an object
 * @throws {RangeError} if it has a name that is not in `known`
 */
export function checkOptions(who: string, options: unknown, known: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`${who}: got ${shown(options)}, need an object of options`);
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownName(`${who} option`, unknown, known);
}

/**
 * Refuses more arguments than a function takes, because they would be ignored. A function passes `arguments.length`, for which optimized
 * code makes no object.
 *
 * @throws {TypeError} with the function, the number of arguments and the limit
 */
export function checkArguments(who: string, given: number, most: number): void {
  if (given > most) throw new TypeError(`${who} arguments: got ${given}, need at most ${most}`);
}

/**
 * Refuses a `value` that is not a whole number from `low` to `high`.
 *
 * @throws {RangeError} with `who`, the value and the range
 */
export function checkInteger(who: string, value: unknown, low: number, high: number): asserts value is number {
  if (typeof value === "number" && Number.isInteger(value) && value >= low && value <= high) return;
  throw new RangeError(`${who}: got ${shown(value)}, need a whole number from ${low} to ${high}`);
}

/**
 * Refuses a `value` that is not a finite number.
 *
 * @returns the value
 * @throws {RangeError} with `who` and the value
 */
export function checkFinite(who: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new RangeError(`${who}: got ${shown(value)}, need a finite number`);
}

/**
 * Refuses `JSON.stringify` of an object that JSON cannot keep: it would lose what is private.
 *
 * @param need what keeps the object
 */
export function refuseJSON(who: string, need: string): never {
  throw new TypeError(`${who}: got a call of toJSON, as JSON.stringify makes it, need ${need}`);
}

/** Returns what is needed instead of a number that is not finite in a network's type: float32 has none like 1e39. */
export function finiteFor(given: unknown): string {
  const isTooLarge = Number.isFinite(given) && !Number.isFinite(Math.fround(given as number));
  return isTooLarge ? "a number in the range of float32" : "a finite number";
}

/** The numbers that whoever reads an array relies on, beside that they are finite. */
export interface NumberRange {
  /** Default no limit. */
  readonly least?: number;
  /** Default no limit. */
  readonly most?: number;
}

/**
 * Refuses an array from outside if a number in it is not finite or out of range.
 *
 * @throws {RangeError} with `who`, the first such number, its place, from 0, and the range
 */
export function checkNumbersIn(who: string, values: ArrayLike<number>, { least, most }: NumberRange = {}): void {
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    const isIn = !(least !== undefined && value < least) && !(most !== undefined && value > most);
    if (isIn && Number.isFinite(value)) continue;
    const from = least === undefined ? "" : ` from ${least}`;
    const to = most === undefined ? "" : ` to ${most}`;
    throw new RangeError(`${who}: got ${shown(value)} at ${index}, need finite numbers${from}${to}`);
  }
}

/** The state of a training at the moment it diverged. */
export interface Divergence {
  /** The value that was not finite: "a loss that is not finite", "an update that is not finite". */
  readonly cause: string;
  readonly epoch: number;
  readonly step: number;
  readonly learningRate: number;
  /**
   * The operation whose results were the first that are not finite, and its layer or parameter: "denseForward of dense2". An update of all
   * parameters is an operation without one: "adamStep".
   */
  readonly operation: string;
  readonly largestParameter: { readonly name: string; readonly value: number };
  readonly gradientNorm: number;
  readonly hint: string;
}

/**
 * The error of a training whose loss or update stopped being finite. After a bad loss, the parameters are those after the last step with a
 * finite loss. After a bad update, they contain its finite part.
 */
export class DivergenceError extends Error {
  /** The epoch, counted from 1. */
  readonly epoch: number;
  /** The number of updates made before the refused one. */
  readonly step: number;
  /** The learning rate of the refused update. */
  readonly learningRate: number;
  /**
   * The operation whose results were the first that are not finite, and its layer or parameter: "denseForward of dense2". An update of all
   * parameters is an operation without one: "adamStep".
   */
  readonly operation: string;
  /** The parameter with the element of the largest absolute value, and that element. */
  readonly largestParameter: Divergence["largestParameter"];
  /** The Euclidean norm of all gradients of the last backward pass. */
  readonly gradientNorm: number;
  /** Advice on what to change. */
  readonly hint: string;

  constructor(divergence: Divergence) {
    const { cause, epoch, step, learningRate, operation, largestParameter, gradientNorm, hint } = divergence;
    const { name, value } = largestParameter;
    super(
      `training: got ${cause} in epoch ${epoch}, step ${step}, at learning rate ${learningRate}, need a finite one; ` +
        `the first result that is not finite is that of ${operation}; the largest parameter is ${value} in ${name}, the norm of the gradients ${gradientNorm}; ${hint}`,
    );
    this.name = "DivergenceError";
    this.epoch = epoch;
    this.step = step;
    this.learningRate = learningRate;
    this.operation = operation;
    this.largestParameter = largestParameter;
    this.gradientNorm = gradientNorm;
    this.hint = hint;
  }
}
