import { describe, expect, test } from "vitest";
import { decode, encode } from "../../src/files/safetensors.ts";
import {
  checkGradients,
  Network,
  softmaxCrossEntropy,
  squaredError,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { parameterBits, randomRows } from "./problem.ts";
import { classes, inputs, left, make, numbers, right, rows, targets, weights } from "./twoHeads.ts";

describe("a network of two inputs and two outputs", () => {
  test("has the sum of its losses: each output's own, to rounding, also weighted", () => {
    for (const options of [undefined, { exampleWeights: weights }]) {
      const both = make().gradients(inputs, targets, options);
      const alone = make().network;
      const [ofNumbers, ofClasses] = alone.engine.graph.outputs.map((output, index) => {
        const network = new Network({ inputs: [alone.engine.graph.inputs[index]], outputs: output, dtype: "float64" });
        const own = index === 0 ? [0, 1, 2, 3, 4, 5] : [6, 7, 8, 9];
        network.parameters.forEach(({ values }, place) => {
          values.set(alone.parameters[own[place]].values);
        });
        const loss = index === 0 ? "meanSquaredError" : "softmaxCrossEntropy";
        return new Trainer(network, { loss }).gradients(inputs[index], targets[index], options);
      });
      expectClose([both], [ofNumbers + ofClasses], tolerances.golden.float64);
    }
  });

  test.each<[string, Partial<TrainerOptions>]>([
    ["of means", {}],
    ["of sums", { loss: [squaredError(), softmaxCrossEntropy({ reduction: "sum" })] }],
    ["with penalties", { l2: 0.1 }],
    [
      "with smoothed labels",
      { loss: ["meanAbsoluteError", { name: "softmaxCrossEntropy", reduction: "mean", labelSmoothing: 0.1 }] },
    ],
  ])("has gradients that central differences agree with: %s", (_, options) => {
    const { worst } = checkGradients(make(options), inputs, targets);
    expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
  });

  test("trains by every way to the same bits: step, epochs, fit, fitBatches, from a file", async () => {
    const byStep = make({ shuffle: false });
    const from = [0, 3, 6];
    const batch = (start: number) =>
      [
        inputs.map((part) => part.slice(start, start + 3)),
        targets.map((part) => part.slice(start, start + 3)),
      ] as never;
    for (const start of from) byStep.step(...(batch(start) as [never, never]));
    const others = [0, 1, 2, 3].map(() => make({ shuffle: false }));
    for (const _ of others[0].epochs(inputs, targets, { epochs: 1 }));
    const history = await others[1].fit(inputs, targets, { epochs: 1, validation: [inputs, targets] });
    await others[2].fitBatches(from.map(batch));
    others[3].step(...(batch(0) as [never, never]));
    const resumed = Trainer.fromBytes(others[3].toBytes());
    for (const start of [3, 6]) resumed.step(...(batch(start) as [never, never]));
    for (const other of [others[0], others[1], others[2], resumed]) {
      expect(parameterBits(other.network)).toBe(parameterBits(byStep.network));
    }
    expectClose([history.validation.loss[0]], [byStep.evaluate(inputs, targets).loss], tolerances.golden.float64);
  });

  test("gets better", async () => {
    const trainer = make();
    const { loss } = await trainer.fit(inputs, targets, { epochs: 60, validationSplit: 0.2 });
    expect(loss[59]).toBeLessThan(loss[0] / 1.5);
  });

  test.each<[string, () => unknown, string]>([
    ["one input for two", () => make().step(left, targets), "step: inputs: got an array of 7, need an array of 2"],
    ["inputs of other rows", () => make().step([left, right.slice(1)], targets), "step: got inputs of 7 and of 6 rows"],
    [
      "an input too narrow",
      () => make().step([right, right], targets),
      "step: input 0: got 2 numbers in row 0, need 3",
    ],
    [
      "targets of one output",
      () => make().step(inputs, [numbers]),
      "step: targets: got an array of 1, need an array of 2",
    ],
    [
      "targets in another order",
      () => make().step(inputs, [classes, numbers]),
      "step: targets 0: got 1 number an example",
    ],
    [
      "a class that is none",
      () => make().step(inputs, [numbers, classes.with(2, 3)]),
      "step: targets 1: got 3 at row 2",
    ],
    ["NaN", () => make().step([left.with(1, [0, Number.NaN, 0]), right], targets), "step: input 0: got NaN at row 1"],
    [
      "a sum and a mean",
      () => make({ loss: [squaredError(), "softmaxCrossEntropy"] }),
      "trainer: loss: got a sum and a mean",
    ],
    ["three losses", () => make({ loss: ["huber", "huber", "huber"] }), "trainer: loss: got 3 losses, need one, or 2"],
  ])("refuses %s", (_, act, message) => expect(act).toThrow(message));

  test("refuses a file with sums of other losses, before anything is trained", async () => {
    const trainer = make();
    const controller = new AbortController();
    await trainer.fit(inputs, targets, { epochs: 2, onBatch: () => controller.abort(), signal: controller.signal });
    const { tensors, metadata } = decode(trainer.toBytes());
    for (const [losses, message] of [
      [[1, 2, 3], "fromBytes: got 3 sums and 2 weights of losses, need one of each for 2 losses"],
      [[1], "fromBytes: got 1 sum and 2 weights of losses, need one of each for 2 losses"],
      [[[1], 2], "fromBytes: a sum: got an array of 1, need a finite number"],
      [[undefined], "fromBytes: a sum: got null, need a finite number"],
      [undefined, "fromBytes: got losses undefined, need an array"],
    ] as const) {
      const json = JSON.parse(metadata.trainer);
      json.training.sums.losses = losses;
      const bytes = encode(tensors, { ...metadata, trainer: JSON.stringify(json) });
      await expect(async () => Trainer.fromBytes(bytes).fit(inputs, targets, { epochs: 2 })).rejects.toThrow(message);
    }
  });

  test("takes one loss for both where it fits both", () => {
    const loss = make({ loss: "meanSquaredError" }).step(inputs, [numbers, randomRows(rows, 3, 5)]);
    expect(loss).toBeGreaterThan(0);
  });
});
