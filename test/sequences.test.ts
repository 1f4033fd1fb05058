/** Sequences of different lengths: what lies behind an end changes nothing, and each sequence has the bits that it has alone. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  adam,
  add,
  attention,
  batchNorm,
  checkGradients,
  concatenate,
  dense,
  dropout,
  type FlatRows,
  flatten,
  fromValues,
  globalAveragePool,
  globalMaxPool,
  groupNorm,
  gru,
  input,
  inputGradients,
  layerNorm,
  lstm,
  Network,
  permute,
  reshape,
  rmsNorm,
  sgd,
  simpleRnn,
  slice,
  softmaxCrossEntropy,
  Trainer,
  type TrainerOptions,
} from "../src/index.ts";
import { random } from "./kernels/scratch.ts";
import { expectClose, tolerances } from "./tolerances.ts";

const most = 5;
const features = 2;

/** Layers that act on steps, and recurrent ones, to an output for each step or for each example. */
const layersOf = (returnSequences: boolean) => [
  dense(4, { activation: "tanh" }),
  layerNorm(),
  attention({ heads: 2, keyUnits: 1 }),
  gru(3, { returnSequences: true, reverse: true }),
  rmsNorm(),
  lstm(3, { returnSequences }),
  dense(2),
];

const networkOf = (steps: number, returnSequences: boolean, variableLength: boolean) =>
  new Network({ inputs: [steps, features], variableLength, layers: layersOf(returnSequences), dtype: "float64" });

const numbers = fc.double({ min: -2, max: 2, noNaN: true });
const sequence = fc.array(fc.tuple(numbers, numbers), { minLength: 1, maxLength: most });
const batch = fc.array(sequence, { minLength: 1, maxLength: 6 });

/** Sequences as rows of all steps, `behind` their ends. */
function rowsOf(sequences: readonly (readonly number[][])[], width: number, behind: number): Float64Array {
  const rows = new Float64Array(sequences.length * most * width).fill(behind);
  sequences.forEach((each, row) => {
    rows.set(each.flat(), row * most * width);
  });
  return rows;
}

describe.each([true, false])("returnSequences %s", (returnSequences) => {
  const network = networkOf(most, returnSequences, true);

  test("a sequence in a batch has the bits of the sequence alone, in a network of its length", () => {
    fc.assert(
      fc.property(batch, (sequences) => {
        const answers = network.predict<number[][][]>(sequences);
        sequences.forEach((each, row) => {
          expect(answers[row]).toEqual(networkOf(each.length, returnSequences, false).predict([each])[0]);
          expect(answers[row]).toEqual(network.predict(each as number[][]));
        });
      }),
      { numRuns: 20 },
    );
  });

  test("typed arrays with lengths give the same, whatever lies behind; behind the end are zeros", () => {
    fc.assert(
      fc.property(batch, fc.constantFrom(0, 7, -1e300), (sequences, behind) => {
        const lengths = sequences.map(({ length }) => length);
        const answers = network.predict(rowsOf(sequences, features, behind), { lengths });
        const nested = network.predict<number[][][]>(sequences);
        const flat = returnSequences ? rowsOf(nested, 2, 0) : Float64Array.from(nested.flat(2) as unknown as number[]);
        expect(answers).toEqual(flat);
        network.input(sequences.length).set(rowsOf(sequences, features, behind));
        network.run(sequences.length, { lengths });
        expect([...network.output(sequences.length)]).toEqual(nested.flat(2));
      }),
      { numRuns: 20 },
    );
  });

  test("so do training, evaluation and gradients of inputs", () => {
    fc.assert(
      fc.property(batch, fc.constantFrom(0, 1e300), (sequences, behind) => {
        const lengths = sequences.map(({ length }) => length);
        const targets = sequences.map((each) => (returnSequences ? each : each[0]));
        const flatTargets = returnSequences
          ? rowsOf(targets as never, 2, behind)
          : Float64Array.from(targets.flat(9) as number[]);
        const results = [true, false].map((isNested) => {
          const trained = networkOf(most, returnSequences, true);
          const trainer = new Trainer(trained, {
            loss: "meanSquaredError",
            metrics: ["meanAbsoluteError"],
            batchSize: 2,
          });
          const inputs = isNested ? sequences : rowsOf(sequences, features, behind);
          const given = isNested ? targets : flatTargets;
          const options = isNested ? {} : { lengths };
          const losses = [trainer.step(inputs as FlatRows, given as FlatRows, options)];
          const [record] = trainer.epochs(inputs as FlatRows, given as FlatRows, { epochs: 1, ...options });
          losses.push(record.loss, record.metrics.meanAbsoluteError);
          const { loss, meanAbsoluteError } = trainer.evaluate(inputs as FlatRows, given as FlatRows, options);
          losses.push(loss, meanAbsoluteError);
          return [losses, trained.parameters.map(({ values }) => [...values])];
        });
        expect(results[0]).toEqual(results[1]);
        const gradients = inputGradients<number[][][]>(network, sequences);
        const flat = inputGradients(network, rowsOf(sequences, features, behind), { lengths });
        expect(flat).toEqual(rowsOf(gradients, features, 0));
      }),
      { numRuns: 10 },
    );
  });
});

