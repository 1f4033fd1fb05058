/** What the answers to test reviews are worth. */

export const target = { kind: "classes", name: "liked", classes: ["no", "yes"] };
const { classes } = target;

/** The share that is right, with the counts of each answer, and what saying always the same would reach. */
export function scoreOf(predictions, reviews) {
  const confusion = [
    [0, 0],
    [0, 0],
  ];
  for (const [index, { prediction }] of predictions.entries()) {
    confusion[reviews[index].liked][classes.indexOf(prediction)]++;
  }
  const rows = reviews.length;
  const right = confusion[0][0] + confusion[1][1];
  const counts = confusion.map(([no, yes]) => no + yes);
  return { predictions, classes, confusion, rows, right, accuracy: right / rows, guess: Math.max(...counts) / rows };
}

/** The wrong answers, the surest first. */
export function surestMistakes(predictions, reviews, count) {
  const sureness = ({ probabilities }) => Math.max(...Object.values(probabilities));
  return reviews
    .map((review, index) => ({ ...review, ...predictions[index] }))
    .filter(({ liked, prediction }) => prediction !== classes[liked])
    .sort((one, other) => sureness(other) - sureness(one))
    .slice(0, count);
}
