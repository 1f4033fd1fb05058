import { describe, expect, it } from "vitest";
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  categoricalCrossEntropy,
  constant,
  contrastive,
  cosineSimilarity,
  dense,
  hinge,
  huber,
  kullbackLeibler,
  type Loss,
  type LossName,
  logCosh,
  meanAbsoluteError,
  meanSquaredError,
  Network,
  poisson,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
  squaredError,
  squaredHinge,
  Trainer,
  triplet,
  zeros,
} from "../../src/index.ts";
import { lossOf, sparseForm } from "../../src/training/losses.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { expectRefusal, identity } from "./problem.ts";

const calls = {
  meanSquaredError,
  meanAbsoluteError,
  huber,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  categoricalCrossEntropy,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
  hinge,
  squaredHinge,
  logCosh,
  poisson,
  kullbackLeibler,
  cosineSimilarity,
  contrastive,
  triplet,
};
const names = Object.keys(calls) as LossName[];

const outputs = [
  [0.2, 0.3, 0.5],
  [0.6, 0.3, 0.1],
];
const oneHot = [
  [0, 0, 1],
  [0, 1, 0],
];
const flat = outputs.flat();
const flatTargets = oneHot.flat();
const total = (term: (output: number, target: number) => number) =>
  flat.reduce((sum, output, index) => sum + term(output, flatTargets[index]), 0);
const logSumExp = (row: number[]) => Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
const softmaxLoss = (logSumExp(outputs[0]) - 0.5 + (logSumExp(outputs[1]) - 0.3)) / 2;

describe("each loss is the mean that PyTorch takes: of 6 outputs, or of 2 examples", () => {
  const binary = (output: number, target: number) => -Math.log(target === 1 ? output : 1 - output);
  const expected: [LossName, number][] = [
    ["meanSquaredError", total((output, target) => (output - target) ** 2) / 6],
    ["meanAbsoluteError", total((output, target) => Math.abs(output - target)) / 6],
    ["binaryCrossEntropy", total(binary) / 6],
    [
      "binaryCrossEntropyWithLogits",
      total((output, target) => binary(1 / (1 + Math.exp(-output)), target)) / 6, //
    ],
    ["huber", total((output, target) => (output - target) ** 2) / 12],
    ["logCosh", total((output, target) => Math.log(Math.cosh(output - target))) / 6],
    ["poisson", total((output, target) => Math.exp(output) - target * output) / 6],
    ["kullbackLeibler", -(0.5 + 0.3) / 6],
    ["cosineSimilarity", 1 - (0.5 / Math.sqrt(0.38) + 0.3 / Math.sqrt(0.46)) / 2],
    ["categoricalCrossEntropy", -(Math.log(0.5) + Math.log(0.3)) / 2],
    ["softmaxCrossEntropy", softmaxLoss],
  ];

  it.each(expected)("%s", (loss, value) => {
    const trainer = new Trainer(identity(), { loss });
    expectClose([trainer.gradients(outputs, oneHot)], [value], tolerances.golden.float64);
    expectClose([trainer.evaluate(outputs, oneHot).loss], [value], tolerances.golden.float64);
  });

  it("hinge and squaredHinge of targets -1 and 1", () => {
    const signs = oneHot.map((row) => row.map((target) => 2 * target - 1));
    const short = total((output, target) => Math.max(1 - (2 * target - 1) * output, 0));
    const squares = total((output, target) => Math.max(1 - (2 * target - 1) * output, 0) ** 2);
    const [hinge, squaredHinge] = (["hinge", "squaredHinge"] as const).map((loss) => {
      return new Trainer(identity(), { loss }).evaluate(outputs, signs).loss;
    });
    expectClose([hinge, squaredHinge], [short / 6, squares / 6], tolerances.golden.float64);
  });

  it("huber of delta 0.25: a line beyond it", () => {
    const term = (distance: number) => (distance <= 0.25 ? distance ** 2 / 2 : 0.25 * (distance - 0.125));
    const expected = total((output, target) => term(Math.abs(output - target))) / 6;
    const trainer = new Trainer(identity(), { loss: huber({ delta: 0.25 }) });
    expectClose([trainer.evaluate(outputs, oneHot).loss], [expected], tolerances.golden.float64);
  });

  it("sparseSoftmaxCrossEntropy of class numbers", () => {
    const trainer = new Trainer(identity(), { loss: "sparseSoftmaxCrossEntropy" });
    expectClose([trainer.gradients(outputs, [2, 1])], [softmaxLoss], tolerances.golden.float64);
  });

  it("squaredError: the sum without a word, 6 times its mean, which is meanSquaredError", () => {
    const lossAndBias = (loss: LossName | ReturnType<typeof squaredError>) => {
      const network = identity();
      const value = new Trainer(network, { loss }).gradients(outputs, oneHot);
      return [value, ...network.parameters[1].gradients!];
    };
    const mean = lossAndBias("meanSquaredError");
    expect(lossAndBias(squaredError({ reduction: "mean" }))).toEqual(mean);
    for (const sum of [squaredError(), squaredError({ reduction: "sum" })]) {
      expectClose(
        lossAndBias(sum),
        mean.map((value) => 6 * value),
        tolerances.golden.float64,
      );
    }
  });
});

