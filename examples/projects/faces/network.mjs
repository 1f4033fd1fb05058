/** The networks: a tower that both pictures of a pair go through, and the distance of what it makes of them. */
import {
  activation,
  adam,
  batchNorm,
  constant,
  contrastive,
  conv2d,
  dense,
  distance,
  flatten,
  glorotUniform,
  input,
  maxPool2d,
  Network,
  ones,
  pcg32,
  polynomialDecay,
  readSafetensors,
  unitNorm,
  warmup,
} from "simdnet";
import { pairs } from "simdnet/data";

const weightInitializer = glorotUniform();

/** Three convolutions, each at half the size of the one before, and 64 numbers on the unit sphere. */
const deeper = (filters) => [
  ...filters.flatMap((count) => [
    conv2d(count, 3, { padding: "same", weightInitializer }),
    batchNorm(),
    activation("relu"),
    maxPool2d(2),
  ]),
  flatten(),
  dense(64, { weightInitializer }),
  unitNorm(),
];

/**
 * What there is to choose from: the layers of the tower; the power in max(1 − d, 0)^power, which a pair of two classes costs; pairs of
 * consecutive pictures or drawn ones, `perEpoch` of them (all if it is not said), anew in each epoch or once for all.
 */
export const designs = {
  book: {
    tower: () => [
      conv2d(64, 3, { activation: "relu", weightInitializer }),
      maxPool2d(2),
      conv2d(64, 3, { activation: "relu", weightInitializer }),
      flatten(),
      dense(128, { activation: "sigmoid", weightInitializer }),
    ],
    power: 1,
    partners: "consecutive",
    isAnew: false,
    batchSize: 128,
    epochs: 10,
    learningRate: () => 0.001,
  },
  deeper: {
    tower: () => deeper([16, 32, 64]),
    power: 2,
    partners: "consecutive",
    isAnew: true,
    batchSize: 64,
    epochs: 20,
    learningRate: () => 0.001,
  },
  letters: {
    // Pictures are black on white: as ink on nothing they end in zeros, as the convolutions' margins do.
    tower: () => [
      dense(1, { trainable: false, weightInitializer: constant(-1), biasInitializer: ones(), name: "ink" }),
      ...deeper([16, 32, 32]),
    ],
    power: 2,
    partners: "random",
    isAnew: true,
    batchSize: 128,
    perEpoch: 20 * 128,
    epochs: 20,
    // As it is for the first half of the steps, then down to 0.
    learningRate: (steps) => {
      const half = Math.ceil(steps / 2);
      return warmup({ steps: half, from: 0.002 }, polynomialDecay({ initial: 0.002, steps: half }));
    },
  },
};

/**
 * A network of two pictures. Its output is `threshold` less their distance: above 0 they are of one class. The values between have names:
 * "embedding" is what the tower makes of the first, "other" what it makes of the second, "distance" how far they are apart.
 */
function siamese(shape, design, seed, threshold = 0) {
  const layers = designs[design].tower();
  const both = [input(shape), input(shape)];
  const [left, right] = both.map((picture) => layers.reduce((value, layer) => layer(value), picture));
  // They change nothing: a layer of a tower, which is used twice, is no place to end a part at.
  const ends = [flatten({ name: "embedding" })(left), flatten({ name: "other" })(right)];
  const apart = distance({ name: "distance" })(...ends);
  const fixed = { weightInitializer: constant(-1), biasInitializer: constant(threshold), trainable: false };
  return new Network({ inputs: both, outputs: dense(1, { ...fixed, name: "same" })(apart), seed });
}

/** The network to train: its output is the distance. */
export const untrained = (shape, design, seed) => siamese(shape, design, seed).part({ outputs: "distance" });

/** The network to save, with what the other has learned. */
export function withThreshold(trained, shape, design, threshold) {
  const network = siamese(shape, design, 0, threshold);
  const last = readSafetensors(network.toBytes()).filter(({ name }) => name.startsWith("same."));
  network.load([...readSafetensors(trained.toBytes()), ...last], { from: "simdnet" });
  return network;
}

/** The options of the trainer. */
export function training(design, { epochs, pairCount, power, seed }) {
  const { batchSize, learningRate } = designs[design];
  const steps = epochs * Math.ceil(pairCount / batchSize);
  return { loss: contrastive({ margin: 1, power }), optimizer: adam({ learningRate: learningRate(steps) }), seed };
}

/** How many pairs an epoch has. */
export function pairCountOf(data, design) {
  let count = 0;
  for (const { targets } of batchesOf(data, design, 0)(1)) count += targets.length;
  return count;
}

/** The batches of each epoch, for `fitBatches`. */
export function batchesOf({ rows, classes, train }, design, seed) {
  const { partners, isAnew, batchSize, perEpoch } = designs[design];
  const labels = train.map((number) => classes[number]);
  return function* (epoch) {
    // Other numbers for each epoch, and the same for each training of the seed.
    const random = pcg32(1000 * seed + epoch);
    const { left, right, targets } = pairs(labels, { partners, seed: isAnew ? random : seed });
    const order = random.shuffle(Array.from(targets, (_, pair) => pair)).slice(0, perEpoch);
    for (let begin = 0; begin < order.length; begin += batchSize) {
      const batch = order.slice(begin, begin + batchSize);
      const side = (numbers) => batch.map((pair) => rows[train[numbers[pair]]]);
      yield { inputs: [side(left), side(right)], targets: batch.map((pair) => targets[pair]) };
    }
  };
}
