/** A row of results.json. */
import { mean } from "./scores.mjs";

/**
 * Returns the results of the trainings with all seeds.
 *
 * @param row `what`, `unit`, `bar`, PyTorch's mean score, `tolerance`, the allowed shortfall of the score, and `baseline`, `{ what, score
 * }`
 * @param runs `{ score, seconds, secondsPerEpoch }` of each seed
 */
export function resultRow({ what, unit, bar, tolerance, baseline }, runs) {
  const [perSeed, seconds, secondsPerEpoch] = ["score", "seconds", "secondsPerEpoch"].map((key) =>
    runs.map((run) => run[key]),
  );
  const means = { seconds: mean(seconds), secondsPerEpoch: mean(secondsPerEpoch) };
  return { what, score: mean(perSeed), perSeed, bar, tolerance, unit, baseline, ...means };
}
