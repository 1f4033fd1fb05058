import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  categoricalCrossEntropy,
  type Loss,
  type LossName,
  sgd,
  softmaxCrossEntropy,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";
import { Stack } from "../../src/topology/stack.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { classification, gradientBits, identity, parameterBits, regression, smallTrainer } from "./problem.ts";

const outputs = [
  [0.2, 0.3, 0.5],
  [0.6, 0.3, 0.1],
  [0.1, 0.8, 0.1],
];
const classes = [2, 1, 0];
const oneHot = classes.map((chosen) => [0, 1, 2].map((column) => Number(column === chosen)));
const bits = [
  [0, 1, 1],
  [1, 0, 0],
  [1, 1, 1],
];
const signs = bits.map((row) => row.map((bit) => 2 * bit - 1));

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** The loss of `outputs`, by all three methods, and the gradient of each bias: the derivatives of its column. */
function lossOf(options: TrainerOptions, targets: number[][] | number[], exampleWeights?: readonly number[]) {
  const trainer = new Trainer(identity(), { optimizer: sgd({ learningRate: 0 }), ...options });
  const weights = exampleWeights && { exampleWeights };
  const loss = trainer.gradients(outputs, targets, weights);
  expect(trainer.evaluate(outputs, targets, weights).loss).toBe(loss);
  expect(trainer.step(outputs, targets, weights)).toBe(loss);
  const [record] = trainer.epochs(outputs, targets, { epochs: 1, ...weights });
  expect(record.loss).toBe(loss);
  return { loss, bias: Array.from(trainer.network.parameters[1].gradients!) };
}

describe("weights of examples make the loss Σ weight · term / Σ weight", () => {
  const weights = [2, 0, 0.5];
  const terms: [LossName, number[][] | number[], (output: number, target: number) => number][] = [
    ["meanSquaredError", bits, (output, target) => (output - target) ** 2],
    ["meanAbsoluteError", bits, (output, target) => Math.abs(output - target)],
    ["huber", bits, (output, target) => (output - target) ** 2 / 2],
    ["logCosh", bits, (output, target) => Math.log(Math.cosh(output - target))],
    ["poisson", bits, (output, target) => Math.exp(output) - target * output],
    ["hinge", signs, (output, target) => 1 - output * target],
    ["squaredHinge", signs, (output, target) => (1 - output * target) ** 2],
    ["kullbackLeibler", bits, (output, target) => -target * output],
    ["binaryCrossEntropy", bits, (output, target) => -Math.log(target === 1 ? output : 1 - output)],
    ["binaryCrossEntropyWithLogits", bits, (output, target) => Math.log(1 + Math.exp(output)) - target * output],
  ];
  it.each(terms)("%s, a mean over outputs", (loss, targets, term) => {
    const expected = outputs.map((row, index) => {
      return weights[index] * sum(row.map((output, column) => term(output, (targets as number[][])[index][column])));
    });
    expectClose([lossOf({ loss }, targets, weights).loss], [sum(expected) / 7.5], tolerances.golden.float64);
    const plain = { name: loss, reduction: "sum" } as const;
    expectClose([lossOf({ loss: plain }, targets, weights).loss], [sum(expected)], tolerances.golden.float64);
  });

  const logSum = (row: number[]) => Math.log(sum(row.map(Math.exp)));
  const byRow: [LossName, number[][] | number[], (row: number[], chosen: number) => number][] = [
    ["categoricalCrossEntropy", oneHot, (row, chosen) => -Math.log(row[chosen])],
    ["softmaxCrossEntropy", oneHot, (row, chosen) => logSum(row) - row[chosen]],
    ["softmaxCrossEntropy", classes, (row, chosen) => logSum(row) - row[chosen]],
    ["sparseSoftmaxCrossEntropy", classes, (row, chosen) => logSum(row) - row[chosen]],
    ["cosineSimilarity", oneHot, (row, chosen) => 1 - row[chosen] / Math.sqrt(sum(row.map((x) => x * x)))],
  ];
  it.each(byRow)("%s, a mean over examples", (loss, targets, term) => {
    const expected = sum(outputs.map((row, index) => weights[index] * term(row, classes[index])));
    expectClose([lossOf({ loss }, targets, weights).loss], [expected / 2.5], tolerances.golden.float64);
    const plain = { name: loss, reduction: "sum" } as const;
    expectClose([lossOf({ loss: plain }, targets, weights).loss], [expected], tolerances.golden.float64);
  });

  it.each([...new Set([...terms, ...byRow].map(([name]) => name))])(
    "%s: 2 for an example is that example twice, 0 none",
    (loss) => {
      const [, targets] = [...terms, ...byRow].find(([name]) => name === loss)!;
      const trainer = new Trainer(identity(), { loss });
      const pick = <Row>(rows: readonly Row[]) => [rows[0], rows[0], rows[2]];
      const expected = trainer.gradients(pick(outputs), pick<number | number[]>(targets) as number[][]);
      const gradients = trainer.network.parameters.map((parameter) => Array.from(parameter.gradients!));
      const actual = trainer.gradients(outputs, targets, { exampleWeights: [2, 0, 1] });
      expectClose([actual], [expected], tolerances.golden.float64);
      trainer.network.parameters.forEach((parameter, index) => {
        expectClose(parameter.gradients!, gradients[index], tolerances.golden.float64);
      });
    },
  );

  it("of 1 have the bits of none", () => {
    for (const loss of ["meanSquaredError", "cosineSimilarity", "softmaxCrossEntropy", "binaryCrossEntropy"] as const) {
      expect(lossOf({ loss }, oneHot, [1, 1, 1])).toEqual(lossOf({ loss }, oneHot));
    }
  });

  it("that are all 0 in one batch of two leave its loss and its gradients at 0", () => {
    const { inputs, targets } = regression(4);
    const options = { optimizer: sgd({ learningRate: 0.1 }), batchSize: 2, shuffle: false };
    const [trainer, twin] = [smallTrainer(options), smallTrainer(options)];
    const losses = [...trainer.epochs(inputs, targets, { epochs: 1, exampleWeights: [1, 3, 0, 0] })];
    const expected = twin.step(inputs.slice(0, 2), targets.slice(0, 2), { exampleWeights: [1, 3] });
    expect(losses.map(({ loss }) => loss)).toEqual([expected]);
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
    for (const { gradients } of trainer.network.parameters) for (const x of gradients!) expect(Math.abs(x)).toBe(0);
  });
});

