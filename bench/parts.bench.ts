/** Where the time of a training step goes, kernel call by kernel call. */
import type { Network } from "#dist/index.js";
import type { Engine } from "#dist/topology/engine.js";
import type { Bench } from "./harness.ts";
import { quantile, type Row } from "./results.ts";
import { batchSizes, training } from "./steps.bench.ts";

/** The kernel calls of a step of 784-128-10, in their order. */
const calls = [
  ["matmulForward", "forward 784 → 128, relu"],
  ["matmulForward", "forward 128 → 10"],
  ["sparseSoftmaxCrossEntropyForward", "loss"],
  ["sparseSoftmaxCrossEntropyBackward", "its gradient"],
  ["matmulBackwardWeight", "weight gradient 128 → 10"],
  ["matmulBackwardInput", "input gradient 10 → 128"],
  ["reluBackward", "relu's derivative"],
  ["matmulBackwardWeight", "weight gradient 784 → 128"],
  ["adamStep", "Adam"],
] as const;

const partNames = ["copying the rows in", ...calls.map(([, name]) => name), "between the calls"];
/** The clock is read before and after each call. */
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

/** Makes the network's kernels write down when they begin and end; what a plan calls is bound when a trainer is made. */
function watch(network: Network, marks: number[]): void {
  const { engine } = network as unknown as { engine: Engine };
  const kernels = engine.arena.kernels as unknown as Record<string, (...values: number[]) => unknown>;
  for (const name of new Set(calls.map(([name]) => name))) {
    const kernel = kernels[name];
    kernels[name] = (...values) => {
      const order = marks.length % marksPerStep;
      if (calls[order / 2][0] !== name) throw new Error(`parts: not timed, a step calls ${name} out of order`);
      marks.push(performance.now());
      const result = kernel(...values);
      marks.push(performance.now());
      return result;
    };
  }
}

/**
 * The parts of each step but the first, in seconds. Between the last call of a step and the first of the next, it is mostly the
 * next rows that are copied.
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
