import { describe, expect, it } from "vitest";
import { dense, type LossName, Network, squaredError } from "../../src/index.ts";
import { lossOf } from "../../src/training/losses.ts";
import { bindLoss } from "../../src/training/objective.ts";

const { kernels } = new Network({ inputs: 1, layers: [dense(1)] }).engine.arena;

const bound = (loss: Parameters<typeof lossOf>[0], positions: number, outputs: number) =>
  bindLoss(lossOf(loss), { kernels, positions, outputs, hasClassWeights: false });

describe("a loss bound to an output", () => {
  it.each<[LossName, number, number]>([
    ["meanSquaredError", 1, 0.25],
    ["softmaxCrossEntropy", 1, 0.25],
  ])("%s divides Σ by the sum of the weights, and is 0 where that is 0", (name, sum, mean) => {
    const loss = bound(name, 1, 3);
    expect([loss.scale(4), loss.mean(sum, 4)]).toEqual([mean, mean]);
    expect([loss.scale(0), loss.mean(0, 0)]).toEqual([0, 0]);
  });

  it("leaves Σ as it is if the loss is a sum", () => {
    const loss = bound(squaredError({ reduction: "sum" }), 1, 3);
    expect([loss.scale(4), loss.mean(7, 4)]).toEqual([1, 7]);
  });

  it("has a term for each output, or one for each position where its outputs are classes or a vector", () => {
    const terms = (name: LossName) => {
      const { termsPerRow, targetsPerTerm, targetColumns, targetWidth } = bound(name, 5, 3);
      return { termsPerRow, targetsPerTerm, targetColumns, targetWidth };
    };
    expect(terms("meanSquaredError")).toEqual({
      termsPerRow: 15,
      targetsPerTerm: 1,
      targetColumns: 3,
      targetWidth: 15,
    });
    expect(terms("cosineSimilarity")).toEqual({ termsPerRow: 5, targetsPerTerm: 3, targetColumns: 3, targetWidth: 15 });
  });

  it("refuses one output for several classes, and several outputs for a distance", () => {
    expect(() => bound("softmaxCrossEntropy", 1, 1)).toThrow("got a network of 1 output, need one for each class");
    expect(() => bound("softmaxCrossEntropy", 4, 1)).toThrow("got 1 output at each position, need one for each class");
    expect(() => bound("contrastive", 1, 2)).toThrow("contrastive: got 2 outputs at each position, need 1: a distance");
  });

  it("refuses outputs that are no probabilities or distances, where it takes these, but for what rounding adds to a sum", () => {
    const binary = bound("binaryCrossEntropy", 1, 2);
    expect(() => binary.checkOutputs(Float32Array.of(0, 1))).not.toThrow();
    expect(() => binary.checkOutputs(Float32Array.of(0.5, 1.5))).toThrow("got an output of 1.5, need");
    expect(() => binary.checkOutputs(Float32Array.of(-0.5))).toThrow("got an output of -0.5, need");
    const rows = bound("categoricalCrossEntropy", 1, 2);
    expect(() => rows.checkOutputs(Float32Array.of(1.0005, 0))).not.toThrow();
    expect(() => rows.checkOutputs(Float32Array.of(1.25, 0))).toThrow("got an output of 1.25, need");
    const distances = bound("contrastive", 1, 1);
    expect(() => distances.checkOutputs(Float32Array.of(0, 2))).not.toThrow();
    expect(() => distances.checkOutputs(Float32Array.of(1, -0.5))).toThrow(
      "got an output of -0.5, need distances from 0",
    );
    expect(() => bound("meanSquaredError", 1, 1).checkOutputs(Float32Array.of(-9))).not.toThrow();
  });
});
