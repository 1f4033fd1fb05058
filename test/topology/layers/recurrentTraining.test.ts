import { describe, expect, test } from "vitest";
import { training } from "../../../build/training.js";
import { dense, gru, lstm, Network, simpleRnn, Trainer } from "../../../src/index.ts";
import { kindOf } from "../../../src/topology/layers/kinds.ts";
import type { Block } from "../../../src/topology/layers/layer.ts";
import { trainingOf } from "../../../src/topology/layers/trainings.ts";
import { TrainingPlan } from "../../../src/topology/trainingPlan.ts";
import { randomRows } from "../../training/problem.ts";

const makers = { simpleRnn, lstm, gru };

describe.each(["simpleRnn", "lstm", "gru"] as const)("%s", (name) => {
  const make = makers[name];

  test("keeps at most 7 numbers for each row, step and unit, the output among them", () => {
    const [steps, units] = [6, 5];
    for (const returnSequences of [true, false]) {
      const layer = make(units, { returnSequences });
      const shapes = { elementBytes: 4, inputs: [[steps, 3]], output: returnSequences ? [steps, units] : [units] };
      const blocks = { ...kindOf(layer).blocks!(layer, shapes), ...trainingOf(layer).blocks!(layer, shapes) };
      const kept = (Object.values(blocks) as Block[]).filter(({ per }) => per === "row");
      const numbers = kept.reduce((sum, { elements }) => sum + elements, returnSequences ? steps * units : 0);
      expect(numbers).toBe(steps * units * { simpleRnn: 2, lstm: 7, gru: 7 }[name]);
    }
  });

  test("that is not trained changes nothing, and passes the gradient on", () => {
    const layers = [dense(3, { name: "before" }), make(4, { trainable: false, name: "frozen" })];
    const network = new Network({ inputs: [5, 3], layers, dtype: "float64" });
    const [rows, targets] = [randomRows(3, 15, 1), randomRows(3, 4, 2)];
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const trained = new Network({ inputs: [5, 3], layers: [dense(3), make(4)], dtype: "float64" });
    const other = new Trainer(trained, { loss: "meanSquaredError" });
    trainer.gradients(rows, targets);
    other.gradients(rows, targets);
    for (const [index, { name: own, gradients }] of network.parameters.entries()) {
      if (own.startsWith("frozen")) expect(gradients!.every((value) => value === 0)).toBe(true);
      else expect(gradients).toEqual(trained.parameters[index].gradients);
    }
  });

  test("as the first layer computes no gradient of its input", () => {
    const { engine } = new Network({ inputs: [5, 3], layers: [make(4)] });
    engine.addTraining({ family: training, Plan: TrainingPlan, stackOf: () => undefined });
    engine.admit({ blockCount: 0, leave: () => {}, enter: () => {} });
    const operations = engine.trainingPlan(2).backward.operations.map((operation) => operation.name);
    expect(operations).not.toContain("denseBackwardInput");
    expect(operations[0]).toBe(`${name}Backward`);
  });

  test("a trained pass has the output of prediction, every bit", () => {
    const network = new Network({ inputs: [5, 3], layers: [make(4, { name: "last" })] });
    const rows = randomRows(3, 15, 1);
    const predicted = network.predict(rows);
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    trainer.gradients(rows, randomRows(3, 4, 2));
    expect(network.predict(rows)).toEqual(predicted);
    expect(Array.from(network.layers[0].activation)).toEqual(predicted.flat());
  });
});
