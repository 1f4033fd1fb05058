/** Training on several threads, compared with one: the share of a thread's speed that each of them adds. */
import { availableParallelism } from "node:os";
import { adam, conv2d, dense, flatten, type Layer, lstm, maxPool2d, Network, pcg32, Trainer } from "#dist/index.js";
import { type Bench, compare, measure, type Work } from "./harness.ts";

const classCount = 10;
const relu = (units: number) => dense(units, { activation: "relu" });
const conv = (filters: number) => conv2d(filters, 3, { padding: "same", activation: "relu" });

interface Task {
  readonly name: string;
  readonly inputs: number | number[];
  readonly layers: () => Layer[];
  readonly batchSize: number;
  /** The least speed of two threads, relative to one. */
  readonly goal: number;
}

const images = () => [conv(32), conv(32), maxPool2d(2), conv(64), conv(64), maxPool2d(2), flatten(), dense(classCount)];
const tasks: readonly Task[] = [
  { name: "784-128-10", inputs: 784, layers: () => [relu(128), dense(classCount)], batchSize: 32, goal: 1.3 },
  { name: "784-128-10", inputs: 784, layers: () => [relu(128), dense(classCount)], batchSize: 128, goal: 1.7 },
  {
    name: "784-512-512-10",
    inputs: 784,
    layers: () => [relu(512), relu(512), dense(classCount)],
    batchSize: 128,
    goal: 1.8,
  },
  { name: "32² × 3, filters 32, 32, 64, 64", inputs: [32, 32, 3], layers: images, batchSize: 32, goal: 1.75 },
  {
    name: "LSTM 128 × 64 → 128",
    inputs: [128, 64],
    layers: () => [lstm(128), dense(classCount)],
    batchSize: 32,
    goal: 1.6,
  },
];

export function threads(rounds: number): Bench[] {
  const counts = Array.from({ length: Math.max(1, availableParallelism() - 1) }, (_, index) => index + 2);
  return [
    {
      title: "training on several threads",
      unit: "examples/s",
      versus: "thread",
      *rows() {
        for (const task of tasks) {
          const one = trainingOn(task, 1);
          for (const count of counts) yield measure(trainingOn(task, count), one, rounds);
        }
      },
    },
  ];
}

/** Measures epochs of some batches. With a learning rate of 0, each has the loss of the first. */
function trainingOn({ name, inputs, layers, batchSize, goal }: Task, count: number): Work {
  const network = new Network({ inputs, layers: layers(), seed: 1 });
  const examples = 4 * batchSize;
  const random = pcg32(1);
  const data = Float32Array.from({ length: examples * [inputs].flat().reduce((a, b) => a * b) }, () => random.next());
  const classes = Float32Array.from({ length: examples }, (_, row) => row % classCount);
  const optimizer = adam({ learningRate: 0 });
  const trainer = new Trainer(network, { loss: "softmaxCrossEntropy", optimizer, batchSize, threads: count });
  const records = trainer.epochs(data, classes, { epochs: Number.MAX_SAFE_INTEGER });
  let loss = 0;
  const run = () => {
    const record = records.next().value;
    if (record) loss = record.loss;
  };
  return {
    name: `${name}, batch ${batchSize}, ${count} threads`,
    count: examples,
    operations: examples / count,
    ...(count === 2 && { goalRatio: goal / count }),
    run,
    check() {
      // Threads take about 100 ms to start.
      for (const began = performance.now(); performance.now() - began < 500; ) run();
      compare(`${name}: the loss`, [loss], [trainer.evaluate(data, classes).loss], 1e-6);
    },
  };
}
