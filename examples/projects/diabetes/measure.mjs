/** Measures the scores of ten splits, for comparison with PyTorch's on the same ones. */
import { resultRow } from "../shared/measured.mjs";
import { mean } from "../shared/scores.mjs";
import { load } from "./load.mjs";
import { networks } from "./network.mjs";
import { trialOf } from "./trial.mjs";

/** PyTorch's means. */
const bars = [
  { kind: "book", figure: "accuracy", unit: "accuracy", what: "200 epochs, ten splits", bar: 0.755 },
  { kind: "book", figure: "area", unit: "area under the ROC curve", what: "200 epochs, ten splits", bar: 0.813 },
  { kind: "better", figure: "accuracy", unit: "accuracy", what: "40 epochs, weight decay", bar: 0.77 },
  { kind: "better", figure: "area", unit: "area under the ROC curve", what: "40 epochs, weight decay", bar: 0.842 },
];

/**
 * Measures the ten splits, whose seeds are 1 to 10.
 *
 * @param folder has diabetes.csv
 * @param output a folder for checkpoints
 */
export async function measure({ folder, output }) {
  const people = load(`${folder}/diabetes.csv`);
  const trials = [];
  for (let split = 1; split <= 10; split++) trials.push(await trialOf(people, split, { output }));
  const rows = bars.map(({ kind, figure, ...bar }) => {
    const baseline = { what: "logistic regression", score: mean(trials.map(({ logistic }) => logistic[figure])) };
    const runs = trials.map(({ [kind]: { [figure]: score, seconds } }) => ({
      score,
      seconds,
      secondsPerEpoch: seconds / networks[kind].epochs,
    }));
    return resultRow({ ...bar, tolerance: 0.01, baseline }, runs);
  });
  return { project: "diabetes", rows };
}
