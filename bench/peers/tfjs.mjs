/** TensorFlow.js; tfjs-wasm.mjs and tfjs-cpu.mjs choose its backend. Batches are made into tensors before timing. */
import * as tf from "@tensorflow/tfjs";
import { peer, versionOf } from "./peer.mjs";

/** Work that a backend cannot do, or not in reasonable time. */
const cannotOn = {
  wasm: { trainImages: "has no gradient of convolutions" },
  cpu: { "trainImages large": "makes less than one example a second" },
};

/** The layers that images.mjs describes, with their parameters as tensors. */
const imageModel = (layers, tensor) =>
  layers.map((layer) => {
    const { kind, channels, filters, fanIn, fanOut, padding, weight, bias } = layer;
    const pad = padding ? "same" : "valid";
    if (kind === "pool") return { kind };
    if (kind === "dense") return { kind, w: tensor(weight, [fanIn, fanOut]), b: tensor(bias, [fanOut]) };
    return { kind, pad, w: tensor(weight, [3, 3, channels, filters]), b: tensor(bias, [filters]) };
  });

/** Returns an LSTM and a dense layer on its last state. Its gates are set to sigmoid, since their default differs from Keras's. */
function sequenceModel([{ steps, features, units, weight, recurrentWeight, bias }, last]) {
  const layers = [
    tf.layers.lstm({ units, inputShape: [steps, features], recurrentActivation: "sigmoid" }),
    tf.layers.dense({ units: last.fanOut }),
  ];
  const model = tf.sequential({ layers });
  model.setWeights([
    tf.tensor2d(weight, [features, 4 * units]),
    tf.tensor2d(recurrentWeight, [units, 4 * units]),
    tf.tensor1d(bias),
    tf.tensor2d(last.weight, [last.fanIn, last.fanOut]),
    tf.tensor1d(last.bias),
  ]);
  return model;
}

function forwardImages(model, x) {
  return model.reduce((value, { kind, w, b, pad }) => {
    if (kind === "pool") return tf.maxPool(value, 2, 2, "valid");
    if (kind === "dense") return tf.add(tf.matMul(value.reshape([value.shape[0], -1]), w), b);
    return tf.fused.conv2d({ x: value, filter: w, strides: 1, pad, bias: b, activation: "relu" });
  }, x);
}

