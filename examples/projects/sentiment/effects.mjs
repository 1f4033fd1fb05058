/** What each word did to an answer; the page where one types a review has it, too. */

/**
 * By how much the logarithm of the odds that the writer likes the film rises with each word.
 *
 * @param model has `predict`, as a Pipeline and an exported module
 * @param text at most `most` words of its end are looked at
 * @returns `{ word, effect }` of each word
 */
export function effectsOf(model, text, most = Number.POSITIVE_INFINITY) {
  const words = text.split(/\s+/).filter(Boolean).slice(-most);
  const beginnings = words.map((_, index) => words.slice(0, index + 1).join(" "));
  const odds = model.predict(["", ...beginnings]).map(({ probabilities: { yes, no } }) => Math.log(yes / no));
  return words.map((word, index) => ({ word, effect: odds[index + 1] - odds[index] }));
}

/** An effect of this size has the full colour. */
const fullEffect = 2;

/** The CSS background of a word: blue if it speaks for "liked it", orange if against. */
export function backgroundOf(effect) {
  const share = Math.round(Math.min(Math.abs(effect) / fullEffect, 1) * 60);
  return `color-mix(in srgb, var(${effect > 0 ? "--first" : "--second"}) ${share}%, transparent)`;
}
