/** Measures the networks of this project on the full data. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resultRow } from "../shared/measured.mjs";
import { mean } from "../shared/scores.mjs";
import { loadDigits, withNoise } from "./loadDigits.mjs";
import { loadDocuments } from "./loadDocuments.mjs";
import { digitNetworks, digitTrainer, digitTraining, documentNetworks, documentTrainer } from "./networks.mjs";
import { batchesOf, setAside } from "./patches.mjs";
import { fitThreshold, meanSquaredError, pageCleaner, pageErrors } from "./score.mjs";

/** PyTorch's scores, and the tolerances for a worse score. */
const bars = {
  dense: { bar: 0.0316, tolerance: 0.001 },
  convolutional: { bar: 0.0129, tolerance: 0.0006 },
  strided: { bar: 0.0137, tolerance: 0.0006 },
  basic: { bar: 0.0728, tolerance: 0.008 },
  deep: { bar: 0.0453, tolerance: 0.003 },
};

/**
 * Trains every network once for each seed.
 *
 * @param folder has NoisyOffice.tar; the digits are those of the package `mnist`
 * @param seeds whole numbers
 * @returns `{ project, rows }`, a row for each network: its mean score (less is better), the score of each seed, and the mean time of a
 * training in seconds
 */
export async function measure({ folder, seeds }) {
  const rows = [];
  for (const name of Object.keys(digitNetworks)) {
    rows.push(await rowOf(`digits, ${name}`, bars[name], "mean squared error", seeds, (seed) => digits(name, seed)));
  }
  const place = mkdtempSync(join(tmpdir(), "noisy-office-"));
  try {
    execFileSync("tar", ["-xf", join(folder, "NoisyOffice.tar"), "-C", place]);
    const pages = loadDocuments(join(place, "NoisyOffice"));
    const unit = "root mean squared error of a page";
    for (const name of Object.keys(documentNetworks)) {
      rows.push(await rowOf(`documents, ${name}`, bars[name], unit, seeds, (seed) => documents(name, seed, pages)));
    }
  } finally {
    rmSync(place, { recursive: true });
  }
  return { project: "denoising", rows };
}

/** @param run trains with a seed and returns `{ score, baseline, seconds, secondsPerEpoch }` */
async function rowOf(what, limits, unit, seeds, run) {
  const runs = [];
  for (const seed of seeds) runs.push(await run(seed));
  const baseline = { what: "the best threshold", score: mean(runs.map(({ baseline }) => baseline)) };
  return resultRow({ what, unit, ...limits, baseline }, runs);
}

async function digits(name, seed) {
  const clean = loadDigits();
  const noisy = withNoise(clean, seed);
  const trainer = digitTrainer(digitNetworks[name], seed);
  const began = performance.now();
  await trainer.fit(noisy.train, clean.train, digitTraining);
  const seconds = (performance.now() - began) / 1000;
  const threshold = fitThreshold([{ noisy: noisy.train, clean: clean.train }], 0);
  const errorOf = (values) => meanSquaredError(values, clean.test);
  const score = errorOf(trainer.network.predict(noisy.test));
  return { score, baseline: errorOf(threshold(noisy.test)), seconds, secondsPerEpoch: seconds / digitTraining.epochs };
}

async function documents(name, seed, { train, test }) {
  const description = documentNetworks[name];
  const { epochs } = description;
  const trainer = documentTrainer(description, epochs, seed);
  const began = performance.now();
  await trainer.fitBatches(batchesOf(setAside(train).learned, seed), { epochs });
  const seconds = (performance.now() - began) / 1000;
  const threshold = fitThreshold(train, 1);
  const errorOf = (cleaned) => mean(pageErrors(test, cleaned));
  const score = errorOf(pageCleaner(trainer.network));
  return { score, baseline: errorOf(({ noisy }) => threshold(noisy)), seconds, secondsPerEpoch: seconds / epochs };
}
