import { expect, test } from "vitest";
import { type MetricName, Trainer } from "../../src/index.ts";
import { classification, smallTrainer } from "./problem.ts";

const names: MetricName[] = ["accuracy", "precision", "confusionMatrix", "topKAccuracy"];

test("an epoch put away in the middle, in any metric, comes to the same record", async () => {
  const { inputs, targets } = classification(11);
  const metrics = names.map((name) => (name === "topKAccuracy" ? ({ name, k: 2 } as const) : name));
  const make = () => smallTrainer({ loss: "softmaxCrossEntropy", metrics, batchSize: 2 }, 3);
  const [trainer, whole] = [make(), make()];
  const controller = new AbortController();
  const onBatch = ({ step }: { step: number }) => step === 3 && controller.abort();
  await trainer.fit(inputs, targets, { epochs: 2, onBatch, signal: controller.signal });
  const rest = await Trainer.fromBytes(trainer.toBytes()).fit(inputs, targets, { epochs: 2 });
  expect(rest).toEqual(await whole.fit(inputs, targets, { epochs: 2 }));
});

test("so does one of scores, and of deviations", async () => {
  const { inputs, targets } = classification(11);
  const binary = targets.map((target) => [Number(target > 0)]);
  const make = () => smallTrainer({ loss: "binaryCrossEntropyWithLogits", metrics: ["rocAuc", "r2"], batchSize: 2 }, 1);
  const [trainer, whole] = [make(), make()];
  const controller = new AbortController();
  const onBatch = ({ step }: { step: number }) => step === 4 && controller.abort();
  await trainer.fit(inputs, binary, { epochs: 1, onBatch, signal: controller.signal });
  const rest = await Trainer.fromBytes(trainer.toBytes()).fit(inputs, binary, { epochs: 1 });
  expect(rest).toEqual(await whole.fit(inputs, binary, { epochs: 1 }));
});
