import { describe, expect, it } from "vitest";
import { training } from "../../../build/training.js";
import { decode, encode } from "../../../src/files/safetensors.ts";
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  DivergenceError,
  dense,
  embedding,
  flatten,
  lion,
  Network,
  nadam,
  type Optimizer,
  pcg32,
  rmsprop,
  sgd,
  sparseAdam,
  Trainer,
} from "../../../src/index.ts";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import { OptimizerState } from "../../../src/training/optimizers/state.ts";
import { randomRows } from "../problem.ts";
import { runUpdate } from "./runUpdate.ts";

const optimizers: [string, Optimizer][] = [
  ["sgd with momentum", sgd({ momentum: 0.9 })],
  ["adagrad", adagrad()],
  ["lion", lion()],
  ["adam", adam()],
  ["adam of equal betas", adam({ betas: [0.9, 0.9] })],
  ["adam without means", adam({ betas: [0, 0] })],
  ["adam of a long first mean", adam({ betas: [0.999, 0.9] })],
  ["adam of a ratio near 1", adam({ betas: [0.99, 0.9802] })],
  ["adam of betas near 1", adam({ betas: [0.999999, 0.9999999] })],
  ["adam of betas that float32 rounds to 1", adam({ betas: [1 - 1e-9, 1 - 1e-12] })],
  ["adam of a small second beta", adam({ betas: [0.5, 0.3] })],
  ["adamW", adamW({ betas: [0.95, 0.98], weightDecay: 0.1 })],
  ["adamax", adamax()],
  ["adamax of equal betas", adamax({ betas: [0.9, 0.9] })],
  ["adamax without means", adamax({ betas: [0, 0], epsilon: 1e-30 })],
  ["adamax of a short memory", adamax({ betas: [0.9, 0.95] })],
  ["nadam", nadam()],
  ["sparseAdam", sparseAdam()],
  ["rmsprop", rmsprop()],
  ["rmsprop with momentum", rmsprop({ momentum: 0.9 })],
  ["rmsprop with momentum and a tiny epsilon", rmsprop({ momentum: 0.99, alpha: 0.5, epsilon: 1e-30 })],
  ["rmsprop centered", rmsprop({ centered: true })],
  ["rmsprop centered with momentum", rmsprop({ centered: true, momentum: 0.9, alpha: 0.9 })],
  ["rmsprop centered without means", rmsprop({ centered: true, alpha: 0 })],
  ["rmsprop centered of an alpha near 1", rmsprop({ centered: true, alpha: 1 - 1e-8 })],
  ["adadelta", adadelta()],
  ["adadelta without means", adadelta({ rho: 0 })],
  ["adadelta of a rho near 1", adadelta({ rho: 0.99999, epsilon: 1e-10 })],
  ["adadelta of a tiny epsilon", adadelta({ epsilon: 1e-30 })],
];

/** The state of an optimizer, and a step of it with gradients that are given. */
function stateOf(optimizer: Optimizer, dtype: Dtype) {
  const { engine } = new Network({ inputs: 3, layers: [dense(4)], dtype });
  engine.arena.add(training);
  const state = new OptimizerState(optimizer, engine);
  engine.admit(state);
  let steps = 0;
  const step = (gradientOf: (index: number) => number) => {
    const view = engine.arena.view(engine.gradientBlock, engine.blockCount);
    for (let index = 0; index < 12; index++) view[index] = gradientOf(index);
    runUpdate(state.updates, ++steps, 1e-3);
  };
  return { state, step, check: () => state.restore(state.tensors, steps) };
}

/** Gradients by the step, wild in a way of their own. */
const wilds: [string, (exponent: number, draw: () => number) => (step: number) => number][] = [
  ["of any size", (most, draw) => () => (draw() - 0.5) * 10 ** (most * (2 * draw() - 1))],
  [
    "that are the same",
    (most, draw) => {
      const value = 10 ** (most * (2 * draw() - 1));
      return () => value;
    },
  ],
  ["that grow", (most) => (step) => 10 ** (Math.min(step / 100 - 1, 0.9) * most)],
  ["that fall", (most) => (step) => 10 ** ((1 - step / 100) * most)],
  [
    "that fall slowly",
    (most, draw) => {
      const factor = draw();
      return (step) => factor ** (step / 10) * 10 ** (most / 4);
    },
  ],
  ["that are large once", (most) => (step) => (step === 20 ? 10 ** (most / 2) : 0)],
  ["that are large at times", (most, draw) => () => (draw() < 0.05 ? 10 ** (most * draw()) : 1e-3 * draw())],
  ["that become tiny", (most, draw) => (step) => draw() * 10 ** (step < 50 ? 0 : -most / (1 + 2 * draw()))],
  ["beyond the type, at times", (most, draw) => () => (draw() < 0.1 ? 10 ** (1.1 * most) : draw())],
];

