/**
 * What recurrent layers must remember: two numbers over 100 steps (the adding problem, Hochreiter & Schmidhuber 1997), and the parity
 * of up to 50 bits. Every batch is fresh, and so are the sequences that judge.
 */
import { describe, expect, test } from "vitest";
import {
  adam,
  cosineDecay,
  dense,
  gru,
  type Layer,
  lstm,
  Network,
  pcg32,
  type RandomGenerator,
  Trainer,
} from "../src/index.ts";

const makers = { lstm, gru };
const cases = Object.keys(makers).flatMap((name) => [1, 2, 3].map((seed) => ({ name: name as "lstm" | "gru", seed })));

/** Sequences that judge, drawn by a seed that no training has. */
const judged = 1000;
const judge = 1000;

describe("the adding problem", () => {
  const steps = 100;
  const features = 2;

  /** A number and a marker at each step; one marker in the first half, one in the second. The target is the sum of the two marked. */
  function examples(random: RandomGenerator, rows: number) {
    const inputs = new Float32Array(rows * steps * features);
    const targets = new Float32Array(rows);
    for (let row = 0; row < rows; row++) {
      const start = row * steps;
      for (let step = 0; step < steps; step++) inputs[(start + step) * features] = random.next();
      for (const half of [0, 1]) {
        const marked = (start + (half * steps) / 2 + random.integer(steps / 2)) * features;
        inputs[marked + 1] = 1;
        targets[row] += inputs[marked];
      }
    }
    return { inputs, targets };
  }

  const fresh = examples(pcg32(judge), judged);

  test("a constant answer errs by 0.16 at least", () => {
    const mean = fresh.targets.reduce((sum, target) => sum + target) / judged;
    const squares = fresh.targets.map((target) => (target - mean) ** 2);
    expect(squares.reduce((sum, square) => sum + square) / judged).toBeGreaterThan(0.16);
  });

  test.each(cases)("$name, seed $seed, errs by less than 0.01 on fresh sequences", ({ name, seed }) => {
    const updates = 1500;
    const trainer = trainerOf(makers[name](16), { inputs: [steps, features] }, seed, {
      loss: "meanSquaredError",
      learningRate: 0.02,
      updates,
    });
    const random = pcg32(seed);
    for (let update = 0; update < updates; update++) {
      const { inputs, targets } = examples(random, 32);
      trainer.step(inputs, targets);
    }
    expect(trainer.evaluate(fresh.inputs, fresh.targets).loss).toBeLessThan(0.01);
  });
});

describe("the parity of 1 to 50 bits", () => {
  const most = 50;

  function examples(random: RandomGenerator, rows: number, longest: number) {
    const inputs = new Float32Array(rows * most);
    const lengths = Array.from({ length: rows }, () => 1 + random.integer(longest));
    const targets = Float32Array.from(lengths, (length, row) => {
      const bits = inputs.subarray(row * most, row * most + length);
      for (let step = 0; step < length; step++) bits[step] = random.integer(2);
      return bits.reduce((sum, bit) => sum + bit, 0) % 2;
    });
    return { inputs, targets, lengths };
  }

  // All bits but one say nothing of the parity, so a gradient leads nowhere at first: short sequences show the way.
  test.each(cases)("$name, seed $seed, is right on 99.5 % of fresh sequences", ({ name, seed }) => {
    const updates = 1000;
    const trainer = trainerOf(makers[name](16), { inputs: [most, 1], variableLength: true }, seed, {
      loss: "binaryCrossEntropyWithLogits",
      learningRate: 0.01,
      updates,
    });
    const random = pcg32(seed);
    for (let update = 0; update < updates; update++) {
      const { inputs, targets, lengths } = examples(random, 64, Math.min(4 + Math.floor(update / 15), most));
      trainer.step(inputs, targets, { lengths });
    }
    const { inputs, targets, lengths } = examples(pcg32(judge), judged, most);
    expect(trainer.evaluate(inputs, targets, { lengths }).accuracy).toBeGreaterThanOrEqual(0.995);
  });
});

interface Training {
  readonly loss: "meanSquaredError" | "binaryCrossEntropyWithLogits";
  /** At first; it falls along a cosine, to 0 at the end. */
  readonly learningRate: number;
  readonly updates: number;
}

function trainerOf(
  layer: Layer,
  shape: { readonly inputs: [number, number]; readonly variableLength?: boolean },
  seed: number,
  { loss, learningRate, updates }: Training,
) {
  return new Trainer(new Network({ ...shape, layers: [layer, dense(1)], seed }), {
    loss,
    optimizer: adam({ learningRate: cosineDecay({ initial: learningRate, steps: updates }) }),
    clipNorm: 1,
    metrics: loss === "meanSquaredError" ? [] : ["accuracy"],
  });
}
