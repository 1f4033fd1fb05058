import { describe, expect, test } from "vitest";
import { balancedWeights, type Fit, fitNetwork } from "../../src/cli/fit.ts";
import { prepare } from "../../src/cli/prepare.ts";
import { headOf, type Settings } from "../../src/cli/settings.ts";
import type { ColumnTable } from "../../src/cli/table.ts";

const count = 200;
const table: ColumnTable = {
  rows: count,
  lines: count,
  columns: [
    { name: "x", kind: "number", values: Float64Array.from({ length: count }, (_, row) => Math.sin(row)), missing: 0 },
    {
      name: "y",
      kind: "category",
      values: Array.from({ length: count }, (_, row) => (Math.sin(row) > 0 ? "up" : "down")),
      missing: 0,
    },
  ],
};
const one: Settings = {
  ...{ hidden: [8], activation: "relu", dropout: 0.1, batchNorm: true, optimizer: "adamw", learningRate: 0.01 },
  schedule: "plateau",
  ...{ weightDecay: null, batchSize: 16, epochs: 12, patience: 12, seed: 1, dtype: "float32" },
  ...{ testFraction: 0.2, validationFraction: 0.2, balance: false, threshold: null, logarithm: false },
};
const settings = one;
const question = {
  target: "y",
  task: null,
  ignore: [],
  missing: [],
  categories: [],
  sample: null,
  group: null,
  time: null,
  folds: null,
};
const prepared = prepare("t.csv", table, question, settings);
const head = headOf(prepared.target.goal);

describe("a fit", () => {
  test("gives a network whose outputs are probabilities, of the epoch with the least validation loss", async () => {
    const { network, history, checkpoint } = await fitNetwork(prepared, {
      settings,
      head,
      signal: new AbortController().signal,
    });
    expect(checkpoint).toBeUndefined();
    expect(history.epoch.length).toBe(12);
    const outputs = network.predict(prepared.validation.inputs as Float64Array);
    expect(outputs.every((value) => value > 0 && value < 1)).toBe(true);
    const { targets } = prepared.validation;
    const loss = targets.reduce((sum, wanted, row) => sum - Math.log(wanted ? outputs[row] : 1 - outputs[row]), 0);
    expect(loss / targets.length).toBeCloseTo(Math.min(...history.validation.loss!), 5);
  });

  test.each([
    ["of one network", {}],
    ["of an ensemble with bins", { ensemble: 3, bins: 5 }],
  ])("%s, stopped after any epoch, goes on to the same bits, and has the best network until then", async (_, more) => {
    const settings = { ...one, ...more };
    const whole = await fitNetwork(prepared, { settings, head, signal: new AbortController().signal });
    for (const last of [1, 7]) {
      const controller = new AbortController();
      const onEpoch = ({ epoch }: { epoch: number }) => {
        if (epoch === last) controller.abort();
      };
      const part = await fitNetwork(prepared, { settings, head, signal: controller.signal, onEpoch });
      expect(part.history.epoch.at(-1)).toBe(last);
      const resumed = { checkpoint: part.checkpoint!, network: part.network, history: part.history };
      const rest = await fitNetwork(prepared, { settings, head, signal: new AbortController().signal, resumed });
      expect(rest.history).toEqual(whole.history);
      expect(rest.network.toBytes()).toEqual(whole.network.toBytes());
      // Stopped again at once: no epoch was better than those before.
      const again = await fitNetwork(prepared, { settings, head, signal: AbortSignal.abort(), resumed });
      expect(again.network.toBytes()).toEqual(part.network.toBytes());
    }
  });

  test("keeps checkpoints as it goes, from each of which the rest has the same bits", async () => {
    const signal = new AbortController().signal;
    const whole = await fitNetwork(prepared, { settings, head, signal });
    const kept: Fit[] = [];
    const onCheckpoint = (fit: Fit) => kept.push(fit);
    const again = await fitNetwork(prepared, { settings, head, signal, onCheckpoint, checkpointMinutes: 0 });
    expect(again.network.toBytes()).toEqual(whole.network.toBytes());
    expect(kept).toHaveLength(12);
    for (const { checkpoint, network, history } of [kept[0], kept[6]]) {
      const resumed = { checkpoint: checkpoint!, network, history };
      const rest = await fitNetwork(prepared, { settings, head, signal, resumed });
      expect(rest.history).toEqual(whole.history);
      expect(rest.network.toBytes()).toEqual(whole.network.toBytes());
    }
    const late: Fit[] = [];
    await fitNetwork(prepared, {
      settings,
      head,
      signal,
      onCheckpoint: (fit) => late.push(fit),
      checkpointMinutes: 60,
    });
    expect(late).toEqual([]);
  });

  test("weighs classes by how rare they are", () => {
    expect(balancedWeights([0, 0, 0, 1], { units: 1 })).toEqual([4 / 6, 2]);
    expect(balancedWeights([0, 2, 2, 2], { units: 3 })).toEqual([2, 1, 4 / 6]);
  });

  test("that diverges is refused with what to try", async () => {
    const wild = { ...settings, optimizer: "sgd", learningRate: 1e38, batchNorm: false } as const;
    await expect(fitNetwork(prepared, { settings: wild, head, signal: new AbortController().signal })).rejects.toThrow(
      /^the training diverged: in epoch 1, at learning rate 1e\+38, loss .* try --learning-rate 0\.001$/,
    );
  });
});
