/** A model's answer about a person, in words. */

/** Returns the names of the measurements that are missing. */
export const missingOf = (person) => Object.keys(person).filter((name) => person[name] === null);

/**
 * @param prediction from the model
 * @param missing names to mention
 */
export function answerOf({ prediction, probabilities }, missing = []) {
  const answer = `diabetes: ${prediction}, with a probability of ${probabilities[prediction].toFixed(2)}`;
  return missing.length > 0 ? `${answer}\nnot measured, so taken to be average: ${missing.join(", ")}` : answer;
}
