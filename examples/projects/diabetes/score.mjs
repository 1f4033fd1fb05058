/** How good answers are: of many people, what is true and the probability that a network gave. */
import { areaUnder, rocOf, scoreOf as scoreOfTwo } from "../shared/scores.mjs";
import { outcome } from "./load.mjs";

/** @returns for each person `{ is, probability }`: 1 for diabetes, and how probable the pipeline finds it */
export function answersOf(pipeline, people) {
  const predictions = pipeline.predict(people);
  return people.map((person, index) => ({ is: person[outcome], probability: predictions[index].probabilities.yes }));
}

const probabilitiesOf = (answers) => answers.map(({ probability }) => probability);

/** @returns `accuracy` and its `confusion`, and `area`, that under the ROC curve */
export function scoreOf(answers) {
  const score = scoreOfTwo(
    probabilitiesOf(answers),
    answers.map(({ is }) => is),
  );
  return { ...score, area: areaUnder(curveOf(answers)) };
}

/** The ROC curve: the share of the ill that are found, and of the healthy that are alarmed. */
export const curveOf = (answers) =>
  rocOf(
    probabilitiesOf(answers),
    answers.map(({ is }) => is === 1),
  );