describe("weights of classes", () => {
  const golden: {
    output: number[];
    rows: number;
    columns: number;
    classes: {
      targets: number[];
      classWeights: number[] | null;
      smoothing: number;
      reduction: "mean" | "sum";
      value: number;
      outputGrad: number[];
    }[];
  } = JSON.parse(readFileSync("test/fixtures/weighting.json", "utf8"));

  it("make the loss of a one-hot row its class's: Σ weight · term / Σ weight", () => {
    const classWeights = [3, 0.5, 0.25];
    const terms = outputs.map((row, index) => classWeights[classes[index]] * Math.log(row[classes[index]]));
    const { loss } = lossOf({ loss: "categoricalCrossEntropy", classWeights }, oneHot);
    expectClose([loss], [-sum(terms) / 3.75], tolerances.golden.float64);
  });

  it("and of examples multiply: as class numbers and as one-hot rows, whose loss and gradients are the same", () => {
    const options: TrainerOptions = { loss: "softmaxCrossEntropy", classWeights: [3, 0.5, 0.25] };
    const logs = outputs.map((row, index) => Math.log(sum(row.map(Math.exp))) - row[classes[index]]);
    const weights = [2 * 0.25, 0, 4 * 3];
    const expected = sum(logs.map((log, index) => log * weights[index])) / 12.5;
    const [rows, numbers] = [oneHot, classes].map((targets) => lossOf(options, targets, [2, 0, 4]));
    expectClose([rows.loss], [expected], tolerances.golden.float64);
    expect(numbers).toEqual(rows);
  });

  it("of a binary loss are those of the targets 0 and 1", () => {
    for (const loss of ["binaryCrossEntropy", "binaryCrossEntropyWithLogits"] as const) {
      const probability = (output: number) => (loss === "binaryCrossEntropy" ? output : 1 / (1 + Math.exp(-output)));
      const each = outputs.flatMap((row, index) =>
        row.map((output, column) => {
          const [bit, p] = [bits[index][column], probability(output)];
          return [bit ? 3 : 0.5, bit ? 3 * -Math.log(p) : 0.5 * -Math.log(1 - p)];
        }),
      );
      const expected = sum(each.map(([, term]) => term)) / sum(each.map(([weight]) => weight));
      expectClose([lossOf({ loss, classWeights: [0.5, 3] }, bits).loss], [expected], tolerances.golden.float64);
    }
  });

  it("with smoothed labels are PyTorch's CrossEntropyLoss, its gradients at the outputs and its mean", () => {
    const { rows, columns, output } = golden;
    const logits = Array.from({ length: rows }, (_, row) => output.slice(row * columns, (row + 1) * columns));
    for (const { targets, classWeights, smoothing, reduction, value, outputGrad } of golden.classes) {
      const network = identity(columns);
      const loss = softmaxCrossEntropy({ labelSmoothing: smoothing, reduction });
      const trainer = new Trainer(network, { loss, classWeights: classWeights ?? undefined });
      expectClose([trainer.gradients(logits, targets)], [value], tolerances.golden.float64);
      const columnSums = logits[0].map((_, column) => sum(outputGrad.filter((__, at) => at % columns === column)));
      expectClose(network.parameters[1].gradients!, columnSums, tolerances.golden.float64);
    }
  });
});