test.each([globalAveragePool, globalMaxPool])("%o takes the real steps", (pool) => {
  const layers = (steps: number) => ({
    inputs: [steps, 5],
    layers: [dense(3), pool(), dense(2)],
    dtype: "float64" as const,
  });
  const network = new Network({ ...layers(4), variableLength: true });
  const sequences = [3, 1, 4].map((length, row) => Array.from({ length }, (_, step) => random(5, 10 * row + step)));
  const answers = network.predict<number[][]>(sequences);
  const alone = sequences.map((each) => new Network(layers(each.length)).predict<number[][]>([each])[0]);
  expect(answers).toEqual(alone);
  const trainer = new Trainer(network, { loss: "meanSquaredError" });
  trainer.gradients(
    sequences,
    answers.map(([x]) => [x, 1]),
  );
  const sums = new Float64Array(5 * 3);
  sequences.forEach((each, row) => {
    const single = new Network(layers(each.length));
    new Trainer(single, { loss: "meanSquaredError" }).gradients([each], [[answers[row][0], 1]]);
    single.parameters[0].gradients!.forEach((gradient, index) => {
      sums[index] += gradient / 3;
    });
  });
  expectClose(network.parameters[0].gradients!, [...sums], tolerances.network.float64, "gradients");
});

test("a loss and a metric are means over the real steps of the batch", () => {
  const layers = [dense(1, { weightInitializer: fromValues([1]) })];
  const network = new Network({ inputs: [4, 1], variableLength: true, layers, dtype: "float64" });
  const trainer = new Trainer(network, { loss: "meanSquaredError", metrics: ["meanAbsoluteError"], optimizer: sgd() });
  const inputs = [[[1], [2], [3]], [[5]]];
  const targets = [[[0], [0], [0]], [[0]]];
  expect(trainer.evaluate(inputs, targets)).toEqual({ loss: (1 + 4 + 9 + 25) / 4, meanAbsoluteError: 11 / 4 });
  // One number a step needs no array of its own.
  expect(trainer.evaluate(inputs, [[0, 0, 0], [0]]).loss).toBe(39 / 4);
  // The weight of an example is that of its steps.
  expect(trainer.step(inputs, targets, { exampleWeights: [1, 3] })).toBe((14 + 75) / 6);
});

