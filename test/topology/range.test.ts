import { describe, expect, test } from "vitest";
import {
  type ClassWeights,
  dense,
  huber,
  Network,
  sgd,
  softmaxCrossEntropy,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";
import type { Dtype } from "../../src/kernels/dtype.ts";

const size = "in float32, need a size from 1e-45 to 3e+38, or a network of float64";

describe("options of trainers that float32 does not hold are refused, and taken in float64:", () => {
  const network = (dtype: Dtype, outputs = 3) => new Network({ inputs: 2, layers: [dense(outputs)], dtype });
  const mean = { loss: "meanSquaredError" } as const;
  const classWeights: ClassWeights = [1, 1e-50, 2];

  test.each<[TrainerOptions, string]>([
    [{ loss: huber({ delta: 1e-50 }) }, "huber: delta: got 1e-50, which is 0"],
    [
      { loss: softmaxCrossEntropy({ labelSmoothing: 1e-50 }) },
      "softmaxCrossEntropy: labelSmoothing: got 1e-50, which is 0",
    ],
    [{ ...mean, lossWeights: [1e39] }, "trainer: lossWeights 0: got 1e+39, which is Infinity"],
    [{ ...mean, l1: 1e-50 }, "trainer: l1: got 1e-50, which is 0"],
    [{ ...mean, l2: 1e39 }, "trainer: l2: got 1e+39, which is Infinity"],
    [{ ...mean, clipValue: 1e-60 }, "trainer: clipValue: got 1e-60, which is 0"],
    [{ ...mean, clipNorm: 1e-60 }, "trainer: clipNorm: got 1e-60, which is 0"],
    [{ ...mean, optimizer: sgd({ learningRate: 1e-50 }) }, "sgd: learningRate: got 1e-50, which is 0"],
    [{ loss: "softmaxCrossEntropy", classWeights }, "trainer: classWeights 1: got 1e-50, which is 0"],
  ])("%o", (options, message) => {
    expect(() => new Trainer(network("float32"), options)).toThrow(new RangeError(`${message} ${size}`));
    expect(new Trainer(network("float64"), options).learningRate).toBeGreaterThan(0);
  });

  test("a learning rate that is set", () => {
    const trainer = new Trainer(network("float32"), mean);
    const set = (learningRate: number) => () => {
      trainer.learningRate = learningRate;
    };
    for (const [rate, got] of [
      [1e39, "1e+39, which is Infinity"],
      [1e-50, "1e-50, which is 0"],
    ] as const) {
      expect(set(rate)).toThrow(new RangeError(`trainer: learningRate: got ${got} ${size}`));
    }
    expect(trainer.learningRate).toBe(1e-3);
    const double = new Trainer(network("float64"), mean);
    double.learningRate = 1e39;
    expect(double.learningRate).toBe(1e39);
  });

  test("0 is taken where it has a meaning", () => {
    const optimizer = sgd({ learningRate: 0, momentum: 0, weightDecay: 0 });
    expect(new Trainer(network("float32"), { ...mean, l1: 0, l2: 0, optimizer }).learningRate).toBe(0);
  });
});