describe("class numbers", () => {
  it("and their one-hot rows have the same loss and the same gradients under softmaxCrossEntropy", () => {
    const [network, twin] = [identity(), identity()];
    const loss = new Trainer(network, { loss: "softmaxCrossEntropy" }).gradients(outputs, [2, 1]);
    const other = new Trainer(twin, { loss: "softmaxCrossEntropy" }).gradients(outputs, oneHot);
    expectClose([loss], [other], tolerances.golden.float64);
    network.parameters.forEach(({ gradients }, index) => {
      expectClose(gradients!, twin.parameters[index].gradients!, tolerances.golden.float64);
    });
  });

  it("have a form of softmaxCrossEntropy and of no other loss", () => {
    const sparse = { name: "sparseSoftmaxCrossEntropy", reduction: "mean" };
    for (const name of names) {
      expect(sparseForm(lossOf(name))).toEqual(/oftmax/.test(name) ? sparse : undefined);
    }
    expect(sparseForm({ name: "softmaxCrossEntropy", reduction: "sum" })).toEqual({ ...sparse, reduction: "sum" });
  });
});

describe("a loss", () => {
  it("is plain data, which is taken as the call that made it", () => {
    expect(squaredError()).toEqual({ name: "squaredError", reduction: "sum" });
    for (const name of names) {
      const parameter = {
        ...(["huber", "contrastive", "triplet"].includes(name) && { parameter: 1 }),
        ...(name === "contrastive" && { power: 2 }),
      };
      expect(lossOf(name)).toStrictEqual({ name, reduction: "mean", ...parameter });
      expect(calls[name]()).toStrictEqual(lossOf(name));
      const sum = calls[name]({ reduction: "sum" });
      expect(sum).toStrictEqual({ name, reduction: "sum", ...parameter });
      expect(lossOf(JSON.parse(JSON.stringify(sum)))).toStrictEqual(sum);
    }
    expect(huber({ delta: 0.5 })).toStrictEqual({ name: "huber", reduction: "mean", parameter: 0.5 });
    const smoothed: Loss = { name: "softmaxCrossEntropy", reduction: "mean", labelSmoothing: 0.1 };
    expect(softmaxCrossEntropy({ labelSmoothing: 0.1 })).toStrictEqual(smoothed);
    expect(lossOf(smoothed)).toStrictEqual(smoothed);
    const loss = JSON.parse(JSON.stringify(squaredError({ reduction: "mean" })));
    expect(lossOf(loss)).toEqual({ name: "squaredError", reduction: "mean" });
  });

  it("may have its sum for any name: 2 examples' softmaxCrossEntropy is twice the mean", () => {
    const trainer = new Trainer(identity(), { loss: { name: "softmaxCrossEntropy", reduction: "sum" } });
    expectClose([trainer.gradients(outputs, oneHot)], [2 * softmaxLoss], tolerances.golden.float64);
  });

  const list = `squaredError, ${names.join(", ")}`;
  const refused: [string, unknown, Error][] = [
    [
      "a misspelt name",
      "meanSquareError",
      new RangeError(`trainer: loss: got "meanSquareError", need one of ${list}; did you mean "meanSquaredError"?`),
    ],
    ["a name of an object's own", "toString", new RangeError(`trainer: loss: got "toString", need one of ${list}`)],
    ["none", undefined, new RangeError(`trainer: loss: got undefined, need one of ${list}`)],
    ["null", null, new RangeError(`trainer: loss: got null, need one of ${list}`)],
    ["a number", 3, new RangeError(`trainer: loss: got 3, need one of ${list}`)],
    [
      "the function uncalled",
      squaredError,
      new TypeError("trainer: loss: got a function, need a name or a call such as squaredError()"),
    ],
    [
      "a strange option",
      { name: "squaredError", reductoin: "sum" },
      new RangeError(
        'squaredError option: got "reductoin", need one of name, reduction; did you mean "reduction"?', //
      ),
    ],
    [
      "a strange reduction",
      { name: "squaredError", reduction: "men" },
      new RangeError('squaredError: reduction: got "men", need one of sum, mean; did you mean "mean"?'),
    ],
  ];
  it.each(refused)("is not %s", (_, loss, error) => {
    const network = new Network({ inputs: 1, layers: [dense(1, { weightInitializer: zeros() })] });
    expect(() => new Trainer(network, { loss: loss as LossName })).toThrow(error);
    expect(network.parameters[0].gradients).toBeUndefined();
  });

  it("squaredError() refuses another reduction and other options", () => {
    expect(() => squaredError({ reduction: "none" as "sum" })).toThrow(
      new RangeError('squaredError: reduction: got "none", need one of sum, mean'),
    );
    expect(() => squaredError({ reducton: "sum" } as never)).toThrow(
      new RangeError('squaredError option: got "reducton", need reduction; did you mean "reduction"?'),
    );
    expect(() => squaredError(null as never)).toThrow(TypeError);
  });

  it("refuses a smoothing of labels below 0 or from 1 up, and one where there are no classes", () => {
    const smoothing = [...names].filter((name) => /ropy/.test(name));
    for (const name of smoothing) {
      const call = calls[name as "softmaxCrossEntropy"];
      expect(call({ labelSmoothing: 0.99 }).labelSmoothing).toBe(0.99);
      for (const labelSmoothing of [-0.1, 1, Number.NaN, "0.1" as never]) {
        const got = typeof labelSmoothing === "string" ? '"0.1"' : labelSmoothing;
        const message = `${name}: labelSmoothing: got ${got}, need a number from 0 to below 1`;
        expect(() => call({ labelSmoothing })).toThrow(new RangeError(message));
        expect(() => lossOf({ name, reduction: "mean", labelSmoothing })).toThrow(new RangeError(message));
      }
    }
    for (const name of names.filter((each) => !smoothing.includes(each))) {
      const options = { labelSmoothing: 0.1 };
      const others = { huber: "delta", contrastive: "margin, power", triplet: "margin" };
      const other = others[name as "huber"];
      const message = `${name} option: got "labelSmoothing", need ${other ? `one of reduction, ${other}` : "reduction"}`;
      expect(() => calls[name](options as object)).toThrow(new RangeError(message));
      expect(() => lossOf({ name, reduction: "mean", ...options })).toThrow(/option: got "labelSmoothing"/);
    }
  });

  it("huber() refuses a delta that is not above 0", () => {
    for (const delta of [0, -1, Number.NaN, Infinity]) {
      const error = new RangeError(`huber: delta: got ${delta}, need a number above 0`);
      expect(() => huber({ delta })).toThrow(error);
      expect(() => lossOf({ name: "huber", reduction: "mean", parameter: delta })).toThrow(error);
    }
  });
});

