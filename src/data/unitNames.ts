/** Spellings of units, and the letters that stand for thousands and millions. */

/** The units whose first letter has another sense as a capital: mW and MW are milliwatts and megawatts. */
const prefixed = /^[mp](?:[glmswvajnctu]|hz|pa|ba?r?|bit|bps|wh|eq|mol|cd|ohm|ω)$/i;
/** The units in which b stands for bits and B for bytes. */
const ofBits = /^[kmgtp]i?b(?:ps)?$/i;
/** The single letters that are one unit in either case. */
const eitherCase = /^[lhxk]$/i;

/**
 * Returns whether two texts are spellings of one unit: kg and KG, hour and hours. Where a capital may mean something else, as in mW and MW,
 * they are not.
 */
export function isSameUnit(one: string, other: string): boolean {
  if (one === other) return true;
  const [first, second] = [one.toLowerCase(), other.toLowerCase()];
  if (first !== second) {
    const [short, long] = first.length < second.length ? [first, second] : [second, first];
    return /^\p{L}{3,}$/u.test(short) && long === `${short}s`;
  }
  if (one.length === 1) return eitherCase.test(one);
  if (one[0] !== other[0] && prefixed.test(one)) return false;
  const isOtherB = one.replace(/^.*(b)/i, "$1")[0] !== other.replace(/^.*(b)/i, "$1")[0];
  return !(ofBits.test(one) && isOtherB);
}

/** Returns a key that spellings of a unit share if they differ only by case or a plural. */
export const unitKey = (unit: string): string => unit.toLowerCase().replace(/(\p{L}{3})s$/u, "$1");

const factors: Readonly<Record<string, number>> = {
  ...{ k: 1e3, m: 1e6, mn: 1e6, mln: 1e6, b: 1e9, bn: 1e9, t: 1e12, tn: 1e12 },
};

/** Returns the number by which a letter behind a number multiplies it, such as a thousand for K; undefined if it is none. */
export const factorOf = (suffix: string): number | undefined => factors[suffix.toLowerCase()];

/** A number and the letters of a factor behind it. */
export const multiple = /^(.*?) ?(k|m|mn|mln|b|bn|t|tn)$/i;
