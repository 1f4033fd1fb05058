import { expect, test } from "vitest";
import { type CheckpointOptions, checkpoint, sgd, Trainer } from "../../../src/index.ts";
import { parameterBits, regression, smallTrainer } from "../problem.ts";

const { inputs, targets } = regression(8);

test("saves after each record, awaits it, and each file holds the trainer as it was", async () => {
  const trainer = smallTrainer();
  const saved: { bytes: Uint8Array; epoch: number }[] = [];
  const bits: string[] = [];
  const save = async (bytes: Uint8Array, { epoch }: { epoch: number }) => {
    await Promise.resolve();
    saved.push({ bytes, epoch });
  };
  const spy = { onEpoch: () => bits.push(parameterBits(trainer.network)) };
  await trainer.fit(inputs, targets, { epochs: 5, every: 2, callbacks: [checkpoint(save), spy] });
  expect(saved.map(({ epoch }) => epoch)).toEqual([1, 3, 5]);
  expect(saved.map(({ bytes }) => parameterBits(Trainer.fromBytes(bytes).network))).toEqual(bits);
});

test("with best, saves only what is better than all before, by loss or by what is told", async () => {
  const losses: number[] = [];
  const saved: number[] = [];
  const trainer = smallTrainer({ optimizer: sgd({ learningRate: 2.5 }), batchSize: "full" });
  await trainer.fit(inputs, targets, {
    epochs: 12,
    callbacks: [checkpoint((_, { epoch }) => saved.push(epoch), { best: true })],
    onEpoch: ({ loss }) => losses.push(loss),
  });
  const isBest = losses.map((loss, index) => losses.slice(0, index).every((other) => loss < other));
  expect(saved).toEqual(isBest.flatMap((best, index) => (best ? [index + 1] : [])));
  expect(saved.length).toBeLessThan(12);
  expect(saved.length).toBeGreaterThan(0);
});

test("what save throws, fit throws", async () => {
  const fail = () => Promise.reject(new Error("disk full"));
  await expect(smallTrainer().fit(inputs, targets, { epochs: 2, callbacks: [checkpoint(fail)] })).rejects.toThrow(
    "disk full",
  );
});

test.each<[unknown, CheckpointOptions, string]>([
  ["file", {}, 'checkpoint: got "file", need a function that saves bytes'],
  [() => 0, { best: 1 as never }, "checkpoint: got best 1, need true or false"],
  [() => 0, { monitor: 2 as never }, "checkpoint: got monitor 2, need a name"],
  [() => 0, { folder: "x" } as never, 'checkpoint option: got "folder", need one of monitor, best'],
])("refuses %o with %o", (save, options, message) => {
  expect(() => checkpoint(save as never, options)).toThrow(message);
});
