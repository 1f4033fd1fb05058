/** What a model says of a person, in words. */

/** The names of what was not measured. */
export const missingOf = (person) => Object.keys(person).filter((name) => person[name] === null);

/**
 * @param prediction as the model gives it
 * @param missing names that are said, too
 */
export function answerOf({ prediction, probabilities }, missing = []) {
  const answer = `diabetes: ${prediction}, with a probability of ${probabilities[prediction].toFixed(2)}`;
  return missing.length > 0 ? `${answer}\nnot measured, so taken to be average: ${missing.join(", ")}` : answer;
}
