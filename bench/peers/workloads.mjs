/**
 * The work, the same for every peer: data, starting weights and expected results. simdnet makes it once and writes it as workloads.json and
 * workloads.bin (float32), which every language can read. In the JSON, `{ offset, shape }` is a tensor.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { imageLayers, withParameters } from "./images.mjs";

/** Networks on images: 28² with "valid" padding, 32² in three colours with "same" padding. */
const imageNetworks = {
  small: { side: 28, channels: 1, blocks: [[8], [16]], padding: 0, rows: 512, epochs: 3 },
  large: {
    ...{ side: 32, channels: 3, padding: 1, rows: 64, epochs: 2 },
    blocks: [
      [32, 32],
      [64, 64],
    ],
  },
};

/** An LSTM and a dense layer of ten classes on its last state. */
const sequenceNetworks = {
  small: { steps: 50, features: 16, units: 32, rows: 256, epochs: 3 },
  large: { steps: 128, features: 64, units: 128, rows: 64, epochs: 2 },
};

export async function writeWorkloads(folder) {
  const { conv2d, dense, flatten, lstm, maxPool2d, mt19937, Network, pcg32, uniform } = await import(
    "../../dist/index.js"
  );
  const chunks = [];
  let offset = 0;
  const tensor = (values, ...shape) => {
    const tensor = { offset, shape };
    chunks.push(Float32Array.from(values));
    offset += values.length;
    return tensor;
  };
  const layersOf = ({ layers, parameters }) =>
    layers.map((_, index) => {
      const [weight, bias] = parameters.slice(2 * index);
      const [fanIn, fanOut] = weight.shape;
      return { fanIn, fanOut, weight: tensor(weight.values, fanIn, fanOut), bias: tensor(bias.values, fanOut) };
    });

  const { images, classes } = await examples(10_000, 28);
  const relu = (units, biasInitializer) => dense(units, { activation: "relu", biasInitializer });
  const start = new Network({ inputs: 784, layers: [relu(128), dense(10)], seed: 1 });

  const biases = uniform(-0.1, 0.1);
  const classifier = new Network({ inputs: 784, layers: [relu(256, biases), relu(128, biases), dense(10)], seed: 2 });
  const tiny = new Network({ inputs: 10, layers: [relu(32, biases), relu(16, biases), dense(2)], seed: 3 });
  const random = pcg32(4);
  const numbers = (count) => Float32Array.from({ length: count }, () => 2 * random.next() - 1);
  const inference = (network, inputs, rows) => ({
    layers: layersOf(network),
    rows,
    inputs: tensor(inputs, rows, network.inputs),
    outputs: tensor(network.predict(inputs), rows, network.outputs),
  });

  const kinds = {
    conv: ({ filters, padding }) =>
      conv2d(filters, 3, { padding: padding ? "same" : "valid", activation: "relu", biasInitializer: biases }),
    pool: () => maxPool2d(),
    dense: ({ fanOut }) => [flatten(), dense(fanOut, { biasInitializer: biases })],
  };
  const imageNetworkOf = ({ side, channels, ...rest }) => {
    const described = imageLayers({ side, channels, ...rest });
    const layers = described.flatMap((layer) => kinds[layer.kind](layer));
    const network = new Network({ inputs: [side, side, channels], layers, seed: 5 });
    const parameters = network.parameters.map(({ values, shape }) => tensor(values, ...shape));
    return { network, layers: withParameters(described, parameters) };
  };
  const adam = { learningRate: 1e-3, betas: [0.9, 0.999], epsilon: 1e-8 };
  const ofImages = async (sizes) => {
    const { rows, side, channels, epochs } = sizes;
    const { images, classes } = await examples(rows, side, channels, random);
    const { network, layers } = imageNetworkOf(sizes);
    const inputs = tensor(images, rows, side, side, channels);
    const work = { rows, batchSize: 32, epochs, inputs, classes: tensor(classes, rows), layers, ...adam };
    return { work, network, images };
  };
  const ofSequences = ({ steps, features, units, rows, epochs }) => {
    const random = pcg32(units);
    const network = new Network({ inputs: [steps, features], layers: [lstm(units), dense(10)], seed: 6 });
    const [weight, recurrentWeight, bias, ...output] = network.parameters.map(({ values, shape }) => {
      return tensor(values, ...shape);
    });
    const layers = [
      { kind: "lstm", steps, features, units, weight, recurrentWeight, bias },
      { kind: "dense", fanIn: units, fanOut: 10, weight: output[0], bias: output[1] },
    ];
    const sequences = Float32Array.from({ length: rows * steps * features }, () => 2 * random.next() - 1);
    const inputs = tensor(sequences, rows, steps, features);
    const classes = tensor(
      Float32Array.from({ length: rows }, () => random.integer(10)),
      rows,
    );
    const outputs = tensor(network.predict(sequences), rows, 10);
    return {
      train: { rows, batchSize: 32, epochs, inputs, classes, layers, ...adam },
      infer: { layers, rows, inputs, outputs },
    };
  };
  const [shortSequences, longSequences] = [sequenceNetworks.small, sequenceNetworks.large].map(ofSequences);
  const [small, large] = [await ofImages(imageNetworks.small), await ofImages(imageNetworks.large)];

  const sigmoid = (units) => dense(units, { activation: "sigmoid", bias: false, weightInitializer: uniform(-1, 1) });
  const system = new Network({ inputs: 3, layers: [sigmoid(4), sigmoid(1)], dtype: "float64", seed: mt19937(1) });

  const largest = 1024;
  const [a, b] = [numbers(largest ** 2), numbers(largest ** 2)];
  const workloads = {
    train: {
      rows: images.length / 784,
      inputs: tensor(images, images.length / 784, 784),
      classes: tensor(classes, classes.length),
      layers: layersOf(start),
      batchSizes: [32, 128],
      epochs: 3,
      ...adam,
    },
    trainImages: { small: small.work, large: large.work },
    inferImages: {
      layers: small.work.layers,
      rows: 256,
      inputs: tensor(small.images.subarray(0, 256 * 784), 256, 28, 28, 1),
      outputs: tensor(small.network.predict(small.images.subarray(0, 256 * 784)), 256, 10),
    },
    trainSequences: { small: shortSequences.train, large: longSequences.train },
    inferSequences: shortSequences.infer,
    infer: inference(classifier, images.subarray(0, 256 * 784), 256),
    tiny: inference(tiny, numbers(10), 1),
    system: {
      inputs: [
        [0, 0, 1],
        [0, 1, 1],
        [1, 0, 1],
        [1, 1, 1],
      ],
      targets: [[0], [1], [1], [0]],
      weights: [rowsOf(system.parameters[0].values, 4), rowsOf(system.parameters[1].values, 1)],
      iterations: 10_000,
      meanAbsoluteError: 0.008584525653247155,
    },
    matmul: {
      a: tensor(a, a.length),
      b: tensor(b, b.length),
      products: [64, 128, 256, 512, 1024].map((size) => ({ size, elements: elements(a, b, size) })),
    },
  };
  writeFileSync(join(folder, "workloads.json"), JSON.stringify(workloads));
  writeFileSync(join(folder, "workloads.bin"), Buffer.concat(chunks.map((chunk) => Buffer.from(chunk.buffer))));
}

