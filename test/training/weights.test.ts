import { describe, expect, it } from "vitest";
import { dense, type LossName, Network, Trainer, type Weights } from "../../src/index.ts";
import { classification, expectRefusal, regression, smallTrainer } from "./problem.ts";

const { inputs, targets } = regression(3);
const range = "need a finite number from 0 up";

describe("weights of examples are refused, and nothing has changed,", () => {
  const cases: [string, unknown, ErrorConstructor, string][] = [
    ["too few", [1, 2], RangeError, "got 2 numbers, need 3, one an example"],
    [
      "too many in a typed array",
      new Float32Array(4),
      RangeError,
      "got 4 numbers, need 3, one an example, or 6, nested as [3, 2]",
    ],
    ["no array", 3, TypeError, "got 3, need an array: 3, one an example"],
    ["null", null, TypeError, "got null, need an array: 3, one an example"],
    ["one negative", [1, -1, 1], RangeError, `got -1 at 1, ${range}`],
    ["one NaN", [1, 1, Number.NaN], RangeError, `got NaN at 2, ${range}`],
    [
      "one beyond the type",
      [1, 1e39, 1],
      RangeError,
      "got 1e+39 at 1, need a number in the range of float32 from 0 up",
    ],
    ["one no number", [1, "1", 1], RangeError, `got "1" at 1, ${range}`],
    ["one that is no number's kin", [1, Symbol("one"), 1], RangeError, `got Symbol(one) at 1, ${range}`],
    ["one of many digits", [1, 1n, 1], RangeError, `got 1n at 1, ${range}`],
    ["all 0", [0, -0, 0], RangeError, "got only zeros, need a number above 0 among them"],
    [
      "all 0 in the type",
      [1e-60, 1e-50, 0],
      RangeError,
      "got no weight larger than 1e-50, which is 0 in float32, need a number above 0 among them",
    ],
  ];
  const methods: [string, string, (trainer: Trainer, exampleWeights: Weights) => unknown][] = [
    ["step", "step", (trainer, exampleWeights) => trainer.step(inputs, targets, { exampleWeights })],
    ["gradients", "gradients", (trainer, exampleWeights) => trainer.gradients(inputs, targets, { exampleWeights })],
    ["evaluate", "evaluate", (trainer, exampleWeights) => trainer.evaluate(inputs, targets, { exampleWeights })],
    ["epochs", "epochs", (trainer, exampleWeights) => trainer.epochs(inputs, targets, { epochs: 1, exampleWeights })],
    ["fit", "fit", (trainer, exampleWeights) => trainer.fit(inputs, targets, { epochs: 1, exampleWeights })],
    [
      "validation",
      "fit: validation",
      (trainer, exampleWeights) => {
        return trainer.fit(inputs, targets, { epochs: 1, validation: { inputs, targets, exampleWeights } });
      },
    ],
  ];
  it.each(methods.flatMap(([method, who, act]) => cases.map((each) => [method, who, act, ...each] as const)))(
    "by %s%.0s%.0s: %s",
    async (_, who, act, __, weights, Kind, message) => {
      const error = new Kind(`${who}: exampleWeights: ${message}`);
      await expectRefusal((trainer) => act(trainer, weights as Weights), error);
    },
  );

  it.each(["step", "gradients", "evaluate"] as const)("by %s: a misspelt option", async (method) => {
    const error = new RangeError(
      `${method} option: got "exampleWeight", need one of exampleWeights, lengths; did you mean "exampleWeights"?`,
    );
    await expectRefusal((trainer) => trainer[method](inputs, targets, { exampleWeight: [1, 1, 1] } as never), error);
  });

  it("also without validation of inputs and targets", async () => {
    const error = new RangeError(`step: exampleWeights: got -1 at 1, ${range}`);
    const act = (trainer: Trainer) => trainer.step(inputs, targets, { exampleWeights: [1, -1, 1] });
    await expectRefusal(act, error, { validate: false });
  });
});

describe("weights of classes", () => {
  const refused: [string, LossName, unknown, ErrorConstructor, string][] = [
    [
      "a loss without classes",
      "meanSquaredError",
      [1, 2, 3],
      RangeError,
      "got the loss meanSquaredError, need one of binaryCrossEntropy, binaryCrossEntropyWithLogits, " +
        "categoricalCrossEntropy, softmaxCrossEntropy, sparseSoftmaxCrossEntropy",
    ],
    ["too few classes", "softmaxCrossEntropy", [1, 2], RangeError, "got 2 numbers, need 3 numbers, one a class"],
    [
      "no array",
      "sparseSoftmaxCrossEntropy",
      { 0: 1 },
      TypeError,
      "got an object, need an array: 3 numbers, one a class",
    ],
    ["null", "softmaxCrossEntropy", null, TypeError, "got null, need an array: 3 numbers, one a class"],
    [
      "three of a binary loss",
      "binaryCrossEntropyWithLogits",
      [1, 2, 3],
      RangeError,
      "got 3 numbers, need 2 numbers, of the targets 0 and 1",
    ],
    ["an infinite one", "categoricalCrossEntropy", [1, Infinity, 1], RangeError, `got Infinity at 1, ${range}`],
    ["a negative one", "binaryCrossEntropy", [-1, 1], RangeError, `got -1 at 0, ${range}`],
    ["only zeros", "softmaxCrossEntropy", [0, 0, 0], RangeError, "got only zeros, need a number above 0 among them"],
  ];
  it.each(refused)("are refused before a trainer is attached: %s", (_, loss, classWeights, Kind, message) => {
    const network = new Network({ inputs: 1, layers: [dense(3)] });
    const error = new Kind(`trainer: classWeights: ${message}`);
    expect(() => new Trainer(network, { loss, classWeights: classWeights as Weights })).toThrow(error);
    expect(network.parameters[0].gradients).toBeUndefined();
  });

  it("are copied: changing the array later changes nothing, and a typed array is as good", () => {
    const data = classification(6);
    const given = [1, 0, 4];
    const loss = (trainer: Trainer) => trainer.gradients(data.inputs, data.targets);
    const make = (classWeights: Weights) => smallTrainer({ loss: "softmaxCrossEntropy", classWeights }, 3);
    const [trainer, twin] = [make(given), make(Float32Array.of(1, 0, 4))];
    given.fill(1);
    expect(loss(trainer)).toBe(loss(twin));
    expect(loss(trainer)).not.toBe(loss(make(given)));
  });
});
