import { describe, expect, test } from "vitest";
import { type EarlyStoppingOptions, earlyStopping, sgd } from "../../../src/index.ts";
import { parameterBits, regression, smallTrainer } from "../problem.ts";

const { inputs, targets } = regression(8);

/** Calls it with the losses given, one an epoch. @returns the epoch that it stops at, and the one whose parameters are back */
function run(losses: number[], options: EarlyStoppingOptions, name = "loss"): { stopped?: number; back: number } {
  const trainer = smallTrainer();
  const { network } = trainer;
  const callback = earlyStopping(options);
  let stopped: number | undefined;
  let epoch = 0;
  const training = {
    network,
    monitors: ["loss", "accuracy"],
    epochs: 99,
    batches: 1,
    toBytes: () => new Uint8Array(),
    stop: () => {
      stopped = epoch;
    },
  };
  callback.onStart?.(training);
  for (const loss of losses) {
    epoch++;
    for (const { values } of network.parameters) values.fill(epoch);
    const metrics = (name === "accuracy" ? { accuracy: loss } : {}) as never;
    const record = { epoch, step: epoch, loss, learningRate: 0, metrics, validation: undefined, seconds: 0 };
    callback.onEpoch?.(record, training);
    if (stopped) break;
  }
  callback.onEnd?.(training);
  return { stopped, back: network.parameters[0].values[0] };
}

describe("early stopping", () => {
  test.each<[string, number[], EarlyStoppingOptions, { stopped?: number; back: number }]>([
    ["after 2 that are no better", [3, 2, 2.5, 2, 1], { patience: 2 }, { stopped: 4, back: 2 }],
    ["never while it gets better", [5, 4, 3, 2, 1], { patience: 1 }, { back: 5 }],
    ["counts anew after a better one", [3, 4, 2, 3, 1, 2, 3], { patience: 2 }, { stopped: 7, back: 5 }],
    [
      "takes less than minDelta for none",
      [3, 2.95, 2.9, 2.85],
      { patience: 2, minDelta: 0.1 },
      { stopped: 3, back: 1 },
    ],
    ["leaves the last parameters if told so", [1, 2, 3], { patience: 2, restoreBest: false }, { stopped: 3, back: 3 }],
    ["takes NaN for no better", [2, Number.NaN, Number.NaN], { patience: 2 }, { stopped: 3, back: 1 }],
    ["brings the best back at the end, too", [1, 2], { patience: 9 }, { back: 1 }],
  ])("%s", (_, losses, options, expected) => {
    expect(run(losses, options)).toEqual(expected);
  });

  test("watches accuracy upwards", () => {
    expect(run([0.5, 0.7, 0.6, 0.6], { monitor: "accuracy", patience: 2 }, "accuracy")).toEqual({
      stopped: 4,
      back: 2,
    });
  });

  test("ends a fit, whose parameters are then the best record's, and which begins anew the next time", async () => {
    // A rate that grows worse: the second epoch overshoots.
    const trainer = smallTrainer({ optimizer: sgd({ learningRate: 3 }), batchSize: "full" });
    const before = parameterBits(trainer.network);
    const callbacks = [earlyStopping({ patience: 2 })];
    const history = await trainer.fit(inputs, targets, { epochs: 50, callbacks });
    expect(history.loss.length).toBeLessThan(50);
    expect(history.loss.indexOf(Math.min(...history.loss))).toBe(history.loss.length - 3);
    expect(parameterBits(trainer.network)).not.toBe(before);
    const again = await trainer.fit(inputs, targets, { epochs: 2, callbacks });
    expect(again.epoch).toEqual([1, 2]);
  });

  test("watches the validation's loss by default where there is one", async () => {
    const trainer = smallTrainer({ optimizer: sgd({ learningRate: 0 }) });
    const seen: number[] = [];
    const spy = { onEpoch: () => seen.push(1) };
    const validation = { inputs, targets };
    await trainer.fit(inputs, targets, { epochs: 50, validation, callbacks: [spy, earlyStopping({ patience: 3 })] });
    expect(seen.length).toBe(4);
  });

  test("refuses before the first batch to watch what is not there", async () => {
    const trainer = smallTrainer();
    const before = parameterBits(trainer.network);
    const fit = trainer.fit(inputs, targets, { epochs: 2, callbacks: [earlyStopping({ monitor: "acuracy" })] });
    await expect(fit).rejects.toThrow('earlyStopping: monitor: got "acuracy", need loss');
    expect(parameterBits(trainer.network)).toBe(before);
  });

  test.each<[EarlyStoppingOptions, string]>([
    [{ patience: 0 }, "earlyStopping: patience: got 0, need a whole number from 1"],
    [{ minDelta: -1 }, "earlyStopping: got minDelta -1, need a number from 0"],
    [{ restoreBest: 1 as never }, "earlyStopping: got restoreBest 1, need true or false"],
    [{ monitor: "" }, 'earlyStopping: got monitor "", need a name'],
    [{ patiense: 3 } as never, 'earlyStopping option: got "patiense", need one of monitor, patience'],
  ])("refuses %o", (options, message) => expect(() => earlyStopping(options)).toThrow(message));
});
