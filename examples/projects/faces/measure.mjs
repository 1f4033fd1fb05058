/** The scores of the networks on the complete data, by seed, beside the bars of PyTorch on the same split. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Trainer } from "simdnet";
import { load } from "./load.mjs";
import { batchesOf, designs, pairCountOf, training, untrained } from "./network.mjs";
import { scoresOf, thresholdOf } from "./score.mjs";

const faces = ["att_faces.tar.gz"];
/** Those that come with the examples are complete. */
const letters = [];

/** What is measured; `bars` are means of three seeds by PyTorch 1.13, `tolerances` what a mean may fall short by. */
const trainings = [
  {
    design: "book",
    files: faces,
    what: "faces, the book's network",
    scores: [
      { score: "auc", of: "area under the ROC curve", bar: 0.987, tolerance: 0.01 },
      { score: "oneShot", of: "one-shot among 5 new people", bar: 0.982, tolerance: 0.015 },
      { score: "crowd", of: "one-shot, all 40 people among all", bar: 0.891, tolerance: 0.03 },
    ],
  },
  {
    design: "deeper",
    files: faces,
    what: "faces, the deeper network",
    scores: [
      { score: "auc", of: "area under the ROC curve", bar: 0.999, tolerance: 0.01 },
      { score: "oneShot", of: "one-shot among 5 new people", bar: 0.996, tolerance: 0.015 },
      { score: "crowd", of: "one-shot, all 40 people among all", bar: 0.961, tolerance: 0.03 },
    ],
  },
  {
    design: "letters",
    files: letters,
    what: "Omniglot",
    scores: [{ score: "oneShot", of: "one-shot among 20 new letters", bar: 0.603, tolerance: 0.02 }],
  },
];

/**
 * @param folder where att_faces.tar.gz lies; letters need none
 * @param seeds of first weights and pairs
 * @param only the designs to measure; all if it is not said
 */
export async function measure({ folder, seeds, only = Object.keys(designs) }) {
  const rows = [];
  for (const { design, files, what, scores } of trainings.filter((each) => only.includes(each.design))) {
    const data = load(files.map((name) => join(folder, name)));
    const pixels = scoresOf(data, data.rows, thresholdOf(data, data.rows, 1));
    const runs = [];
    for (const seed of seeds) runs.push(await run(data, design, seed));
    for (const { score, of, bar, tolerance } of scores) {
      const perSeed = runs.map((each) => each.scores[score]);
      rows.push({
        what: `${what}: ${of}`,
        score: mean(perSeed),
        perSeed,
        bar,
        tolerance,
        unit: score === "auc" ? "area" : "share",
        baseline: { what: "nearest pixels", score: pixels[score] },
        seconds: mean(runs.map(({ seconds }) => seconds)),
      });
    }
  }
  return { project: "faces", rows };
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

async function run(data, design, seed) {
  const { epochs, power } = designs[design];
  const plan = { epochs, pairCount: pairCountOf(data, design), power, seed };
  const trainer = new Trainer(untrained(data.kind.shape, design, seed), training(design, plan));
  const began = performance.now();
  await trainer.fitBatches(batchesOf(data, design, seed), { epochs });
  const seconds = (performance.now() - began) / 1000;
  const embeddings = trainer.network.part({ outputs: "embedding" }).predict(data.rows);
  return { scores: scoresOf(data, embeddings, thresholdOf(data, embeddings, seed)), seconds };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, seeds = "1", ...only] = process.argv.slice(2);
  const options = { folder, seeds: seeds.split(",").map(Number), ...(only.length > 0 ? { only } : {}) };
  console.log(JSON.stringify(await measure(options), null, 2));
}
