/** Trains a linear model to compare a network with: who gains nothing over it sees it. */

import { adamW, checkpoint, cosineDecay, dense, Network, pcg32, Trainer } from "../index.ts";
import type { EncodedExamples } from "./encodeParts.ts";
import { balancedWeights } from "./fit.ts";
import type { PreparedData } from "./prepare.ts";
import type { Head, Settings } from "./settings.ts";

/** More rows change a linear model little. */
const mostRows = 10_000;
/** The updates of a training, and the bounds of its epochs. */
const [updates, fewestEpochs, mostEpochs] = [5000, 10, 200];

/**
 * Returns the outputs of a linear model for the test rows; undefined if there are texts or pictures, or if the network is linear itself.
 *
 * @throws never: a training that diverges gives undefined
 */
export async function linearOutputs(
  { encoding, train, targets, validation, test }: PreparedData,
  { hidden, seed, balance }: Pick<Settings, "hidden" | "seed" | "balance">,
  head: Head,
): Promise<ArrayLike<number> | undefined> {
  if (!train || encoding.inputs.length > 1 || encoding.features.length === 0 || hidden.length === 0) return undefined;
  const width = encoding.features.length;
  const [some, stopping] = [train, validation].map((examples) => sampleOf(examples, width, seed));
  const rows = some.targets.length;
  const batchSize = Math.min(rows, rows < 2000 ? 16 : 64);
  const epochs = Math.min(mostEpochs, Math.max(fewestEpochs, Math.ceil((updates * batchSize) / rows)));
  const network = new Network({ inputs: width, layers: [dense(head.units)], seed });
  const trainer = new Trainer(network, {
    loss: head.loss,
    optimizer: adamW({ learningRate: cosineDecay({ initial: 0.02, steps: epochs, per: "epoch" }) }),
    batchSize,
    seed,
    ...(balance && { classWeights: balancedWeights(targets, head) }),
  });
  let best: Uint8Array | undefined;
  try {
    await trainer.fit(some.inputs as Float64Array, some.targets, {
      epochs,
      validation: stopping as never,
      callbacks: [checkpoint((bytes) => (best = bytes), { best: true })],
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  if (!best) return undefined;
  const last = dense(head.units, { activation: head.activation });
  const whole = new Network({ inputs: width, layers: [last] });
  const { parameters } = Network.fromBytes(best);
  for (const [index, { values }] of whole.parameters.entries()) values.set(parameters[index].values);
  return whole.predict(test.inputs as Float64Array);
}

/** Returns a random sample of examples. */
function sampleOf({ inputs, targets }: EncodedExamples, width: number, seed: number): EncodedExamples {
  if (targets.length <= mostRows) return { inputs, targets };
  const rows = pcg32(seed)
    .shuffle(Int32Array.from(targets, (_, row) => row))
    .slice(0, mostRows);
  const values = new Float64Array(rows.length * width);
  rows.forEach((row, index) => {
    values.set((inputs as Float64Array).subarray(row * width, (row + 1) * width), index * width);
  });
  return { inputs: values, targets: Float64Array.from(rows, (row) => targets[row]) };
}