test("rows beyond those that are run at once are evaluated, split, weighted and differentiated as each alone", async () => {
  const inputs = Array.from({ length: 300 }, (_, row) =>
    Array.from({ length: 1 + Math.floor(row / 60) }, (_, step) => random(features, 10 * row + step)),
  );
  const targets = inputs.map((each) => each.map(([x, y]) => [y, x]));
  const exampleWeights = inputs.map((_, row) => 1 + (row % 4));
  const network = networkOf(most, true, true);
  const trainer = new Trainer(network, { loss: "meanSquaredError", metrics: ["meanAbsoluteError"] });
  const terms = inputs.flatMap((each, row) => {
    const answers = network.predict(each as number[][]) as unknown as number[][];
    return answers.map((answer, step) => ({ row, errors: answer.map((x, index) => x - targets[row][step][index]) }));
  });
  const sumOf = (of: (term: (typeof terms)[number]) => number) => terms.reduce((sum, term) => sum + of(term), 0);
  const square = ({ errors }: (typeof terms)[number]) => (errors[0] ** 2 + errors[1] ** 2) / 2;
  const { loss, meanAbsoluteError } = trainer.evaluate(inputs, targets);
  const weighted = trainer.evaluate(inputs, targets, { exampleWeights }).loss;
  const expected = [
    sumOf(square) / terms.length,
    sumOf(({ errors }) => (Math.abs(errors[0]) + Math.abs(errors[1])) / 2) / terms.length,
    sumOf((term) => exampleWeights[term.row] * square(term)) / sumOf(({ row }) => exampleWeights[row]),
  ];
  expectClose([loss, meanAbsoluteError, weighted], expected, tolerances.network.float64, "means");
  const gradients = inputGradients<number[][][]>(network, inputs);
  for (const row of [0, 127, 128, 299])
    expect(gradients[row]).toEqual(inputGradients<number[][]>(network, inputs[row]));

  const fitted = async (all: number, options: object) => {
    const copy = new Trainer(networkOf(most, true, true), { loss: "meanSquaredError", shuffle: false });
    const history = await copy.fit(inputs.slice(0, all), targets.slice(0, all), { epochs: 1, ...options });
    return [history.loss, history.validation.loss];
  };
  const split = await fitted(300, { validationSplit: { share: 0.5, from: "end" } });
  expect(split).toEqual(await fitted(150, { validation: [inputs.slice(150), targets.slice(150)] }));
  expect(split.flat()).not.toContain(Number.NaN);
});

