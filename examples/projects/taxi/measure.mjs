/** Measures the errors of both networks with some seeds, for comparison with PyTorch's on the same trips. */
import { resultRow } from "../shared/measured.mjs";
import { filesOf, survey } from "./load.mjs";
import { fitNetwork, networks } from "./network.mjs";
import { baselinesOf, errorsOf, predictedBy } from "./score.mjs";

/** PyTorch's means. */
const bars = { book: 3.25, better: 3.09 };

/**
 * @param folder has train.csv.gz and test.csv.gz
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
      const { pipeline, seconds } = await fitNetwork(kind, trips, { output, seed });
      const { rootMeanSquared: score } = errorsOf(trips.test, predictedBy(kind, pipeline, trips.test));
      runs.push({ score, seconds, secondsPerEpoch: seconds / epochs });
    }
    const [what, unit] = [`${features} features`, "root mean squared error, $"];
    rows.push(resultRow({ what, unit, bar, tolerance: 0.08, baseline }, runs));
  }
  return { project: "taxi", rows };
}
