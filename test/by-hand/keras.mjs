/**
 * `node test/by-hand/keras.mjs [--write]`: weights in Keras's layouts, from TensorFlow.js, whose layers are Keras's. Each layer's weights are
 * written under Keras 3's names and loaded here; the outputs must agree. TensorFlow.js has no GRU with `reset_after`, no group norm, no root
 * mean square norm and no attention: of these, test/topology/loading.test.ts checks the layouts. It needs the build and the packages of
 * bench/peers. With --write, the lines go to keras.log.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import {
  activation,
  batchNorm,
  bidirectional,
  conv1d,
  conv2d,
  convTranspose2d,
  dense,
  depthwiseConv2d,
  embedding,
  flatten,
  layerNorm,
  lstm,
  maxPool2d,
  Network,
  pcg32,
  simpleRnn,
} from "#dist/index.js";

const require = createRequire(new URL("../../bench/peers/package.json", import.meta.url));
const load = async (name) => {
  const module = await import(pathToFileURL(require.resolve(name)).href);
  return module.default ?? module;
};
const tf = await load("@tensorflow/tfjs");
tf.env().set("IS_TEST", true);
await tf.setBackend("cpu");

const { layers } = tf;
const long = { returnSequences: true };
const recurrent = { units: 4, recurrentActivation: "sigmoid", returnSequences: true };

/** The shape of an example, Keras's layers, and ours. */
const cases = {
  dense: [[3], [layers.dense({ units: 5, activation: "tanh" })], [dense(5, { activation: "tanh" })]],
  "dense without bias": [[3], [layers.dense({ units: 5, useBias: false })], [dense(5, { bias: false })]],
  "dense at positions": [[4, 3], [layers.dense({ units: 5 })], [dense(5)]],
  conv1d: [
    [9, 4],
    [layers.conv1d({ filters: 6, kernelSize: 3, strides: 2, padding: "same" })],
    [conv1d(6, 3, { stride: 2, padding: "same" })],
  ],
  conv2d: [
    [9, 8, 3],
    [layers.conv2d({ filters: 8, kernelSize: [3, 2], strides: 2, padding: "same" })],
    [conv2d(8, [3, 2], { stride: 2, padding: "same" })],
  ],
  depthwiseConv2d: [
    [6, 5, 3],
    [layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 })],
    [depthwiseConv2d(3, { multiplier: 2 })],
  ],
  convTranspose2d: [
    [4, 3, 3],
    [layers.conv2dTranspose({ filters: 5, kernelSize: 3, strides: 2, padding: "same" })],
    [convTranspose2d(5, 3, { stride: 2, padding: "same" })],
  ],
  batchNorm: [[3, 4], [layers.batchNormalization({})], [batchNorm({ epsilon: 1e-3 })]],
  "batchNorm without scale": [[4], [layers.batchNormalization({ scale: false })], [batchNorm({ epsilon: 1e-3 })]],
  layerNorm: [[3, 4], [layers.layerNormalization({})], [layerNorm({ epsilon: 1e-3 })]],
  embedding: [[5], [layers.embedding({ inputDim: 7, outputDim: 3 })], [embedding(7, 3)]],
  simpleRnn: [[5, 3], [layers.simpleRNN({ units: 4, returnSequences: true })], [simpleRnn(4, long)]],
  lstm: [[5, 3], [layers.lstm(recurrent)], [lstm(4, long)]],
  "lstm without bias": [[5, 3], [layers.lstm({ ...recurrent, useBias: false })], [lstm(4, long)]],
  "bidirectional lstm": [
    [5, 3],
    [layers.bidirectional({ layer: layers.lstm(recurrent), mergeMode: "concat" })],
    [bidirectional(lstm(4, long))],
  ],
  "flatten of images": [
    [6, 5, 3],
    [
      layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu" }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 2 }),
    ],
    [conv2d(4, 3), activation("relu"), maxPool2d(2), flatten(), dense(2)],
  ],
};

const cells = { lstm: "lstm_cell", simple: "simple_rnn_cell" };
/** Returns the path that Keras 3 gives a weight, from TensorFlow.js's name for it. @param half of the weights of two directions */
function pathOf(layer, name, half) {
  const end = name.slice(name.lastIndexOf("/") + 1).replace("depthwise_kernel", "kernel");
  const kind = layer.split("_")[0].toLowerCase();
  if (kind === "bidirectional") {
    return `sequential/${layer}/${half}_lstm/lstm_cell/${end}`;
  }
  return ["sequential", layer, ...(cells[kind] ? [cells[kind]] : []), end].join("/");
}

const rows = 3;
const most = 1e-5;
const generator = pcg32(11);
const random = () => 2 * generator.next() - 1;
const { version } = JSON.parse(readFileSync(require.resolve("@tensorflow/tfjs/package.json"), "utf8"));
const lines = [`TensorFlow.js ${version}. The greatest difference of outputs, as a share of the largest.`];
for (const [name, [shape, theirs, ours]] of Object.entries(cases)) {
  const model = tf.sequential({ layers: [layers.inputLayer({ inputShape: shape }), ...theirs] });
  const tensors = model.layers.flatMap((layer) =>
    layer.weights.map((weight, index) => {
      const isVariance = weight.name.includes("variance");
      const size = weight.shape.reduce((a, b) => a * b);
      const values = Float32Array.from({ length: size }, () => (isVariance ? 1 + 0.5 * random() : 0.4 * random()));
      weight.write(tf.tensor(values, weight.shape));
      return {
        name: pathOf(layer.name, weight.originalName, 2 * index < layer.weights.length ? "forward" : "backward"),
        shape: weight.shape,
        values,
      };
    }),
  );
  const network = new Network({ inputs: shape, layers: ours });
  network.load(tensors, { from: "keras" });
  const draw = name === "embedding" ? () => Math.floor(3.5 * (random() + 1)) : random;
  const inputs = Float32Array.from({ length: rows * shape.reduce((a, b) => a * b) }, draw);
  const expected = model.predict(tf.tensor(inputs, [rows, ...shape])).dataSync();
  const outputs = network.predict(inputs);
  const largest = expected.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  const difference = outputs.reduce((size, value, at) => Math.max(size, Math.abs(value - expected[at])), 0) / largest;
  const isGood = difference <= most && outputs.length === expected.length;
  if (!isGood) process.exitCode = 1;
  lines.push(`${name.padEnd(26)}  ${difference.toExponential(1).padStart(7)}${isGood ? "" : "  TOO LARGE"}`);
}
lines.push(process.exitCode ? "Some differ." : `All ${lines.length - 1} agree to ${most}.`);
console.log(lines.join("\n"));
if (process.argv.includes("--write")) writeFileSync(new URL("keras.log", import.meta.url), `${lines.join("\n")}\n`);
