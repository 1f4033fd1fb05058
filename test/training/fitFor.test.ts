import { describe, expect, test, vi } from "vitest";
import { Trainer } from "../../src/index.ts";
import { parameterBits, regression, smallTrainer } from "./problem.ts";

const { inputs, targets } = regression(10);

/** Trains in as many calls, with a clock that a batch moves by 3 ms; each call has time for `batches`. */
async function inParts(trainer: Trainer, calls: number, batches: number, between = (each: Trainer) => each) {
  vi.useFakeTimers({ toFake: ["performance"] });
  const clock = vi.spyOn(performance, "now");
  let now = 1000;
  clock.mockImplementation(() => now++ / 1);
  try {
    let steps = 0;
    for (let call = 0; call < calls; call++) {
      const result = await trainer.fitFor(batches * 10, inputs, targets);
      steps += result.steps;
      trainer = between(trainer);
    }
    return { trainer, steps };
  } finally {
    clock.mockRestore();
    vi.useRealTimers();
  }
}

describe("fitFor", () => {
  test("stops in time, in the middle of an epoch, and goes on there: the same bits as epochs without a stop", async () => {
    const { trainer, steps } = await inParts(smallTrainer({ batchSize: 3 }), 7, 1);
    const twin = smallTrainer({ batchSize: 3 });
    // Four batches an epoch.
    expect(steps).toBeGreaterThan(8);
    const controller = new AbortController();
    let count = 0;
    const onBatch = () => ++count === steps && controller.abort();
    await twin.fit(inputs, targets, { epochs: 1000, onBatch, signal: controller.signal });
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
  });

  test("goes on after a file, too", async () => {
    const { trainer, steps } = await inParts(smallTrainer({ batchSize: 3 }), 5, 1, (each) =>
      Trainer.fromBytes(each.toBytes()),
    );
    const { trainer: twin, steps: same } = await inParts(smallTrainer({ batchSize: 3 }), 5, 1);
    expect(steps).toBe(same);
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
  });

  test("says how many steps it made, in which epoch it stopped, and the last loss", async () => {
    const trainer = smallTrainer({ batchSize: 3 });
    const result = await trainer.fitFor(100, inputs, targets);
    expect(result.steps).toBeGreaterThan(0);
    expect(result.epoch).toBe(Math.ceil(result.steps / 4));
    expect(result.loss).toBeGreaterThan(0);
    expect(trainer.step(inputs, targets)).toBeGreaterThan(0);
  });

  test("makes no step in 0 ms, and begins anew with more examples than before", async () => {
    const trainer = smallTrainer({ batchSize: 3 });
    const before = parameterBits(trainer.network);
    expect(await trainer.fitFor(0, inputs, targets)).toEqual({ steps: 0, epoch: 0, loss: undefined });
    expect(parameterBits(trainer.network)).toBe(before);
    await trainer.fitFor(20, inputs, targets);
    const grown = await trainer.fitFor(100, [...inputs, [1, 1, 1]], [...targets, [0, 0]]);
    expect(grown.steps).toBeGreaterThan(0);
    expect(grown.epoch).toBe(Math.ceil(grown.steps / 4));
  });

  test("leaves the event loop alive", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    await smallTrainer({ batchSize: 1 }).fitFor(200, inputs, targets);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });

  test.each<[unknown, unknown, string]>([
    [Number.NaN, undefined, "fitFor: got NaN milliseconds, need a number from 0"],
    [-1, undefined, "fitFor: got -1 milliseconds, need a number from 0"],
    ["5", undefined, 'fitFor: got "5" milliseconds, need'],
    [5, { epochs: 3 }, 'fitFor option: got "epochs", need one of exampleWeights, lengths'],
  ])("refuses %o with %o", async (milliseconds, options, message) => {
    await expect(smallTrainer().fitFor(milliseconds as never, inputs, targets, options as never)).rejects.toThrow(
      message,
    );
  });
});
