/** The networks: a tower for both pictures of a pair, and the distance of its outputs. */
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

/** Three convolutions, each at half the size of the previous one, and 64 numbers on the unit sphere. */
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
 * The designs. Each has the layers of the tower; `power`, the exponent of the penalty max(1 − d, 0)^power for a pair of two classes; and
 * the choice of pairs: consecutive or random pictures, `perEpoch` of them (default all), drawn in each epoch or only once.
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
    // Pictures are black on white. They are inverted, so that outside of the ink they are zero, like the convolutions' padding.
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
    // The rate is constant for the first half of the steps, then it falls to 0.
    learningRate: (steps) => {
      const half = Math.ceil(steps / 2);
      return warmup({ steps: half, from: 0.002 }, polynomialDecay({ initial: 0.002, steps: half }));
    },
  },
};

/**
 * Returns a network of two pictures. Its output is `threshold` minus their distance: above 0 they are of one class. The values in between
 * have names: "embedding" is the tower's output for the first picture, "other" that for the second, "distance" their distance.
 */
function siamese(shape, design, seed, threshold = 0) {
  const layers = designs[design].tower();
  const both = [input(shape), input(shape)];
  const [left, right] = both.map((picture) => layers.reduce((value, layer) => layer(value), picture));
  // These layers change nothing. A layer of the tower is used twice, so a part cannot end there.
  const ends = [flatten({ name: "embedding" })(left), flatten({ name: "other" })(right)];
  const apart = distance({ name: "distance" })(...ends);
  const fixed = { weightInitializer: constant(-1), biasInitializer: constant(threshold), trainable: false };
  return new Network({ inputs: both, outputs: dense(1, { ...fixed, name: "same" })(apart), seed });
}

/** Returns the network for training, whose output is the distance. */
export const untrained = (shape, design, seed) => siamese(shape, design, seed).part({ outputs: "distance" });

/** Returns the network for saving, with the weights of the trained one. */
export function withThreshold(trained, shape, design, threshold) {
  const network = siamese(shape, design, 0, threshold);
  const last = readSafetensors(network.toBytes()).filter(({ name }) => name.startsWith("same."));
  network.load([...readSafetensors(trained.toBytes()), ...last], { from: "simdnet" });
  return network;
}

/** Returns the options of the trainer. */
export function training(design, { epochs, pairCount, power, seed }) {
  const { batchSize, learningRate } = designs[design];
  const steps = epochs * Math.ceil(pairCount / batchSize);
  return { loss: contrastive({ margin: 1, power }), optimizer: adam({ learningRate: learningRate(steps) }), seed };
}

/** Returns the number of pairs in an epoch. */
export function pairCountOf(data, design) {
  let count = 0;
  for (const { targets } of batchesOf(data, design, 0)(1)) count += targets.length;
  return count;
}

/** Returns the batches of each epoch, for `fitBatches`. */
export function batchesOf({ rows, classes, train }, design, seed) {
  const { partners, isAnew, batchSize, perEpoch } = designs[design];
  const labels = train.map((number) => classes[number]);
  return function* (epoch) {
    // The numbers differ between epochs, and are the same for each training with this seed.
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
