/** jax-js on its WebAssembly backend; whole steps are compiled by `jit`. `.ref` keeps an array that a call would consume. */
import { defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { channelsFirst, toChannelsFirst } from "./images.mjs";
import { peer, versionOf } from "./peer.mjs";

// Node has Float16Array from version 24 on; jax-js checks whether its float64 values are one.
globalThis.Float16Array ??= class {};

await init("wasm");
defaultDevice("wasm");

const tensor = (values, shape) => np.array(values).reshape(shape);

/** Returns the parameters of all layers: weight, bias, weight, bias, … */
const parametersOf = (layers) =>
  layers.flatMap(({ weight, bias, fanIn, fanOut }) => [
    tensor(weight.slice(), [fanIn, fanOut]),
    tensor(bias.slice(), [fanOut]),
  ]);

/** Computes relu(… x · weight + bias …), with the last layer linear. */
function forward(parameters, x) {
  let output = x;
  for (let index = 0; index < parameters.length; index += 2) {
    output = np.matmul(output, parameters[index]).add(parameters[index + 1]);
    if (index + 2 < parameters.length) output = nn.relu(output);
  }
  return output;
}

/** The same for the layers that images.mjs describes, on NCHW images. */
const imageParametersOf = (layers) =>
  layers.flatMap((layer) => {
    const { kind, channels, filters, fanIn, fanOut, weight, bias } = layer;
    if (kind === "pool") return [];
    const ordered = channelsFirst[kind](layer, weight);
    if (kind === "dense") return [tensor(ordered, [fanIn, fanOut]), tensor(bias.slice(), [fanOut])];
    return [tensor(ordered, [filters, channels, 3, 3]), tensor(bias.slice(), [filters, 1, 1])];
  });

const imagesForward = (layers) => (parameters, x) => {
  const rest = [...parameters];
  return layers.reduce((value, { kind, padding, fanIn }) => {
    if (kind === "pool") return lax.reduceWindow(value, np.max, [2, 2], [2, 2]);
    const [weight, bias] = rest.splice(0, 2);
    if (kind === "dense") return np.matmul(value.reshape([-1, fanIn]), weight).add(bias);
    return nn.relu(lax.conv(value, weight, [1, 1], padding ? "SAME" : "VALID").add(bias));
  }, x);
};

/** Returns the parameters of an LSTM, whose steps are all written out, and of a dense layer on its last state. */
const sequenceParametersOf = ([{ features, units, weight, recurrentWeight, bias }, last]) => [
  tensor(weight.slice(), [features, 4 * units]),
  tensor(recurrentWeight.slice(), [units, 4 * units]),
  tensor(bias.slice(), [4 * units]),
  ...parametersOf([last]),
];

const sequencesForward =
  ([{ steps, features, units }]) =>
  ([weight, recurrentWeight, bias, ...last], x) => {
    const [rows] = x.shape;
    const parts = np
      .matmul(x.reshape([-1, features]), weight)
      .add(bias)
      .reshape([rows, steps, 4 * units]);
    let [hidden, cell] = [np.zeros([rows, units]), np.zeros([rows, units])];
    for (let step = 0; step < steps; step++) {
      const gates = parts.ref.slice([], step).add(np.matmul(hidden, recurrentWeight.ref));
      const gate = (index) => gates.ref.slice([], [index * units, (index + 1) * units]);
      cell = nn
        .sigmoid(gate(1))
        .mul(cell)
        .add(nn.sigmoid(gate(0)).mul(np.tanh(gate(2))));
      hidden = nn.sigmoid(gate(3)).mul(np.tanh(cell.ref));
      gates.dispose();
    }
    for (const each of [parts, recurrentWeight, cell]) each.dispose();
    return forward(last, hidden);
  };

/** @param shape of an example */
async function training(work, parameters, forward) {
  const { rows, inputs, classes, batchSize, learningRate, epsilon, shape = [784] } = work;
  const [beta1, beta2] = work.betas;
  const lossOf = (parameters, x, y) => nn.logSoftmax(forward(parameters, x)).mul(y).sum(1).mean().neg();
  const step = jit((parameters, means, squares, rate, correction, x, y) => {
    const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(parameters), x, y);
    const updated = parameters.map((parameter, index) => {
      const gradient = gradients[index];
      const mean = means[index].mul(beta1).add(gradient.ref.mul(1 - beta1));
      const square = squares[index].mul(beta2).add(gradient.ref.mul(gradient).mul(1 - beta2));
      const root = np.sqrt(square.ref.mul(correction.ref)).add(epsilon);
      return [parameter.sub(mean.ref.mul(rate.ref).div(root)), mean, square];
    });
    rate.dispose();
    correction.dispose();
    return [loss, ...[0, 1, 2].map((part) => updated.map((parts) => parts[part]))];
  });
  let [means, squares] = [0, 1].map(() => parameters.map(({ shape }) => np.zeros(shape)));
  const size = inputs.length / rows;
  const batches = [];
  for (let from = 0; from < rows; from += batchSize) {
    const count = Math.min(batchSize, rows - from);
    const x = tensor(inputs.slice(from * size, (from + count) * size), [count, ...shape]);
    const y = new Float32Array(count * 10);
    for (let row = 0; row < count; row++) y[row * 10 + classes[from + row]] = 1;
    batches.push({ x, y: tensor(y, [count, 10]), count });
  }
  let steps = 0;
  return async () => {
    let sum = 0;
    for (const { x, y, count } of batches) {
      steps++;
      const rate = np.array(learningRate / (1 - beta1 ** steps));
      const correction = np.array(1 / (1 - beta2 ** steps));
      let loss;
      [loss, parameters, means, squares] = step(parameters, means, squares, rate, correction, x.ref, y.ref);
      // Waiting here is much faster than queuing steps.
      sum += (await loss.data())[0] * count;
    }
    return sum / rows;
  };
}

