/** Scores of the answers to test reviews. */
import * as scores from "../shared/scores.mjs";

export const target = { kind: "classes", name: "liked", classes: ["no", "yes"] };

export const likedOf = (reviews) => reviews.map(({ liked }) => liked);

const probabilitiesOf = (predictions) => predictions.map(({ probabilities }) => probabilities.yes);

/** Returns the share of right answers, with the counts of each answer. */
export const scoreOf = (predictions, reviews) => scores.scoreOf(probabilitiesOf(predictions), likedOf(reviews));

/** Returns the reviews whose answer is wrong, the most confident first. */
export const surestMistakes = (predictions, reviews) =>
  scores.surestMistakes(probabilitiesOf(predictions), likedOf(reviews)).map((row) => reviews[row]);