describe.each(["float32", "float64"] as const)("what training makes is within the limits, in %s:", (dtype) => {
  it.each(optimizers)("%s", (_, optimizer) => {
    // The root of the greatest number, and some more, so that squares overflow at times.
    const most = dtype === "float32" ? 20 : 160;
    for (const [name, wild] of wilds) {
      const random = pcg32(7);
      const draw = () => random.next();
      const { step, check } = stateOf(optimizer, dtype);
      const gradients = Array.from({ length: 12 }, () => wild(most, draw));
      for (let count = 1; count <= 300; count++) {
        step((index) => gradients[index](count));
        if (count % 10 === 0 || count < 10) expect(check, `gradients ${name}, step ${count}`).not.toThrow();
      }
    }
  });
});

describe("the limits", () => {
  /** Ten times the bound, less what rounding may lose: what the worst gradients come to is this part of it. */
  function shareOf(optimizer: Optimizer, gradients: readonly number[], block = 0): number {
    const { state, step } = stateOf(optimizer, "float64");
    for (const gradient of gradients) step(() => gradient);
    const blocks = state.tensors.filter(({ name }) => name.endsWith("dense1.weight"));
    const size = Math.abs(blocks[block].values[0]);
    let [low, high] = [0, 1e6];
    for (let count = 0; count < 60; count++) {
      const factor = (low + high) / 2;
      const tensors = state.tensors.map(({ name, values }) => ({ name, values: values.slice() }));
      tensors.find(({ name }) => name === `${block}/dense1.weight`)!.values[0] = size * factor;
      const isTaken = (() => {
        try {
          state.restore(tensors, gradients.length);
          return true;
        } catch {
          return false;
        }
      })();
      if (isTaken) low = factor;
      else high = factor;
    }
    return 10 / low;
  }

  it("are reached by the gradients that are worst", () => {
    const count = 200;
    // As Cauchy and Schwarz have it, each is in proportion to (β₁/β₂)ᵏ.
    const worst = (ratio: number) => Array.from({ length: count }, (_, step) => ratio ** (count - 1 - step));
    expect(shareOf(adam({ betas: [0.9, 0.95] }), worst(0.9 / 0.95))).toBeCloseTo(1, 3);
    expect(shareOf(adam({ betas: [0, 0.9] }), worst(0.5))).toBeLessThan(1);
    expect(shareOf(adam({ betas: [0, 0.9] }), [1])).toBeCloseTo(1, 3);
    expect(shareOf(rmsprop({ centered: true, alpha: 0.9 }), worst(1), 1)).toBeCloseTo(1, 3);
    // The largest is u again and again if each gradient is β₂ times the one before.
    const falling = Array.from({ length: count }, (_, step) => 0.95 ** step);
    expect(shareOf(adamax({ betas: [0.9, 0.95], epsilon: 1e-12 }), falling)).toBeCloseTo(1, 3);
  });

  const inputs = randomRows(8, 3, 1);
  const targets = randomRows(8, 2, 2);
  const trained = (optimizer: Optimizer, dtype: Dtype) => {
    const network = new Network({ inputs: 3, layers: [dense(4, { activation: "tanh" }), dense(2)], dtype, seed: 1 });
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer });
    for (let step = 0; step < 5; step++) trainer.step(inputs, targets);
    return trainer.toBytes();
  };
  const withNumber = (bytes: Uint8Array, block: number, value: number) => {
    const { metadata, tensors } = decode(bytes);
    tensors.find(({ name }) => name === `trainer/optimizer/${block}/dense1.weight`)!.values[3] = value;
    return encode(tensors, metadata);
  };

  it.each<[string, Optimizer, number, number]>([
    ["a first moment of adam", adam(), 0, 1e15],
    ["a first moment of adamW", adamW(), 0, -1e15],
    ["a first moment of nadam", nadam(), 0, 1e15],
    ["a first moment of sparseAdam", sparseAdam(), 0, 1e15],
    ["a first moment of adamax", adamax(), 0, 1e15],
    ["a second moment of 0", adam(), 1, 0],
    ["a mean of centered rmsprop", rmsprop({ centered: true }), 1, 1e3],
    ["a velocity of rmsprop", rmsprop({ momentum: 0.9 }), 1, -1e6],
    ["changes of adadelta", adadelta(), 1, 1e30],
  ])("refuse what no training makes: %s", (_, optimizer, block, value) => {
    for (const dtype of ["float32", "float64"] as const) {
      const bytes = trained(optimizer, dtype);
      expect(() => Trainer.fromBytes(bytes)).not.toThrow();
      expect(() => Trainer.fromBytes(withNumber(bytes, block, value))).toThrow(
        /^fromBytes: \d\/dense1\.weight of the optimizer: got \S+ at 3, need a size of at most \S+ beside \S+ in block \d$/,
      );
    }
  });

  it("take what is remembered of rows of tables that occur seldom, and of steps that diverged", () => {
    const tokens = Array.from({ length: 300 }, (_, step) => [step % 7 === 0 ? 3 : step % 2]);
    const network = new Network({ inputs: [1], layers: [embedding(5, 3), flatten(), dense(1)], seed: 1 });
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer: sparseAdam() });
    for (const [step, row] of tokens.entries()) {
      try {
        trainer.step([row], [[step % 11 === 0 ? 1e30 : step]]);
      } catch (error) {
        expect(error).toBeInstanceOf(DivergenceError);
      }
      expect(() => Trainer.fromBytes(trainer.toBytes())).not.toThrow();
    }
  });
});
