import { describe, expect, it } from "vitest";
import {
  dense,
  input,
  type LossName,
  type MetricName,
  Network,
  reshape,
  type Targets,
  Trainer,
  topKAccuracy,
} from "../../src/index.ts";
import { parameterBits, smallTrainer } from "./problem.ts";

const inputs = [
  [1, 2, 3],
  [4, 5, 6],
];
const ofClasses = ["accuracy", "precision", "recall", "f1", "rocAuc", "confusionMatrix"] as const;

/** How evaluate refuses targets of so many outputs. */
function refusal(loss: LossName, metric: MetricName, targets: Targets, outputs: number): string {
  try {
    smallTrainer({ loss, metrics: [metric] }, outputs).evaluate(inputs, targets);
    return "";
  } catch (error) {
    return String(error);
  }
}

describe("metrics of classes refuse targets that are no classes", () => {
  it.each(ofClasses)("%s: fractions, negative numbers, other classes", (metric) => {
    for (const stranger of [0.5, -1, 2, 1e-6]) {
      expect(refusal("meanSquaredError", metric, [1, stranger], 1)).toBe(
        `RangeError: evaluate: targets: got ${stranger} at row 1, need 0 or 1, for the metric ${metric}`,
      );
    }
    expect(refusal("meanSquaredError", metric, [0, 1], 1)).toBe("");
  });

  it.each([
    [[0.5, 0.5], "[0.5, 0.5]"],
    [[1, 1], "[1, 1]"],
    [[0, 0], "[0, 0]"],
    [[2, 0], "[2, 0]"],
    [[1, -1], "[1, -1]"],
  ])("rows that are not one-hot: %j", (row, got) => {
    const need = "need a one-hot row: a single 1, the rest 0, for the metric accuracy";
    const rows = [[0, 1], row];
    expect(refusal("meanSquaredError", "accuracy", rows, 2)).toBe(
      `RangeError: evaluate: targets: got ${got} at row 1, ${need}`,
    );
    const areShares = row.every((value) => value >= 0) && row[0] + row[1] === 1;
    if (areShares) expect(refusal("softmaxCrossEntropy", "accuracy", rows, 2)).toContain(need);
    expect(
      refusal(
        "softmaxCrossEntropy",
        "meanSquaredError",
        areShares
          ? rows
          : [
              [1, 0],
              [0, 1],
            ],
        2,
      ),
    ).toBe("");
  });

  it("soft labels of several outputs, each of which says yes or no", () => {
    expect(
      refusal(
        "binaryCrossEntropyWithLogits",
        "f1",
        [
          [0, 1],
          [1, 0.2],
        ],
        2,
      ),
    ).toMatch(/got 0.2.* at row 1, need 0 or 1/);
    expect(
      refusal(
        "binaryCrossEntropyWithLogits",
        "f1",
        [
          [0, 1],
          [1, 1],
        ],
        2,
      ),
    ).toBe("");
    expect(
      refusal(
        "hinge",
        "f1",
        [
          [-1, 1],
          [1, 1],
        ],
        2,
      ),
    ).toBe("");
  });

  it("says which position, and takes k of the best as well", () => {
    const value = input(3);
    const network = new Network({ inputs: value, outputs: reshape([2, 2])(dense(4)(value)) });
    const trainer = new Trainer(network, { loss: "softmaxCrossEntropy", metrics: [topKAccuracy({ k: 1 })] });
    const soft = [
      [
        [1, 0],
        [0, 1],
      ],
      [
        [0, 1],
        [0.5, 0.5],
      ],
    ];
    expect(() => trainer.evaluate(inputs, soft)).toThrow(
      "evaluate: targets: got [0.5, 0.5] at row 1, position 1, need a one-hot row",
    );
  });

  it("in fit, epochs, fitBatches and their validation, and trains nothing; a step has no metrics and takes them", async () => {
    const soft = [
      [0.5, 0.5],
      [1, 0],
    ];
    const hard = [
      [0, 1],
      [1, 0],
    ];
    const trainer = smallTrainer({ loss: "softmaxCrossEntropy", metrics: ["accuracy"] });
    const need = "need a one-hot row";
    await expect(trainer.fit(inputs, soft, { epochs: 1 })).rejects.toThrow(
      `fit: targets: got [0.5, 0.5] at row 0, ${need}`,
    );
    await expect(trainer.fit(inputs, hard, { epochs: 1, validation: [inputs, soft] })).rejects.toThrow(
      "fit: validation: targets: got [0.5, 0.5] at row 0",
    );
    expect(() => trainer.epochs(inputs, soft, { epochs: 1 })).toThrow("epochs: targets: got [0.5, 0.5] at row 0");
    await expect(
      trainer.fitBatches([
        [inputs, hard],
        [inputs, soft],
      ]),
    ).rejects.toThrow("fitBatches: batch 2 of epoch 1: targets: got [0.5, 0.5] at row 0");
    await expect(trainer.fitBatches([[inputs, hard]], { validation: [inputs, soft] })).rejects.toThrow(
      "fitBatches: validation: targets: got [0.5, 0.5] at row 0",
    );
    expect(trainer.step(inputs, soft)).toBeGreaterThan(0);
    expect((await trainer.fitFor(1, inputs, soft)).steps).toBeGreaterThanOrEqual(0);
  });

  it("of each output by its own metrics, and not where an output has none", async () => {
    const value = input(3);
    const network = new Network({ inputs: value, outputs: [dense(2)(value), dense(1)(value), dense(2)(value)] });
    const before = parameterBits(network);
    const trainer = new Trainer(network, {
      loss: ["meanSquaredError", "meanSquaredError", "softmaxCrossEntropy"],
      metrics: [["r2"], ["accuracy"], ["f1"]],
    });
    const numbers = [
      [0.5, 3],
      [-1, 2],
    ];
    const right = [numbers, [0, 1], [1, 0]];
    expect(() => trainer.evaluate(inputs, right)).not.toThrow();
    const labels = "targets 1: got 0.5 at row 1, need 0 or 1, for the metric accuracy";
    expect(() => trainer.evaluate(inputs, right.with(1, [0, 0.5]))).toThrow(`evaluate: ${labels}`);
    const soft = [
      [0, 1],
      [0.25, 0.75],
    ];
    const need = "need a one-hot row: a single 1, the rest 0, for the metric f1";
    const rows = `targets 2: got [0.25, 0.75] at row 1, ${need}`;
    expect(() => trainer.evaluate(inputs, right.with(2, soft))).toThrow(`evaluate: ${rows}`);
    await expect(trainer.fit(inputs, right.with(2, soft), { epochs: 1 })).rejects.toThrow(`fit: ${rows}`);
    await expect(trainer.fitBatches([[inputs, right.with(1, [0, 0.5])]])).rejects.toThrow(
      `fitBatches: batch 1 of epoch 1: ${labels}`,
    );
    await expect(trainer.fitBatches([[inputs, right.with(2, soft)]])).rejects.toThrow(
      `fitBatches: batch 1 of epoch 1: ${rows}`,
    );
    expect(parameterBits(network)).toBe(before);
  });

  it("of sequences of each output, in a stream by their own lengths", async () => {
    const sequence = input([3, 2], { variableLength: true });
    const network = new Network({ inputs: sequence, outputs: [dense(2)(sequence), dense(1)(sequence)] });
    const trainer = new Trainer(network, { loss: "meanSquaredError", metrics: [null, ["accuracy"]] });
    const steps = [
      [[1, 2]],
      [
        [3, 4],
        [5, 6],
      ],
    ];
    const yes = [[[1]], [[0], [0.5]]];
    const message = "targets 1: got 0.5 at row 1, step 1, need 0 or 1, for the metric accuracy";
    expect(() => trainer.evaluate(steps, [steps, yes])).toThrow(`evaluate: ${message}`);
    await expect(trainer.fitBatches([[steps, [steps, yes]]])).rejects.toThrow(message);
    await trainer.fitBatches([[steps, [steps, [[[1]], [[0], [1]]]]]]);
  });
});