describe("layers that look at all steps of a sequence, or at some features of each", () => {
  const layers = [
    dense(6, { activation: "tanh" }),
    groupNorm(3),
    dropout(0.5, { wholeChannels: true }),
    slice(1, 1, 5),
    groupNorm(1),
    dense(2),
  ];
  const of = (steps: number, variableLength: boolean) =>
    new Network({ inputs: [steps, features], variableLength, layers, dtype: "float64" });
  const network = of(most, true);
  const targetsOf = (sequences: readonly (readonly number[][])[]) =>
    sequences.map((each) => each.map(([x, y]) => [y, x]));

  test("predict for a sequence the bits of the sequence alone, whatever lies behind the others", () => {
    fc.assert(
      fc.property(batch, fc.constantFrom(0, 1e300), (sequences, behind) => {
        const answers = network.predict<number[][][]>(sequences);
        sequences.forEach((each, row) => {
          expect(answers[row]).toEqual(of(each.length, false).predict([each])[0]);
        });
        const lengths = sequences.map(({ length }) => length);
        expect(network.predict(rowsOf(sequences, features, behind), { lengths })).toEqual(rowsOf(answers, 2, 0));
      }),
      { numRuns: 20 },
    );
  });

  test("train alike, with the same steps behind every end or with others", () => {
    fc.assert(
      fc.property(batch, (sequences) => {
        const lengths = sequences.map(({ length }) => length);
        const bits = [0, 1e300].map((behind) => {
          const trainer = new Trainer(of(most, true), { loss: "meanSquaredError" });
          const targets = rowsOf(targetsOf(sequences), 2, behind);
          const loss = trainer.step(rowsOf(sequences, features, behind), targets, { lengths });
          return [loss, trainer.network.parameters.map(({ values }) => [...values])];
        });
        const nested = new Trainer(of(most, true), { loss: "meanSquaredError" });
        bits.push([
          nested.step(sequences as never, targetsOf(sequences)),
          nested.network.parameters.map(({ values }) => [...values]),
        ]);
        expect(bits[1]).toEqual(bits[0]);
        expect(bits[2]).toEqual(bits[0]);
      }),
      { numRuns: 10 },
    );
  });

  test("have gradients that agree with central differences", () => {
    const inputs = [3, 5, 2].map((length, row) =>
      Array.from({ length }, (_, step) => random(features, 9 * row + step)),
    );
    const trainer = new Trainer(of(most, true), { loss: "meanSquaredError", seed: 4 });
    for (const exampleWeights of [
      [1, 1, 1],
      [1, 0, 2],
    ]) {
      const { worst } = checkGradients(trainer, inputs, targetsOf(inputs), { exampleWeights });
      expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
    }
    const gradients = inputGradients<number[][][]>(network, inputs);
    inputs.forEach((each, row) => {
      expect(gradients[row]).toEqual(inputGradients<number[][]>(of(each.length, false), each));
    });
  });

  test("drop a channel at all steps of a sequence or at none, as at the first steps of sequences of one length", () => {
    const dropping = (variableLength: boolean) => {
      const value = input([most, 4], { variableLength });
      const layers = [
        dense(4, {
          weightInitializer: fromValues([1, 2, 3, 4].flatMap((_, i) => [0, 1, 2, 3].map((j) => Number(i === j)))),
        }),
        dropout(0.5, { wholeChannels: true }),
      ];
      return new Network({ inputs: value, outputs: layers.reduce((x, layer) => layer(x), value), dtype: "float64" });
    };
    const ones = (length: number) => Array.from({ length }, () => [1, 1, 1, 1]);
    const lengths = [3, 1, 5, 2, 4];
    const [ragged, whole] = [true, false].map((variableLength) => {
      const trainer = new Trainer(dropping(variableLength), { loss: "meanSquaredError", seed: 7 });
      const inputs = lengths.map((length) => ones(variableLength ? length : most));
      trainer.gradients(inputs, inputs);
      return [...trainer.network.layers[1].activation];
    });
    const expected = lengths.flatMap((length, row) => whole.slice(row * most * 4, (row * most + length) * 4));
    expect(ragged).toEqual(expected);
    expect(new Set(ragged)).toEqual(new Set([0, 2]));
  });

  test("stream where they act on each step: a slice, and dropout, which drops nothing then", () => {
    const layers = [lstm(4, { returnSequences: true }), dropout(0.5, { wholeChannels: true }), slice(1, 1, 3)];
    const streamed = new Network({ inputs: [most, features], variableLength: true, layers });
    const steps = [random(features, 1), random(features, 2), random(features, 3)];
    const stream = streamed.stream();
    expect(steps.map((step) => stream.push(step))).toEqual(streamed.predict(steps));
    expect(() => network.stream()).toThrow("stream: got groupNorm1, which looks at later steps, need layers");
  });

  test("of a value with more sides take each step's own", () => {
    const layers = (channels = 3) => [
      groupNorm(3),
      dropout(0, { wholeChannels: true }),
      slice(1, 1, 2),
      slice(2, 0, channels - 1),
    ];
    const sequences = [2, 4, 1].map((length, row) =>
      Array.from({ length }, (_, step) => [random(3, 90 * row + 2 * step), random(3, 90 * row + 2 * step + 1)]),
    );
    const ragged = new Network({ inputs: [4, 2, 3], variableLength: true, layers: layers(), dtype: "float64" });
    const answers = ragged.predict<number[][][][]>(sequences as never);
    sequences.forEach((each, row) => {
      const alone = new Network({ inputs: [each.length, 2, 3], layers: layers(), dtype: "float64" });
      expect(answers[row]).toEqual(alone.predict<number[][][][]>([each] as never)[0]);
    });
    const gradients = inputGradients<number[][][][]>(ragged, sequences as never);
    sequences.forEach((each, row) => {
      const alone = new Network({ inputs: [each.length, 2, 3], layers: layers(), dtype: "float64" });
      expect(gradients[row]).toEqual(inputGradients<number[][][][]>(alone, [each] as never)[0]);
    });
  });

  test.each<[string, () => unknown, string]>([
    [
      "steps of a slice",
      () => slice(0, 0, 2)(input([4, 2], { variableLength: true })),
      "slice: got a value [4, 2] of sequences that differ in length, need one of a single length, as it takes steps that shorter sequences may lack; a rec",
    ],
    [
      "a flatten",
      () => flatten()(input([4, 2], { variableLength: true })),
      "flatten: got a value [4, 2] of sequences that differ in length, need one of a single length, as it makes one row of all steps; a rec",
    ],
    [
      "a reshape",
      () => reshape(8)(input([4, 2], { variableLength: true })),
      "need one of a single length, as it makes a shape of all numbers of an example; a rec",
    ],
    [
      "a permute",
      () => permute([1, 0])(input([4, 2], { variableLength: true })),
      "need one of a single length, as it moves the side of the steps; a rec",
    ],
    [
      "groupNorm of tokens",
      () => groupNorm(1)(input(4, { variableLength: true })),
      "groupNorm: got a value [4] of sequences that differ in length, need one of a single length; a rec",
    ],
  ])("refuse %s", (_, act, message) => {
    expect(act).toThrow(message);
  });
});

