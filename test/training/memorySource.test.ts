import { describe, expect, test } from "vitest";
import { batchNorm, dense, mt19937, Network } from "../../src/index.ts";
import type { RandomGenerator } from "../../src/random.ts";
import { flattenExamples } from "../../src/training/examples.ts";
import { Learner } from "../../src/training/learner.ts";
import { MemorySource, type MemorySourceOptions } from "../../src/training/memorySource.ts";
import { randomRows } from "./problem.ts";

function learnerOf(network: Network = new Network({ inputs: 1, layers: [dense(1)], dtype: "float64" })) {
  const loss = { name: "meanSquaredError", reduction: "mean" };
  const optimizer = { name: "sgd", learningRate: 0.1 };
  const options = { engine: network.engine, loss, optimizer, metrics: [], regularization: {}, threads: 1 };
  return new Learner({ ...options, validate: true } as never);
}

/** A source of the examples 0, 1, …, each its own target. */
function sourceOf(rows: number, options: Partial<MemorySourceOptions> = {}) {
  const learner = learnerOf();
  const numbers = Array.from({ length: rows }, (_, row) => [row]);
  const examples = flattenExamples("who", { inputs: numbers, targets: numbers }, learner.format);
  const common = { batchSize: 3, generator: undefined, lastBatch: "use", origin: undefined } as const;
  return new MemorySource("who", { ...common, learner, examples, ...options });
}

/** The rows of the next batch. */
function rowsOf(source: MemorySource): number[] {
  const { blocks, rows } = source.next();
  return [...blocks.targets[0].subarray(0, rows)];
}

/** The rows of the batches up to the end of the epoch. */
function epoch(source: MemorySource): number[][] {
  const taken: number[][] = [];
  for (let isOver = false; !isOver; isOver = source.pass()) taken.push(rowsOf(source));
  return taken;
}

describe("a source of examples in memory", () => {
  test("gives each batch of an epoch, says which is the last, and begins the next epoch by itself", () => {
    const source = sourceOf(7);
    expect([source.count, source.isSingleBatch]).toEqual([3, false]);
    for (let time = 0; time < 2; time++) expect(epoch(source)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  });

  test("gives the same batch again until it is passed, one object for all", () => {
    const source = sourceOf(7);
    const batch = source.next();
    expect(rowsOf(source)).toEqual([0, 1, 2]);
    source.pass();
    expect(source.next()).toBe(batch);
    expect(rowsOf(source)).toEqual([3, 4, 5]);
  });

  test.each([3, 7])("resumed at row %i of another one's epoch gives the same rows, and the next epochs", (position) => {
    const make = (generator: RandomGenerator, more: Partial<MemorySourceOptions> = {}) =>
      sourceOf(10, { generator, ...more });
    const source = make(mt19937(1));
    epoch(source);
    while (source.state!.position < Math.min(position, 6)) {
      source.next();
      source.pass();
    }
    const generator = mt19937(2);
    const before = generator.state;
    const resumed = make(generator, { origin: source.state });
    expect(resumed.state).toEqual(source.state);
    // Nothing is drawn before the first batch.
    expect(generator.state).toEqual(before);
    for (let time = 0; time < 3; time++) expect(epoch(resumed)).toEqual(epoch(source));
    expect(resumed.state).toEqual(source.state);
  });

  test("has batches that are alike only where one takes all rows in their order", () => {
    expect(sourceOf(3).isSingleBatch).toBe(true);
    expect(sourceOf(3, { generator: mt19937(1) }).isSingleBatch).toBe(true);
    expect(sourceOf(4, { lastBatch: "join" }).isSingleBatch).toBe(true);
    expect(sourceOf(4, { lastBatch: "join", generator: mt19937(1) }).isSingleBatch).toBe(false);
    expect(sourceOf(4, { lastBatch: "drop" }).isSingleBatch).toBe(false);
    expect(sourceOf(4).isSingleBatch).toBe(false);
  });

  test("refuses batches that are too small for a layer, at once or, if it is trained later, at the next batch", () => {
    const network = new Network({ inputs: 2, layers: [batchNorm()] });
    const learner = learnerOf(network);
    const rows = randomRows(3, 2, 1);
    const examples = flattenExamples("who", { inputs: rows, targets: rows }, learner.format);
    const options = {
      learner,
      examples,
      batchSize: 1,
      generator: undefined,
      lastBatch: "use",
      origin: undefined,
    } as const;
    const message = "got a batch of 1 example, need 2 or more for batchNorm";
    expect(() => new MemorySource("who", options)).toThrow(`who: ${message}`);
    network.layers[0].trainable = false;
    const source = new MemorySource("who", options);
    source.next();
    source.pass();
    network.layers[0].trainable = true;
    expect(() => source.next()).toThrow(`trainer: ${message}`);
    expect(source.state?.position).toBe(1);
  });
});
