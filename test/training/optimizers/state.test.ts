import { describe, expect, it } from "vitest";
import { training } from "../../../build/training.js";
import {
  adam,
  cosineDecay,
  dense,
  exponentialDecay,
  Network,
  nadam,
  type Optimizer,
  sgd,
  Trainer,
  warmup,
} from "../../../src/index.ts";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import type { ParameterRange } from "../../../src/topology/engine.ts";
import { OptimizerState } from "../../../src/training/optimizers/state.ts";
import { runUpdate } from "./runUpdate.ts";

describe("options beyond float32", () => {
  const make = (optimizer: Optimizer, dtype: Dtype) =>
    new Trainer(new Network({ inputs: 1, layers: [dense(1)], dtype }), { loss: "meanSquaredError", optimizer });
  const need = "float32, need a size from 1e-45 to 3e+38, or a network of float64";
  const huge = exponentialDecay({ initial: 1e39, factor: 0 });

  it.each<[string, Optimizer, string]>([
    ["an epsilon", adam({ epsilon: 1e-50 }), `adam: epsilon: got 1e-50, which is 0 in ${need}`],
    ["a rate", sgd({ learningRate: 1e39 }), `sgd: learningRate: got 1e+39, which is Infinity in ${need}`],
    [
      "a schedule's minimum",
      sgd({ learningRate: cosineDecay({ initial: 0, minimum: 1e39, steps: 9 }) }),
      `sgd: learningRate: minimum: got 1e+39, which is Infinity in ${need}`,
    ],
    [
      "the rate of what follows a warmup",
      sgd({ learningRate: warmup({ steps: 9 }, huge) }),
      `sgd: learningRate: next: initial: got 1e+39, which is Infinity in ${need}`,
    ],
  ])("are refused by a network of float32, and taken by one of float64: %s", (_, optimizer, message) => {
    expect(() => make(optimizer, "float32")).toThrow(new RangeError(message));
    expect(make(optimizer, "float64").step([[1]], [[1]])).toBeGreaterThanOrEqual(0);
  });
});

describe("an update", () => {
  /** Parameters of 1 and gradients of 1 in a network whose engine has these ranges, after two updates. */
  function updated(optimizer: Optimizer, ranges?: readonly ParameterRange[], gradient = 1) {
    const { engine } = new Network({ inputs: 3, layers: [dense(4)], dtype: "float64" });
    if (ranges) Object.defineProperty(engine, "ranges", { value: ranges });
    engine.arena.add(training);
    const state = new OptimizerState(optimizer, engine);
    engine.admit(state);
    const view = (address: number) => engine.arena.view(address, engine.blockCount);
    view(engine.parameterBlock).fill(1);
    view(engine.gradientBlock).fill(1);
    view(engine.gradientBlock)[15] = gradient;
    const told = [1, 2].map((step) => runUpdate(state.updates, step, 0.25));
    return { told, parameters: Array.from(view(engine.parameterBlock)) };
  }
  const twelve = (value: number) => new Array(12).fill(value);

  it("changes the whole block at the learning rate, where the engine has one range of all", () => {
    expect(updated(sgd()).parameters).toEqual([...twelve(0.5), 0.5, 0.5, 0.5, 0.5]);
  });

  it("changes each range at the learning rate times its factor, and nothing between them", () => {
    const ranges = [
      { offset: 0, count: 4, factor: 0.5 },
      { offset: 12, count: 4, factor: 2 },
    ];
    const expected = [0.75, 0.75, 0.75, 0.75, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0];
    expect(updated(sgd(), ranges).parameters).toEqual(expected);
  });

  it("has the same bits in two ranges as in one, of what it remembers, too", () => {
    const ranges = [
      { offset: 0, count: 12, factor: 1 },
      { offset: 12, count: 4, factor: 1 },
    ];
    for (const optimizer of [sgd({ momentum: 0.5 }), nadam()]) {
      expect(updated(optimizer, ranges)).toEqual(updated(optimizer));
    }
  });

  it("changes nothing where all is frozen", () =>
    expect(updated(sgd(), []).parameters).toEqual([...twelve(1), 1, 1, 1, 1]));

  it("tells whether it was finite in every range, and makes what was", () => {
    const ranges = [
      { offset: 12, count: 4, factor: 1 },
      { offset: 0, count: 12, factor: 1 },
    ];
    expect(updated(sgd()).told).toEqual([true, true]);
    expect(updated(sgd(), ranges, Number.NaN)).toEqual({
      told: [false, false],
      parameters: [...twelve(0.5), 0.5, 0.5, 1, 1],
    });
  });
});