test("batchNorm counts steps: two of one sequence are enough, one alone is refused wherever it may come", async () => {
  const make = (batchSize = 2, shuffle = true) => {
    const layers = [batchNorm(), dense(1)];
    const network = new Network({ inputs: [4, 2], variableLength: true, layers, dtype: "float64" });
    return new Trainer(network, { loss: "meanSquaredError", batchSize, shuffle });
  };
  const sequence = (length: number) => Array.from({ length }, (_, step) => [step, 1 - step]);
  const inputs = [2, 1, 3].map(sequence);
  const targets = inputs.map((each) => each.map(() => [1]));
  const trainer = make();
  trainer.step(inputs.slice(0, 1), targets.slice(0, 1));
  expect([...trainer.network.statistics[0].values]).toEqual([0.05, 0.05]);
  const refusal = "got a batch of 1 step, need 2 or more for batchNorm; try another batchSize";
  expect(() => trainer.step(inputs.slice(1, 2), targets.slice(1, 2))).toThrow(`step: ${refusal}`);
  // In some order the batch of one sequence is that of one step, so it joins the batch before.
  expect([...make().epochs(inputs, targets, { epochs: 1 })][0].step).toBe(1);
  await expect(make(1, false).fit(inputs, targets, { epochs: 1 })).rejects.toThrow(`fit: ${refusal}`);
  expect((await make(2, false).fit(inputs, targets, { epochs: 2 })).loss).toHaveLength(2);
  expect((await make(3).fit(inputs, targets, { epochs: 2 })).loss).toHaveLength(2);
});

const golden: {
  groups: {
    groups: number;
    inputs: number[][][];
    targets: number[][][];
    parameters: number[][];
    output: number[][][];
    loss: number;
    gradients: number[][];
  }[];
  heads: {
    inputs: number[][][];
    values: number[][][];
    classes: number[];
    batchSize: number;
    learningRate: number;
    parameters: number[][];
    runs: { weights: number[]; losses: number[]; evaluated: number; parameters: number[][] }[];
  };
} = JSON.parse(readFileSync("test/fixtures/sequences.json", "utf8"));

test.each(golden.groups)(
  "$groups groups of a sequence's steps are PyTorch's GroupNorm of the sequence alone",
  (stored) => {
    const layers = [dense(6), groupNorm(stored.groups)];
    const network = new Network({ inputs: [most, 3], variableLength: true, layers, dtype: "float64" });
    network.parameters.forEach(({ values }, index) => {
      values.set(stored.parameters[index]);
    });
    const answers = network.predict<number[][][]>(stored.inputs);
    expectClose(answers.flat(2), stored.output.flat(2), tolerances.network.float64, "output");
    const loss = new Trainer(network, { loss: "meanSquaredError" }).gradients(stored.inputs, stored.targets);
    expectClose([loss], [stored.loss], tolerances.network.float64, "loss");
    network.parameters.forEach(({ name, gradients }, index) => {
      expectClose(gradients!, stored.gradients[index], tolerances.network.float64, name);
    });
  },
);

