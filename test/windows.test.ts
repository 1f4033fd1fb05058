/** Windows on sequences of different lengths: each has the bits that it has alone, and its length goes on to what lies behind. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { predictorOf } from "../src/cli/exported/predictor.ts";
import {
  add,
  attention,
  averagePool1d,
  batchNorm,
  checkGradients,
  concatenate,
  conv1d,
  dense,
  embedding,
  type FlatRows,
  flatten,
  fromValues,
  globalAveragePool,
  globalMaxPool,
  gru,
  input,
  inputGradients,
  type Layer,
  layerNorm,
  maxPool1d,
  Network,
  positionalEncoding,
  sgd,
  softmaxCrossEntropy,
  Trainer,
  type Value,
} from "../src/index.ts";
import { random } from "./kernels/scratch.ts";
import { expectClose, tolerances } from "./tolerances.ts";

const most = 11;
const features = 2;

/** A layer of windows, and the steps that it makes of so many: the rules of README, written out. */
interface Windowed {
  readonly make: () => Layer;
  readonly stepsOf: (steps: number) => number;
}

const padding = fc.oneof(
  fc.constantFrom("valid" as const, "same" as const, "causal" as const),
  fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
);

/** Returns how many windows lie on so many steps: counted, one after the other. */
function counted(steps: number, extent: number, stride: number, padding: unknown): number {
  if (padding === "same" || padding === "causal") return Math.ceil(steps / stride);
  const [before, after] = padding === "valid" ? [0, 0] : (padding as [number, number]);
  let count = 0;
  while (count * stride + extent <= before + steps + after) count++;
  return count;
}

const convolution: fc.Arbitrary<Windowed> = fc
  .record({
    ...{ padding, size: fc.integer({ min: 1, max: 3 }), stride: fc.integer({ min: 1, max: 3 }) },
    ...{ dilation: fc.integer({ min: 1, max: 2 }), groups: fc.constantFrom(1, 2) },
    activation: fc.constantFrom("linear" as const, "tanh" as const),
  })
  .map(({ size, ...options }) => ({
    make: () => conv1d(4, size, options),
    stepsOf: (steps) => counted(steps, options.dilation * (size - 1) + 1, options.stride, options.padding),
  }));

const pool: fc.Arbitrary<Windowed> = fc
  .record({
    ...{ of: fc.constantFrom(maxPool1d, averagePool1d), size: fc.integer({ min: 1, max: 3 }) },
    ...{ stride: fc.integer({ min: 1, max: 3 }), padding },
  })
  .filter(({ size, padding }) => typeof padding === "string" || padding.every((zeros) => zeros < size))
  .map(({ of, size, ...options }) => ({
    make: () => of(size, options),
    stepsOf: (steps) => counted(steps, size, options.stride, options.padding),
  }));

/** Some layers of windows, and layers between and behind that look at single steps, or at whole sequences. */
interface Stack {
  readonly windows: readonly Windowed[];
  readonly between: () => Layer;
}

const stack: fc.Arbitrary<Stack> = fc.record({
  windows: fc.array(fc.oneof(convolution, pool), { minLength: 1, maxLength: 3 }),
  between: fc.constantFrom<() => Layer>(
    () => dense(4, { activation: "tanh" }),
    () => gru(4, { returnSequences: true }),
    () => attention({ heads: 2 }),
    () => layerNorm(),
  ),
});

/** Returns the steps of a stack's output; 0 if a window does not fit. */
const stepsBehind = ({ windows }: Stack, steps: number) =>
  windows.reduce((count, { stepsOf }) => (count < 1 ? 0 : Math.max(stepsOf(count), 0)), steps);

const networkOf = ({ windows, between }: Stack, steps: number, variableLength: boolean) =>
  new Network({
    ...{ inputs: [steps, features], variableLength, dtype: "float64" },
    layers: [dense(4), ...windows.flatMap(({ make }) => [make(), between()]), dense(2)],
  });

const sequenceOf = (length: number, seed: number) =>
  Array.from({ length }, (_, step) => random(features, 100 * seed + step + 1));

/** Returns stacks with lengths that their windows fit. */
const fitting = (stacks: fc.Arbitrary<Stack>) =>
  fc
    .tuple(stacks, fc.array(fc.integer({ min: 1, max: most }), { minLength: 1, maxLength: 5 }))
    .map(([stack, lengths]) => ({ stack, lengths: lengths.filter((steps) => stepsBehind(stack, steps) > 0) }))
    .filter(({ stack, lengths }) => lengths.length > 0 && stepsBehind(stack, most) > 0);

