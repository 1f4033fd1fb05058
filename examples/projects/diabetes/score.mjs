/** Scores of answers: for many people, the truth and the probability from a network. */
import { areaUnder, rocOf, scoreOf as scoreOfTwo } from "../shared/scores.mjs";
import { outcome } from "./load.mjs";

/** @returns for each person `{ is, probability }`: 1 for diabetes, and the pipeline's probability of it */
export function answersOf(pipeline, people) {
  const predictions = pipeline.predict(people);
  return people.map((person, index) => ({ is: person[outcome], probability: predictions[index].probabilities.yes }));
}

const probabilitiesOf = (answers) => answers.map(({ probability }) => probability);

/** @returns `accuracy` and its `confusion`, and `area`, the area under the ROC curve */
export function scoreOf(answers) {
  const score = scoreOfTwo(
    probabilitiesOf(answers),
    answers.map(({ is }) => is),
  );
  return { ...score, area: areaUnder(curveOf(answers)) };
}

/** Returns the ROC curve: the share of the ill that are found, and of the healthy that are alarmed. */
export const curveOf = (answers) =>
  rocOf(
    probabilitiesOf(answers),
    answers.map(({ is }) => is === 1),
  );
