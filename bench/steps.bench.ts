/** Whole steps through the public interface, with the peers' work: training and inference. */
import { adam, dense, mt19937, Network, pcg32, sgd, squaredError, Trainer, uniform } from "#dist/index.js";
import { type Bench, compare, measure, type Work } from "./harness.ts";
import { peakWork } from "./peak.ts";
import * as loops from "./peers/loops.mjs";

const features = 784;
const classCount = 10;
const exampleCount = 512;
export const batchSizes = [32, 128];
/** The tolerance for sums in different orders: five digits. */
const tolerance = 1e-5;

const random = pcg32(1);
const images = Float32Array.from({ length: exampleCount * features }, () => random.next());
const classes = Float32Array.from({ length: exampleCount }, (_, row) => row % classCount);

export function steps(rounds: number): Bench[] {
  return [
    {
      title: "training 784-128-10, inference 784-256-128-10",
      unit: "examples/s",
      versus: "peak",
      *rows() {
        const peak = peakWork("float32");
        for (const batchSize of batchSizes) yield measure(training(batchSize), peak, rounds);
        for (const rows of [1, 256]) yield measure(inference(rows), peak, rounds);
      },
    },
    {
      title: "small networks",
      unit: "µs",
      versus: "JavaScript",
      *rows() {
        yield measure(...referenceSystem(), rounds);
        yield measure(...prediction(), rounds);
      },
    },
  ];
}

const relu = (units: number) => dense(units, { activation: "relu" });

/** Returns the layers for the loops in JavaScript. */
function layersOf(network: Network) {
  return network.layers.map((_, index) => {
    const [weight, bias] = network.parameters.slice(2 * index, 2 * index + 2);
    const [fanIn, fanOut] = weight.shape;
    return { weight: weight.values.slice(), bias: bias.values.slice(), fanIn, fanOut };
  });
}

/**
 * Measures epochs over the examples. With a learning rate of 0, every step computes the same as the checked one, however long it is timed.
 *
 * @param prepare takes the network before a trainer is made
 */
export function training(batchSize: number, prepare?: (network: Network) => void): Work {
  const network = new Network({ inputs: features, layers: [relu(128), dense(classCount)], seed: 1 });
  const layers = layersOf(network);
  prepare?.(network);
  const betas: [number, number] = [0.9, 0.999];
  const optimizer = adam({ learningRate: 0, betas });
  const trainer = new Trainer(network, { loss: "softmaxCrossEntropy", optimizer, batchSize });
  const records = trainer.epochs(images, classes, { epochs: Number.MAX_SAFE_INTEGER });
  let loss = 0;
  return {
    name: `training, batch ${batchSize}`,
    count: exampleCount,
    // Forward, and the gradients of both weights and of the value between them.
    operations: 2 * exampleCount * (2 * features * 128 + 3 * 128 * classCount),
    run() {
      const record = records.next().value;
      if (record) loss = record.loss;
    },
    check() {
      const { epsilon, learningRate } = optimizer;
      const work = {
        rows: exampleCount,
        inputs: images,
        classes,
        layers,
        batchSize,
        learningRate,
        betas,
        epsilon,
      };
      compare(`loss at batch ${batchSize}`, [loss], [loops.train(work)()], tolerance);
    },
  };
}

function inference(rows: number): Work {
  const network = new Network({ inputs: features, layers: [relu(256), relu(128), dense(classCount)], seed: 2 });
  const layers = layersOf(network);
  const inputs = images.subarray(0, rows * features);
  const name = rows === 1 ? "inference, one example" : `inference, batch ${rows}`;
  return {
    name,
    count: rows,
    operations: 2 * rows * layers.reduce((sum, { fanIn, fanOut }) => sum + fanIn * fanOut, 0),
    run: () => network.predict(inputs),
    check: () => compare(name, network.predict(inputs), loops.infer({ layers })(inputs, rows), tolerance),
  };
}

/** Measures R1 (examples/reference-systems) and the same in JavaScript: iterations of the full batch. */
function referenceSystem(): [Work, Work] {
  const inputs = [0, 1, 2, 3].map((row) => [row >> 1, row & 1, 1]);
  const targets = [[0], [1], [1], [0]];
  const sigmoid = { activation: "sigmoid", bias: false, weightInitializer: uniform(-1, 1) } as const;
  const layers = [dense(4, sigmoid), dense(1, sigmoid)];
  const network = new Network({ inputs: 3, layers, dtype: "float64", seed: mt19937(1) });
  const weights = network.parameters.map(({ values, shape: [, fanOut] }) =>
    Array.from({ length: values.length / fanOut }, (_, row) => [...values.slice(row * fanOut, (row + 1) * fanOut)]),
  );
  const trainer = new Trainer(network, {
    loss: squaredError({ reduction: "sum" }),
    optimizer: sgd({ learningRate: 0.5 }),
    batchSize: "full",
    shuffle: false,
  });
  const iterations = 1000;
  const javascript = loops.system({ inputs, targets, weights });
  /** Returns the mean absolute error of another copy after 1000 iterations. */
  const expected = () => {
    const twin = loops.system({ inputs, targets, weights });
    twin.iterate(iterations);
    return [twin.error()];
  };
  const error = () => network.predict(inputs).reduce((sum, [y], row) => sum + Math.abs(targets[row][0] - y), 0) / 4;
  return [
    {
      name: "R1, an iteration",
      count: iterations,
      run() {
        for (const _ of trainer.epochs(inputs, targets, { epochs: iterations, every: iterations }));
      },
      check: () => compare("R1", [error()], expected(), 1e-9),
    },
    {
      name: "R1 in JavaScript",
      count: iterations,
      run: () => javascript.iterate(iterations),
      check: () => compare("R1 in JavaScript", [javascript.error()], expected(), 1e-9),
    },
  ];
}

/** Measures one example through 10-32-16-2, and the same in JavaScript. */
function prediction(): [Work, Work] {
  const network = new Network({ inputs: 10, layers: [relu(32), relu(16), dense(2)], seed: 3 });
  const example = Array.from({ length: 10 }, () => random.next());
  const javascript = loops.infer({ layers: layersOf(network) });
  const name = "predict, 10-32-16-2";
  return [
    {
      name,
      count: 1,
      run: () => network.predict(example),
      check: () => compare(name, network.predict(example), javascript(example, 1), tolerance),
    },
    {
      name: `${name} in JavaScript`,
      count: 1,
      run: () => javascript(example, 1),
      check: () => compare(`${name} in JavaScript`, javascript(example, 1), network.predict(example), tolerance),
    },
  ];
}
