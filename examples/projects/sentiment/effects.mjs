/** The effect of each word on an answer, also for the page where a user types a review. */

/**
 * Returns the effect of each word: the change in the log odds that the writer likes the film.
 *
 * @param model has `predict`, such as a Pipeline or an exported module
 * @param text only its last `most` words count
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

/** Returns the CSS background of a word: blue if it speaks for "liked it", orange if against. */
export function backgroundOf(effect) {
  const share = Math.round(Math.min(Math.abs(effect) / fullEffect, 1) * 60);
  return `color-mix(in srgb, var(${effect > 0 ? "--first" : "--second"}) ${share}%, transparent)`;
}
