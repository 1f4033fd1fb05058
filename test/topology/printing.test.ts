import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { training } from "../../build/training.js";
import { Engine } from "../../src/topology/engine.ts";
import { Graph, sequential } from "../../src/topology/graph.ts";
import { activation } from "../../src/topology/layers/activation.ts";
import { concatenate } from "../../src/topology/layers/combination.ts";
import { dense } from "../../src/topology/layers/dense.ts";
import type { Layer } from "../../src/topology/layers/descriptions.ts";
import { dropout } from "../../src/topology/layers/dropout.ts";
import { input } from "../../src/topology/layers/value.ts";
import { printPlan } from "../../src/topology/printing.ts";
import { TrainingPlan } from "../../src/topology/trainingPlan.ts";

/** A layer used on two inputs; behind its two values, side by side, another one. */
function prepared(last: Layer): Engine {
  const [first, second] = [input(3), input(3)];
  const shared = dense(4, { name: "shared" });
  const graph = new Graph([first, second], [last(concatenate(shared(first), shared(second)))]);
  const engine = new Engine(graph, "float32");
  engine.addTraining({ family: training, Plan: TrainingPlan, stackOf: () => undefined });
  engine.admit({ blockCount: 0, leave: () => {}, enter: () => {} });
  return engine;
}

test("ARCHITECTURE shows the plan of 784-128-10 as it is", () => {
  const engine = new Engine(sequential([784], [dense(128, { activation: "relu" }), dense(10)]), "float32");
  engine.addTraining({ family: training, Plan: TrainingPlan, stackOf: () => undefined });
  engine.admit({ blockCount: 0, leave: () => {}, enter: () => {} });
  const text = readFileSync("ARCHITECTURE.md", "utf8");
  const [, shown] = /<!-- plan -->\n+```\n([\s\S]*?)\n```/.exec(text) ?? [];
  expect(shown).toBe(printPlan(engine, engine.trainingPlan(32)));
});

test("a plan to predict: its operations with their fields, blocks by their names, and their work", () => {
  const engine = prepared(activation("linear"));
  expect(printPlan(engine, engine.plan(2)).split("\n")).toEqual([
    "forward",
    "  denseForward(input: input 0, weight: shared.weight, bias: shared.bias, output: shared.output, fanIn: 3, fanOut: 4) over rows",
    "  denseForward(input: input 1, weight: shared.weight, bias: shared.bias, output: shared (use 2).output, fanIn: 3, fanOut: 4) over rows",
    "  copyColumns(source: shared.output, destination: concatenate1.output, columns: 4, sourceStride: 4, destinationStride: 8) over rows",
    "  copyColumns(source: shared (use 2).output, destination: concatenate1.output + 16 B, columns: 4, sourceStride: 4, destinationStride: 8) over rows",
    "  copyColumns(source: concatenate1.output, destination: activation1.output, columns: 8, sourceStride: 8, destinationStride: 8) over rows",
  ]);
});

test("a plan for training: all passes, but the forward one of training only where it is another", () => {
  const passesOf = (last: Layer) => {
    const engine = prepared(last);
    const lines = printPlan(engine, engine.trainingPlan(2)).split("\n");
    return { passes: lines.filter((line) => /^\w/.test(line)), lines };
  };
  const { passes, lines } = passesOf(dense(1, { maxNorm: 1 }));
  expect(passes).toEqual(["forward", "backward", "afterUpdate"]);
  expect(lines).toContain(
    "| add(a: shared.weight.gradient, b: shared.weight.gradient beside, output: shared.weight.gradient) over 12",
  );
  expect(lines).toContain(
    "  limitColumns(weights: dense2.weight, rows: 8, columns: 1, sums: working space, limit: 1) over 1",
  );
  expect(passesOf(dropout(0.5)).passes).toEqual(["forward", "forwardTraining", "backward"]);
});
