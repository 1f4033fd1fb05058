/**
 * Growth of the cost: inference and training steps as a share of the peak, float32, for dense relu layers over width, batch and depth, and
 * for convolutions over side, channels and batch. Only the products' multiplications and additions are counted. Any other work of a step
 * lowers its share.
 */
import { adam, conv2d, dense, Network, pcg32, Trainer } from "#dist/index.js";
import { type Bench, compare, measure, type Work } from "./harness.ts";
import { peakWork } from "./peak.ts";
import { imageNetwork } from "./peers/images.mjs";
import * as loops from "./peers/loops.mjs";

interface Size {
  readonly width: number;
  readonly batch: number;
  readonly depth: number;
}

interface ImageSize {
  readonly side: number;
  readonly channels: number;
  readonly batch: number;
}

/** The sizes of a network while one of them grows. */
type Axes<Sizes> = Readonly<
  Record<string, { readonly of: string; readonly values: readonly number[]; readonly rest: Sizes }>
>;

/** Powers of two and, between them, sizes that are not multiples of any tile. */
const axes: Axes<Size> = {
  width: {
    of: "one layer, batch 32",
    values: [16, 17, 32, 64, 100, 128, 256, 512, 1000, 1023, 1024, 2048],
    rest: { width: 0, batch: 32, depth: 1 },
  },
  batch: {
    of: "one layer of 256",
    values: [1, 2, 3, 4, 8, 16, 32, 33, 64, 100, 128, 256, 512, 1024],
    rest: { width: 256, batch: 0, depth: 1 },
  },
  depth: {
    of: "layers of 64, batch 32",
    values: [1, 2, 4, 8, 16, 32, 64],
    rest: { width: 64, batch: 32, depth: 0 },
  },
};

/** Two convolutions of 3 × 3 with "same" padding. They have as many filters as channels, but at least as many as a first layer. */
const imageAxes: Axes<ImageSize> = {
  side: {
    of: "16 channels, batch 8",
    values: [8, 9, 12, 16, 17, 24, 31, 32, 48, 63, 64, 96, 127, 128],
    rest: { side: 0, channels: 16, batch: 8 },
  },
  channels: {
    of: "16², batch 8",
    values: [1, 2, 3, 4, 6, 8, 12, 16, 17, 24, 32, 48, 63, 64, 100, 128],
    rest: { side: 16, channels: 0, batch: 8 },
  },
  batch: {
    of: "16², 16 channels",
    values: [1, 2, 3, 4, 8, 16, 32, 33, 64, 100, 128],
    rest: { side: 16, channels: 16, batch: 0 },
  },
};

export function growth(rounds: number): Bench[] {
  return benches(axes, { inference, training }, rounds);
}

export function imageGrowth(rounds: number): Bench[] {
  return benches(imageAxes, { inference: imageInference, training: imageTraining }, rounds);
}

function benches<Sizes>(
  axes: Axes<Sizes>,
  passes: Readonly<Record<string, (name: string, size: Sizes) => Work>>,
  rounds: number,
): Bench[] {
  return Object.entries(axes).flatMap(([axis, { of, values, rest }]) =>
    Object.entries(passes).map(
      ([pass, work]): Bench => ({
        title: `${pass} by ${axis}: ${of}`,
        unit: "GFLOP/s",
        versus: "peak",
        *rows() {
          const peak = peakWork("float32");
          for (const value of values) yield measure(work(`${value}`, { ...rest, [axis]: value }), peak, rounds);
        },
      }),
    ),
  );
}

/** The batches of one epoch, so that the epoch's own work counts little. */
const batchCount = 4;
/** The twin is in float64. */
const tolerance = 1e-4;

function networkOf({ width, depth }: Size): Network {
  const layers = Array.from({ length: depth }, () => dense(width, { activation: "relu" }));
  return new Network({ inputs: width, layers, seed: 1 });
}

function rowsOf(count: number, width: number): Float32Array {
  const random = pcg32(count);
  return Float32Array.from({ length: count * width }, () => random.next());
}

/** Measures `run` on rows in the network's memory. */
function inference(name: string, size: Size): Work {
  const { width, batch, depth } = size;
  const network = networkOf(size);
  const inputs = rowsOf(batch, width);
  network.input(batch).set(inputs);
  return {
    name,
    count: 2 * batch * width * width * depth,
    run: () => network.run(batch),
    check: () => compare(`inference ${name}`, network.output(batch), twin(network, inputs, size).outputs, tolerance),
  };
}

/** Measures epochs of a few batches. With a learning rate of 0, every step computes the same as the checked one. */
function training(name: string, size: Size): Work {
  const { width, batch, depth } = size;
  const network = networkOf(size);
  const [inputs, targets] = [rowsOf(batchCount * batch, width), rowsOf(batchCount * batch, width).reverse()];
  const options = { optimizer: adam({ learningRate: 0 }), batchSize: batch, shuffle: false };
  const trainer = new Trainer(network, { loss: "meanSquaredError", ...options });
  const records = trainer.epochs(inputs, targets, { epochs: Number.MAX_SAFE_INTEGER });
  return {
    name,
    // Forward, the weights' gradients, and the gradients of the layers' inputs except the first's.
    count: 2 * batchCount * batch * width * width * (3 * depth - 1),
    run: () => records.next(),
    check() {
      const some = [inputs, targets].map((rows) => rows.subarray(0, batch * width));
      trainer.gradients(some[0], some[1]);
      const { weightGrad } = twin(network, some[0], size, some[1]);
      compare(`gradient ${name}`, network.parameters[0].gradients!, weightGrad, tolerance);
    },
  };
}