export async function tensorflow(backend) {
  await tf.setBackend(backend);
  await tf.ready();
  await peer({
    version: versionOf("@tensorflow/tfjs"),

    // Its Adam has β₂ᵗ in float32, so 1 − β₂ᵗ loses digits. Hand-written JavaScript that does the same has the same losses.
    lossDigits: 3,
    train({ rows, inputs, classes, layers, batchSize, learningRate, betas, epsilon }) {
      tf.disposeVariables();
      const [w1, b1, w2, b2] = layers.flatMap(({ weight, bias, fanIn, fanOut }) => [
        tf.variable(tf.tensor2d(weight.slice(), [fanIn, fanOut])),
        tf.variable(tf.tensor1d(bias.slice())),
      ]);
      const optimizer = tf.train.adam(learningRate, ...betas, epsilon);
      const batches = [];
      for (let from = 0; from < rows; from += batchSize) {
        const count = Math.min(batchSize, rows - from);
        const x = tf.tensor2d(inputs.slice(from * 784, (from + count) * 784), [count, 784]);
        const numbers = tf.tensor1d(Int32Array.from(classes.subarray(from, from + count)), "int32");
        batches.push({ x, y: tf.oneHot(numbers, 10).toFloat(), count });
      }
      return () => {
        const losses = batches.map(({ x, y, count }) => {
          const cost = () => {
            const hidden = tf.relu(tf.add(tf.matMul(x, w1), b1));
            return tf.losses.softmaxCrossEntropy(y, tf.add(tf.matMul(hidden, w2), b2));
          };
          return { loss: optimizer.minimize(cost, true), count };
        });
        return (
          losses.reduce((sum, { loss, count }) => {
            const [value] = loss.dataSync();
            loss.dispose();
            return sum + value * count;
          }, 0) / rows
        );
      };
    },

    cannot: cannotOn[backend],
    trainImages({ rows, inputs, classes, layers, batchSize, learningRate, betas, epsilon }) {
      tf.disposeVariables();
      const model = imageModel(layers, (values, shape) => tf.variable(tf.tensor(values.slice(), shape)));
      const optimizer = tf.train.adam(learningRate, ...betas, epsilon);
      const { side, channels } = layers[0];
      const size = inputs.length / rows;
      const batches = [];
      for (let from = 0; from < rows; from += batchSize) {
        const count = Math.min(batchSize, rows - from);
        const x = tf.tensor4d(inputs.slice(from * size, (from + count) * size), [count, side, side, channels]);
        const numbers = tf.tensor1d(Int32Array.from(classes.subarray(from, from + count)), "int32");
        batches.push({ x, y: tf.oneHot(numbers, 10).toFloat(), count });
      }
      return () => {
        let sum = 0;
        for (const { x, y, count } of batches) {
          const loss = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, forwardImages(model, x)), true);
          sum += loss.dataSync()[0] * count;
          loss.dispose();
        }
        return sum / rows;
      };
    },

    trainSequences({ rows, inputs, classes, layers, batchSize, learningRate, betas, epsilon }) {
      tf.disposeVariables();
      const model = sequenceModel(layers);
      const optimizer = tf.train.adam(learningRate, ...betas, epsilon);
      const { steps, features } = layers[0];
      const size = steps * features;
      const batches = [];
      for (let from = 0; from < rows; from += batchSize) {
        const count = Math.min(batchSize, rows - from);
        const x = tf.tensor3d(inputs.slice(from * size, (from + count) * size), [count, steps, features]);
        const numbers = tf.tensor1d(Int32Array.from(classes.subarray(from, from + count)), "int32");
        batches.push({ x, y: tf.oneHot(numbers, 10).toFloat(), count });
      }
      return () => {
        let sum = 0;
        for (const { x, y, count } of batches) {
          const loss = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, model.apply(x)), true);
          sum += loss.dataSync()[0] * count;
          loss.dispose();
        }
        return sum / rows;
      };
    },

    inferSequences({ layers }) {
      const model = sequenceModel(layers);
      const { steps, features } = layers[0];
      return (inputs, rows) => tf.tidy(() => model.predict(tf.tensor3d(inputs, [rows, steps, features])).dataSync());
    },

    inferImages({ layers }) {
      const model = imageModel(layers, (values, shape) => tf.tensor(values, shape));
      const { side, channels } = layers[0];
      return (inputs, rows) =>
        tf.tidy(() => forwardImages(model, tf.tensor4d(inputs, [rows, side, side, channels])).dataSync());
    },

    infer({ layers }) {
      const model = layers.map(({ weight, bias, fanIn, fanOut }, index) => ({
        b: tf.tensor2d(weight, [fanIn, fanOut]),
        bias: tf.tensor1d(bias),
        activation: index < layers.length - 1 ? "relu" : "linear",
      }));
      return (inputs, rows) =>
        tf.tidy(() => {
          const first = tf.tensor2d(inputs, [rows, layers[0].fanIn]);
          return model.reduce((a, layer) => tf.fused.matMul({ a, ...layer }), first).dataSync();
        });
    },

    digits: 3, // float32
    system({ inputs, targets, weights }) {
      const [x, y] = [tf.tensor2d(inputs), tf.tensor2d(targets)];
      const [w0, w1] = weights.map((values) => tf.variable(tf.tensor2d(values)));
      const predict = () => tf.sigmoid(tf.matMul(tf.sigmoid(tf.matMul(x, w0)), w1));
      const optimizer = tf.train.sgd(1);
      return {
        iterate(count) {
          for (let iteration = 0; iteration < count; iteration++) {
            optimizer.minimize(() => tf.sum(tf.square(tf.sub(y, predict()))).mul(0.5));
          }
        },
        error: () => tf.tidy(() => tf.mean(tf.abs(tf.sub(y, predict()))).dataSync()[0]),
      };
    },

    matmul(a, b, size) {
      const [x, w] = [tf.tensor2d(a, [size, size]), tf.tensor2d(b, [size, size])];
      return { run: () => tf.matMul(x, w).dispose(), read: () => tf.matMul(x, w).dataSync() };
    },
  });
}
