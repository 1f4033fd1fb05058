import { describe, expect, it } from "vitest";
import type { FitOptions, Trainer } from "../../src/index.ts";
import { classification, expectRefusal, parameterBits, regression, smallTrainer } from "./problem.ts";

const { inputs, targets } = regression(10);
const held = { inputs: inputs.slice(7), targets: targets.slice(7) };

describe("validation examples", () => {
  it("may be { inputs, targets } or [inputs, targets], and are evaluated after each epoch", async () => {
    for (const validation of [held, [held.inputs, held.targets] as const]) {
      const trainer = smallTrainer({ batchSize: 4, metrics: ["meanAbsoluteError"] });
      const expected: unknown[] = [];
      const found: unknown[] = [];
      await trainer.fit(inputs, targets, {
        epochs: 3,
        validation,
        onEpoch: (record) => {
          found.push(record.validation);
          expected.push(trainer.evaluate(held.inputs, held.targets));
        },
      });
      expect(found).toEqual(expected);
      expect(new Set(found.map((each) => JSON.stringify(each))).size).toBe(3);
    }
  });

  it("do not change what is trained, in fit and in epochs", async () => {
    const trainers = [0, 1, 2].map(() => smallTrainer({ batchSize: 4 }));
    const [plain, fitted, drawn] = trainers;
    await plain.fit(inputs, targets, { epochs: 3 });
    await fitted.fit(inputs, targets, { epochs: 3, validation: regression(300) });
    const records = [...drawn.epochs(inputs, targets, { epochs: 3, validation: regression(300) })];
    expect(records).toHaveLength(3);
    for (const { network } of trainers) expect(parameterBits(network)).toBe(parameterBits(plain.network));
  });

  it("may have their targets in another form than the others: class numbers beside one-hot rows", async () => {
    const labelled = classification(10);
    const oneHot = labelled.targets.map((chosen) => [0, 1, 2].map((column) => Number(column === chosen)));
    const trainer = smallTrainer({ loss: "softmaxCrossEntropy", metrics: ["accuracy"] }, 3);
    const { validation } = await trainer.fit(labelled.inputs, oneHot, { epochs: 1, validation: labelled });
    const { accuracy } = trainer.evaluate(labelled.inputs, oneHot);
    expect(validation.accuracy).toEqual([accuracy]);
    expect(accuracy).toBeGreaterThan(0);
  });

  it("are undefined in the records when there are none, and so in the history", async () => {
    const history = await smallTrainer().fit(inputs, targets, { epochs: 1 });
    expect(history.validation).toEqual({});
    expect([...smallTrainer().epochs(inputs, targets, { epochs: 1 })][0].validation).toBeUndefined();
  });
});

describe("validationSplit", () => {
  const forms: [string, Parameters<Trainer["fit"]>[0], Parameters<Trainer["fit"]>[1]][] = [
    ["rows", inputs, targets],
    ["flat arrays", Float64Array.from(inputs.flat()), Float64Array.from(targets.flat())],
  ];
  it.each(forms)(
    "of 0.3 keeps the last 3 of 10 rows for validation and does not train on them: %s",
    async (_, x, y) => {
      const [split, apart] = [smallTrainer({ batchSize: 4 }), smallTrainer({ batchSize: 4 })];
      const history = await split.fit(x, y, { epochs: 3, validationSplit: 0.3 });
      const expected = await apart.fit(inputs.slice(0, 7), targets.slice(0, 7), { epochs: 3, validation: held });
      expect(history).toEqual(expected);
      expect(history.validation.loss).toHaveLength(3);
      expect(parameterBits(split.network)).toBe(parameterBits(apart.network));
    },
  );

  it("takes lists of class numbers as well, and a Uint8Array", async () => {
    const labelled = classification(10);
    const histories = [labelled.targets, Uint8Array.from(labelled.targets)].map((form) => {
      const trainer = smallTrainer({ loss: "softmaxCrossEntropy", batchSize: 4 }, 3);
      return trainer.fit(labelled.inputs, form, { epochs: 2, validationSplit: 0.3 });
    });
    const trainer = smallTrainer({ loss: "softmaxCrossEntropy", batchSize: 4 }, 3);
    const expected = await trainer.fit(labelled.inputs.slice(0, 7), labelled.targets.slice(0, 7), {
      epochs: 2,
      validation: [labelled.inputs.slice(7), labelled.targets.slice(7)],
    });
    for (const history of histories) expect(await history).toEqual(expected);
  });

  it.each([
    [0.05, 1],
    [0.25, 3],
    [0.9, 9],
    [0.94, 9],
  ])("of %f is the nearest count of 10 rows: %i", async (validationSplit, count) => {
    const trainer = smallTrainer({ batchSize: 1 });
    await trainer.fit(inputs, targets, { epochs: 1, validationSplit });
    const [{ step }] = trainer.epochs(inputs.slice(0, 1), targets.slice(0, 1), { epochs: 1 });
    expect(step).toBe(10 - count + 1);
  });
});

