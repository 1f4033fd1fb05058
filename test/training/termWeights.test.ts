/** Weights of examples, of targets and with signs: against PyTorch's numbers, and by every way to train. */
import { describe, expect, test } from "vitest";
import {
  checkGradients,
  dense,
  globalAveragePool,
  input,
  lstm,
  Network,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { golden, goldenTrainer, inputs, rows, type Weights } from "./goldenTargets.ts";
import { parameterBits, randomRows } from "./problem.ts";

const all = [
  ...golden.cases.map((each) => ({ ...each, outputs: 1 })),
  ...golden.heads.map((each) => ({ ...each, outputs: 2 })),
];

describe("PyTorch's numbers, in float64", () => {
  test.each(all)("$name", ({ options, targets, exampleWeights, value, gradients, outputs }) => {
    const trainer = goldenTrainer(options, outputs);
    const weights = { exampleWeights: exampleWeights ?? undefined };
    expectClose([trainer.gradients(inputs, targets, weights)], [value], tolerances.golden.float64);
    trainer.network.parameters.forEach((parameter, index) => {
      expectClose(parameter.gradients!, gradients[index], tolerances.golden.float64);
    });
    expectClose([trainer.evaluate(inputs, targets, weights).loss], [value], tolerances.golden.float64);
  });

  test.each(all)("$name: as central differences say, also with an activation and a penalty", (each) => {
    const { options, targets, exampleWeights, outputs } = each;
    const { worst } = checkGradients(goldenTrainer({ ...options, l2: 0.01 }, outputs), inputs, targets, {
      exampleWeights: exampleWeights ?? undefined,
    });
    expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
  });

  test.each(all)("$name: the same by step, epochs, streams, and from a file within an epoch", async (each) => {
    const { targets, exampleWeights, outputs } = each;
    const options: TrainerOptions = { ...each.options, batchSize: 3, shuffle: false };
    const isOfOutputs = outputs > 1 && Array.isArray(exampleWeights) && typeof exampleWeights[0] === "object";
    const part = (values: unknown, from: number) => (values as unknown[] | null)?.slice(from, from + 3);
    const batch = (from: number) => {
      const ofTargets = outputs > 1 ? (targets as unknown[]).map((own) => part(own, from)) : part(targets, from);
      const weights = isOfOutputs
        ? (exampleWeights as unknown[]).map((own) => part(own, from))
        : (part(exampleWeights, from) ?? undefined);
      return { inputs: inputs.slice(from, from + 3), targets: ofTargets, exampleWeights: weights } as never;
    };
    const make = () => goldenTrainer(options, outputs);
    const byStep = make();
    for (const from of [0, 3, 6]) {
      const { inputs: some, targets: own, exampleWeights: weights } = batch(from) as Record<string, never>;
      byStep.step(some, own, { exampleWeights: weights });
    }
    const weights = { exampleWeights: exampleWeights ?? undefined };
    const byEpochs = make();
    for (const _ of byEpochs.epochs(inputs, targets, { epochs: 1, ...weights }));
    const byStream = make();
    await byStream.fitBatches([0, 3, 6].map(batch), { validation: { inputs, targets, ...weights } });
    const stopped = make();
    const controller = new AbortController();
    await stopped.fit(inputs, targets, {
      epochs: 1,
      ...weights,
      signal: controller.signal,
      onBatch: () => controller.abort(),
    });
    const resumed = Trainer.fromBytes(stopped.toBytes());
    await resumed.fit(inputs, targets, { epochs: 1, ...weights });
    for (const other of [byEpochs, byStream, resumed]) {
      expect(parameterBits(other.network)).toBe(parameterBits(byStep.network));
    }
  });
});

describe("sequences of different lengths", () => {
  const series = [1, 2, 3, 2].map((steps, row) => randomRows(steps, 2, row + 1));
  const numbers = series.map((steps, row) => randomRows(steps.length, 2, row + 11));
  const make = (options: Partial<TrainerOptions> = {}) => {
    const steps = input([3, 2], { variableLength: true });
    const states = lstm(3, { returnSequences: true })(steps);
    const outputs = [dense(2)(states), dense(1)(globalAveragePool()(states))];
    const network = new Network({ inputs: steps, outputs, dtype: "float64", seed: 3 });
    return new Trainer(network, { loss: "meanSquaredError", ...options });
  };
  const ofPooled = [1, 0, 2, 1];
  const errorsOf = (trainer: Trainer) => {
    const [ofSteps, pooled] = trainer.network.predict(series) as unknown as [number[][][], number[][]];
    return [
      numbers.map((steps, row) =>
        steps.map((step, at) => step.map((value, side) => (ofSteps[row][at][side] - value) ** 2)),
      ),
      ofPooled.map((value, row) => (pooled[row][0] - value) ** 2),
    ] as const;
  };
  const mean = (values: number[], weights: number[]) =>
    values.reduce((sum, value, index) => sum + value * weights[index], 0) /
    weights.reduce((sum, weight) => sum + weight, 0);

  test("take a weight for each example, step or number, and targets that are missing", () => {
    const trainer = make({ missingTargets: true });
    const [ofSteps, pooled] = errorsOf(trainer);
    const byStep = numbers.map((steps) => steps.map((_, step) => step + 0.5));
    const byNumber = numbers.map((steps, row) => steps.map((_, step) => [row + 1, step]));
    const holes = numbers.map((steps, row) => steps.map(([a, b]) => [a, row === 1 ? Number.NaN : b]));
    const present = holes.flat(2).map((value) => (Number.isNaN(value) ? 0 : 1));
    for (const [weights, expanded] of [
      [[1, 2, 3, 4], numbers.flatMap((steps, row) => steps.flatMap(() => [row + 1, row + 1]))],
      [byStep, byStep.flat().flatMap((weight) => [weight, weight])],
      [byNumber, byNumber.flat(2)],
      [null, present.map(() => 1)],
    ] as const) {
      const ofTerms = expanded.map((weight, index) => weight * present[index]);
      const exampleWeights = [weights, [3, 0, 1, 1]] as never;
      const { outputs } = trainer.evaluate(series, [holes, ofPooled] as never, { exampleWeights });
      const expected = [mean(ofSteps.flat(2), ofTerms), mean(pooled as number[], [3, 0, 1, 1])];
      expectClose([outputs![0].loss, outputs![1].loss], expected, tolerances.golden.float64);
      const { worst } = checkGradients(trainer, series, [holes, ofPooled] as never, { exampleWeights });
      expect(worst.relativeError, worst.name).toBeLessThan(1e-6);
    }
  });

  test("are trained on alike in memory and in batches, in any order", async () => {
    const byStep = numbers.map((steps) => steps.map((_, step) => step + 0.5));
    const options = { batchSize: 2, shuffle: false, missingTargets: true };
    const [whole, parts] = [make(options), make(options)];
    for (const _ of whole.epochs(series, [numbers, ofPooled] as never, {
      epochs: 1,
      exampleWeights: [byStep, null] as never,
    }));
    for (const from of [0, 2]) {
      const part = <Value>(values: readonly Value[]) => values.slice(from, from + 2);
      parts.step(part(series), [part(numbers), part(ofPooled)] as never, {
        exampleWeights: [part(byStep), null] as never,
      });
    }
    expect(parameterBits(parts.network)).toBe(parameterBits(whole.network));
  });

  test("refuse weights of other lengths", () => {
    const short = numbers.map((steps) => steps.slice(0, 1).map(() => 1));
    const act = () => make().step(series, [numbers, ofPooled] as never, { exampleWeights: [short, null] as never });
    expect(act).toThrow("step: exampleWeights 0: got 1 step in row 1, need 2, as the targets have");
  });
});

describe("weights of targets", () => {
  const numbers = randomRows(rows, 3, 8);
  const weights = numbers.map((row) => row.map((value) => Math.abs(value)));

  test("are taken nested or flat, one an example in a column, too", () => {
    const trainer = goldenTrainer({ loss: "meanSquaredError" });
    const evaluate = (exampleWeights: Weights) => trainer.evaluate(inputs, numbers, { exampleWeights }).loss;
    expect(evaluate(new Float64Array(weights.flat()))).toBe(evaluate(weights));
    const ofExamples = weights.map(([first]) => first);
    expectClose([evaluate(ofExamples.map((weight) => [weight]))], [evaluate(ofExamples)], tolerances.golden.float64);
    expectClose(
      [evaluate(ofExamples.map((weight) => [weight, weight, weight]))],
      [evaluate(ofExamples)],
      tolerances.golden.float64,
    );
  });

  test("are one for each position of an output that has positions, or one for each number", () => {
    const network = new Network({ inputs: [2, 3], layers: [dense(2)], dtype: "float64", seed: 1 });
    const images = [1, 2, 3].map((seed) => randomRows(2, 3, seed));
    const classes = [
      [0, 1],
      [1, 1],
      [0, 0],
    ];
    const ofPositions = [
      [1, 0],
      [0.5, 2],
      [0, 3],
    ];
    const trainer = new Trainer(network, { loss: "softmaxCrossEntropy" });
    const scores = network.predict(images) as unknown as number[][][];
    let [sum, total] = [0, 0];
    scores.forEach((places, row) => {
      places.forEach((pair, place) => {
        const loss = Math.log(Math.exp(pair[0]) + Math.exp(pair[1])) - pair[classes[row][place]];
        sum += ofPositions[row][place] * loss;
        total += ofPositions[row][place];
      });
    });
    const { loss } = trainer.evaluate(images, classes, { exampleWeights: ofPositions });
    expectClose([loss], [sum / total], tolerances.golden.float64);
    const squares = new Trainer(network, { loss: "meanSquaredError" });
    const each = ofPositions.map((row) => row.map((weight) => [weight, weight]));
    const targets = [4, 5, 6].map((seed) => randomRows(2, 2, seed));
    expect(squares.evaluate(images, targets, { exampleWeights: each as never }).loss).toBe(
      squares.evaluate(images, targets, { exampleWeights: ofPositions }).loss,
    );
  });

  const make = (options: Partial<TrainerOptions> = {}) => goldenTrainer({ loss: "meanSquaredError", ...options });
  const step = (exampleWeights: unknown, options?: Partial<TrainerOptions>) => () =>
    make(options).step(inputs, numbers, { exampleWeights: exampleWeights as never });
  test.each<[string, () => unknown, string]>([
    [
      "a negative one",
      step(weights.with(2, [1, -2, 1])),
      "step: exampleWeights: got -2 at row 2, column 1, need a finite number from 0 up",
    ],
    [
      "NaN",
      step(weights.with(2, [1, Number.NaN, 1])),
      "step: exampleWeights: got NaN at row 2, column 1, need a finite number",
    ],
    [
      "a text",
      step(weights.with(2, [1, "2", 1] as never)),
      'step: exampleWeights: got "2" at row 2, column 1, need a number',
    ],
    [
      "zeros alone",
      step(weights.map(() => [0, 0, 0])),
      "step: exampleWeights: got only zeros, need a number above 0 among them",
    ],
    ["rows too few", step(weights.slice(1)), "step: exampleWeights: got 6 rows, need 7, one for each example"],
    [
      "rows too short",
      step(weights.map(() => [1, 1])),
      "step: exampleWeights: got an array of 7 of 2 numbers each, need 7, one an example, or 21, nested as [7, 3]",
    ],
    [
      "too many in a typed array",
      step(new Float64Array(8)),
      "step: exampleWeights: got 8 numbers, need 7, one an example, or 21, nested as [7, 3]",
    ],
    [
      "infinite ones that may be negative",
      step([1, 1, 1, 1, 1, 1, Number.NEGATIVE_INFINITY], { signedWeights: true }),
      "step: exampleWeights: got -Infinity at 6, need a finite number",
    ],
    [
      "one for each number under a loss of whole rows",
      step(weights, { loss: "cosineSimilarity" }),
      "step: exampleWeights: got an array of 7 of 3 numbers each, need 7, one an example",
    ],
    [
      "those of three outputs",
      () =>
        goldenTrainer({ loss: "meanSquaredError" }, 2).step(inputs, [numbers, numbers], {
          exampleWeights: [weights, null, null] as never,
        }),
      "step: exampleWeights: got an array of 3, need one an example, or an array of 2, one for each output",
    ],
  ])("refuses %s", (_, act, message) => expect(act).toThrow(message));

  test.each<[number, string]>([
    [-0.1, "-0.1 at row 1, column 0, need a finite number from 0 up"],
    [1e39, "1e+39 at row 1, column 0, need a number in the range of float32"],
  ])("as float32 are shown as they were given: %d", (weight, message) => {
    const trainer = new Trainer(new Network({ inputs: 1, layers: [dense(2)] }), { loss: "meanSquaredError" });
    const exampleWeights = [
      [1, 1],
      [weight, 1],
    ];
    const rows = [
      [1, 1],
      [1, 1],
    ];
    expect(() => trainer.step([[1], [2]], rows, { exampleWeights })).toThrow(
      new RangeError(`step: exampleWeights: got ${message}`),
    );
  });

  test("with signs may be 0 all of them, and sum to 0", () => {
    const trainer = make({ signedWeights: true });
    expect(trainer.gradients(inputs, numbers, { exampleWeights: inputs.map(() => 0) })).toBe(0);
    const balanced = inputs.map((_, row) => (row === 0 ? 0 : row % 2 === 0 ? 1 : -1));
    expect(Number.isFinite(trainer.gradients(inputs, numbers, { exampleWeights: balanced }))).toBe(true);
    const read = Trainer.fromBytes(trainer.toBytes());
    expect(read.gradients(inputs, numbers, { exampleWeights: balanced })).toBe(
      trainer.gradients(inputs, numbers, { exampleWeights: balanced }),
    );
  });
});