describe("an output for each step and one for each sequence", () => {
  const { inputs, values, classes, batchSize, learningRate, parameters, runs } = golden.heads;
  const targets = [values, classes];
  const make = (options: Partial<TrainerOptions> = {}) => {
    const value = input([most, 2], { variableLength: true });
    const hidden = dense(3, { activation: "tanh" })(value);
    const outputs = [dense(2)(hidden), dense(3)(globalAveragePool()(hidden))];
    const network = new Network({ inputs: value, outputs, dtype: "float64" });
    network.parameters.forEach((parameter, index) => {
      parameter.values.set(parameters[index]);
    });
    const loss = ["meanSquaredError", "softmaxCrossEntropy"] as const;
    return new Trainer(network, { loss, optimizer: sgd({ learningRate }), batchSize, shuffle: false, ...options });
  };

  test.each(runs)("train as PyTorch, a mean over steps and one over sequences, of weights $weights", async (run) => {
    const trainer = make();
    const { losses, evaluated, parameters: ends, weights: exampleWeights } = run;
    const history = await trainer.fit(inputs, targets, { epochs: losses.length, exampleWeights });
    expectClose(history.loss, losses, tolerances.network.float64, "losses");
    trainer.network.parameters.forEach(({ name, values: trained }, index) => {
      expectClose(trained, ends[index], tolerances.network.float64, name);
    });
    expectClose([trainer.evaluate(inputs, targets, { exampleWeights }).loss], [evaluated], tolerances.network.float64);
  });

  test("have gradients that agree with central differences, weighted and penalized", () => {
    for (const options of [{}, { l2: 0.1 }]) {
      const { worst } = checkGradients(make(options), inputs, targets, { exampleWeights: [1, 3, 0.5, 0, 2] });
      expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
    }
  });

  test("are evaluated over more rows than are run at once as each output alone: every mean is over its own rows", () => {
    const many = Array.from({ length: 60 }, (_, time) =>
      inputs.map((each) => each.map(([x, y]) => [x + time, y])),
    ).flat();
    const [ofSteps, ofAll] = targets.map((each) => Array.from({ length: 60 }, () => each).flat());
    const trainer = make({ l2: 0.01 });
    const evaluated = (outputs: string, loss: "meanSquaredError" | "softmaxCrossEntropy", each: unknown) =>
      new Trainer(trainer.network.part({ outputs }), { loss }).evaluate(many, each as never).loss;
    const penalty = trainer.evaluate(inputs, targets).loss - make().evaluate(inputs, targets).loss;
    const means = [evaluated("dense2", "meanSquaredError", ofSteps), evaluated("dense3", "softmaxCrossEntropy", ofAll)];
    const { loss } = trainer.evaluate(many, [ofSteps, ofAll] as never);
    expectClose([loss], [means[0] + means[1] + penalty], tolerances.network.float64);
  });

  test.each([1, 2, 4, 5])("resume after batch %i, from a file, to the same bits and records", async (last) => {
    const exampleWeights = runs[1].weights;
    const options = { epochs: 3, exampleWeights };
    const start = () => make({ shuffle: true, optimizer: adam({ learningRate: 0.05 }), seed: 5 });
    const whole = start();
    const expected = await whole.fit(inputs, targets, options);
    const trainer = start();
    const controller = new AbortController();
    let count = 0;
    const onBatch = () => ++count === last && controller.abort();
    const first = await trainer.fit(inputs, targets, { ...options, onBatch, signal: controller.signal });
    const resumed = Trainer.fromBytes(trainer.toBytes());
    const rest = await resumed.fit(inputs, targets, options);
    expect([...first.loss, ...rest.loss]).toEqual(expected.loss);
    const bitsOf = ({ network }: Trainer) => network.parameters.map((parameter) => [...parameter.values]);
    expect(bitsOf(resumed)).toEqual(bitsOf(whole));
  });

  test("train by fitBatches as by fit, and are validated on a split as on examples given apart", async () => {
    const exampleWeights = runs[1].weights;
    const [fitted, streamed] = [make(), make()];
    const { loss } = await fitted.fit(inputs, targets, { epochs: 2, exampleWeights });
    const batches = [0, 2, 4].map((from) => {
      const part = <Row>(rows: readonly Row[]) => rows.slice(from, from + batchSize);
      return { inputs: part(inputs), targets: [part(values), part(classes)], exampleWeights: part(exampleWeights) };
    });
    expect((await streamed.fitBatches(batches, { epochs: 2 })).loss).toEqual(loss);
    const held = { inputs: inputs.slice(3), targets: targets.map((each) => each.slice(3)) };
    const split = await make().fit(inputs, targets, { epochs: 1, validationSplit: { share: 2 / 5, from: "end" } });
    expect(split.validation.loss).toEqual([
      (
        await make().fit(inputs.slice(0, 3), targets.map((each) => each.slice(0, 3)) as never, {
          epochs: 1,
          validation: held,
        })
      ).validation.loss[0],
    ]);
  });

  test("of two inputs have the lengths of their own", () => {
    const [first, second] = [input([4, 1], { variableLength: true }), input([3, 1], { variableLength: true })];
    const one = () => dense(1, { weightInitializer: fromValues([1]) });
    const network = new Network({ inputs: [first, second], outputs: [one()(first), one()(second)], dtype: "float64" });
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const examples = [
      [[[1], [2]], [[3]]],
      [[[4]], [[5], [6], [7]]],
    ];
    const zeros = [
      [[0, 0], [0]],
      [[0], [0, 0, 0]],
    ];
    expect(trainer.evaluate(examples, zeros).loss).toBe((1 + 4 + 9) / 3 + (16 + 25 + 36 + 49) / 4);
    const weighted = trainer.evaluate(examples, zeros, { exampleWeights: [1, 3] }).loss;
    expect(weighted).toBe((1 + 4 + 27) / 5 + (16 + 3 * (25 + 36 + 49)) / 10);
  });
});

