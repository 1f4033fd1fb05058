/** Measures the scores of this project on the complete data, which do not ship: imdb-train.tsv.br and imdb-test.tsv.br of a folder. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { Pipeline } from "simdnet";
import { encodeRecords } from "simdnet/data";
import { resultRow } from "../shared/measured.mjs";
import { load, sentencesOf, splitReviews } from "./load.mjs";
import { bagScore, fitNetwork, forReviews, forSentences, newTrainer } from "./network.mjs";
import { likedOf, scoreOf, target } from "./score.mjs";

/** @returns the entry of this project in `results.json` */
export async function measure({ folder, seeds, output }) {
  const read = (part) =>
    sentencesOf(brotliDecompressSync(readFileSync(join(folder, `imdb-${part}.tsv.br`))).toString());
  const reviews = { train: read("train"), test: read("test") };
  const rows = [
    await measuredOn(reviews, forReviews, { what: "reviews, LSTM of 128", bar: 0.844 }, { seeds, output }),
    await measuredOn(await load(), forSentences, { what: "sentences, LSTM of 32", bar: 0.764 }, { seeds, output }),
  ];
  return { project: "sentiment", rows };
}

async function measuredOn(reviews, plan, row, { seeds, output }) {
  const parts = splitReviews(reviews, plan.heldOut);
  const encoding = encodeRecords(parts.train, { ignore: ["liked"], texts: { text: plan.text } });
  const secondsPerEpoch = secondsOf(plan, encoding, parts.train);
  const baseline = { what: "bag of words", score: await bagScore(parts, output) };
  const runs = [];
  for (const seed of seeds) {
    const { network, seconds } = await fitNetwork(parts, encoding, { ...plan, seed, output });
    const model = new Pipeline({ network, encoding, target });
    const { accuracy: score } = scoreOf(model.predict(parts.test), parts.test);
    runs.push({ score, seconds, secondsPerEpoch });
  }
  return resultRow({ ...row, unit: "accuracy", tolerance: 0.015, baseline }, runs);
}

/** Returns the seconds of an epoch, from the median of some steps, as the program for PyTorch does. */
function secondsOf(plan, encoding, reviews) {
  const { batchSize } = plan;
  const trainer = newTrainer(plan, encoding, 1);
  const batch = reviews.slice(0, batchSize);
  const [inputs, targets] = [encoding.apply(batch), likedOf(batch)];
  const times = Array.from({ length: 13 }, () => {
    const began = performance.now();
    trainer.step(inputs, targets);
    return (performance.now() - began) / 1000;
  });
  const [median] = times
    .slice(3)
    .sort((one, other) => one - other)
    .slice(5);
  return (median * reviews.length) / batchSize;
}
