/**
 * The work, the same for every peer: data, starting weights and what must come out. simdnet makes it once and writes it as
 * workloads.json and workloads.bin (float32), which every language can read. In the JSON, `{ offset, shape }` is a tensor.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export async function writeWorkloads(folder) {
  const { dense, mt19937, Network, pcg32, uniform } = await import("../../dist/index.js");
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

  const { images, classes } = await examples(10_000);
  const relu = (units, biasInitializer) => dense(units, { activation: "relu", biasInitializer });
  const start = new Network({ inputs: 784, layers: [relu(128), dense(10)], seed: 1 });

  const biases = uniform(-0.1, 0.1);
  const classifier = new Network({ inputs: 784, layers: [relu(256, biases), relu(128, biases), dense(10)], seed: 2 });
  const small = new Network({ inputs: 10, layers: [relu(32, biases), relu(16, biases), dense(2)], seed: 3 });
  const random = pcg32(4);
  const numbers = (count) => Float32Array.from({ length: count }, () => 2 * random.next() - 1);
  const inference = (network, inputs, rows) => ({
    layers: layersOf(network),
    rows,
    inputs: tensor(inputs, rows, network.inputs),
    outputs: tensor(network.predict(inputs), rows, network.outputs),
  });

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
      learningRate: 1e-3,
      betas: [0.9, 0.999],
      epsilon: 1e-8,
    },
    infer: inference(classifier, images.subarray(0, 256 * 784), 256),
    tiny: inference(small, numbers(10), 1),
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

/** Reads what `writeWorkloads` has written; tensors become flat Float32Arrays. */
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

/** The shipped 8 × 8 digits as 28 × 28 by nearest neighbour, pixels in [0, 1], repeated cyclically. */
async function examples(rows) {
  const { digits } = await import("../../dist/data/index.js");
  const { inputs, targets } = digits();
  const images = new Float32Array(rows * 784);
  const classes = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const small = inputs[row % inputs.length];
    for (let pixel = 0; pixel < 784; pixel++) {
      const [y, x] = [Math.floor(pixel / 28), pixel % 28].map((side) => Math.floor((side * 8) / 28));
      images[row * 784 + pixel] = small[8 * y + x] / 16;
    }
    classes[row] = targets[row % targets.length];
  }
  return { images, classes };
}

/** Some elements of the product of the first size² numbers of a and b, as [index, value]. */
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
