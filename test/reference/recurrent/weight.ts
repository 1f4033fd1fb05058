/** Slow twins of assembly/recurrent/weight.ts. */
import { placesOf, type Sequences } from "./forward.ts";

/** @param rows one for each step of all sequences */
export function clearFirstSteps(rows: readonly number[][], sequences: Sequences): number[][] {
  const first = placesOf(sequences).map(([place]) => place);
  return rows.map((row, place) => (first.includes(place) ? row.map(() => 0) : row));
}

/** Σ over the steps of hiddenᵀ, of the step before, · gatesGrad, sequences one after the other, steps in the order of their places. */
export function recurrentBackwardWeight(
  round: (x: number) => number,
  hidden: readonly number[][],
  gatesGrad: readonly number[][],
  sequences: Sequences,
): number[][] {
  const pairs = placesOf(sequences).flatMap((places) => places.slice(1).map((place, step) => [places[step], place]));
  pairs.sort(([, one], [, other]) => one - other);
  return hidden[0].map((_, unit) =>
    gatesGrad[0].map((_, column) =>
      pairs.reduce((sum, [before, place]) => round(sum + round(hidden[before][unit] * gatesGrad[place][column])), 0),
    ),
  );
}
