// Trains on a fifth of the handwritten digits, and writes the files that the two Workers start with: digits.safetensors, the network, and
// digits.bin, the training with its examples.
import { writeFileSync } from "node:fs";
import { adamW, dense, Network, Trainer } from "simdnet";
import { digits, oneHot, trainTestSplit } from "simdnet/data";
import { Learning } from "./learning.js";

const folder = new URL(".", import.meta.url);

/** The examples that a learner trains on: equally many known and recent ones. */
const kept = 256;
/** The examples that it never trains on, which judge its updates. */
const judging = 180;

const { inputs, targets } = digits();
const scaled = inputs.map((pixels) => pixels.map((pixel) => pixel / 16));
const { train, test } = trainTestSplit(scaled, targets, { testFraction: 0.8, stratify: targets, seed: 1 });
const classes = oneHot(train.targets, 10);

const layers = [dense(64, { activation: "relu" }), dense(10, { activation: "softmax" })];
const network = new Network({ inputs: 64, layers, seed: 1 });
const options = { loss: "categoricalCrossEntropy", metrics: ["accuracy"], seed: 1 };
const trainer = new Trainer(network, { ...options, optimizer: adamW({ learningRate: 0.005 }) });
await trainer.fit(train.inputs, classes, { epochs: 40 });
const { accuracy } = trainer.evaluate(test.inputs, oneHot(test.targets, 10));
console.log(
  `${train.inputs.length} digits learned; ${(100 * accuracy).toFixed(1)} % of ${test.inputs.length} others right`,
);

// It continues slowly, because a feedback makes hundreds of steps.
const slow = new Trainer(network, { ...options, optimizer: adamW({ learningRate: 0.0005 }) });
const flat = (rows, targets) => ({
  inputs: Float32Array.from(rows.flat()),
  targets: Float32Array.from(targets.flat()),
});
// The judges are other examples, because a network may overfit the ones it was trained on.
const { test: held } = trainTestSplit(test.inputs, test.targets, {
  testFraction: judging / test.inputs.length,
  stratify: test.targets,
  seed: 1,
});
const examples = {
  anchors: flat(train.inputs.slice(0, kept), classes.slice(0, kept)),
  recent: flat(train.inputs.slice(-kept), classes.slice(-kept)),
  judges: flat(held.inputs, oneHot(held.targets, 10)),
};
writeFileSync(new URL("digits.safetensors", folder), network.toBytes());
writeFileSync(new URL("digits.bin", folder), new Learning(slow, examples).toBytes());
