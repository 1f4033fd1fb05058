import { describe, expect, it } from "vitest";
import { dense, fromValues, type LossName, type MetricName, Network, type Targets, Trainer } from "../../src/index.ts";
import { classification, expectRefusal, smallTrainer } from "./problem.ts";

/** The metrics of outputs that are the inputs themselves. */
function measure(loss: LossName, metrics: MetricName[], outputs: number[][], targets: Targets) {
  const width = outputs[0].length;
  const identity = Array.from({ length: width * width }, (_, index) => Number(index % (width + 1) === 0));
  const layers = [dense(width, { weightInitializer: fromValues(identity) })];
  const trainer = new Trainer(new Network({ inputs: width, layers, dtype: "float64" }), { loss, metrics });
  const { loss: _, ...measured } = trainer.evaluate(outputs, targets);
  return measured;
}

describe("accuracy", () => {
  const scores = [
    [3, 1, 2],
    [1, 2, 3],
    [0, 5, 4],
    [-3, -2, -1],
  ];
  const oneHot = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 1, 0],
    [1, 0, 0],
  ];

  it.each(["softmaxCrossEntropy", "sparseSoftmaxCrossEntropy"] as const)(
    "of class numbers under %s is the share of rows whose largest output is the class: 2 of 4",
    (loss) => expect(measure(loss, ["accuracy"], scores, [0, 1, 1, 0])).toEqual({ accuracy: 0.5 }),
  );

  it.each(["softmaxCrossEntropy", "meanSquaredError", "meanAbsoluteError"] as const)(
    "of one-hot rows under %s is the same share: 2 of 4",
    (loss) => expect(measure(loss, ["accuracy"], scores, oneHot)).toEqual({ accuracy: 0.5 }),
  );

  it("of probabilities under categoricalCrossEntropy takes the larger, also of soft targets: 1 of 2", () => {
    const outputs = [
      [0.7, 0.3],
      [0.6, 0.4],
    ];
    const targets = [
      [0.9, 0.1],
      [0.2, 0.8],
    ];
    expect(measure("categoricalCrossEntropy", ["accuracy"], outputs, targets)).toEqual({ accuracy: 0.5 });
  });

  it.each(["binaryCrossEntropy", "meanSquaredError"] as const)(
    "of a single output under %s divides at one half: 3 of 4",
    (loss) => {
      const outputs = [[0.4], [0.6], [0.9], [0.2]];
      expect(measure(loss, ["accuracy"], outputs, [0, 1, 0, 0])).toEqual({ accuracy: 0.75 });
    },
  );

  it("of a single logit divides at zero: 3 of 4, where one half would give 2", () => {
    const outputs = [[-0.4], [0.3], [2], [-5]];
    expect(measure("binaryCrossEntropyWithLogits", ["accuracy"], outputs, [0, 1, 0, 0])).toEqual({ accuracy: 0.75 });
  });

  it("of several labels is the share of outputs on the right side: 4 of 6, though no row is right in all", () => {
    const targets = [
      [1, 0, 1],
      [0, 0, 1],
    ];
    const probabilities = [
      [0.9, 0.1, 0.2],
      [0.2, 0.7, 0.8],
    ];
    const logits = probabilities.map((row) => row.map((value) => value - 0.5));
    expect(measure("binaryCrossEntropy", ["accuracy"], probabilities, targets).accuracy).toBeCloseTo(4 / 6, 15);
    expect(measure("binaryCrossEntropyWithLogits", ["accuracy"], logits, targets).accuracy).toBeCloseTo(4 / 6, 15);
  });
});

describe("distances", () => {
  const outputs = [
    [1, 2],
    [3, 4],
  ];
  const targets = [
    [1, 4],
    [0, 3],
  ];

  it("are means over the 4 outputs: meanAbsoluteError 1.5, meanSquaredError 3.5", () => {
    expect(measure("meanSquaredError", ["meanAbsoluteError", "meanSquaredError"], outputs, targets)).toEqual({
      meanAbsoluteError: 1.5,
      meanSquaredError: 3.5,
    });
  });

  it("are taken of one-hot rows also under softmaxCrossEntropy: 2 of 4", () => {
    const oneHot = [
      [1, 0],
      [0, 1],
    ];
    const measured = measure("softmaxCrossEntropy", ["meanAbsoluteError"], outputs, oneHot);
    expect(measured).toEqual({ meanAbsoluteError: (0 + 2 + 3 + 3) / 4 });
  });

  it("agree with the loss of their name, which is that mean", () => {
    const trainer = smallTrainer({ metrics: ["meanSquaredError"] });
    const { loss, meanSquaredError } = trainer.evaluate([[0.1, 0.2, 0.3]], [[1, 2]]);
    expect(meanSquaredError).toBe(loss);
  });
});

describe("metrics are refused, and nothing has changed,", () => {
  const list = "accuracy, meanAbsoluteError, meanSquaredError";
  const refused: [string, unknown, Error][] = [
    [
      "if one is unknown",
      ["acuracy"],
      new RangeError(`trainer: metrics: got "acuracy", need one of ${list}; did you mean "accuracy"?`),
    ],
    ["if one is no name", ["accuracy", null], new RangeError(`trainer: metrics: got null, need one of ${list}`)],
    ["if they are a name", "accuracy", new TypeError('trainer: got metrics "accuracy", need an array of names')],
    ["if they are null", null, new TypeError("trainer: got metrics null, need an array of names")],
  ];
  it.each(refused)("%s", async (_, metrics, error) => {
    await expectRefusal(({ network }) => {
      return new Trainer(network, { loss: "meanSquaredError", metrics: metrics as MetricName[] });
    }, error);
  });

  const { inputs, targets } = classification(7);
  const oneHot = targets.map((chosen) => [0, 1, 2].map((column) => Number(column === chosen)));
  const distance = new RangeError(
    "trainer: got the metric meanAbsoluteError with class numbers for targets, need rows of numbers",
  );
  const calls: [string, (trainer: Trainer) => unknown][] = [
    ["evaluate", (trainer) => trainer.evaluate(inputs, targets)],
    ["epochs", (trainer) => trainer.epochs(inputs, targets, { epochs: 1 })],
    ["fit", (trainer) => trainer.fit(inputs, targets, { epochs: 1 })],
    ["fit's validation", (trainer) => trainer.fit(inputs, oneHot, { epochs: 1, validation: [inputs, targets] })],
    ["epochs' validation", (trainer) => trainer.epochs(inputs, oneHot, { epochs: 1, validation: [inputs, targets] })],
  ];
  it.each(calls)("if a distance is to be taken of class numbers in %s", async (_, act) => {
    const options = { loss: "softmaxCrossEntropy", metrics: ["accuracy", "meanAbsoluteError"] } as const;
    await expectRefusal(act, distance, options, { inputs, targets: oneHot });
  });
});