describe("losses of distances", () => {
  it("refuse a margin that is not above 0 or not finite, and a power other than 1 and 2", () => {
    for (const call of [contrastive, triplet]) {
      const { name } = call();
      for (const margin of [0, -1, Number.NaN, Infinity, "1" as never]) {
        const got = typeof margin === "string" ? '"1"' : margin;
        const error = new RangeError(`${name}: margin: got ${got}, need a number above 0`);
        expect(() => call({ margin })).toThrow(error);
        expect(() => lossOf({ name, reduction: "mean", parameter: margin })).toThrow(error);
      }
      expect(call({ margin: 0.5, reduction: "sum" })).toMatchObject({ name, reduction: "sum", parameter: 0.5 });
    }
    for (const power of [0, 3, 1.5, Number.NaN, "2"]) {
      const error = `contrastive: power: got ${typeof power === "string" ? '"2"' : power}, need 1 or 2`;
      expect(() => contrastive({ power: power as 2 })).toThrow(new RangeError(error));
      expect(() => lossOf({ name: "contrastive", reduction: "mean", power: power as 2 })).toThrow(error);
    }
    expect(() => triplet({ power: 1 } as never)).toThrow('triplet option: got "power", need one of reduction, margin');
    expect(() => lossOf({ name: "huber", reduction: "mean", power: 1 })).toThrow('huber option: got "power"');
    expect(contrastive({ power: 1 })).toStrictEqual({ name: "contrastive", reduction: "mean", parameter: 1, power: 1 });
  });
});

