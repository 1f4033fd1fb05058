/** Scores of rows of numbers, embeddings or pixels: how well their distances separate classes. */
import { pcg32 } from "simdnet";
import { pairs } from "simdnet/data";
import { areaUnder, mean, rocOf } from "../shared/scores.mjs";

/** Returns the Euclidean distance of two rows. */
export function distanceOf(a, b) {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] - b[at]) ** 2;
  return Math.sqrt(sum);
}

/**
 * Returns the scores on classes that no training has seen.
 *
 * @param data the result of `load`
 * @param rows the embedding, or the pixels, of each of its pictures
 * @param threshold the distance below which two pictures count as one class
 * @returns `auc`, the area under the ROC curve of all pairs; `balanced`, the mean of the shares of same and of other pairs that are right;
 * `oneShot`, the share of items whose nearest reference is of their class; `crowd`, the same among all classes, if there are such runs, and
 * `newInCrowd`, the same for those items that were not trained on; `distances` and `isSame` of the pairs; and the `answers` of the runs,
 * and the `newAnswers` of the new items among all classes: `{ item, nearest, right, isRight }`
 */
export function scoresOf(data, rows, threshold) {
  const distances = data.pairs.map(([left, right]) => distanceOf(rows[left], rows[right]));
  const isSame = data.pairs.map(([left, right]) => data.classes[left] === data.classes[right]);
  const answers = answersOf(data, data.runs, rows);
  const crowd = data.crowd && answersOf(data, data.crowd, rows);
  const trained = new Set(data.train);
  const newAnswers = crowd?.filter(({ item }) => !trained.has(item));
  const shareRight = (all) => mean(all.map(({ isRight }) => Number(isRight)));
  return {
    auc: areaUnder(
      rocOf(
        distances.map((distance) => -distance),
        isSame,
      ),
    ),
    balanced: balancedAccuracy(distances, isSame, threshold),
    oneShot: shareRight(answers),
    crowd: crowd && shareRight(crowd),
    newInCrowd: newAnswers && shareRight(newAnswers),
    distances,
    isSame,
    answers,
    newAnswers,
  };
}

/** Returns for each item of each run the nearest reference, and the one of its class. */
function answersOf({ classes }, runs, rows) {
  return runs.flatMap(({ references, items }) =>
    items.map((item) => {
      const distances = references.map((reference) => distanceOf(rows[item], rows[reference]));
      const nearest = references[distances.indexOf(Math.min(...distances))];
      const right = references.find((reference) => classes[reference] === classes[item]);
      return { item, nearest, right, isRight: nearest === right };
    }),
  );
}

/** Returns the mean of the shares of same and of other pairs that are right. */
export function balancedAccuracy(distances, isSame, threshold) {
  const shareBelow = (kind) =>
    mean(distances.filter((_, pair) => isSame[pair] === kind).map((each) => Number(each < threshold)));
  return (shareBelow(true) + 1 - shareBelow(false)) / 2;
}

/** Returns the distance that separates most pairs of the training classes, half of them of one class; of several, the middle one. */
export function thresholdOf({ classes, train }, rows, seed) {
  const random = pcg32(seed);
  const labels = train.map((number) => classes[number]);
  const drawn = Array.from({ length: Math.ceil(5000 / train.length) }, () => pairs(labels, { seed: random }));
  const all = drawn.flatMap(({ left, right, targets }) =>
    targets.map((target, pair) => ({
      distance: distanceOf(rows[train[left[pair]]], rows[train[right[pair]]]),
      gain: target === 1 ? 1 : -1,
    })),
  );
  all.sort((a, b) => a.distance - b.distance);
  let gain = 0;
  const gains = all.map((pair) => (gain += pair.gain));
  const most = Math.max(...gains);
  const [first, last] = [gains.indexOf(most), gains.lastIndexOf(most)];
  return (all[first].distance + all[Math.min(last + 1, all.length - 1)].distance) / 2;
}
