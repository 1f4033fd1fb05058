/** The networks that remove noise from images, with Keras's initializers, and the training of each. */
import {
  adam,
  conv2d,
  convTranspose2d,
  dense,
  glorotUniform,
  Network,
  polynomialDecay,
  Trainer,
  warmup,
} from "simdnet";

const weightInitializer = glorotUniform();
const learningRate = 0.001;

/** Returns a convolution of 3 × 3 that keeps height and width, unless it has a stride. */
const convolution = (filters, options) =>
  conv2d(filters, 3, { padding: "same", activation: "relu", weightInitializer, ...options });
const halved = (filters) => convolution(filters, { stride: 2, padding: 1 });
const doubled = (filters) =>
  convTranspose2d(filters, 3, { stride: 2, padding: 1, outputPadding: 1, activation: "relu", weightInitializer });
/** Returns the layer with one number from 0 to 1 a pixel, its brightness. */
const image = () => convolution(1, { activation: "sigmoid" });

/** The height and width of a digit. */
export const digitSize = 28;
const pixels = digitSize * digitSize;
const digitShape = [digitSize, digitSize, 1];

/** A network without convolutions that has to encode a digit in `units` numbers. */
export const bottleneck = (units) => ({
  inputs: pixels,
  layers: [
    dense(units, { activation: "relu", weightInitializer }),
    dense(pixels, { activation: "sigmoid", weightInitializer }),
  ],
  loss: "meanSquaredError",
});

export const digitNetworks = {
  dense: bottleneck(16),
  convolutional: {
    inputs: digitShape,
    layers: [...[16, 8, 8, 16].map((filters) => convolution(filters)), image()],
    loss: "binaryCrossEntropy",
  },
  strided: {
    inputs: digitShape,
    layers: [halved(16), halved(32), doubled(16), doubled(16), image()], // sides of 14, 7, 14 and 28
    loss: "binaryCrossEntropy",
  },
};

/** The training of digits. The network does not learn from a share of them, which is for the curves. */
export const digitTraining = { epochs: 10, validationSplit: { share: 0.05, from: "end" } };

export function digitTrainer({ inputs, layers, loss }, seed) {
  const network = new Network({ inputs, layers, seed });
  const optimizer = adam({ learningRate });
  return new Trainer(network, { loss, optimizer, batchSize: 32, metrics: ["meanSquaredError"], seed });
}

/** The height and width of the parts of pages that a network of documents learns from. */
export const patchSize = 64;
export const batchSize = 16;
/** The batches of an epoch. Patches are cut at random, so an epoch does not cover all pages. */
export const batchesOfEpoch = 50;

export const documentNetworks = {
  basic: { filters: [8, 8], epochs: 12 },
  deep: { filters: [32, 16, 8, 8, 16, 32], epochs: 8 },
};

/** The learning rate is constant in the first half and falls to 0 in the second. */
export function documentTrainer({ filters }, epochs, seed) {
  const layers = [...filters.map((count) => convolution(count)), image()];
  const network = new Network({ inputs: [patchSize, patchSize, 1], layers, seed });
  const steps = (epochs * batchesOfEpoch) / 2;
  const falling = polynomialDecay({ initial: learningRate, steps });
  const optimizer = adam({ learningRate: warmup({ steps, from: learningRate }, falling) });
  return new Trainer(network, { loss: "binaryCrossEntropy", optimizer, metrics: ["rootMeanSquaredError"], seed });
}
