import { describe, expect, test } from "vitest";
import type { Metric } from "../../src/index.ts";
import { someHeads } from "../../src/training/exampleFormat.ts";
import type { TargetFormat } from "../../src/training/format.ts";
import { Heads } from "../../src/training/heads.ts";
import { Learner } from "../../src/training/learner.ts";
import { OutputMetrics } from "../../src/training/outputMetrics.ts";
import { smallNetwork } from "./problem.ts";

function metricsOf(metrics: readonly Metric[], outputs = 3) {
  const { engine } = smallNetwork(outputs);
  const loss = { name: "softmaxCrossEntropy", reduction: "mean" };
  const optimizer = { name: "sgd", learningRate: 0.1 };
  const options = { engine, loss, optimizer, metrics: [], regularization: {}, threads: 1 };
  const { format } = new Learner(options as never);
  return { format, metrics: new OutputMetrics([metrics], engine.arena, format) };
}

const lossOf = ({ rowLoss, classLoss }: TargetFormat, form: "rows" | "classes") =>
  new Heads([(form === "rows" ? rowLoss : classLoss)!]);

describe("the metrics of all outputs", () => {
  test("are empty if no output has one", () => {
    expect(metricsOf([]).metrics.isEmpty).toBe(true);
    expect(metricsOf(["accuracy"]).metrics.isEmpty).toBe(false);
  });

  test("have a tally as long as the longest of them", () => {
    const counts = ([["confusionMatrix"], ["r2"], ["r2", "confusionMatrix"]] as const).map((names) => {
      return metricsOf(names).metrics.tallyCount;
    });
    expect(counts[0]).toBe(9);
    expect(counts[2]).toBe(Math.max(counts[0], counts[1]));
  });

  test("name the numbers of records, without the matrix", () => {
    const { metrics } = metricsOf(["accuracy", "confusionMatrix"]);
    expect(metrics.monitors(false)).toEqual(["loss", "accuracy"]);
    expect(metrics.monitors(true)).toEqual(["loss", "accuracy", "validation.loss", "validation.accuracy"]);
  });

  test("refuse targets that they cannot count, in arrays and in a batch alike", () => {
    const { metrics, format } = metricsOf(["accuracy"]);
    const loss = lossOf(format.targets[0], "rows");
    const targets = [Float64Array.of(0, 1, 0, 0.5, 0.5, 0)];
    const message = /^who: targets: got \[0.5, 0.5, 0\] at row 1, need a one-hot row/;
    expect(() => metrics.checkTargets("who", { targets, targetLengths: [undefined], loss })).toThrow(message);
    const blocks = { targets, heads: [{}] } as never;
    expect(() => metrics.checkBatch("who", blocks, 2, loss)).toThrow(message);
    // The row behind the batch is not its own.
    expect(metrics.checkBatch("who", blocks, 1, loss)).toBeUndefined();
    const none = metricsOf([]).metrics;
    expect(none.checkTargets("who", { targets, targetLengths: [undefined], loss })).toBeUndefined();
  });

  test("refuse a form of targets that one of them does not know", () => {
    const { metrics, format } = metricsOf(["meanAbsoluteError"]);
    expect(() => metrics.measurements(lossOf(format.targets[0], "classes"))).toThrow(
      "trainer: got the metric meanAbsoluteError with class numbers for targets, need rows of numbers",
    );
    expect(metrics.measurements(someHeads(format)).state).toEqual([[0, 0]]);
  });
});
