/** The time of each part of a training step, operation by operation. */
import type { Network } from "#dist/index.js";
import type { OperationName } from "#dist/kernels/operations.js";
import type { Arena } from "#dist/memory/arena.js";
import type { Engine } from "#dist/topology/engine.js";
import type { Bench } from "./harness.ts";
import { quantile, type Row } from "./results.ts";
import { batchSizes, training } from "./steps.bench.ts";

/** The operations of a step of 784-128-10, in their order. */
const calls = [
  ["denseForward", "forward 784 → 128"],
  ["reluForward", "relu"],
  ["denseForward", "forward 128 → 10"],
  ["sparseSoftmaxCrossEntropyForward", "loss"],
  ["sparseSoftmaxCrossEntropyBackward", "its gradient"],
  ["denseBackwardWeight", "weight gradient 128 → 10"],
  ["denseBackwardBias", "bias gradient of 10"],
  ["denseBackwardInput", "input gradient 10 → 128"],
  ["reluBackward", "relu's derivative"],
  ["denseBackwardWeight", "weight gradient 784 → 128"],
  ["denseBackwardBias", "bias gradient of 128"],
  ["adamStep", "Adam"],
] as const;
const callNames: readonly string[] = calls.map(([name]) => name);

const partNames = ["copying the rows in", ...calls.map(([, name]) => name), "between the calls"];
/** The clock is read before and after each. */
const marksPerStep = 2 * calls.length;
const warmUpEpochs = 20;
const epochsPerRound = 10;

export function parts(rounds: number): Bench[] {
  return batchSizes.map((batchSize) => ({
    title: `a training step of 784-128-10, batch ${batchSize}`,
    unit: "µs",
    versus: "step",
    rows: () => measureParts(batchSize, rounds),
  }));
}

function measureParts(batchSize: number, rounds: number): Row[] {
  const marks: number[] = [];
  const { run, check } = training(batchSize, (network) => watch(network, marks));
  for (let epoch = 0; epoch < warmUpEpochs; epoch++) run();
  check();
  const medians = Array.from({ length: rounds }, () => {
    marks.length = 0;
    for (let epoch = 0; epoch < epochsPerRound; epoch++) run();
    const steps = stepsOf(marks);
    const medianOf = (value: (step: number[]) => number) => quantile(steps.map(value), 0.5);
    return {
      parts: partNames.map((_, part) => medianOf((step) => step[part])),
      step: medianOf((step) => step.reduce((a, b) => a + b)),
    };
  });
  return partNames.map((name, part) => ({
    name,
    count: 1,
    seconds: medians.map(({ parts }) => parts[part]),
    other: medians.map(({ step }) => step),
  }));
}

type Kernel = (...values: number[]) => unknown;

/** The 32-bit integers of an entry of a program's list (assembly/program/operation.ts): kernel, record, work, batch. */
const entryIntegers = 4;

/**
 * Makes a network record when each part of a step begins and ends. The network binds its kernels, and those of training, when a trainer is
 * made.
 */
function watch(network: Network, marks: number[]): void {
  const { arena } = (network as unknown as { engine: Engine }).engine;
  const watched = new WeakSet<Kernel>();
  /** Replaces the walk of programs, if it has not been replaced yet. */
  const replace = () => {
    const kernels = arena.kernels as unknown as Record<string, Kernel>;
    if (!kernels.run || watched.has(kernels.run)) return;
    kernels.run = inSingleOperations(arena, kernels.run, marks);
    watched.add(kernels.run);
  };
  const add = arena.add.bind(arena);
  arena.add = (family) => {
    add(family);
    replace();
  };
  replace();
}

/** Returns a kernel that records when it begins and ends. */
function timeCalls(name: string, kernel: Kernel, marks: number[]): Kernel {
  return (...values) => {
    const order = marks.length % marksPerStep;
    if (calls[order / 2][0] !== name) throw new Error(`parts: not timed, a step calls ${name} out of order`);
    marks.push(performance.now());
    const result = kernel(...values);
    marks.push(performance.now());
    return result;
  };
}

/** Returns the walk of a program with a call for each operation, so that each can be timed. */
function inSingleOperations(arena: Arena, run: Kernel, marks: number[]): Kernel {
  const operations = new Map<number, Kernel>();
  const timedAt = (place: number): Kernel => {
    const isAt = (name: string) => arena.layoutOf(name as OperationName)?.place === place;
    const kernel = timeCalls(callNames.find(isAt) ?? `the operation at ${place}`, run, marks);
    operations.set(place, kernel);
    return kernel;
  };
  return (batch, list, count, ...rest) => {
    const entries = arena.integers(list, count * entryIntegers);
    for (let index = 0; index < entries.length; index += entryIntegers) {
      const operation = operations.get(entries[index]) ?? timedAt(entries[index]);
      operation(batch, list + index * Int32Array.BYTES_PER_ELEMENT, 1, ...rest);
    }
    return undefined;
  };
}

/**
 * Returns the parts of each step but the first, in seconds. Between the last call of a step and the first of the next, the time goes mostly
 * into copying the next rows.
 */
function stepsOf(marks: readonly number[]): number[][] {
  return Array.from({ length: marks.length / marksPerStep - 1 }, (_, step) => {
    const first = (step + 1) * marksPerStep;
    const spans = Array.from(
      { length: marksPerStep },
      (_, span) => (marks[first + span] - marks[first + span - 1]) / 1000,
    );
    const kernels = spans.filter((_, span) => span % 2 === 1);
    const [copying, ...gaps] = spans.filter((_, span) => span % 2 === 0);
    return [copying, ...kernels, gaps.reduce((a, b) => a + b)];
  });
}