describe("fit refuses, and nothing has changed,", () => {
  const share = (got: string) =>
    new RangeError(
      `fit: got validationSplit ${got}, need a share that leaves at least one of 10 examples on each side`, //
    );
  const form = (got: string) =>
    new TypeError(
      `fit: validation: got ${got}, need { inputs, targets${got.startsWith("an array") ? ", exampleWeights" : ""} } or [inputs, targets]`,
    );
  const rows = new TypeError("fit: validation: inputs: got undefined, need rows of 3 numbers");
  const refused: [string, unknown, Error][] = [
    ["a split of 0", { validationSplit: 0 }, share("0")],
    ["a split of 1", { validationSplit: 1 }, share("1")],
    ["a split of 1.5", { validationSplit: 1.5 }, share("1.5")],
    ["a split of -0.5", { validationSplit: -0.5 }, share("-0.5")],
    ["a split of NaN", { validationSplit: Number.NaN }, share("NaN")],
    ["a split that holds no row", { validationSplit: 0.04 }, share("0.04")],
    ["a split that holds every row", { validationSplit: 0.96 }, share("0.96")],
    ["a split as a string", { validationSplit: "0.5" }, share('"0.5"')],
    ["a split of many digits", { validationSplit: 1n }, share("1")],
    ["a split of null", { validationSplit: null }, share("null")],
    [
      "both validation and split",
      { validation: held, validationSplit: 0.3 },
      new RangeError("fit: got validation and validationSplit, need at most one of them"),
    ],
    ["validation of null", { validation: null }, form("null")],
    ["validation of false", { validation: false }, form("false")],
    ["validation of 0.2", { validation: 0.2 }, form("0.2")],
    ["validation without inputs", { validation: {} }, rows],
    ["validation of nothing", { validation: [] }, form("an array of 0")],
    [
      "validation without targets",
      { validation: { inputs } },
      new RangeError("fit: validation: targets: got undefined, need rows of 2"),
    ],
    [
      "validation of other lengths",
      { validation: [inputs, held.targets] },
      new RangeError("fit: validation: got 10 rows of inputs and 3 of targets, need as many of both"),
    ],
    [
      "validation with NaN",
      { validation: [inputs.with(2, [0, Number.NaN, 0]), targets] },
      new RangeError("fit: validation: inputs: got NaN at row 2, column 1, need a finite number"),
    ],
  ];
  it.each(refused)("%s", async (_, options, error) => {
    await expectRefusal((trainer) => trainer.fit(inputs, targets, { ...(options as FitOptions), epochs: 1 }), error);
  });

  it("NaN in the share that is kept, by its row among all of them", async () => {
    const bad = inputs.with(8, [0, Number.NaN, 0]);
    await expectRefusal(
      (trainer) => trainer.fit(bad, targets, { epochs: 1, validationSplit: 0.3 }),
      new RangeError("fit: inputs: got NaN at row 8, column 1, need a finite number"),
    );
  });
});