describe("targets that a loss is not for are refused, and nothing has changed:", () => {
  const inputs = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const cases: [LossName, number, string][] = [
    ["hinge", 0, "-1 or 1"],
    ["squaredHinge", 0.5, "-1 or 1"],
    ["poisson", -1, "a number from 0 up"],
    ["kullbackLeibler", 1.5, "a number from 0 to 1"],
  ];
  it.each(cases)("%s of a target %d", async (loss, bad, need) => {
    const targets = [
      [1, 1],
      [1, bad],
    ];
    const error = new RangeError(`step: targets: got ${bad} at row 1, column 1, need ${need}`);
    const data = { inputs, targets: targets.with(1, [1, 1]) };
    await expectRefusal((trainer) => trainer.step(inputs, targets), error, { loss }, data);
  });
});

describe("outputs that a loss cannot take", () => {
  it.each([
    [
      "binaryCrossEntropy",
      ', each by itself: the last activation "sigmoid", or the loss binaryCrossEntropyWithLogits',
      [[0, 1]],
    ],
    ["categoricalCrossEntropy", ': the last activation "softmax", or the loss softmaxCrossEntropy', [[0, 1]]],
  ] as const)("%s says what the network is to end with, and changes nothing", (name, hint, targets) => {
    const layer = dense(2, { weightInitializer: constant(-1) });
    const network = new Network({ inputs: 1, layers: [layer] });
    const trainer = new Trainer(network, { loss: name });
    const message = `${name}: got an output of -3, need outputs from 0 to 1${hint}`;
    for (const method of ["step", "gradients", "evaluate"] as const) {
      expect(() => trainer[method]([[3]], targets)).toThrow(new RangeError(message));
    }
    expect([...network.parameters[0].values]).toEqual([-1, -1]);
  });

  it.each(["softmaxCrossEntropy", "sparseSoftmaxCrossEntropy", "categoricalCrossEntropy"] as const)(
    "%s refuses a network of one output",
    (name) => {
      const network = new Network({ inputs: 1, layers: [dense(1)] });
      const message = `${name}: got a network of 1 output, need one for each class, or the loss binaryCrossEntropy`;
      expect(() => new Trainer(network, { loss: name })).toThrow(new RangeError(message));
    },
  );
});

it("a loss that is not called, and squaredError by its name, are refused with what is meant", () => {
  expect(() => lossOf(huber as never)).toThrow("trainer: loss: got a function, need a name or a call such as huber()");
  expect(() => lossOf("squaredError" as never)).toThrow('need squaredError(), a sum, or "meanSquaredError"');
});
