/** What the training loop and the hot path leave to the garbage collector. */
import { GCProfiler, getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";

import {
  adam,
  cosineRestarts,
  dense,
  type LossName,
  type MetricName,
  Network,
  nadam,
  type Optimizer,
  sgd,
  Trainer,
  topKAccuracy,
} from "../src/index.ts";
import { random } from "./kernels/scratch.ts";

setFlagsFromString("--expose-gc");
// Otherwise it depends on the machine's load when the measured code is compiled, and so what its boxed numbers cost.
setFlagsFromString("--no-concurrent-recompilation");
const collectGarbage: () => void = runInNewContext("gc");

const repetitions = 10_000;

/** Bytes that a call of `run` allocates on V8's heap: what it grows by, and what was collected meanwhile. */
function allocated(run: () => void): number {
  collectGarbage();
  const profiler = new GCProfiler();
  profiler.start();
  const before = getHeapStatistics().used_heap_size;
  run();
  const grown = getHeapStatistics().used_heap_size - before;
  const collections = profiler.stop()?.statistics ?? [];
  const collected = collections.map(
    ({ beforeGC, afterGC }) => beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize,
  );
  return collected.reduce((sum, bytes) => sum + bytes, grown);
}

/** Bytes a repetition, the least of up to 30 rounds: the first ones, at least, run before the code is compiled. */
function allocatedEach(repeat: () => void, bound = 0): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 30 && least >= bound; round++) least = Math.min(least, allocated(repeat) / repetitions);
  return least;
}

let sink: unknown;

test.each([1, 10])("the measure sees %i arrays of 400 bytes a repetition, within 20 %", (arrays) => {
  const bytes = allocatedEach(() => {
    for (let index = 0; index < repetitions * arrays; index++) sink = new Array(50).fill(index);
  });
  // 50 elements of 8 bytes, and a header of 16 for the array and one of 16 for its elements, at least.
  expect(bytes / arrays).toBeGreaterThan(400 * 0.8);
  expect(bytes / arrays).toBeLessThan(432 * 1.2);
  expect(sink).toBeDefined();
});

const schedule = cosineRestarts({ initial: 0.001, period: 100, factor: 2 });

test.each<[string, number | "full", number, "float32" | "float64", Optimizer, boolean]>([
  ["batches of 32", 32, 320, "float32", sgd(), false],
  ["a last batch of 2 beside those of 4", 4, 38, "float32", sgd(), false],
  ["full batches", "full", 64, "float64", sgd(), false],
  ["batches of 32 with weights", 32, 320, "float32", sgd(), true],
  ["a schedule", 32, 320, "float32", adam({ learningRate: schedule }), false],
  ["numbers of the step", 32, 320, "float32", nadam(), false],
])(
  "10 000 training steps allocate less than 400 bytes each: %s",
  (_, batchSize, rows, dtype, optimizer, isWeighted) => {
    const layers = [dense(8, { activation: "tanh" }), dense(1, { activation: "sigmoid" })];
    const network = new Network({ inputs: 2, layers, dtype });
    const classWeights = isWeighted ? [1, 2] : undefined;
    const exampleWeights = isWeighted ? new Float64Array(rows).fill(2) : undefined;
    const trainer = new Trainer(network, { loss: "binaryCrossEntropy", optimizer, batchSize, classWeights });
    const inputs = Float64Array.from(random(rows * 2));
    const targets = Float64Array.from(inputs.filter((_, index) => index % 2 === 0)).map((value) => Number(value > 0));
    const stepsPerEpoch = batchSize === "full" ? 1 : Math.ceil(rows / batchSize);
    const epochs = repetitions / stepsPerEpoch;
    const bytes = allocatedEach(() => {
      for (const record of trainer.epochs(inputs, targets, { epochs, every: epochs, exampleWeights }))
        sink = record.loss;
    }, 400);
    expect(bytes).toBeLessThan(400);
    expect(sink).toBeGreaterThan(0);
  },
);

test.each<[string, MetricName[], LossName, number]>([
  [
    "of three classes",
    ["accuracy", "precision", "recall", "f1", "confusionMatrix", "rootMeanSquaredError", "r2"],
    "categoricalCrossEntropy",
    3,
  ],
  ["of one label", ["accuracy", "precision", "recall", "f1", "confusionMatrix"], "binaryCrossEntropy", 1],
])("10 000 training steps with metrics allocate less than 300 bytes each: %s", (_, names, loss, outputs) => {
  const layers = [dense(outputs, { activation: outputs === 1 ? "sigmoid" : "softmax" })];
  const network = new Network({ inputs: 2, layers });
  const metrics = outputs === 1 ? names : [...names, topKAccuracy({ k: 2 })];
  const trainer = new Trainer(network, { loss, optimizer: sgd(), batchSize: 4, metrics });
  const inputs = Float64Array.from(random(4 * repetitions * 2));
  const isTarget = (row: number, column: number) => (outputs === 1 ? row % 4 === 0 : row % outputs === column);
  const targets = new Float64Array(4 * repetitions * outputs).map((_, index) =>
    Number(isTarget(Math.floor(index / outputs), index % outputs)),
  );
  const bytes = allocatedEach(() => {
    for (const record of trainer.epochs(inputs, targets, { epochs: 1 })) sink = record.metrics.accuracy;
  }, 300);
  expect(bytes).toBeLessThan(300);
  expect(sink).toBeGreaterThan(0);
});

test("10 000 runs on views of input and output allocate less than 64 bytes each", () => {
  const network = new Network({ inputs: 3, layers: [dense(4, { activation: "relu" }), dense(2)] });
  const input = network.input(1);
  network.run(1);
  const output = network.output(1);
  const bytes = allocatedEach(() => {
    for (let index = 0; index < repetitions; index++) {
      input[0] = index;
      network.run(1);
      sink = output[0] > 0;
    }
  }, 64);
  expect(bytes).toBeLessThan(64);
});