describe("smoothed labels", () => {
  it("of 0.3 turn rows of 3 classes into 0.8 and 0.1, and the loss stays a mean over examples", () => {
    const soft = oneHot.map((row) => row.map((target) => 0.7 * target + 0.1));
    for (const call of [softmaxCrossEntropy, categoricalCrossEntropy]) {
      const expected = lossOf({ loss: call() }, soft);
      const smoothed = lossOf({ loss: call({ labelSmoothing: 0.3 }) }, oneHot);
      expectClose([smoothed.loss, ...smoothed.bias], [expected.loss, ...expected.bias], tolerances.golden.float64);
    }
    const loss = softmaxCrossEntropy({ labelSmoothing: 0.3 });
    expect(lossOf({ loss }, classes)).toEqual(lossOf({ loss }, oneHot));
  });

  it("of 0.3 turn 0 and 1 into 0.15 and 0.85", () => {
    const soft = bits.map((row) => row.map((target) => 0.7 * target + 0.15));
    for (const call of [binaryCrossEntropy, binaryCrossEntropyWithLogits]) {
      const expected = lossOf({ loss: call() }, soft);
      const smoothed = lossOf({ loss: call({ labelSmoothing: 0.3 }) }, bits);
      expectClose([smoothed.loss, ...smoothed.bias], [expected.loss, ...expected.bias], tolerances.golden.float64);
    }
  });

  it("of 0 have the bits of no word", () => {
    for (const call of [softmaxCrossEntropy, categoricalCrossEntropy, binaryCrossEntropy]) {
      expect(lossOf({ loss: call({ labelSmoothing: 0 }) }, oneHot)).toEqual(lossOf({ loss: call() }, oneHot));
    }
  });
});

describe("metrics", () => {
  it("see the targets as they are given, and no weights", () => {
    const metrics = ["meanAbsoluteError", "accuracy"] as const;
    const evaluate = (loss: Loss, weighting: Partial<TrainerOptions>, exampleWeights?: number[]) => {
      const trainer = new Trainer(identity(), { loss, metrics, ...weighting });
      const { loss: _, ...values } = trainer.evaluate(outputs, oneHot, exampleWeights && { exampleWeights });
      const [record] = trainer.epochs(outputs, oneHot, { epochs: 1, exampleWeights });
      expect(record.metrics).toEqual(values);
      return values;
    };
    const plain = evaluate(softmaxCrossEntropy(), {});
    expect(evaluate(softmaxCrossEntropy({ labelSmoothing: 0.5 }), { classWeights: [1, 2, 3] }, [1, 0, 5])).toEqual(
      plain,
    );
  });
});

