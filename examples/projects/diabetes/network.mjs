/** The three networks that are compared, and the conversion of a person's measurements into their inputs. */
import { adam, adamW, dense, glorotUniform, Network, Pipeline, Trainer } from "simdnet";
import { encodeRecords } from "simdnet/data";
import { trainWithCheckpoint } from "../shared/training.mjs";
import { outcome, unmeasured } from "./load.mjs";

const weightInitializer = glorotUniform(); // Keras's, as in the book
const relu = (units) => dense(units, { activation: "relu", weightInitializer });
const probability = dense(1, { activation: "sigmoid", weightInitializer });

export const networks = {
  book: { name: "the book's network", layers: [relu(32), relu(16), probability], optimizer: adam(), epochs: 200 },
  better: {
    name: "weight decay",
    layers: [relu(32), relu(16), probability],
    optimizer: adamW({ weightDecay: 0.1 }),
    epochs: 40,
  },
  logistic: {
    name: "logistic regression",
    layers: [probability],
    optimizer: adam({ learningRate: 0.003 }),
    epochs: 100,
  },
};

/**
 * Trains one of `networks`. The replacements for missing values and the scale of each column come from the same people.
 *
 * @param options `output`, a folder for the checkpoint after Ctrl-C; `seed`, and options of `fit`
 * @returns the pipeline, which takes records of `load`, and a record for each epoch
 */
export async function fitNetwork(kind, people, { output, seed, epochs = networks[kind].epochs, ...options }) {
  const { layers, optimizer } = networks[kind];
  const encoding = encodeRecords(people, { ignore: [outcome], fillNumbers: "mean", missing: unmeasured });
  const newTrainer = () =>
    new Trainer(new Network({ inputs: encoding.features.length, layers, seed }), {
      loss: "binaryCrossEntropy",
      optimizer,
      batchSize: 32,
      seed,
      metrics: ["accuracy"],
    });
  const [inputs, targets] = [encoding.apply(people), people.map((person) => person[outcome])];
  const fit = (trainer, shared) => trainer.fit(inputs, targets, { epochs, ...options, ...shared });
  const name = [kind, people.length, seed, epochs, ...Object.values(options)].join("-");
  const file = `${output}/${name}.checkpoint`;
  const { trainer, records, seconds } = await trainWithCheckpoint(file, newTrainer, fit, { isShown: false });
  const target = { kind: "classes", name: outcome, classes: ["no", "yes"] };
  return { pipeline: new Pipeline({ network: trainer.network, encoding, target }), records, seconds };
}
