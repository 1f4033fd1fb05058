import { describe, expect, test } from "vitest";
import type { Callback, Training } from "../../../src/index.ts";
import { checkCallbacks } from "../../../src/training/callbacks/calls.ts";
import { regression, smallTrainer } from "../problem.ts";

const { inputs, targets } = regression(6);

describe("callbacks of a fit", () => {
  test("are called in their order: start, each batch, each epoch, end; options' functions last", async () => {
    const calls: string[] = [];
    const spy = (name: string): Callback => ({
      onStart: () => calls.push(`${name} start`),
      onBatch: ({ step }) => calls.push(`${name} batch ${step}`),
      onEpoch: ({ epoch }) => calls.push(`${name} epoch ${epoch}`),
      onEnd: () => calls.push(`${name} end`),
    });
    const onBatch = () => calls.push("option batch");
    await smallTrainer({ batchSize: 3 }).fit(inputs, targets, { epochs: 1, callbacks: [spy("a"), spy("b")], onBatch });
    expect(calls).toEqual([
      "a start",
      "b start",
      "a batch 1",
      "b batch 1",
      "option batch",
      "a batch 2",
      "b batch 2",
      "option batch",
      "a epoch 1",
      "b epoch 1",
      "a end",
      "b end",
    ]);
  });

  test("are given the training: the network, the epochs, the batches of each, a checkpoint, a stop", async () => {
    const trainer = smallTrainer({ batchSize: 4 });
    const seen: Training[] = [];
    const stop: Callback = {
      onEpoch: ({ epoch }, training) => {
        seen.push(training);
        if (epoch === 2) training.stop();
      },
    };
    const history = await trainer.fit(inputs, targets, { epochs: 9, callbacks: [stop] });
    expect(history.epoch).toEqual([1, 2]);
    expect([seen[0].network, seen[0].epochs, seen[0].batches]).toEqual([trainer.network, 9, 2]);
    expect(seen[0].toBytes()).toEqual(trainer.toBytes());
  });

  test("that stop in the middle of an epoch end the training: the next one begins at its first epoch", async () => {
    const trainer = smallTrainer({ batchSize: 1 });
    const stop: Callback = { onBatch: ({ step }, training) => step === 3 && training.stop() };
    const first = await trainer.fit(inputs, targets, { epochs: 2, callbacks: [stop] });
    expect(first.epoch).toEqual([]);
    expect((await trainer.fit(inputs, targets, { epochs: 1 })).epoch).toEqual([1]);
  });

  test("are not ended when a signal stops the training, nor started when it goes on", async () => {
    const trainer = smallTrainer({ batchSize: 1 });
    const calls: string[] = [];
    const spy: Callback = {
      name: "spy",
      state: {},
      onStart: () => calls.push("start"),
      onEnd: () => calls.push("end"),
    };
    const controller = new AbortController();
    const onBatch = () => controller.abort();
    await trainer.fit(inputs, targets, { epochs: 2, callbacks: [spy], onBatch, signal: controller.signal });
    expect(calls).toEqual(["start"]);
    await trainer.fit(inputs, targets, { epochs: 2, callbacks: [spy] });
    expect(calls).toEqual(["start", "end"]);
  });

  test.each<[unknown, string]>([
    [{}, "fit: got callbacks an object, need an array"],
    [[() => 0], "fit: got a function among the callbacks, need objects with onEpoch or onBatch"],
    [
      [{ onEpochEnd: () => 0 }],
      'fit: callbacks: got "onEpochEnd", need one of onStart, onResume, onBatch, onEpoch, onEnd',
    ],
    [[{ onEpoch: 3 }], "fit: callbacks: got onEpoch 3, need a function"],
  ])("are refused: %o", (callbacks, message) => {
    expect(() => checkCallbacks("fit", callbacks)).toThrow(message);
  });
});
