import { describe, expect, test } from "vitest";
import { type Callback, checkpoint } from "../../src/index.ts";
import { waitFor } from "../../src/training/waiting.ts";
import { parameterBits, regression, smallTrainer } from "./problem.ts";

const never = new Promise<never>(() => {});
const later = <Result>(milliseconds: number, result: Result) =>
  new Promise<Result>((resolve) => setTimeout(() => resolve(result), milliseconds));
const soon = (milliseconds = 5) => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), milliseconds);
  return controller.signal;
};

describe("waitFor", () => {
  test("returns what is there, and what comes before the signal or within its grace", async () => {
    expect(await waitFor(3, AbortSignal.abort(), 0)).toBe(3);
    expect(await waitFor(later(5, 4), undefined, 0)).toBe(4);
    expect(await waitFor(Promise.resolve(5), AbortSignal.abort(), 0)).toBe(5);
    expect(await waitFor(later(30, 6), soon(), 1000)).toBe(6);
    await expect(waitFor(Promise.reject(new Error("no")), soon(), 1000)).rejects.toThrow("no");
  });

  test("gives up with the signal, also with one that has been given before", async () => {
    expect(await waitFor(never, soon(), 0)).toBeUndefined();
    expect(await waitFor(never, AbortSignal.abort(), 20)).toBeUndefined();
  });
});

describe("a callback whose promise never settles", () => {
  const { inputs, targets } = regression(6);
  const make = () => smallTrainer({ batchSize: 3 });
  /** What never settles, and the signal that comes soon after it has been called. */
  const hanging = () => {
    const controller = new AbortController();
    const hang = () => {
      setTimeout(() => controller.abort(), 5);
      return never;
    };
    return { hang, signal: controller.signal };
  };
  const hooks: [string, (hang: () => unknown) => Callback, number][] = [
    ["onStart", (onStart) => ({ onStart }), 0],
    ["onBatch", (onBatch) => ({ onBatch }), 0],
    ["onEpoch", (onEpoch) => ({ onEpoch }), 1],
    ["save of checkpoint", (save) => checkpoint(save), 1],
  ];
  test.concurrent.each(hooks)("is left when the signal says so: %s", async (_, callbackOf, records) => {
    const trainer = make();
    const { hang, signal } = hanging();
    const called: string[] = [];
    const other: Callback = { onBatch: () => called.push("batch"), onEpoch: () => called.push("epoch"), isLast: true };
    const callbacks = [callbackOf(hang), other];
    const history = await trainer.fit(inputs, targets, { epochs: 3, callbacks, signal });
    expect(history.epoch).toHaveLength(records);
    // The callbacks behind it have seen what it has.
    expect(called.at(-1)).toBe(records > 0 ? "epoch" : called.length > 0 ? "batch" : undefined);
    await trainer.fit(inputs, targets, { epochs: 3 });
    const alone = make();
    await alone.fit(inputs, targets, { epochs: 3 });
    expect(parameterBits(trainer.network)).toBe(parameterBits(alone.network));
  });

  test("is left by fitBatches, too, and at the end of a training", async () => {
    const batch = { inputs, targets };
    const [first, second] = [hanging(), hanging()];
    const streamed = make().fitBatches([batch], { onEpoch: first.hang, signal: first.signal });
    const callbacks = [{ onEnd: second.hang }];
    const ended = make().fit(inputs, targets, { epochs: 1, callbacks, signal: second.signal });
    const records = (await Promise.all([streamed, ended])).map(({ epoch }) => epoch);
    expect(records).toEqual([[1], [1]]);
  });

  test("but one that saves something may end it", async () => {
    const controller = new AbortController();
    let saved = 0;
    const onEpoch = async () => {
      controller.abort();
      saved = await later(50, 1);
    };
    await make().fit(inputs, targets, { epochs: 3, onEpoch, signal: controller.signal });
    expect(saved).toBe(1);
  });
});