const cases = fitting(stack);

/** Sequences as rows of so many steps each, `behind` their ends. */
function rowsOf(sequences: readonly (readonly number[][])[], steps: number, width: number, behind: number) {
  const rows = new Float64Array(sequences.length * steps * width).fill(behind);
  sequences.forEach((each, row) => {
    rows.set(each.flat(), row * steps * width);
  });
  return rows;
}

describe("of any layers of windows, and layers behind them,", () => {
  test("a sequence has the outputs, and the gradients of its inputs, that it has alone, in a network of its length", () => {
    fc.assert(
      fc.property(cases, ({ stack, lengths }) => {
        const network = networkOf(stack, most, true);
        const sequences = lengths.map(sequenceOf);
        const answers = network.predict<number[][][]>(sequences);
        const gradients = inputGradients<number[][][]>(network, sequences);
        expect(answers.map(({ length }) => length)).toEqual(lengths.map((steps) => stepsBehind(stack, steps)));
        sequences.forEach((each, row) => {
          const alone = networkOf(stack, each.length, false);
          expect(answers[row]).toEqual(alone.predict<number[][][]>([each])[0]);
          expect(answers[row]).toEqual(network.predict(each));
          expect(gradients[row]).toEqual(inputGradients<number[][][]>(alone, [each])[0]);
        });
      }),
      { numRuns: 15 },
    );
  });

  test("typed arrays with lengths give the same, whatever lies behind; behind the end of an output are zeros", () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(0, 7, -1e300), ({ stack, lengths }, behind) => {
        const network = networkOf(stack, most, true);
        const sequences = lengths.map(sequenceOf);
        const nested = network.predict<number[][][]>(sequences);
        const rows = rowsOf(sequences, most, features, behind);
        expect(network.predict(rows, { lengths })).toEqual(rowsOf(nested, stepsBehind(stack, most), 2, 0));
        expect(inputGradients(network, rows, { lengths })).toEqual(
          rowsOf(inputGradients<number[][][]>(network, sequences), most, features, 0),
        );
        network.input(sequences.length).set(rows);
        network.run(sequences.length, { lengths });
        expect([...network.output(sequences.length)]).toEqual(nested.flat(2));
      }),
      { numRuns: 15 },
    );
  });

  test("training and evaluation are the same, whatever lies behind", () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(0, 1e300), ({ stack, lengths }, behind) => {
        const sequences = lengths.map(sequenceOf);
        const targets = lengths.map((steps, row) => sequenceOf(stepsBehind(stack, steps), row + 50));
        const results = [true, false].map((isNested) => {
          const network = networkOf(stack, most, true);
          const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer: sgd(), batchSize: 2 });
          const inputs = (isNested ? sequences : rowsOf(sequences, most, features, behind)) as FlatRows;
          const all = stepsBehind(stack, most);
          const given = (isNested ? targets : rowsOf(targets, all, 2, behind)) as FlatRows;
          const options = isNested ? {} : { lengths };
          const losses = [trainer.step(inputs, given, options)];
          const [record] = trainer.epochs(inputs, given, { epochs: 1, ...options });
          losses.push(record.loss, trainer.evaluate(inputs, given, options).loss);
          return [losses, network.parameters.map(({ values }) => [...values])];
        });
        expect(results[0]).toEqual(results[1]);
      }),
      { numRuns: 10 },
    );
  });

  test("gradients are those of central differences", () => {
    const smooth = fc.tuple(fc.array(convolution, { minLength: 1, maxLength: 2 }), pool).map(([windows, last]) => {
      // A maximum may change its place within the step of a difference.
      const pools = last.make().kind === "maxPool1d" ? [] : [last];
      return { windows: [...windows, ...pools], between: () => dense(4, { activation: "tanh" }) };
    });
    fc.assert(
      fc.property(fitting(smooth), ({ stack, lengths }) => {
        const targets = lengths.map((steps, row) => sequenceOf(stepsBehind(stack, steps), row + 50));
        const trainer = new Trainer(networkOf(stack, most, true), { loss: "meanSquaredError" });
        const { worst } = checkGradients(trainer, lengths.map(sequenceOf), targets);
        expect(worst.relativeError).toBeLessThan(1e-5);
      }),
      { numRuns: 10 },
    );
  });
});