test("classes are one number a step", () => {
  const layers = [dense(3, { weightInitializer: fromValues([1, 0, -1]) })];
  const network = new Network({ inputs: [4, 1], variableLength: true, layers, dtype: "float64" });
  const loss = softmaxCrossEntropy();
  const trainer = new Trainer(network, { loss, metrics: ["accuracy", "confusionMatrix"] });
  const inputs = [[[1], [-2], [3]], [[5]]];
  const classes = [[0, 2, 1], [0]];
  const oneHot = classes.map((each) => each.map((one) => [0, 1, 2].map((other) => (one === other ? 1 : 0))));
  const { accuracy, confusionMatrix, loss: mean } = trainer.evaluate(inputs, classes);
  expect([accuracy, confusionMatrix]).toEqual([
    3 / 4,
    [
      [2, 0, 0],
      [1, 0, 0],
      [0, 0, 1],
    ],
  ]);
  expect(trainer.evaluate(inputs, oneHot).loss).toBeCloseTo(mean, 14);
  expect(() => trainer.step(inputs, [[0, 2, 3], [0]])).toThrow(
    "step: targets: got 3 at row 0, position 2, need a class number from 0 to 2",
  );
  expect(() => trainer.step(inputs, [[0, 2, 1], [0.5]])).toThrow(
    "step: targets: got 0.5 at row 1, position 0, need a class number from 0 to 2",
  );
  expect(() => trainer.step(inputs, [[0, 2], [0]])).toThrow(
    "step: targets: got 2 steps in row 0, whose input has 3, need the same number",
  );
});

