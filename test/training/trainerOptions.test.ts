import { expect, test } from "vitest";
import { checkTrainerOptions } from "../../src/training/trainerOptions.ts";

test("options come out as plain data that JSON keeps, with their defaults and without the seed", () => {
  const checked = checkTrainerOptions({
    loss: "softmaxCrossEntropy",
    classWeights: Float32Array.of(1, 2),
    clipNorm: 3,
    seed: 9,
  });
  expect(JSON.parse(JSON.stringify(checked))).toEqual({
    loss: { name: "softmaxCrossEntropy", reduction: "mean" },
    optimizer: { name: "adam", learningRate: 0.001, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0 },
    batchSize: 32,
    lastBatch: "use",
    shuffle: true,
    metrics: [],
    missingTargets: false,
    signedWeights: false,
    threads: 1,
    validate: true,
    classWeights: [1, 2],
    clipNorm: 3,
  });
  expect(checkTrainerOptions(JSON.parse(JSON.stringify(checked)))).toEqual(checked);
});

test("options of several outputs come out as plain data, too: null where an output has none", () => {
  const checked = checkTrainerOptions({
    loss: ["meanSquaredError", "softmaxCrossEntropy"],
    lossWeights: [1, 0.5],
    metrics: [undefined, ["accuracy", { name: "topKAccuracy", k: 2 }]],
    classWeights: [undefined, Float32Array.of(1, 2)],
  });
  const { lossWeights, metrics, classWeights } = JSON.parse(JSON.stringify(checked));
  expect({ lossWeights, metrics, classWeights }).toEqual({
    lossWeights: [1, 0.5],
    metrics: [[], ["accuracy", { name: "topKAccuracy", k: 2 }]],
    classWeights: [null, [1, 2]],
  });
  expect(checkTrainerOptions(JSON.parse(JSON.stringify(checked)))).toEqual(checked);
});
