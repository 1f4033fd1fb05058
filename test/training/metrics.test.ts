import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  dense,
  fromValues,
  type LossName,
  type Metric,
  type MetricName,
  Network,
  type Targets,
  Trainer,
  topKAccuracy,
} from "../../src/index.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { classification, expectRefusal, regression, smallTrainer } from "./problem.ts";

const golden: {
  cases: {
    name: string;
    loss: LossName;
    outputs: number[][];
    targets: number[][] | number[];
    expected: Partial<Record<MetricName, number | number[][]>>;
  }[];
} = JSON.parse(readFileSync("test/fixtures/metrics.json", "utf8"));

/** A trainer of a network that gives back its inputs. */
function identity(width: number, loss: LossName, metrics: Metric[]): Trainer {
  const values = Array.from({ length: width * width }, (_, index) => Number(index % (width + 1) === 0));
  const layers = [dense(width, { weightInitializer: fromValues(values) })];
  return new Trainer(new Network({ inputs: width, layers, dtype: "float64" }), { loss, metrics });
}

/** The metrics of outputs that are the inputs themselves. */
function measure(loss: LossName, metrics: Metric[], outputs: number[][], targets: Targets) {
  const { loss: _, ...measured } = identity(outputs[0].length, loss, metrics).evaluate(outputs, targets);
  return measured;
}

describe("metrics agree with scikit-learn within 1e-12", () => {
  it.each(golden.cases)("$name, under $loss", ({ loss, outputs, targets, expected }) => {
    const names = Object.keys(expected) as MetricName[];
    const metrics = names.map((name) => (name === "topKAccuracy" ? topKAccuracy({ k: 3 }) : name));
    const measured = measure(loss, metrics, outputs, targets);
    expect(Object.keys(measured)).toEqual(names);
    for (const name of names) {
      const [got, want] = [measured[name]!, expected[name]!].map((value) => [value].flat(2));
      expectClose(got, want, tolerances.golden.float64, name);
    }
  });

  it("cover every metric", () => {
    const names = new Set(golden.cases.flatMap(({ expected }) => Object.keys(expected)));
    expect([...names].sort()).toEqual(list.split(", ").sort());
  });
});