/** Returns the outputs and, for the mean squared error, the gradient of the first layer's weight, in plain JavaScript. */
function twin(network: Network, inputs: Float32Array, { width, batch, depth }: Size, targets?: Float32Array) {
  const layers = Array.from({ length: depth }, (_, index) => {
    const [weight, bias] = network.parameters.slice(2 * index).map(({ values }) => Float64Array.from(values));
    const [weightGrad, biasGrad] = [new Float64Array(weight.length), new Float64Array(width)];
    return { weight, bias, fanIn: width, fanOut: width, weightGrad, biasGrad };
  });
  const values = [Float64Array.from(inputs)];
  for (const layer of layers) {
    const output = new Float64Array(batch * width);
    loops.forward(values.at(-1), layer, output, batch);
    loops.relu(output, output.length);
    values.push(output);
  }
  const outputs = values.at(-1)!;
  let grad = outputs.map((output, index) => (targets ? (2 * (output - targets[index])) / outputs.length : 0));
  for (let index = depth - 1; targets && index >= 0; index--) {
    grad = grad.map((value, element) => (values[index + 1][element] > 0 ? value : 0));
    const inputGrad = new Float64Array(batch * width);
    loops.backward(values[index], layers[index], grad, batch, index > 0 ? inputGrad : undefined);
    grad = inputGrad;
  }
  return { outputs, weightGrad: layers[0].weightGrad };
}

const filtersOf = ({ channels }: ImageSize) => Math.max(channels, 8);

function imageNetworkOf(size: ImageSize): Network {
  const { side, channels } = size;
  const layers = [0, 1].map(() => conv2d(filtersOf(size), 3, { padding: "same", activation: "relu" }));
  return new Network({ inputs: [side, side, channels], layers, seed: 1 });
}

/** Counts the multiplications and additions of both convolutions, padding included, each as often as given. */
function imageOperations(size: ImageSize, [first, second]: readonly [number, number]): number {
  const { side, channels, batch } = size;
  return 2 * batch * side * side * 9 * filtersOf(size) * (first * channels + second * filtersOf(size));
}

/** Returns the number of images that are compared with the twin, which is slow. */
const checkedRows = ({ batch }: ImageSize) => Math.min(batch, 2);

/** Returns the two convolutions in plain JavaScript, with a copy of the parameters. */
function imageTwin(network: Network, size: ImageSize) {
  const filters = filtersOf(size);
  const layers = [size.channels, filters].map((channels, index) => {
    const [weight, bias] = network.parameters.slice(2 * index).map(({ values }) => values.slice());
    return { kind: "conv", side: size.side, channels, filters, padding: 1, weight, bias };
  });
  return imageNetwork(layers, checkedRows(size), Float64Array);
}

function imageInference(name: string, size: ImageSize): Work {
  const network = imageNetworkOf(size);
  const inputs = rowsOf(size.batch, network.inputs);
  network.input(size.batch).set(inputs);
  return {
    name,
    count: imageOperations(size, [1, 1]),
    run: () => network.run(size.batch),
    check() {
      const rows = checkedRows(size);
      const expected = imageTwin(network, size).forward(inputs, rows);
      compare(`inference ${name}`, network.output(size.batch).subarray(0, rows * network.outputs), expected, tolerance);
    },
  };
}

function imageTraining(name: string, size: ImageSize): Work {
  const { batch } = size;
  const network = imageNetworkOf(size);
  const [inputs, targets] = [rowsOf(batch, network.inputs), rowsOf(batch, network.outputs)];
  const options = { optimizer: adam({ learningRate: 0 }), batchSize: batch, shuffle: false };
  const trainer = new Trainer(network, { loss: "meanSquaredError", ...options });
  const records = trainer.epochs(inputs, targets, { epochs: Number.MAX_SAFE_INTEGER });
  return {
    name,
    // Forward, both weights' gradients, and the gradient of the value between the convolutions.
    count: imageOperations(size, [2, 3]),
    run: () => records.next(),
    check() {
      const rows = checkedRows(size);
      const some = [inputs.subarray(0, rows * network.inputs), targets.subarray(0, rows * network.outputs)];
      trainer.gradients(some[0], some[1]);
      const twin = imageTwin(network, size);
      const outputs: Float64Array = twin.forward(some[0], rows);
      const outGrad = outputs.map((output, index) => (2 * (output - some[1][index])) / outputs.length);
      twin.backward(some[0], outGrad, rows);
      compare(`gradient ${name}`, network.parameters[0].gradients!, twin.parameters[0].grad, tolerance);
    },
  };
}
