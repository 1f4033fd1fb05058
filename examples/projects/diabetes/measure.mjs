/** The scores of ten splits beside PyTorch's on the same ones. */
import { load } from "./load.mjs";
import { networks } from "./network.mjs";
import { meanOf } from "./score.mjs";
import { trialOf } from "./trial.mjs";

/** PyTorch's means. */
const bars = [
  { kind: "book", figure: "accuracy", unit: "accuracy", what: "200 epochs, ten splits", bar: 0.755 },
  { kind: "book", figure: "area", unit: "area under the ROC curve", what: "200 epochs, ten splits", bar: 0.813 },
  { kind: "better", figure: "accuracy", unit: "accuracy", what: "40 epochs, weight decay", bar: 0.77 },
  { kind: "better", figure: "area", unit: "area under the ROC curve", what: "40 epochs, weight decay", bar: 0.842 },
];

/**
 * The seeds are those of the ten splits, 1 to 10.
 *
 * @param folder where diabetes.csv lies
 * @param output a folder for checkpoints
 */
export async function measure({ folder, output }) {
  const people = load(`${folder}/diabetes.csv`);
  const trials = [];
  for (let split = 1; split <= 10; split++) trials.push(await trialOf(people, split, { output }));
  const rows = bars.map(({ kind, figure, unit, what, bar }) => {
    const perSeed = trials.map((trial) => trial[kind][figure]);
    const baseline = { what: "logistic regression", score: meanOf(trials.map(({ logistic }) => logistic[figure])) };
    const seconds = meanOf(trials.map((trial) => trial[kind].seconds));
    const secondsPerEpoch = seconds / networks[kind].epochs;
    return {
      what,
      score: meanOf(perSeed),
      perSeed,
      bar,
      tolerance: 0.01,
      unit,
      baseline,
      seconds,
      secondsPerEpoch,
    };
  });
  return { project: "diabetes", rows };
}
