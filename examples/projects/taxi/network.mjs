/** The networks that are compared, and their training on trips in memory or from a file. */
import { adam, cosineDecay, dense, glorotUniform, mt19937, Network, Pipeline, Trainer } from "simdnet";
import { encodeRecords } from "simdnet/data";
import { trainWithCheckpoint } from "../shared/training.mjs";
import { featureSets } from "./features.mjs";
import { trainingChunks } from "./load.mjs";
import { fare, limitsOf } from "./trip.mjs";

const weightInitializer = glorotUniform(); // Keras's, as in the book
const batchSize = 32;

export const networks = {
  book: { name: "the book's network", features: 17, epochs: 10, learningRate: () => 0.001 },
  better: {
    name: "ten more features",
    features: 27,
    epochs: 15,
    learningRate: (steps) => cosineDecay({ initial: 0.001, steps }),
  },
};

/**
 * Trains one of `networks`. The scale of each feature comes from the trips in memory.
 *
 * @param trips the result of `survey`
 * @param options `output`, a folder for the checkpoint after Ctrl-C; `seed`, `epochs`
 * @returns the pipeline, which takes the features of trips, and a record for each epoch
 */
export async function fitNetwork(kind, trips, { output, seed, epochs = networks[kind].epochs }) {
  const { train, count, isWhole, files } = trips;
  const featuresOf = featureSets[kind];
  const features = featuresOf(train);
  const encoding = encodeRecords(features);
  const examplesOf = (trips, features) => ({
    inputs: Float32Array.from(encoding.apply(features)),
    targets: Float32Array.from(trips[fare]),
  });
  const whole = isWhole && examplesOf(train, features);
  async function* batches(epoch) {
    const generator = mt19937(1000 * seed + epoch);
    if (whole) yield* batchesOf(whole, generator);
    else
      for await (const trips of trainingChunks(files))
        yield* batchesOf(examplesOf(trips, featuresOf(trips)), generator);
  }
  const steps = epochs * Math.ceil(count / batchSize);
  const newTrainer = () =>
    new Trainer(newNetwork(encoding.features.length, seed), {
      loss: "meanSquaredError",
      optimizer: adam({ learningRate: networks[kind].learningRate(steps) }),
      batchSize,
    });
  const fit = (trainer, shared) => trainer.fitBatches(batches, { epochs, ...shared });
  const file = `${output}/${kind}-${count}-${seed}-${epochs}.checkpoint`;
  const { trainer, records, seconds } = await trainWithCheckpoint(file, newTrainer, fit);
  const target = { kind: "number", name: fare, offset: 0, divisor: 1 };
  const notes = { limits: limitsOf(train) };
  return { pipeline: new Pipeline({ network: trainer.network, encoding, target, notes }), records, seconds };
}

function newNetwork(inputs, seed) {
  const relu = (units) => dense(units, { activation: "relu", weightInitializer });
  return new Network({
    inputs,
    layers: [relu(128), relu(64), relu(32), relu(8), dense(1, { weightInitializer })],
    seed,
  });
}

/** Yields batches of the examples, in an order that the generator draws. */
function* batchesOf({ inputs, targets }, generator) {
  const width = inputs.length / targets.length;
  const order = generator.shuffle(Uint32Array.from(targets, (_, row) => row));
  for (let from = 0; from < order.length; from += batchSize) {
    const rows = order.subarray(from, from + batchSize);
    const batch = { inputs: new Float32Array(rows.length * width), targets: new Float32Array(rows.length) };
    rows.forEach((row, index) => {
      batch.inputs.set(inputs.subarray(row * width, (row + 1) * width), index * width);
      batch.targets[index] = targets[row];
    });
    yield batch;
  }
}