/** Reads the files of `writeWorkloads`; tensors become flat Float32Arrays. */
export function readWorkloads(folder) {
  const { buffer } = new Uint8Array(readFileSync(join(folder, "workloads.bin")));
  const view = ({ offset, shape }) =>
    new Float32Array(
      buffer,
      4 * offset,
      shape.reduce((a, b) => a * b),
    );
  const revive = (_, value) => (value?.offset === undefined ? value : view(value));
  return JSON.parse(readFileSync(join(folder, "workloads.json"), "utf8"), revive);
}

/**
 * Returns the shipped 8 × 8 digits, enlarged by nearest neighbour, with pixels in [0, 1], repeated cyclically.
 *
 * @param random if given, adds up to a quarter to each number. Otherwise equal neighbours would have equal maxima, and peers choose
 * different ones
 */
async function examples(rows, side, channels = 1, random = undefined) {
  const { digits } = await import("../../dist/data/index.js");
  const { inputs, targets } = digits();
  const size = side * side * channels;
  const images = new Float32Array(rows * size);
  const classes = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const small = inputs[row % inputs.length];
    for (let index = 0; index < size; index++) {
      const pixel = Math.floor(index / channels);
      const [y, x] = [Math.floor(pixel / side), pixel % side].map((place) => Math.floor((place * 8) / side));
      images[row * size + index] = small[8 * y + x] / 16 + (random ? random.next() / 4 : 0);
    }
    classes[row] = targets[row % targets.length];
  }
  return { images, classes };
}

/** Returns some elements of the product of the first size² numbers of a and b, as [index, value]. */
function elements(a, b, size) {
  return [0, 1, size + 2, (size * size) / 2 + 3, size * size - 1].map((index) => {
    const [row, column] = [Math.floor(index / size), index % size];
    let sum = 0;
    for (let k = 0; k < size; k++) sum += a[row * size + k] * b[k * size + column];
    return [index, sum];
  });
}

function rowsOf(values, width) {
  return Array.from({ length: values.length / width }, (_, row) => [
    ...values.subarray(row * width, (row + 1) * width),
  ]);
}
