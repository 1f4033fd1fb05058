/** `simdnet bench`: measures this machine and compares it with the peak of its 128-bit vectors. */

import { readFileSync } from "node:fs";
import { adam, dense, Network, Trainer } from "../index.ts";
import { jsonText } from "./display.ts";
import { count, percent } from "./numbers.ts";
import { type Output, say, table } from "./show.ts";

export interface BenchOptions {
  /** The time of each measurement. */
  readonly milliseconds: number;
}

interface Measured {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The share of the peak, for values in operations per second. */
  readonly share?: number;
}

/** The vector operations in one step of the kernel. */
const peakChains = 12;
const peakSteps = 20_000;

export function bench({ milliseconds }: BenchOptions, output: Output): void {
  say(output, "Runtime", `Node ${process.versions.node}, V8 ${process.versions.v8}, ${process.arch}`);
  // The peak is the greater of two measurements, one before the products and one after.
  const { run, flops } = peakWork();
  const peaks = [rate(run, milliseconds, 0)];
  const products = [64, 128, 256, 512].map((size) => ({ size, value: gigaflops(productWork(size), milliseconds) }));
  peaks.push(rate(run, milliseconds, 0));
  const peak = (Math.max(...peaks) * flops) / 1e9;
  const results: Measured[] = [
    { name: "peak of 128-bit vectors, float32", value: peak, unit: "GFLOP/s", share: 1 },
    ...products.map(({ size, value }) => ({
      name: `product of matrices, ${size} × ${size}`,
      value,
      unit: "GFLOP/s",
      share: value / peak,
    })),
  ];
  for (const batch of [32, 128]) {
    const { run, flops } = trainingWork(batch);
    const value = rate(run, milliseconds) * batch;
    const share = (flops * value) / batch / 1e9 / peak;
    results.push({ name: `training 784-128-10, batches of ${batch}`, value, unit: "examples/s", share });
  }
  const example = new Float32Array(784).fill(0.5);
  const network = new Network({
    inputs: 784,
    layers: [dense(256, { activation: "relu" }), dense(128, { activation: "relu" }), dense(10)],
  });
  const predictions = rate(() => network.predict(example), milliseconds);
  results.push({ name: "prediction of one example, 784-256-128-10", value: 1e6 / predictions, unit: "µs" });
  if (output.isJSON) output.write(`${jsonText({ runtime: process.versions, results }, 2)}\n`);
  const rows = results.map(({ name, value, unit, share }) => [
    name,
    value < 1000 ? value.toFixed(1) : count(Math.round(value)),
    unit,
    share === undefined ? "" : percent(share),
  ]);
  table(output, ["", "", "", "of the peak"], rows);
}

interface Work {
  readonly run: () => unknown;
  /** The additions and multiplications of one run. */
  readonly flops: number;
}

function peakWork(): Work {
  const module = new WebAssembly.Module(readFileSync(new URL("bench.wasm", import.meta.url)));
  const { peakF32 } = new WebAssembly.Instance(module).exports as { peakF32: (...numbers: number[]) => number };
  return { run: () => peakF32(peakSteps, 0.999999, 0.000001), flops: peakChains * peakSteps * 4 };
}

/** A layer without bias and activation is a product. */
function productWork(size: number): Work {
  const network = new Network({ inputs: size, layers: [dense(size, { bias: false })] });
  network.input(size).fill(0.5);
  return { run: () => network.run(size), flops: 2 * size * size * size };
}

function trainingWork(batch: number): Work {
  const network = new Network({ inputs: 784, layers: [dense(128, { activation: "relu" }), dense(10)] });
  const trainer = new Trainer(network, { loss: "softmaxCrossEntropy", optimizer: adam(), batchSize: batch });
  const inputs = Float32Array.from({ length: batch * 784 }, (_, index) => ((index * 7919) % 256) / 256);
  const targets = Float32Array.from({ length: batch }, (_, index) => index % 10);
  // Forward, and backward for the weights of both layers and the inputs of the second.
  const flops = 2 * batch * (2 * 784 * 128 + 3 * 128 * 10);
  return { run: () => trainer.step(inputs, targets), flops };
}

const gigaflops = ({ run, flops }: Work, milliseconds: number): number => (rate(run, milliseconds) * flops) / 1e9;

/** Returns the runs per second, after an equally long warm-up. The sample that counts is the quantile `share` of all times. */
function rate(run: () => unknown, milliseconds: number, share = 0.5): number {
  const samples: number[] = [];
  let repeats = 1;
  const began = performance.now();
  for (;;) {
    const start = performance.now();
    for (let repeat = 0; repeat < repeats; repeat++) run();
    const now = performance.now();
    const isWarm = now - began > milliseconds;
    if (isWarm) samples.push((now - start) / repeats);
    if (now - began > 2 * milliseconds && samples.length > 0) break;
    // Samples take about 2 ms: long compared with the clock's steps, short compared with interruptions.
    if (!isWarm && now - start < 1) repeats *= 2;
  }
  samples.sort((a, b) => a - b);
  return 1000 / samples[Math.floor(share * samples.length)];
}
