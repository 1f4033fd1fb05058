/** How good answers are: of many people, what is true and the probability that a network gave. */
import { outcome } from "./load.mjs";

/** @returns for each person `{ is, probability }`: 1 for diabetes, and how probable the pipeline finds it */
export function answersOf(pipeline, people) {
  const predictions = pipeline.predict(people);
  return people.map((person, index) => ({ is: person[outcome], probability: predictions[index].probabilities.yes }));
}

const isRight = ({ is, probability }) => probability > 0.5 === (is === 1);
const shareOf = (list, holds) => list.filter(holds).length / list.length;

/** @returns `accuracy`, that of saying "no" to everybody, and the area under the ROC curve */
export const scoreOf = (answers) => ({
  accuracy: shareOf(answers, isRight),
  no: shareOf(answers, ({ is }) => is === 0),
  area: areaUnder(rocOf(answers)),
});

/** For every threshold, from the highest: the share of the ill that are found, and of the healthy that are alarmed. */
export function rocOf(answers) {
  const ill = answers.filter(({ is }) => is === 1).length;
  const points = [{ alarmed: 0, found: 0 }];
  let [found, alarmed] = [0, 0];
  const sorted = [...answers].sort((one, other) => other.probability - one.probability);
  sorted.forEach(({ is, probability }, index) => {
    if (is === 1) found++;
    else alarmed++;
    if (probability === sorted[index + 1]?.probability) return;
    points.push({ alarmed: alarmed / (answers.length - ill), found: found / ill });
  });
  return points;
}

export const areaUnder = (points) =>
  points.slice(1).reduce((area, { alarmed, found }, index) => {
    const before = points[index];
    return area + ((alarmed - before.alarmed) * (found + before.found)) / 2;
  }, 0);

/** @returns rows of what is true, columns of what was said: no, yes */
export function confusionOf(answers) {
  const counts = [
    [0, 0],
    [0, 0],
  ];
  for (const { is, probability } of answers) counts[is][probability > 0.5 ? 1 : 0]++;
  return counts;
}

export const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
