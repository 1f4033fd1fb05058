/** The networks: the book's for long reviews, a small one for single sentences, and a bag of words for comparison. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  adam,
  checkpoint,
  dense,
  dropout,
  embedding,
  globalAveragePool,
  lstm,
  Network,
  Pipeline,
  rmsprop,
  sparseAdam,
  Trainer,
  uniform,
  zeros,
} from "simdnet";
import { encodeRecords } from "simdnet/data";
import { save, trainWithCheckpoint } from "../shared/training.mjs";
import { likedOf, scoreOf, target } from "./score.mjs";

const answer = dense(1, { activation: "sigmoid" });
const words = { weightInitializer: uniform(-0.05, 0.05) };

/** Whole reviews: the last 100 words of each. */
export const forReviews = {
  text: { size: 10_000, length: 100 },
  heldOut: 2_500,
  epochs: 3,
  batchSize: 128,
  layers: (count) => [embedding(count, 128, words), lstm(128), answer],
  optimizer: () => rmsprop({ learningRate: 0.001, alpha: 0.9, epsilon: 1e-7 }),
};

/** Single sentences, of which there are fewer: the last 40 words of each. */
export const forSentences = {
  text: { size: 5_000, length: 40 },
  heldOut: 960,
  epochs: 5,
  batchSize: 64,
  layers: (count) => [embedding(count, 32, words), dropout(0.5), lstm(32), dropout(0.5), answer],
  optimizer: () => adam({ learningRate: 0.002 }),
};

/** A number for each word, and their mean: a logistic regression that ignores the order of words. */
const bagOfWords = {
  text: { size: 10_000, maximumLength: 400 },
  epochs: 4,
  batchSize: 32,
  layers: (count) => [embedding(count, 1, { weightInitializer: zeros() }), globalAveragePool(), answer],
  optimizer: () => sparseAdam({ learningRate: 0.02 }),
};

/** Returns a trainer of a plan's network, for encoded reviews. */
export function newTrainer(
  { layers, optimizer, batchSize },
  { inputs: [{ shape, variableLength }], vocabularies },
  seed,
) {
  const network = new Network({ inputs: shape, variableLength, layers: layers(vocabularies.text.size), seed });
  return new Trainer(network, {
    loss: "binaryCrossEntropy",
    metrics: ["accuracy"],
    optimizer: optimizer(),
    batchSize,
    seed,
  });
}

/** Trains the network of a plan on encoded reviews, and keeps the epoch with the least loss on the validation reviews. */
export async function fitNetwork({ train, validation }, encoding, { name = "lstm", epochs, seed, output, ...plan }) {
  const best = join(output, `best-${name}-${seed}.safetensors`);
  const keepBest = checkpoint((bytes) => save(best, bytes), { best: true });
  const { records, seconds } = await trainWithCheckpoint(
    join(output, `training-${name}-${seed}.checkpoint`),
    () => newTrainer(plan, encoding, seed),
    (trainer, options) =>
      trainer.fit(encoding.apply(train), likedOf(train), {
        ...options,
        epochs,
        validation: [encoding.apply(validation), likedOf(validation)],
        callbacks: [...options.callbacks, keepBest],
      }),
  );
  const network = Network.fromBytes(readFileSync(best));
  rmSync(best);
  const losses = records.map(({ validation }) => validation.loss);
  return { network, records, seconds, best: records[losses.indexOf(Math.min(...losses))].epoch };
}

/** Returns the share of the test reviews that a bag of words gets right. */
export async function bagScore({ train, validation, test }, output) {
  const encoding = encodeRecords(train, { ignore: ["liked"], texts: { text: bagOfWords.text } });
  console.log("a bag of words, to compare it with:");
  const { network } = await fitNetwork({ train, validation }, encoding, {
    ...bagOfWords,
    name: "bag",
    seed: 1,
    output,
  });
  return scoreOf(new Pipeline({ network, encoding, target }).predict(test), test).accuracy;
}