await peer({
  version: versionOf("@jax-js/jax"),

  train: (work) => training(work, parametersOf(work.layers), forward),
  trainImages({ inputs, ...work }) {
    const { side, channels } = work.layers[0];
    const images = { inputs: toChannelsFirst(inputs, work.layers[0]), shape: [channels, side, side] };
    return training({ ...work, ...images }, imageParametersOf(work.layers), imagesForward(work.layers));
  },

  trainSequences(work) {
    const { steps, features } = work.layers[0];
    return training(
      { ...work, shape: [steps, features] },
      sequenceParametersOf(work.layers),
      sequencesForward(work.layers),
    );
  },

  inferSequences({ layers }) {
    const parameters = sequenceParametersOf(layers);
    const predict = jit(sequencesForward(layers));
    const { steps, features } = layers[0];
    return (inputs, rows) => predict(tree.ref(parameters), tensor(inputs, [rows, steps, features])).dataSync();
  },

  /** Images of one channel have the same layout in NHWC and NCHW. */
  inferImages({ layers }) {
    const parameters = imageParametersOf(layers);
    const predict = jit(imagesForward(layers));
    const { side, channels } = layers[0];
    return (inputs, rows) => predict(tree.ref(parameters), tensor(inputs, [rows, channels, side, side])).dataSync();
  },

  infer({ layers }) {
    const parameters = parametersOf(layers);
    const predict = jit(forward);
    return (inputs, rows) => predict(tree.ref(parameters), tensor(inputs, [rows, layers[0].fanIn])).dataSync();
  },

  system({ inputs, targets, weights }) {
    const double = (rows) => np.array(Float64Array.from(rows.flat())).reshape([rows.length, rows[0].length]);
    const [x, y] = [inputs, targets].map(double);
    let parameters = weights.map(double);
    const output = ([w0, w1]) => nn.sigmoid(np.matmul(nn.sigmoid(np.matmul(x.ref, w0)), w1));
    const lossOf = (parameters) =>
      np
        .square(y.ref.sub(output(parameters)))
        .sum()
        .mul(0.5);
    const step = jit((parameters) => {
      const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(parameters));
      loss.dispose();
      return parameters.map((parameter, index) => parameter.sub(gradients[index]));
    });
    return {
      iterate(count) {
        for (let iteration = 0; iteration < count; iteration++) {
          parameters = step(parameters);
          parameters[0].ref.dataSync(); // as in training: queued steps are slower
        }
      },
      error: () =>
        np
          .abs(y.ref.sub(output(tree.ref(parameters))))
          .mean()
          .dataSync()[0],
    };
  },

  matmul(a, b, size) {
    const [x, w] = [a, b].map((values) => tensor(values, [size, size]));
    const product = jit(np.matmul);
    return {
      run: async () => (await product(x.ref, w.ref).blockUntilReady()).dispose(),
      read: () => np.matmul(x.ref, w.ref).dataSync(),
    };
  },
});