const list =
  "accuracy, topKAccuracy, precision, recall, f1, rocAuc, confusionMatrix, meanAbsoluteError, meanSquaredError, " +
  "rootMeanSquaredError, r2";

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

  it("of probabilities under categoricalCrossEntropy takes the larger: 1 of 2", () => {
    const outputs = [
      [0.7, 0.3],
      [0.6, 0.4],
    ];
    const targets = [
      [1, 0],
      [0, 1],
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

  it.each(["hinge", "squaredHinge"] as const)("under %s divides at zero, one output or several: 3 of 4", (loss) => {
    const outputs = [[-0.4], [0.3], [2], [-5]];
    expect(measure(loss, ["accuracy"], outputs, [-1, 1, -1, -1])).toEqual({ accuracy: 0.75 });
    const [rows, targets] = [
      [outputs.flat().slice(0, 2), outputs.flat().slice(2)],
      [
        [-1, 1],
        [-1, -1],
      ],
    ];
    expect(measure(loss, ["accuracy"], rows, targets)).toEqual({ accuracy: 0.75 });
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

describe("topKAccuracy", () => {
  const scores = [
    [3, 1, 2, 2, 0, 0],
    [0, 1, 2, 3, 4, 5],
  ];

  it("takes 5 without a word, and has accuracy for k = 1", () => {
    const topOf = (metric: Metric) => measure("softmaxCrossEntropy", [metric], scores, [5, 0]).topKAccuracy;
    expect(topOf("topKAccuracy")).toBe(0);
    expect(topOf(topKAccuracy())).toBe(0);
    expect(topOf(topKAccuracy({ k: 6 }))).toBe(1);
    const { topKAccuracy: top, accuracy } = measure(
      "softmaxCrossEntropy",
      [topKAccuracy({ k: 1 }), "accuracy"],
      scores,
      [0, 1],
    );
    expect([top, accuracy]).toEqual([0.5, 0.5]);
  });

  it("takes the first of equal outputs: the class at the third place of 3, 1, 2, 2 is the first 2", () => {
    const twoOf = (chosen: number) =>
      measure("softmaxCrossEntropy", [topKAccuracy({ k: 2 })], scores.slice(0, 1), [chosen]).topKAccuracy;
    expect([0, 1, 2, 3].map(twoOf)).toEqual([1, 0, 1, 0]);
  });

  it("is plain data, which is taken as the call that made it", () => {
    expect(topKAccuracy()).toEqual({ name: "topKAccuracy", k: 5 });
    const metric = JSON.parse(JSON.stringify(topKAccuracy({ k: 2 })));
    expect(measure("softmaxCrossEntropy", [metric], scores, [3, 4])).toEqual({ topKAccuracy: 0.5 });
  });

  const range = "need a whole number from 1 to 2147483647";
  it.each([
    [{ k: 0 }, new RangeError(`topKAccuracy: k: got 0, ${range}`)],
    [{ k: 2.5 }, new RangeError(`topKAccuracy: k: got 2.5, ${range}`)],
    [{ K: 2 }, new RangeError('topKAccuracy option: got "K", need k; did you mean "k"?')],
    [3, new TypeError("topKAccuracy: got 3, need an object of options")],
  ])("refuses %j", (options, error) => {
    expect(() => topKAccuracy(options as never)).toThrow(error);
  });
});

describe("rocAuc", () => {
  const ofOne = (scores: number[], targets: number[]) =>
    measure(
      "meanSquaredError",
      ["rocAuc"],
      scores.map((score) => [score]),
      targets,
    ).rocAuc;

  it("is the share of pairs in order, an equal pair half: 2.5 of 4", () => {
    expect(ofOne([0.1, 0.4, 0.4, 0.8], [1, 0, 1, 0])).toBe(0.5 / 4);
    expect(ofOne([0.1, 0.4, 0.4, 0.8], [0, 1, 0, 1])).toBe(3.5 / 4);
    expect(ofOne([-0, 0, 1, -1], [1, 0, 1, 0])).toBe(3.5 / 4);
  });

  it("is NaN over examples of one class, which stops no training", () => {
    expect(ofOne([1, 2, 3], [1, 1, 1])).toBeNaN();
    expect(ofOne([1, 2, 3], [0, 0, 0])).toBeNaN();
    const trainer = smallTrainer({ metrics: ["rocAuc"] }, 1);
    const records = [...trainer.epochs([[1, 2, 3]], [1], { epochs: 2 })];
    expect(records.map(({ metrics }) => metrics.rocAuc)).toEqual([Number.NaN, Number.NaN]);
  });

  it("is of logits their difference, and tells probabilities of 1e-20 and 1e-30 apart, whose differences are equal", () => {
    const logits = [
      [5, 4],
      [1, 3],
    ];
    expect(measure("softmaxCrossEntropy", ["rocAuc"], logits, [0, 1])).toEqual({ rocAuc: 1 });
    const probabilities = [
      [1, 1e-30],
      [1, 1e-20],
    ];
    const oneHot = [
      [1, 0],
      [0, 1],
    ];
    expect(measure("categoricalCrossEntropy", ["rocAuc"], probabilities, oneHot)).toEqual({ rocAuc: 1 });
  });
});

describe("shares", () => {
  it("are 0 where nothing is predicted and nothing is there, of one output or two classes", () => {
    const nothing = { precision: 0, recall: 0, f1: 0 };
    const names: MetricName[] = ["precision", "recall", "f1"];
    expect(measure("binaryCrossEntropy", names, [[0.1], [0.2]], [0, 0])).toEqual(nothing);
    const scores = [
      [2, 1],
      [2, 1],
    ];
    expect(measure("softmaxCrossEntropy", names, scores, [0, 0])).toEqual(nothing);
  });

  it("of two labels under a binary cross-entropy are the mean of both: precision 1 and 0 are 0.5", () => {
    const targets = [
      [1, 0],
      [1, 0],
    ];
    const outputs = [
      [0.9, 0.9],
      [0.8, 0.1],
    ];
    expect(measure("binaryCrossEntropy", ["precision"], outputs, targets)).toEqual({ precision: 0.5 });
  });
});

describe("r2", () => {
  const of = (outputs: number[], targets: number[]) =>
    measure(
      "meanSquaredError",
      ["r2"],
      outputs.map((x) => [x]),
      targets,
    ).r2;

  it("of targets that are all the same is 1 if they are met, else 0; of one example it is NaN", () => {
    expect(of([0.1, 0.1, 0.1], [0.1, 0.1, 0.1])).toBe(1);
    expect(of([0.1, 0.2, 0.1], [0.1, 0.1, 0.1])).toBe(0);
    expect(of([0.1], [0.1])).toBeNaN();
  });

  it("is 0 of the mean, and as far below 0 as the errors are large", () => {
    expect(of([2, 2, 2], [1, 2, 3])).toBe(0);
    expect(of([3, 2, 1], [1, 2, 3])).toBe(-3);
  });
});

describe("rootMeanSquaredError", () => {
  it("is the root of meanSquaredError, also over several outputs: √12.5", () => {
    const measured = measure("meanSquaredError", ["rootMeanSquaredError"], [[3, 4]], [[0, 0]]);
    expect(measured).toEqual({ rootMeanSquaredError: Math.sqrt(12.5) });
  });
});

describe("metrics of training", () => {
  const data = classification(97);
  const metrics: Metric[] = ["accuracy", topKAccuracy({ k: 2 }), "precision", "recall", "f1", "confusionMatrix"];
  const sgdOff = { learningRate: 0, momentum: 0, nesterov: false, weightDecay: 0, name: "sgd" } as const;

  it.each([1, 7, 32, "full"] as const)(
    "of classes are the same to the bit in batches of %s as in evaluate",
    (batchSize) => {
      const trainer = smallTrainer({ loss: "softmaxCrossEntropy", metrics, batchSize, optimizer: sgdOff }, 3);
      const { loss, ...expected } = trainer.evaluate(data.inputs, data.targets);
      for (const record of trainer.epochs(data.inputs, data.targets, { epochs: 2 })) {
        expect(record.metrics).toEqual(expected);
        expect(record.metrics.confusionMatrix!.flat().reduce((sum, count) => sum + count)).toBe(97);
      }
    },
  );

  it.each([1, 7, 32, "full"] as const)(
    "of numbers are the same within 1e-12 in batches of %s, r2 to the bit",
    (batchSize) => {
      const { inputs, targets } = regression(97);
      const names: MetricName[] = ["r2", "meanSquaredError", "rootMeanSquaredError", "meanAbsoluteError"];
      const trainer = smallTrainer({ metrics: names, batchSize, optimizer: sgdOff, shuffle: false });
      const evaluation = trainer.evaluate(inputs, targets);
      for (const record of trainer.epochs(inputs, targets, { epochs: 2 })) {
        expect(record.metrics.r2).toBe(evaluation.r2);
        for (const name of names) {
          expectClose([record.metrics[name] as number], [evaluation[name] as number], tolerances.golden.float64, name);
        }
      }
    },
  );

  it("survive that the memory is laid out anew between two batches", async () => {
    const trainer = smallTrainer({ loss: "softmaxCrossEntropy", metrics, batchSize: 7, optimizer: sgdOff }, 3);
    const other = new Trainer(trainer.network, { loss: "softmaxCrossEntropy", metrics: ["confusionMatrix"] });
    const { loss, ...expected } = trainer.evaluate(data.inputs, data.targets);
    const onBatch = ({ step }: { step: number }) => {
      trainer.network.predict(classification(200 * step).inputs);
      other.evaluate(data.inputs, data.targets);
    };
    const history = await trainer.fit(data.inputs, data.targets, { epochs: 1, onBatch });
    expect(history.metrics).toEqual(
      Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, [value]])),
    );
  });
});

describe("metrics are refused, and nothing has changed,", () => {
  const refused: [string, unknown, Error][] = [
    [
      "if one is unknown",
      ["acuracy"],
      new RangeError(`trainer: metrics: got "acuracy", need one of ${list}; did you mean "accuracy"?`),
    ],
    ["if one is no name", ["accuracy", null], new RangeError(`trainer: metrics: got null, need one of ${list}`)],
    ["if they are a name", "accuracy", new TypeError('trainer: got metrics "accuracy", need an array of names')],
    [
      "if one is there twice",
      ["topKAccuracy", "f1", topKAccuracy({ k: 3 })],
      new RangeError("trainer: metrics: got topKAccuracy twice, need each once"),
    ],
    [
      "if topKAccuracy is not called",
      [topKAccuracy],
      new RangeError(`trainer: metrics: got a function, need one of ${list}`),
    ],
    [
      "if topKAccuracy has a strange k",
      [{ name: "topKAccuracy", k: -1 }],
      new RangeError("topKAccuracy: k: got -1, need a whole number from 1 to 2147483647"),
    ],
    ["if they are null", null, new TypeError("trainer: got metrics null, need an array of names")],
  ];
  it.each(refused)("%s", async (_, metrics, error) => {
    await expectRefusal(({ network }) => {
      return new Trainer(network, { loss: "meanSquaredError", metrics: metrics as Metric[] });
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
  const misfits: [Metric, LossName, number, string][] = [
    ["topKAccuracy", "softmaxCrossEntropy", 3, "topKAccuracy with k 5 and 3 outputs, need k from 1 to 3"],
    [topKAccuracy({ k: 1 }), "binaryCrossEntropy", 1, "topKAccuracy with 1 output, need one for each class"],
    ["topKAccuracy", "binaryCrossEntropy", 3, "topKAccuracy with the loss binaryCrossEntropy, need a loss of classes"],
    [
      "confusionMatrix",
      "binaryCrossEntropy",
      3,
      "confusionMatrix with the loss binaryCrossEntropy, need a loss of classes",
    ],
    ["rocAuc", "softmaxCrossEntropy", 3, "rocAuc with 3 outputs, need one output or two classes"],
    ["rocAuc", "binaryCrossEntropy", 2, "rocAuc with 2 labels, need one output or two classes"],
  ];
  it.each(misfits)("if %j is to be taken under %s of %i outputs", (metric, loss, outputs, got) => {
    const trainer = smallTrainer({ loss, metrics: [metric] }, outputs);
    const rows = inputs.map(() => Array.from({ length: outputs }, (_, column) => Number(column === 0)));
    const error = new RangeError(`trainer: got the metric ${got}`);
    expect(() => trainer.evaluate(inputs, rows)).toThrow(error);
    expect(() => trainer.epochs(inputs, rows, { epochs: 1 })).toThrow(error);
    expect(trainer.step(inputs, rows)).toBeGreaterThanOrEqual(0);
  });

  it("if a confusion matrix of 2049 classes is to be kept: one of 100 000 would be 80 GB", () => {
    const make = (outputs: number) => {
      const network = new Network({ inputs: 1, layers: [dense(outputs)] });
      return new Trainer(network, { loss: "softmaxCrossEntropy", metrics: ["confusionMatrix"] });
    };
    expect(() => make(2049)).toThrow("trainer: got the metric confusionMatrix with 2049 outputs, need at most 2048");
    expect(make(2048).evaluate([[1]], [3]).confusionMatrix.length).toBe(2048);
  });

  it.each(["meanSquaredError", "rootMeanSquaredError", "r2"] as const)(
    "if %s is to be taken of class numbers",
    (name) => {
      const trainer = smallTrainer({ loss: "softmaxCrossEntropy", metrics: [name] }, 3);
      const message = `trainer: got the metric ${name} with class numbers for targets, need rows of numbers`;
      expect(() => trainer.evaluate(inputs, targets)).toThrow(new RangeError(message));
      expect(trainer.evaluate(inputs, oneHot)[name]).toBeLessThan(2);
    },
  );

  it.each(calls)("if a distance is to be taken of class numbers in %s", async (_, act) => {
    const options = { loss: "softmaxCrossEntropy", metrics: ["accuracy", "meanAbsoluteError"] } as const;
    await expectRefusal(act, distance, options, { inputs, targets: oneHot });
  });
});
