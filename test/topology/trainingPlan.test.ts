/** The gradients of such plans are tested in plan.test.ts. */

import { describe, expect, test } from "vitest";
import { training } from "../../build/training.js";
import { Engine } from "../../src/topology/engine.ts";
import { sequential } from "../../src/topology/graph.ts";
import { batchNorm } from "../../src/topology/layers/batchNorm.ts";
import { dense } from "../../src/topology/layers/dense.ts";
import { dropout } from "../../src/topology/layers/dropout.ts";
import type { LayerDescription } from "../../src/topology/layers/layer.ts";
import { layerNorm } from "../../src/topology/layers/layerNorm.ts";
import { isRandom, leastRowsOf, TrainingPlan } from "../../src/topology/trainingPlan.ts";

function planOf(...layers: LayerDescription[]): TrainingPlan {
  const engine = new Engine(sequential(3, layers), "float64");
  engine.addTraining({ family: training, Plan: TrainingPlan, stackOf: () => undefined });
  engine.admit({ blockCount: 0, leave: () => {}, enter: () => {} });
  return engine.trainingPlan(2);
}

describe("a plan for training", () => {
  test("goes forward by the program of prediction unless a layer does something else in training", () => {
    const isOne = (...layers: LayerDescription[]) => {
      const { forward, forwardTraining } = planOf(...layers);
      return forward === forwardTraining;
    };
    expect([isOne(dense(2)), isOne(dense(2), dropout(0.5)), isOne(layerNorm())]).toEqual([true, false, false]);
  });

  test("has one working space for all operations", () => {
    const { afterUpdate } = planOf(dense(4, { maxNorm: 1 }), dense(2, { maxNorm: 2 }));
    const [first, second] = afterUpdate.operations.map(({ fields }) => (fields as { sums?: number }).sums);
    expect(first).toBeGreaterThan(0);
    expect(second).toBe(first);
  });
});

test("a graph needs as many rows for training as its neediest layer", () => {
  const least = (...layers: LayerDescription[]) => leastRowsOf(sequential(3, layers));
  expect([least(dense(2)), least(batchNorm()), least(dense(2), batchNorm(), dense(1))]).toEqual([1, 2, 2]);
  expect(leastRowsOf(sequential([2, 3], [batchNorm()]))).toBe(1);
});

test("of the layers, dropout draws random numbers", () => {
  expect(isRandom(sequential(3, [dense(2), dropout(0.5)]))).toBe(true);
  expect(isRandom(sequential(3, [dense(2), batchNorm()]))).toBe(false);
});