test("a batch of one length has the losses and the parameters of a network of that length", () => {
  const layers = [
    conv1d(5, 3, { padding: "same", stride: 2, activation: "relu" }),
    maxPool1d(2, { stride: 1 }),
    conv1d(6, 2, { groups: 1, padding: "causal", dilation: 2 }),
    averagePool1d(2),
    globalMaxPool(),
    dense(1),
  ];
  const inputs = Array.from({ length: 6 }, (_, row) => sequenceOf(most, row));
  const targets = inputs.map((_, row) => [row % 2]);
  for (const dtype of ["float32", "float64"] as const) {
    const results = [true, false].map((variableLength) => {
      const network = new Network({ inputs: [most, features], variableLength, layers, dtype });
      const trainer = new Trainer(network, { loss: "meanSquaredError", batchSize: 4 });
      const records = [...trainer.epochs(inputs, targets, { epochs: 3 })];
      return [records.map(({ loss }) => loss), network.parameters.map(({ values }) => [...values])];
    });
    expect(results[0]).toEqual(results[1]);
  }
});

test("weights have the sum of the gradients that each sequence gives alone", () => {
  const layers = (steps: number) => ({
    inputs: [steps, features],
    layers: [conv1d(3, 3, { stride: 2, padding: [1, 2], activation: "tanh" }), globalAveragePool(), dense(2)],
    dtype: "float64" as const,
  });
  const network = new Network({ ...layers(most), variableLength: true });
  const sequences = [3, 11, 1, 6].map(sequenceOf);
  const targets = sequences.map((_, row) => [row, 1]);
  new Trainer(network, { loss: "meanSquaredError" }).gradients(sequences, targets);
  const sums = network.parameters.map(({ values }) => new Float64Array(values.length));
  sequences.forEach((each, row) => {
    const alone = new Network(layers(each.length));
    new Trainer(alone, { loss: "meanSquaredError" }).gradients([each], [targets[row]]);
    alone.parameters.forEach(({ gradients }, place) => {
      gradients!.forEach((gradient, index) => {
        sums[place][index] += gradient / sequences.length;
      });
    });
  });
  network.parameters.forEach(({ name, gradients }, place) => {
    expectClose(gradients!, [...sums[place]], tolerances.network.float64, name);
  });
});

