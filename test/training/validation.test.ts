import { describe, expect, it } from "vitest";
import { iris, oneHot } from "../../src/data/index.ts";
import {
  dense,
  type FitOptions,
  mt19937,
  Network,
  sgd,
  type Targets,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";
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
    const rows = oneHot(labelled.targets);
    const trainer = smallTrainer({ loss: "softmaxCrossEntropy", metrics: ["accuracy"] }, 3);
    const { validation } = await trainer.fit(labelled.inputs, rows, { epochs: 1, validation: labelled });
    const { accuracy } = trainer.evaluate(labelled.inputs, rows);
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
    "of 0.3 from the end keeps the last 3 of 10 rows for validation and does not train on them: %s",
    async (_, x, y) => {
      const [split, apart] = [smallTrainer({ batchSize: 4 }), smallTrainer({ batchSize: 4 })];
      const history = await split.fit(x, y, { epochs: 3, validationSplit: { share: 0.3, from: "end" } });
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
      return trainer.fit(labelled.inputs, form, { epochs: 2, validationSplit: { share: 0.3, from: "end" } });
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

describe("a drawn validationSplit", () => {
  const sorted = iris();
  const classes = Float64Array.from(sorted.targets);
  /** Rows of each class that are validated on. */
  const heldOf = async (targets: Targets, options: Partial<TrainerOptions>, outputs = 3) => {
    const layers = [dense(outputs)];
    const trainer = new Trainer(new Network({ inputs: 4, layers, seed: 1 }), { loss: "meanSquaredError", ...options });
    const { validation } = await trainer.fit(sorted.inputs, targets, { epochs: 1, validationSplit: 0.2 });
    return (validation.confusionMatrix![0] as number[][]).map((row) => row.reduce((a, b) => a + b));
  };

  it("of sorted classes has 10 of each 50, by class numbers, by one-hot rows and by 0 and 1", async () => {
    const metrics = ["confusionMatrix"] as const;
    expect(await heldOf(sorted.targets, { loss: "softmaxCrossEntropy", metrics })).toEqual([10, 10, 10]);
    expect(await heldOf(classes, { loss: "softmaxCrossEntropy", metrics })).toEqual([10, 10, 10]);
    expect(await heldOf(oneHot(sorted.targets), { metrics })).toEqual([10, 10, 10]);
    const isFirst = sorted.targets.map((each) => Number(each === 0));
    expect(await heldOf(isFirst, { loss: "binaryCrossEntropyWithLogits", metrics }, 1)).toEqual([20, 10]);
  });

  it("is the trainer's seed's, and the same in each training", async () => {
    const losses = async (seed: number, times: number) => {
      const trainer = smallTrainer({ seed, optimizer: sgd({ learningRate: 0 }) });
      const found: number[] = [];
      for (let time = 0; time < times; time++) {
        const { validation } = await trainer.fit(inputs, targets, { epochs: 1, validationSplit: 0.3 });
        found.push(validation.loss[0]);
      }
      return found;
    };
    const [first, again] = await losses(1, 2);
    expect(again).toBe(first);
    expect(await losses(1, 1)).toEqual([first]);
    expect(await losses(2, 1)).not.toEqual([first]);
  });

  it("trains on all other rows, in their order, with what is theirs", async () => {
    const weights = inputs.map((_, row) => row + 1);
    const seen: number[][] = [];
    const trainer = smallTrainer({ batchSize: "full", shuffle: false, optimizer: sgd({ learningRate: 0 }) });
    await trainer.fit(inputs, targets, { epochs: 1, validationSplit: 0.3, exampleWeights: weights });
    const flat = [...trainer.network.input(7)];
    for (let row = 0; row < 7; row++) seen.push(flat.slice(3 * row, 3 * row + 3));
    // The evaluation has put its rows over the first ones.
    const rows = seen.map((row) => inputs.findIndex((given) => given.join() === row.join()));
    expect(new Set(rows.slice(3))).toHaveLength(4);
    expect(rows.slice(3)).toEqual(rows.slice(3).toSorted((a, b) => a - b));
    expect(rows).not.toContain(-1);
  });

  it("is the same after a checkpoint, so that a training that goes on has the bits of one that never stopped", async () => {
    const options = { epochs: 4, validationSplit: 0.3 };
    for (const seed of [7, mt19937(7)]) {
      const make = () => smallTrainer({ batchSize: 2, seed: typeof seed === "number" ? seed : mt19937(7) });
      const [whole, stopped] = [make(), make()];
      const { validation } = await whole.fit(inputs, targets, options);
      const signal = { aborted: false };
      const onEpoch = ({ epoch }: { epoch: number }) => {
        signal.aborted = epoch === 2;
      };
      await stopped.fit(inputs, targets, { ...options, signal, onEpoch });
      const resumed = Trainer.fromBytes(stopped.toBytes());
      const { validation: later } = await resumed.fit(inputs, targets, options);
      expect(later.loss).toEqual(validation.loss.slice(2));
      expect(parameterBits(resumed.network)).toBe(parameterBits(whole.network));
    }
  });
});

describe("a split of examples whose targets have weights", () => {
  const zeros = (from: number, to: number) =>
    inputs.map((_, row) => targets[row].map(() => (row >= from && row < to ? 0 : 2)));

  it("has the weights of its rows on each side", async () => {
    const weights = targets.map((row, index) => row.map((_, column) => 1 + index + column));
    for (const from of ["end", undefined] as const) {
      const validationSplit = from ? { share: 0.3, from } : 0.3;
      const options = { batchSize: "full", shuffle: false, optimizer: sgd({ learningRate: 0 }) } as const;
      const trainer = smallTrainer(options);
      const history = await trainer.fit(inputs, targets, { epochs: 1, validationSplit, exampleWeights: weights });
      const lossOf = (rows: readonly number[]) => {
        const of = <Row>(all: readonly Row[]) => rows.map((row) => all[row]);
        return trainer.evaluate(of(inputs), of(targets), { exampleWeights: of(weights) }).loss;
      };
      const all = inputs.map((_, row) => row);
      const choices = from
        ? [[7, 8, 9]]
        : all.flatMap((a) => all.slice(a + 1).flatMap((b) => all.slice(b + 1).map((c) => [a, b, c])));
      const sides = choices.map((held) => [lossOf(held), lossOf(all.filter((row) => !held.includes(row)))]);
      const isNear = (a: number, b: number) => Math.abs(a - b) < 1e-6;
      const found = sides.filter(([held, rest]) => {
        return isNear(held, history.validation.loss[0]) && isNear(rest, history.loss[0]);
      });
      expect(found).toHaveLength(1);
    }
  });

  it.each([
    ["validation", zeros(7, 10)],
    ["training", zeros(0, 7)],
  ])("is refused where those of the %s are all 0, also if weights may be negative", async (side, exampleWeights) => {
    const options = { epochs: 1, validationSplit: { share: 0.3, from: "end" } } as const;
    await expect(smallTrainer().fit(inputs, targets, { ...options, exampleWeights })).rejects.toThrow(
      `fit: the examples for ${side}: exampleWeights: got only zeros, need a number above 0 among them`,
    );
    const ofRows = exampleWeights.map(([weight]) => weight);
    for (const weights of [exampleWeights, ofRows]) {
      const fit = smallTrainer({ signedWeights: true }).fit(inputs, targets, { ...options, exampleWeights: weights });
      await expect(fit).rejects.toThrow(
        `fit: the examples for ${side}: exampleWeights: got only zeros, need a number other than 0 among them`,
      );
    }
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
    ["a split of many digits", { validationSplit: 1n }, share("1n")],
    ["a split from the end of 1", { validationSplit: { share: 1, from: "end" } }, share("1")],
    [
      "a split from elsewhere",
      { validationSplit: { share: 0.3, from: "start" } },
      new RangeError('fit: validationSplit: from: got "start", need end'),
    ],
    [
      "a split with another option",
      { validationSplit: { shares: 0.3, from: "end" } },
      new RangeError('fit: validationSplit option: got "shares", need one of share, from; did you mean "share"?'),
    ],
    [
      "a split whose validation examples weigh nothing",
      { exampleWeights: [1, 1, 1, 1, 1, 1, 1, 0, 0, 0], validationSplit: { share: 0.3, from: "end" } },
      new RangeError(
        "fit: the examples for validation: exampleWeights: got only zeros, need a number above 0 among them",
      ),
    ],
    [
      "a split whose training examples weigh nothing",
      { exampleWeights: [0, 0, 0, 0, 0, 0, 0, 1, 1, 1], validationSplit: { share: 0.3, from: "end" } },
      new RangeError(
        "fit: the examples for training: exampleWeights: got only zeros, need a number above 0 among them",
      ),
    ],
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
      new RangeError("fit: validation: got 10 rows of inputs and 3 of targets, need the same number of both"),
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
