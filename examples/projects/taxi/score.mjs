/** The errors of predicted fares, in dollars. */
import { featureSets } from "./features.mjs";
import { fare } from "./trip.mjs";

/** @returns a pipeline's prediction for each trip */
export const predictedBy = (kind, pipeline, trips) => pipeline.outputs(featureSets[kind](trips));

export const dollars = (value) => `$${value.toFixed(2)}`;

const meanOf = (count, valueAt) => {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += valueAt(index);
  return sum / count;
};

/** @returns `rootMeanSquared` and `meanAbsolute` error */
export function errorsOf(trips, predicted) {
  const fares = trips[fare];
  const errorAt = (row) => predicted[row] - fares[row];
  return {
    rootMeanSquared: Math.sqrt(meanOf(fares.length, (row) => errorAt(row) ** 2)),
    meanAbsolute: meanOf(fares.length, (row) => Math.abs(errorAt(row))),
  };
}

/** Returns the errors of simple predictions, fitted to the training trips: the mean fare, and a straight line over the distance. */
export function baselinesOf(train, test) {
  const distances = featureSets.book(train).distance;
  const fares = train[fare];
  const mean = meanOf(fares.length, (row) => fares[row]);
  const center = meanOf(fares.length, (row) => distances[row]);
  const slope =
    meanOf(fares.length, (row) => (distances[row] - center) * (fares[row] - mean)) /
    meanOf(fares.length, (row) => (distances[row] - center) ** 2);
  const line = featureSets.book(test).distance.map((distance) => mean + slope * (distance - center));
  return {
    mean: errorsOf(
      test,
      test[fare].map(() => mean),
    ),
    line: errorsOf(test, line),
  };
}
