/** The scores of this project on the whole data, which do not ship: imdb-train.tsv.br and imdb-test.tsv.br of a folder. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { Pipeline } from "simdnet";
import { encodeRecords } from "simdnet/data";
import { dealt, reviewsFrom, sentencesOf } from "./load.mjs";
import { bagScore, forReviews, forSentences, likedOf, newTrainer, trainedOn } from "./network.mjs";
import { scoreOf, target } from "./score.mjs";

/** @returns what `results.json` keeps of this project */
export async function measure({ folder, seeds, output }) {
  const read = (part) =>
    sentencesOf(brotliDecompressSync(readFileSync(join(folder, `imdb-${part}.tsv.br`))).toString());
  const reviews = { train: read("train"), test: read("test") };
  const rows = [
    {
      ...(await scores(reviews, forReviews, { seeds, output })),
      what: "reviews, LSTM of 128",
      bar: 0.844,
      tolerance: 0.015,
    },
    {
      ...(await scores(await reviewsFrom(), forSentences, { seeds, output })),
      what: "sentences, LSTM of 32",
      bar: 0.764,
      tolerance: 0.015,
    },
  ];
  return { project: "sentiment", rows };
}

async function scores(reviews, plan, { seeds, output }) {
  const parts = dealt(reviews, plan.heldOut);
  const encoding = encodeRecords(parts.train, { ignore: ["liked"], texts: { text: plan.text } });
  const secondsPerEpoch = secondsOf(plan, encoding, parts.train);
  const bag = await bagScore(parts, output);
  const [perSeed, seconds] = [[], []];
  for (const seed of seeds) {
    const { network, ...training } = await trainedOn(parts, encoding, { ...plan, seed, output });
    const model = new Pipeline({ network, encoding, target });
    perSeed.push(scoreOf(model.predict(parts.test), parts.test).accuracy);
    seconds.push(training.seconds);
  }
  const baseline = { what: "bag of words", score: bag };
  return { unit: "accuracy", score: mean(perSeed), perSeed, baseline, seconds: mean(seconds), secondsPerEpoch };
}

/** Of an epoch, from the median of some steps, as the program for PyTorch measures it. */
export function secondsOf(plan, encoding, reviews) {
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

const mean = (values) => values.reduce((sum, value) => sum + value) / values.length;
