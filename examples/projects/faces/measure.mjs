/** Measures the scores of the networks on the complete data, by seed, for comparison with PyTorch's on the same split. */
import { join } from "node:path";
import { Trainer } from "simdnet";
import { resultRow } from "../shared/measured.mjs";
import { load } from "./load.mjs";
import { batchesOf, designs, pairCountOf, training, untrained } from "./network.mjs";
import { scoresOf, thresholdOf } from "./score.mjs";

const faces = ["att_faces.tar.gz"];
/** The shipped letters are complete. */
const letters = [];

/** The networks to measure. `bars` are means of three seeds by PyTorch 1.13, `tolerances` the allowed shortfalls of a mean. */
const trainings = [
  {
    design: "book",
    files: faces,
    what: "faces, the book's",
    scores: [
      { score: "auc", unit: "area under the ROC curve", bar: 0.987, tolerance: 0.01 },
      { score: "oneShot", unit: "one-shot of 5 new people", bar: 0.982, tolerance: 0.015 },
      { score: "crowd", unit: "one-shot of all 40 people", bar: 0.891, tolerance: 0.03 },
    ],
  },
  {
    design: "deeper",
    files: faces,
    what: "faces, deeper",
    scores: [
      { score: "auc", unit: "area under the ROC curve", bar: 0.999, tolerance: 0.01 },
      { score: "oneShot", unit: "one-shot of 5 new people", bar: 0.996, tolerance: 0.015 },
      { score: "crowd", unit: "one-shot of all 40 people", bar: 0.961, tolerance: 0.03 },
    ],
  },
  {
    design: "letters",
    files: letters,
    what: "letters of Omniglot",
    scores: [{ score: "oneShot", unit: "one-shot of 20 new letters", bar: 0.603, tolerance: 0.02 }],
  },
];

/**
 * @param folder has att_faces.tar.gz; letters need none
 * @param seeds of first weights and pairs
 * @param only the designs to measure; default all
 */
export async function measure({ folder, seeds, only = Object.keys(designs) }) {
  const rows = [];
  for (const { design, files, what, scores } of trainings.filter((each) => only.includes(each.design))) {
    const data = load(files.map((name) => join(folder, name)));
    const pixels = scoresOf(data, data.rows, thresholdOf(data, data.rows, 1));
    const runs = [];
    for (const seed of seeds) runs.push(await run(data, design, seed));
    for (const { score: name, ...bar } of scores) {
      const baseline = { what: "nearest pixels", score: pixels[name] };
      const own = runs.map(({ scores, ...times }) => ({ score: scores[name], ...times }));
      rows.push(resultRow({ what, ...bar, baseline }, own));
    }
  }
  return { project: "faces", rows };
}

async function run(data, design, seed) {
  const { epochs, power } = designs[design];
  const plan = { epochs, pairCount: pairCountOf(data, design), power, seed };
  const trainer = new Trainer(untrained(data.kind.shape, design, seed), training(design, plan));
  const began = performance.now();
  await trainer.fitBatches(batchesOf(data, design, seed), { epochs });
  const seconds = (performance.now() - began) / 1000;
  const embeddings = trainer.network.part({ outputs: "embedding" }).predict(data.rows);
  const scores = scoresOf(data, embeddings, thresholdOf(data, embeddings, seed));
  return { scores, seconds, secondsPerEpoch: seconds / epochs };
}