describe("a training with weights", () => {
  const { inputs, targets } = classification(50);
  const exampleWeights = inputs.map((_, index) => (index % 4) / 2);

  it("carries them with the shuffled rows: its loss is that of the same steps by hand", () => {
    const options = { loss: "softmaxCrossEntropy", optimizer: sgd({ learningRate: 0 }), batchSize: 8 } as const;
    const trainer = smallTrainer(options, 3);
    const { loss } = trainer.evaluate(inputs, targets, { exampleWeights });
    for (const record of trainer.epochs(inputs, targets, { epochs: 3, exampleWeights })) {
      expectClose([record.loss], [loss], tolerances.golden.float64);
    }
  });

  it("is the same whether the parts of the evaluation are many: 400 rows weigh as their sum says", () => {
    const many = classification(400);
    const weights = Float32Array.from(many.inputs, (_, index) => index % 3);
    const trainer = smallTrainer({ loss: "sparseSoftmaxCrossEntropy" }, 3);
    const expected = trainer.gradients(many.inputs, many.targets, { exampleWeights: weights });
    const { loss } = trainer.evaluate(many.inputs, many.targets, { exampleWeights: weights });
    expectClose([loss], [expected], tolerances.golden.float64);
  });

  it("validates with the weights of the validation examples, and splits off those of the share held back", async () => {
    const trainer = smallTrainer({ loss: "softmaxCrossEntropy", optimizer: sgd({ learningRate: 0 }) }, 3);
    const held = { inputs: inputs.slice(40), targets: targets.slice(40), exampleWeights: exampleWeights.slice(40) };
    const expected = trainer.evaluate(held.inputs, held.targets, { exampleWeights: held.exampleWeights }).loss;
    const apart = await trainer.fit(inputs, targets, { epochs: 1, validation: held });
    expect(apart.validation.loss).toEqual([expected]);
    const split = await trainer.fit(inputs, targets, {
      epochs: 1,
      validationSplit: { share: 0.2, from: "end" },
      exampleWeights,
    });
    expect(split.validation.loss).toEqual([expected]);
    const first = [inputs, targets, exampleWeights].map((rows) => rows.slice(0, 40));
    const { loss } = trainer.evaluate(first[0] as number[][], first[1] as number[], {
      exampleWeights: first[2] as number[],
    });
    expectClose(split.loss, [loss], tolerances.golden.float64);
  });

  it("gives the bits of the steps by hand, which no stack makes, whether a record is made of an epoch or not", () => {
    const steps = vi.spyOn(Stack.prototype, "steps");
    const [rows, wanted, weights] = [inputs.slice(0, 6), targets.slice(0, 6), exampleWeights.slice(0, 6)];
    for (const [options, given] of [
      [{ loss: "softmaxCrossEntropy" }, { exampleWeights: weights }],
      [{ loss: "softmaxCrossEntropy", classWeights: [1, 2, 3] }, {}],
      [{ loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }) }, {}],
    ] as const) {
      const trainers = [0, 1, 2].map(() => smallTrainer({ ...options, batchSize: "full" }, 3));
      for (const _ of trainers[0].epochs(rows, wanted, { epochs: 20, every: 20, ...given }));
      for (const _ of trainers[1].epochs(rows, wanted, { epochs: 20, ...given }));
      for (let step = 0; step < 20; step++) trainers[2].step(rows, wanted, given);
      const [first, ...others] = trainers.map(({ network }) => parameterBits(network) + gradientBits(network));
      expect(others).toEqual([first, first]);
    }
    expect(steps).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it("may be followed by one without: each step has the bits of its own kind, and the memory stays as it is", () => {
    const trainer = smallTrainer({ loss: "softmaxCrossEntropy" }, 3);
    const weights = { exampleWeights };
    const [plain, weighted] = [trainer.gradients(inputs, targets), trainer.gradients(inputs, targets, weights)];
    const { arena } = trainer.network.engine;
    const { mark } = arena;
    for (let time = 0; time < 3; time++) {
      expect(trainer.gradients(inputs, targets)).toBe(plain);
      expect(trainer.gradients(inputs, targets, weights)).toBe(weighted);
    }
    expect(arena.mark).toBe(mark);
    trainer.network.predict(inputs.concat(inputs, inputs));
    expect(trainer.gradients(inputs, targets, weights)).toBe(weighted);
  });
});
