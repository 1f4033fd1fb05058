/** The errors of both networks with some seeds, beside PyTorch's on the same trips. */
import { filesOf, survey } from "./load.mjs";
import { fitted, networks } from "./network.mjs";
import { baselinesOf, errorsOf, predictedBy } from "./score.mjs";

/** PyTorch's means. */
const bars = { book: 3.25, better: 3.09 };

/**
 * @param folder where train.csv.gz and test.csv.gz lie
 * @param output a folder for checkpoints
 */
export async function measure({ folder, seeds, output }) {
  const trips = await survey(filesOf([folder]));
  const { line } = baselinesOf(trips.train, trips.test);
  const baseline = { what: "a line through the distance", score: line.rootMeanSquared };
  const rows = [];
  for (const [kind, bar] of Object.entries(bars)) {
    const { features, epochs } = networks[kind];
    const runs = [];
    for (const seed of seeds) {
      const { pipeline, seconds } = await fitted(kind, trips, { output, seed });
      const { rootMeanSquared } = errorsOf(trips.test, predictedBy(kind, pipeline, trips.test));
      runs.push({ rootMeanSquared, seconds });
    }
    const perSeed = runs.map(({ rootMeanSquared }) => rootMeanSquared);
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const seconds = mean(runs.map((run) => run.seconds));
    const what = `${features} features`;
    const unit = "root mean squared error, $";
    rows.push({
      what,
      score: mean(perSeed),
      perSeed,
      bar,
      tolerance: 0.08,
      unit,
      baseline,
      seconds,
      secondsPerEpoch: seconds / epochs,
    });
  }
  return { project: "taxi", rows };
}
