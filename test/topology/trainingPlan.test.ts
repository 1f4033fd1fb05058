/** The gradients of such plans are tested in plan.test.ts. */

import { describe, expect, test, vi } from "vitest";
import { training } from "../../build/training.js";
import type { Address } from "../../src/kernels/operations.ts";
import { Arena } from "../../src/memory/arena.ts";
import { Engine } from "../../src/topology/engine.ts";
import { sequential } from "../../src/topology/graph.ts";
import { batchNorm } from "../../src/topology/layers/batchNorm.ts";
import { dense } from "../../src/topology/layers/dense.ts";
import type { LayerDescription } from "../../src/topology/layers/descriptions.ts";
import { dropout } from "../../src/topology/layers/dropout.ts";
import { layerNorm } from "../../src/topology/layers/layerNorm.ts";
import type { Program } from "../../src/topology/program.ts";
import { isRandom, lackOf, TrainingPlan } from "../../src/topology/trainingPlan.ts";

function planOf(...layers: LayerDescription[]): TrainingPlan {
  const engine = new Engine(sequential(3, layers), "float64");
  engine.addTraining({ family: training, Plan: TrainingPlan, stackOf: () => undefined });
  engine.admit({ blockCount: 0, leave: () => {}, enter: () => {} });
  return engine.trainingPlan(2);
}

/** The working spaces of a program's operations, of those that have one. */
const sumsOf = ({ operations }: Program) =>
  operations.flatMap(({ fields }) => (fields as { sums?: Address }).sums ?? []);

describe("a plan for training", () => {
  test("goes forward by the program of prediction unless a layer does something else in training", () => {
    const isOne = (...layers: LayerDescription[]) => {
      const { forward, forwardTraining } = planOf(...layers);
      return forward === forwardTraining;
    };
    expect([isOne(dense(2)), isOne(dense(2), dropout(0.5)), isOne(layerNorm())]).toEqual([true, false, false]);
  });

  test("has one working space for all operations of one kind", () => {
    const { afterUpdate } = planOf(dense(4, { maxNorm: 1 }), dense(2, { maxNorm: 2 }));
    expect(sumsOf(afterUpdate)).toHaveLength(2);
    expect(new Set(sumsOf(afterUpdate)).size).toBe(1);
    expect(sumsOf(afterUpdate)[0]).toBeGreaterThan(0);
  });

  test.each<[string, number, LayerDescription[]]>([
    ["3 rows of sums of batchNorm on 8 columns and 2 of layerNorm on 4", 24, [batchNorm(), dense(4), layerNorm()]],
    ["2 rows of sums of layerNorm on 8 columns and 3 of batchNorm on 4", 16, [layerNorm(), dense(4), batchNorm()]],
    ["2 rows of sums of layerNorm on 8 columns and 3 of batchNorm on 5", 18, [layerNorm(), dense(5), batchNorm()]],
  ])("has one working space, as long as the larger need: of %s, %i doubles", (_, doubles, layers) => {
    const allocate = vi.spyOn(Arena.prototype, "allocateDoubles");
    const { backward, forwardTraining, workingSpace } = planOf(dense(8), ...layers);
    const used = [...sumsOf(forwardTraining), ...sumsOf(backward)];
    expect(used.length).toBeGreaterThanOrEqual(3);
    expect(new Set(used)).toEqual(new Set([workingSpace]));
    const call = allocate.mock.results.findIndex(({ value }) => value === workingSpace);
    expect(allocate.mock.calls[call]).toEqual([doubles]);
  });
});

test("a plan for the gradients of inputs computes as in prediction, and has no gradient of a parameter", () => {
  class InputPlan extends TrainingPlan {
    protected override get isOfInputs(): boolean {
      return true;
    }
  }
  const layers = [dense(4, { maxNorm: 1 }), batchNorm(), dropout(0.5), layerNorm(), dense(2)];
  const engine = new Engine(sequential(3, layers), "float64");
  engine.addTraining({ family: training, Plan: InputPlan, stackOf: () => undefined });
  const { forwardTraining, backward, afterUpdate } = engine.trainingPlan(2);
  const names = (program: Program) => program.operations.map(({ name }) => name);
  expect(names(forwardTraining)).toEqual([
    "denseForward",
    "columnScale",
    "normalizeColumns",
    "copyColumns",
    "layerNormForward",
    "denseForward",
  ]);
  expect(names(backward)).toEqual([
    "denseBackwardInput",
    "layerNormBackwardInput",
    "copyColumns",
    "clear",
    "normalizeColumns",
    "denseBackwardInput",
  ]);
  expect(names(afterUpdate)).toEqual([]);
});

test("batchNorm that is trained needs two positions in a batch: of rows, or of steps", () => {
  const lack = (rows: number, ...layers: LayerDescription[]) =>
    lackOf(sequential(3, layers), { rows, stepsOf: () => 9 })?.need;
  expect([lack(1, dense(2)), lack(2, batchNorm()), lack(1, batchNorm({ trainable: false }))]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(lack(1, dense(2), batchNorm(), dense(1))).toBe(2);
  expect(lackOf(sequential([2, 3], [batchNorm()]), { rows: 1, stepsOf: () => 1 })).toBeUndefined();
  const ofSteps = (steps: number, shape = [5, 3]) =>
    lackOf(sequential(shape, [batchNorm()], true), { rows: 1, stepsOf: () => steps });
  expect(ofSteps(1)).toEqual({ what: "step", got: 1, need: 2, kind: "batchNorm" });
  expect(ofSteps(2)).toBeUndefined();
  expect(ofSteps(1, [5, 2, 3])).toBeUndefined();
});

test("of the layers, dropout draws random numbers", () => {
  expect(isRandom(sequential(3, [dense(2), dropout(0.5)]))).toBe(true);
  expect(isRandom(sequential(3, [dense(2), batchNorm()]))).toBe(false);
});