test("values of one input's sequences join, dropout drops the same at any length, and a batch may be a validation split", async () => {
  const first = input([most, features], { variableLength: true });
  const hidden = dropout(0.5)(dense(4)(first));
  const joined = concatenate(add(hidden, dense(4)(first)), simpleRnn(2, { returnSequences: true })(hidden));
  const network = new Network({ inputs: first, outputs: dense(1)(batchNorm()(joined)) });
  const inputs = Array.from({ length: 12 }, (_, row) =>
    Array.from({ length: 1 + (row % most) }, (_, step) => [Math.sin(row + step), Math.cos(row * step)]),
  );
  const targets = inputs.map((each) => each.map(([x]) => [x]));
  const trainer = new Trainer(network, { loss: "meanSquaredError", batchSize: 4, seed: 3 });
  const before = trainer.evaluate(inputs, targets).loss;
  const history = await trainer.fit(inputs, targets, { epochs: 60, validationSplit: 1 / 3 });
  expect(trainer.evaluate(inputs, targets).loss).toBeLessThan(before / 2);
  expect(history.validation.loss).toHaveLength(60);
  await trainer.fitBatches([{ inputs, targets }]);
  const copy = Trainer.fromBytes(trainer.toBytes());
  expect(copy.step(inputs, targets)).toBe(trainer.step(inputs, targets));
});

describe("it refuses, and nothing changes,", () => {
  const network = new Network({ inputs: [3, 2], variableLength: true, layers: [dense(1)] });
  const full = new Float32Array(12);

  test.each<[string, () => unknown, string]>([
    ["no steps", () => network.predict([[[1, 2]], []]), "predict: got 0 steps in row 1, need 1 to 3"],
    [
      "too many",
      () =>
        network.predict([
          [
            [1, 2],
            [1, 2],
            [1, 2],
            [1, 2],
          ],
        ]),
      "predict: got 4 steps in row 0, need 1 to 3",
    ],
    [
      "a step of another width",
      () => network.predict([[[1, 2], [3]]]),
      "predict: got 1 at row 0, place [1], need 2 numbers, as the shape [2, 2] has",
    ],
    [
      "NaN",
      () =>
        network.predict([
          [[1, 2]],
          [
            [1, 2],
            [3, Number.NaN],
          ],
        ]),
      "predict: got NaN at row 1, place [1, 1], need a finite number",
    ],
    [
      "flat rows",
      () => network.predict([1, 2, 3, 4, 5, 6]),
      "predict: got arrays nested 1 deep, need one example nested as [3, 2], with 1 to 3 steps, or an array of such examples",
    ],
    [
      "lengths of arrays",
      () => network.predict([[[1, 2]]], { lengths: [1] }),
      "predict: got lengths for nested arrays, which have their own, need them for a typed array only",
    ],
    [
      "too few lengths",
      () => network.predict(full, { lengths: [1] }),
      "predict: got 1 length for 2 rows, need one for each",
    ],
    [
      "a length of 0",
      () => network.predict(full, { lengths: [1, 0] }),
      "predict: got length 0 for row 1, need a whole number from 1 to 3",
    ],
    [
      "a length beyond the shape",
      () => network.predict(full, { lengths: [1, 4] }),
      "predict: got length 4 for row 1, need a whole number from 1 to 3",
    ],
    [
      "a length that is not whole",
      () => network.predict(full, { lengths: [1, 1.5] }),
      "predict: got length 1.5 for row 1, need a whole number from 1 to 3",
    ],
    [
      "lengths of one length",
      () => new Network({ inputs: [3, 2], layers: [dense(1)] }).predict(full, { lengths: [1, 2] }),
      "predict: got lengths, need them for an input with variableLength: true only",
    ],
    [
      "an option that is none",
      () => input([2, 3], { variableLength: 1 as never }),
      "input: got variableLength 1, need true or false",
    ],
  ])("%s", (_, act, message) => {
    expect(act).toThrow(message);
  });
});