describe("in a graph", () => {
  const branches = (first: Value, left: Layer[], right: Layer[]) =>
    [left, right].map((layers) => layers.reduce<Value>((value, layer) => layer(value), first));

  test("branches whose lengths always agree join, however they were made", () => {
    const first = input([most, features], { variableLength: true });
    const hidden = dense(4)(first);
    const [fours, twos] = branches(hidden, [averagePool1d(4)], [maxPool1d(2), maxPool1d(2)]);
    const [wide, narrow] = branches(hidden, [conv1d(4, 5)], [conv1d(4, 3), conv1d(4, 3)]);
    const joined = concatenate(globalMaxPool()(add(fours, twos)), globalMaxPool()(add(wide, narrow)));
    const residual = add(hidden, conv1d(4, 3, { padding: "same" })(hidden));
    const outputs = dense(2)(concatenate(joined, gru(3)(residual)));
    const network = new Network({ inputs: first, outputs, dtype: "float64" });
    const sequences = [7, 11, 5].map(sequenceOf);
    const targets = sequences.map(() => [1, 0]);
    const together = network.predict<number[][]>(sequences);
    expect(sequences.map((each) => network.predict(each))).toEqual(together);
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    expect(
      trainer.evaluate(
        sequences,
        together.map(([x, y]) => [x, y]),
      ).loss,
    ).toBe(0);
    trainer.step(sequences, targets);
    expect(Trainer.fromBytes(trainer.toBytes()).step(sequences, targets)).toBe(trainer.step(sequences, targets));
  });

  test("strides whose product is no exact number are refused", () => {
    const pool = maxPool1d(1, { stride: 2 ** 20 });
    const twice = pool(pool(input([5, 4], { variableLength: true })));
    const got = `strides that come to ${2 ** 60} with those of the layers before`;
    expect(() => pool(twice)).toThrow(`maxPool1d: got ${got}, need smaller ones for sequences that differ in length`);
    expect(pool(pool(pool(input([5, 4])))).shape).toEqual([1, 4]);
  });

  test("branches whose lengths may differ are refused, also where the longest have as many steps", () => {
    const first = input([8, 4], { variableLength: true });
    const [floor, ceiling] = branches(first, [maxPool1d(2)], [maxPool1d(2, { padding: "same" })]);
    expect([floor.shape, ceiling.shape]).toEqual([
      [4, 4],
      [4, 4],
    ]);
    const message = "values of sequences whose lengths differ, as layers before have made them shorter";
    expect(() => add(floor, ceiling)).toThrow(`add: got ${message}, need values of the same lengths`);
    expect(() => concatenate(ceiling, floor)).toThrow(`concatenate: got ${message}, need values of the same lengths`);
    const other = maxPool1d(2)(input([8, 4], { variableLength: true }));
    expect(() => add(floor, other)).toThrow("add: got values of sequences of different inputs, need those of one");
    expect(() => flatten()(floor)).toThrow("flatten: got a value [4, 4] of sequences that differ in length");
  });

  test("each output's loss is a mean over its own steps", () => {
    const first = input([8, 2], { variableLength: true });
    const identity = { weightInitializer: fromValues([1, 0, 0, 1]) };
    const outputs = [dense(2, identity)(first), dense(2, identity)(averagePool1d(2)(first))];
    const trainer = new Trainer(new Network({ inputs: first, outputs, dtype: "float64" }), {
      loss: "meanSquaredError",
    });
    const sequences = [5, 8, 2].map(sequenceOf);
    const means = sequences.map((each) =>
      Array.from({ length: Math.floor(each.length / 2) }, (_, step) =>
        [0, 1].map((side) => (each[2 * step][side] + each[2 * step + 1][side]) / 2),
      ),
    );
    const zeros = [sequences, means].map((output) => output.map((each) => each.map(() => [0, 0])));
    const squares = [sequences, means].map((output) => output.flat(2).map((x) => x * x));
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(trainer.step(sequences, zeros as never)).toBeCloseTo(mean(squares[0]) + mean(squares[1]), 12);
  });

  test("a batch has as many positions for batchNorm as the layers before leave steps", () => {
    const layers = [maxPool1d(2), batchNorm(), dense(1)];
    const network = new Network({ inputs: [8, 2], variableLength: true, layers });
    const trainer = new Trainer(network, { loss: "meanSquaredError", batchSize: 1 });
    const message = "got a batch of 1 step, need 2 or more for batchNorm; try another batchSize";
    expect(() => trainer.step([sequenceOf(3, 1)], [[[1]]])).toThrow(`step: ${message}`);
    expect(trainer.step([sequenceOf(4, 1)], [[[1], [2]]])).toBeGreaterThan(0);
    const epoch = () => [
      ...trainer.epochs([sequenceOf(8, 1), sequenceOf(3, 2)], [[[1], [1], [1], [1]], [[1]]], { epochs: 1 }),
    ];
    expect(epoch).toThrow(`epochs: ${message}`);
  });

  test("attention looks from sequences at shorter ones, and outputs have each their own lengths", () => {
    const first = input([most, 4], { variableLength: true });
    const shorter = conv1d(4, 2, { stride: 2, padding: "same" })(first);
    const seen = attention({ heads: 2 })(positionalEncoding()(first), shorter);
    const make = (inputs: Value, outputs: Value[]) => new Network({ inputs, outputs, dtype: "float64" });
    const network = make(first, [seen, maxPool1d(3, { padding: "same" })(seen), shorter]);
    const sequences = [4, 11, 1].map((length, row) => Array.from({ length }, (_, step) => random(4, 50 * row + step)));
    const answers = network.predict(sequences) as unknown as number[][][][];
    expect(answers.map((each) => each.map(({ length }) => length))).toEqual([
      [4, 11, 1],
      [2, 4, 1],
      [2, 6, 1],
    ]);
    sequences.forEach((each, row) => {
      expect(network.predict(each)).toEqual(answers.map((output) => output[row]));
    });
  });

  test("tokens, statistics and classes follow the lengths", async () => {
    const layers = [embedding(7, 4), conv1d(6, 3, { stride: 2, padding: "same" }), batchNorm(), dense(3)];
    const network = new Network({ inputs: [9], variableLength: true, layers, dtype: "float64" });
    const tokens = Array.from({ length: 10 }, (_, row) =>
      Array.from({ length: 1 + (row % 9) }, (_, step) => (row + 2 * step) % 7),
    );
    const classes = tokens.map((each) => Array.from({ length: Math.ceil(each.length / 2) }, (_, step) => step % 3));
    const loss = softmaxCrossEntropy();
    const trainer = new Trainer(network, { loss, metrics: ["accuracy"], batchSize: 4 });
    const before = trainer.evaluate(tokens, classes).loss;
    const exampleWeights = tokens.map((_, row) => 1 + (row % 2));
    await trainer.fit(tokens, classes, { epochs: 30, validationSplit: 0.2, exampleWeights });
    expect(trainer.evaluate(tokens, classes).loss).toBeLessThan(before);
    expect(() => trainer.step([[1, 2, 3]], [[0, 1, 2]])).toThrow(
      "step: targets: got 3 steps in row 0, whose input has 3, of which the output has 2, need the same number",
    );
  });
});

