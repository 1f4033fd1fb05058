/** TensorFlow.js; tfjs-wasm.mjs and tfjs-cpu.mjs choose its backend. Batches are tensors before anything is timed. */
import * as tf from "@tensorflow/tfjs";
import { peer, versionOf } from "./peer.mjs";

export async function tensorflow(backend) {
  await tf.setBackend(backend);
  await tf.ready();
  await peer({
    version: versionOf("@tensorflow/tfjs"),

    // Its Adam keeps β₂ᵗ in float32, so 1 − β₂ᵗ has lost digits; hand-written JavaScript that does so has the same losses.
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