describe("parts, files and exported modules", () => {
  const layers = [conv1d(4, 3, { name: "first" }), maxPool1d(2, { name: "pool" }), conv1d(3, 2, { name: "last" })];
  const network = new Network({ inputs: [12, 2], variableLength: true, layers: [...layers, dense(2)] });
  const sequences = [12, 6, 9].map(sequenceOf);
  const answers = network.predict<number[][][]>(sequences);

  test("a part begins and ends at sequences that were made shorter", () => {
    const before = network.part({ outputs: "pool" });
    const after = network.part({ inputs: "pool" });
    const between = before.predict<number[][][]>(sequences);
    expect(between.map(({ length }) => length)).toEqual([5, 2, 3]);
    expect(after.predict(between)).toEqual(answers);
    expect(Network.fromBytes(after.toBytes()).predict(between)).toEqual(answers);
    expect(() => after.predict([[[1, 2, 3, 4]]])).toThrow(
      "predict: got 1 step in row 0, need 2 to 5: fewer have no window of last",
    );
    const first = input([8, 2], { variableLength: true });
    const hidden = layers[0](first);
    const both = new Network({ inputs: first, outputs: attention({ heads: 1 })(dense(4)(first), hidden) });
    expect(() => both.part({ inputs: [first, hidden] })).toThrow("that share the lengths of sequences");
  });

  test("other lengths, files and modules give the same", () => {
    expect(network.withInputs([20, 2]).predict(sequences)).toEqual(answers);
    const bytes = network.toBytes();
    expect(Network.fromBytes(bytes).predict(sequences)).toEqual(answers);
    expect(predictorOf(bytes).predict(sequences)).toEqual(answers);
    const fixed = new Network({ inputs: [12, 2], layers: [...layers, dense(2)] });
    expect(fixed.predict<number[][][]>([sequences[0]])).toEqual([answers[0]]);
  });
});

describe("it refuses, and nothing changes,", () => {
  const layers = [conv1d(4, 3, { dilation: 2 }), maxPool1d(2)];
  const network = new Network({ inputs: [9, 2], variableLength: true, layers });
  const fits = sequenceOf(9, 1);
  const short = sequenceOf(5, 2);
  const need = "fewer have no window of maxPool1d1";

  test.each<[string, () => unknown, string]>([
    [
      "a sequence too short",
      () => network.predict([fits, short]),
      `predict: got 5 steps in row 1, need 6 to 9: ${need}`,
    ],
    [
      "a length too short",
      () => network.predict(new Float32Array(36), { lengths: [6, 5] }),
      `predict: got length 5 for row 1, need a whole number from 6 to 9: ${need}`,
    ],
    [
      "one to differentiate",
      () => inputGradients(network, [short]),
      `inputGradients: got 5 steps in row 0, need 6 to 9`,
    ],
    [
      "lengths to run",
      () => {
        network.input(1);
        network.run(1, { lengths: [2] });
      },
      `run: got length 2 for row 0, need a whole number from 6 to 9: ${need}`,
    ],
    [
      "what is no sequence",
      () => network.predict([fits, 3 as never]),
      `predict: got 3 for row 1, need an array of 6 to 9 steps: ${need}`,
    ],
    [
      "windows beyond the longest",
      () => new Network({ inputs: [4, 2], variableLength: true, layers: [conv1d(1, 5)] }),
      "conv1d: got windows of 5 elements for a value [4, 2], need windows that fit into it",
    ],
    [
      "a window that is padding alone at some length",
      () => maxPool1d(2, { stride: 3, padding: [0, 2] })(input([6, 2], { variableLength: true })),
      "maxPool1d: got padding that holds a whole window of 2, need less padding than that on every side",
    ],
  ])("%s", (_, act, message) => {
    expect(act).toThrow(message);
  });

  test("one to train on", () => {
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const before = network.parameters.map(({ values }) => [...values]);
    const targets = [[[1, 2, 3, 4]], [[1, 2, 3, 4]]];
    expect(() => trainer.step([fits, short], targets)).toThrow(
      `step: inputs: got 5 steps in row 1, need 6 to 9: ${need}`,
    );
    expect(network.parameters.map(({ values }) => [...values])).toEqual(before);
  });
});
