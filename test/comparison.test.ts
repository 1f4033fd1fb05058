/**
 * Networks that compare: towers of shared layers under the contrastive and the triplet loss, against PyTorch's numbers
 * (fixtures/comparison.py); every way to train without targets, and what is refused; a Siamese network that learns.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { iris, pairs, standardize } from "../src/data/index.ts";
import {
  adam,
  add,
  checkGradients,
  concatenate,
  contrastive,
  dense,
  distance,
  dot,
  type Examples,
  input,
  lstm,
  Network,
  type Shape,
  subtract,
  Trainer,
  type TrainerOptions,
  triplet,
  uniform,
  unitNorm,
  type Value,
} from "../src/index.ts";
import { expectClose, tolerances } from "./tolerances.ts";
import { parameterBits, randomRows } from "./training/problem.ts";

interface Training {
  name: string;
  inputs: number[][][];
  start: Record<string, number[]>;
  outputs: number[][];
  gradients: Record<string, number[]>;
  losses: number[];
  trained: Record<string, number[]>;
}

const golden: { learningRate: number; bits: number[]; weights: number[]; trainings: Training[] } = JSON.parse(
  readFileSync("test/fixtures/comparison.json", "utf8"),
);

/** A network of so many inputs, each through the same two layers; `join` makes the outputs of what these make of each. */
function towers(count: number, shape: Shape, join: (values: Value[]) => Value | Value[]): Network {
  const inputs = Array.from({ length: count }, () => input(shape));
  const initial = { weightInitializer: uniform(-1, 1) };
  const hidden = dense(5, { activation: "tanh", name: "hidden", ...initial });
  const last = dense(4, { name: "last", ...initial });
  return new Network({ inputs, outputs: join(inputs.map((each) => last(hidden(each)))), dtype: "float64", seed: 5 });
}

const apart = ([left, right]: Value[]) => distance()(left, right);
/** 0.1 · the dot product and the cosine; the weight stays as it is. */
function alike([left, right]: Value[]): Value {
  const tenth = dense(1, { weightInitializer: uniform(0.1, 0.1), bias: false, trainable: false, name: "tenth" });
  return add(dot({ normalize: true })(unitNorm()(left), right), tenth(dot()(left, right)));
}
const asTheyAre = (values: Value[]) => values;

interface Case {
  readonly loss: TrainerOptions["loss"];
  readonly join?: typeof apart;
  readonly targets?: number[] | number[][][];
  readonly exampleWeights?: number[];
}

const { bits } = golden;
const cases: Record<string, Case> = {
  contrastive: { loss: "contrastive", targets: bits },
  "contrastive of power 1": { loss: contrastive({ margin: 2.5, power: 1 }), targets: bits },
  "contrastive of steps": { loss: contrastive(), targets: bits.map((bit) => [[bit], [bit]]) },
  cosine: { loss: "meanSquaredError", join: alike, targets: bits },
  triplet: { loss: "triplet" },
  "triplet of steps": { loss: triplet({ margin: 0.3 }) },
  "weighted triplet": { loss: triplet({ margin: 1.5 }), exampleWeights: golden.weights },
};

describe("trainings agree with PyTorch's", () => {
  test.each(golden.trainings)("$name: outputs to 1e-10, gradients and 5 steps of Adam to 1e-8", (stored) => {
    const { inputs, start, outputs, gradients, losses, trained } = stored;
    const { loss, join = apart, targets = null, exampleWeights } = cases[stored.name];
    const shape = Array.isArray(inputs[0][0][0]) ? [2, 3] : [3];
    const network = towers(inputs.length, shape, targets === null ? asTheyAre : join);
    const tower = towers(1, shape, asTheyAre);
    for (const each of [network, tower]) {
      for (const { name, values } of each.parameters) if (name in start) values.set(start[name]);
    }
    inputs.forEach((rows, index) => {
      const flat = rows.map((row) => row.flat()) as number[][];
      expectClose(tower.predict(flat).flat(), outputs[index], tolerances.network.float64, `output ${index}`);
    });
    const trainer = new Trainer(network, { loss, optimizer: adam({ learningRate: golden.learningRate }) });
    const tolerance = { absolute: 1e-8, relative: 1e-8 };
    const examples = [inputs as Examples["inputs"], targets, { exampleWeights }] as const;
    expectClose([trainer.gradients(...examples)], [losses[0]], tolerances.network.float64, "loss");
    const stepped = network.parameters.filter(({ name }) => name in start);
    expect(stepped).toHaveLength(4);
    for (const each of stepped) expectClose(each.gradients!, gradients[each.name], tolerance, each.name);
    for (const expected of losses) expectClose([trainer.step(...examples)], [expected], tolerance, "loss");
    for (const { name, values } of stepped) expectClose(values, trained[name], tolerance, name);
  });

  test("there is one for each case", () => {
    expect(golden.trainings.map(({ name }) => name)).toEqual(Object.keys(cases));
  });
});

const rows = [1, 2, 3].map((seed) => randomRows(7, 3, seed));
const makeTriplet = (options: Partial<TrainerOptions> = {}) => {
  return new Trainer(towers(3, [3], asTheyAre), { loss: "triplet", batchSize: 3, shuffle: false, ...options });
};
const makePairs = (options: Partial<TrainerOptions> = {}) => {
  return new Trainer(towers(2, [3], apart), { loss: "contrastive", batchSize: 3, ...options });
};

describe("a training without targets", () => {
  const batch = (start: number) => ({ inputs: rows.map((part) => part.slice(start, start + 3)), targets: null });

  test("has the same bits by every way: step, epochs, fit, fitBatches, fitFor, from a file", async () => {
    const byStep = makeTriplet();
    const starts = [0, 3, 6];
    for (const start of starts) byStep.step(batch(start).inputs, null);
    const others = [0, 1, 2, 3, 4].map(() => makeTriplet());
    for (const _ of others[0].epochs(rows, null, { epochs: 1 }));
    const history = await others[1].fit(rows, null, { epochs: 1, validation: [rows, null] });
    await others[2].fitBatches(starts.map(batch));
    others[3].step(batch(0).inputs, null);
    const resumed = Trainer.fromBytes(others[3].toBytes());
    for (const start of [3, 6]) resumed.step(batch(start).inputs, null);
    await others[4].fitBatches(starts.map((start) => [batch(start).inputs, null] as const));
    for (const other of [others[0], others[1], others[2], resumed, others[4]]) {
      expect(parameterBits(other.network)).toBe(parameterBits(byStep.network));
    }
    const { loss } = byStep.evaluate(rows, null);
    expectClose([history.validation.loss[0]], [loss], tolerances.golden.float64);
    expect((await makeTriplet().fitFor(20, rows, null)).steps).toBeGreaterThan(0);
  });

  test("goes on from a checkpoint in the middle of an epoch with the same bits, also of a stream", async () => {
    const fit = (trainer: Trainer, more = {}) => trainer.fit(rows, null, { epochs: 3, ...more });
    const source = () => [0, 3, 6].map(batch);
    const stream = (trainer: Trainer, more = {}) => trainer.fitBatches(source, { epochs: 3, ...more });
    for (const train of [fit, stream]) {
      const make = () => makeTriplet({ shuffle: train === fit });
      const whole = make();
      await train(whole);
      const stopped = make();
      const controller = new AbortController();
      let count = 0;
      await train(stopped, { onBatch: () => ++count === 4 && controller.abort(), signal: controller.signal });
      const resumed = Trainer.fromBytes(stopped.toBytes());
      await train(resumed);
      expect(parameterBits(resumed.network)).toBe(parameterBits(whole.network));
    }
  });

  test("holds examples back to validate on, weighs examples, and sums or averages", async () => {
    const { validation } = await makeTriplet().fit(rows, null, { epochs: 2, validationSplit: 0.3 });
    expect(validation.loss).toHaveLength(2);
    const mean = makeTriplet().evaluate(rows, null).loss;
    const sum = makeTriplet({ loss: triplet({ reduction: "sum" }) }).evaluate(rows, null).loss;
    expectClose([sum], [7 * mean], tolerances.golden.float64);
    const exampleWeights = [1, 0, 0, 2, 0, 0, 0];
    const weighted = makeTriplet().evaluate(rows, null, { exampleWeights }).loss;
    const picked = [0, 3, 3].map((row) => rows.map((part) => part[row]));
    const alone = [0, 1, 2].map((part) => picked.map((each) => each[part]));
    expectClose([weighted], [makeTriplet().evaluate(alone, null).loss], tolerances.golden.float64);
    const { worst } = checkGradients(makeTriplet({ l2: 0.1 }), rows, null, { exampleWeights });
    expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
  });

  test("has the same gradients in float32, to rounding", () => {
    const inputs = [input(3), input(3), input(3)];
    const tower = dense(4);
    const network = new Network({ inputs, outputs: inputs.map((each) => tower(each)), seed: 1 });
    const wide = new Network({ inputs, outputs: inputs.map((each) => tower(each)), dtype: "float64" });
    for (const [index, { values }] of wide.parameters.entries()) values.set(network.parameters[index].values);
    const [narrowLoss, wideLoss] = [network, wide].map((each) =>
      new Trainer(each, { loss: "triplet" }).gradients(rows, null),
    );
    expectClose([narrowLoss], [wideLoss], tolerances.network.float32);
    wide.parameters.forEach(({ gradients }, index) => {
      expectClose(network.parameters[index].gradients!, gradients!, tolerances.golden.float32);
    });
  });
});

describe("sequences that differ in length", () => {
  const ragged = (seed: number) => [3, 1, 2, 4].map((steps, row) => randomRows(steps, 3, seed + row));

  test("are compared step by step, each step as one example of its own", () => {
    /** Towers of one value, compared in every way. */
    const compared = (first: Value) => {
      const [a, b] = [dense(4, { name: "a" })(first), dense(4, { name: "b" })(first)];
      const parts = [distance()(a, b), dot()(a, b), dot({ normalize: true })(a, b), unitNorm()(a), subtract(a, b)];
      return new Network({ inputs: first, outputs: concatenate(parts), dtype: "float64", seed: 3 });
    };
    const [network, alone] = [compared(input([4, 3], { variableLength: true })), compared(input(3))];
    const sequences = ragged(1);
    const answers = network.predict<number[][][]>(sequences);
    expect(answers.flat()).toEqual(alone.predict(sequences.flat()));
    const targets = answers.map((steps) => steps.map((row) => row.map((x) => x / 2)));
    const loss = new Trainer(network, { loss: "meanSquaredError" }).gradients(sequences, targets);
    const expected = new Trainer(alone, { loss: "meanSquaredError" }).gradients(sequences.flat(), targets.flat());
    expectClose([loss], [expected], tolerances.golden.float64);
    network.parameters.forEach(({ gradients }, index) => {
      expectClose(gradients!, alone.parameters[index].gradients!, tolerances.golden.float64);
    });
  });

  test("have targets of pairs at each step under contrastive", () => {
    const first = input([4, 3], { variableLength: true });
    const network = new Network({
      inputs: first,
      outputs: apart([dense(2)(first), dense(2)(first)]),
      dtype: "float64",
    });
    const trainer = new Trainer(network, { loss: "contrastive" });
    const steps = ragged(1).map((rows) => rows.map((_, step) => [step % 2]));
    expect(
      checkGradients(trainer, ragged(1), steps, { exampleWeights: [1, 2, 0, 1] }).worst.relativeError,
    ).toBeLessThan(1e-7);
    expect(() => trainer.step(ragged(1), null)).toThrow(
      "step: targets: got null, need examples nested as [4, 1], each with the steps of its output",
    );
  });

  test("make triplets of the steps of one input, each a case", () => {
    const of = (value: ReturnType<typeof input>) => {
      const outputs = [1, 2, 3].map(() => dense(2)(value));
      const network = new Network({ inputs: value, outputs, dtype: "float64", seed: 2 });
      return new Trainer(network, { loss: triplet({ margin: 2 }) });
    };
    const trainer = of(input([4, 3], { variableLength: true }));
    const sequences = ragged(1);
    const exampleWeights = [1, 2, 0, 1];
    const ofSteps = sequences.flatMap((each, row) => each.map(() => exampleWeights[row]));
    const alone = of(input(3)).gradients(sequences.flat(), null, { exampleWeights: ofSteps });
    expectClose([trainer.gradients(sequences, null, { exampleWeights })], [alone], tolerances.golden.float64);
    const { worst } = checkGradients(trainer, sequences, null, { exampleWeights });
    expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
  });

  test("make triplets by their last outputs; triplets of steps of different inputs are refused", () => {
    const inputs = [1, 2, 3].map(() => input([4, 3], { variableLength: true }));
    const tower = lstm(4, { name: "tower" });
    const network = new Network({ inputs, outputs: inputs.map((each) => tower(each)), dtype: "float64", seed: 2 });
    const trainer = new Trainer(network, { loss: triplet({ margin: 2 }) });
    const examples = [ragged(1), ragged(5), ragged(9)];
    const { worst } = checkGradients(trainer, examples, null, { exampleWeights: [1, 2, 0, 1] });
    expect(worst.relativeError, worst.name).toBeLessThan(1e-7);
    const steps = new Network({ inputs, outputs: inputs.map((each) => dense(2)(each)) });
    expect(() => new Trainer(steps, { loss: "triplet" })).toThrow(
      "triplet: got outputs that are sequences of different lengths, need outputs of one length, such as the last ones",
    );
  });
});

describe("nothing changes on", () => {
  const [left, right] = rows;
  const one = new Network({ inputs: 3, layers: [dense(4)] });
  const of = (...sizes: number[]) => {
    const first = input(3);
    return new Network({ inputs: first, outputs: sizes.map((size) => dense(size)(first)) });
  };
  const refusals: [string, () => unknown, string][] = [
    [
      "targets for triplet",
      () => makeTriplet().step(rows, bits),
      "step: targets: got an array of 7, need null: triplet has no targets",
    ],
    [
      "no targets for triplet",
      () => makeTriplet().step(rows, undefined as never),
      "step: targets: got undefined, need null: triplet has no targets",
    ],
    [
      "null for each output",
      () => makeTriplet().evaluate(rows, [null, null, null] as never),
      "evaluate: targets: got an array of 3, need null",
    ],
    [
      "batches with targets",
      () => makeTriplet().fitBatches([{ inputs: rows, targets: bits }]),
      "fitBatches: batch 1 of epoch 1: targets: got an array of 7, need null",
    ],
    [
      "null where targets are needed",
      () => makePairs().step([left, right], null),
      "step: targets: got null, need rows of 1",
    ],
    [
      "null for several outputs",
      () => new Trainer(of(2, 2), { loss: "meanSquaredError" }).step(left, null),
      "step: targets: got null, need an array of 2",
    ],
    [
      "one output for triplet",
      () => new Trainer(one, { loss: "triplet" }),
      "triplet: got a network of 1 output, need 3: the anchor, one of the same class, one of another class",
    ],
    [
      "two outputs for triplet",
      () => new Trainer(of(2, 2), { loss: triplet() }),
      "triplet: got a network of 2 outputs, need 3: ",
    ],
    [
      "outputs of other shapes",
      () => new Trainer(of(2, 2, 3), { loss: "triplet" }),
      "triplet: got values of shapes [2] and [3], need one shape",
    ],
    [
      "triplet among other losses",
      () => new Trainer(of(2, 2, 2), { loss: ["triplet", "triplet", "huber"] }),
      "trainer: loss: got triplet in an array, need it alone: it is one loss of all outputs",
    ],
    [
      "metrics with triplet",
      () => makeTriplet({ metrics: ["r2"] }),
      "trainer: got metrics with the loss triplet, need none: it has no targets",
    ],
    [
      "weights of classes with triplet",
      () => makeTriplet({ classWeights: [1, 2] }),
      "trainer: got classWeights with the loss triplet, need none: it has no targets",
    ],
    [
      "weights of losses with triplet",
      () => makeTriplet({ lossWeights: [1, 2, 3] }),
      "trainer: got lossWeights with the loss triplet, need none: it is one loss of all outputs",
    ],
    [
      "weights of too few examples",
      () => makeTriplet().step(rows, null, { exampleWeights: [1] }),
      "step: exampleWeights: got 1 number, need 7, one an example",
    ],
    [
      "metrics with contrastive",
      () => makePairs({ metrics: ["accuracy"] }),
      "trainer: got metrics with the loss contrastive, need none: its outputs are distances, which are small where the target is 1",
    ],
    [
      "weights of classes with contrastive",
      () => makePairs({ classWeights: [1, 2] }),
      "trainer: classWeights: got the loss contrastive, need one of",
    ],
    [
      "contrastive of several outputs at a position",
      () => new Trainer(one, { loss: "contrastive" }),
      "contrastive: got 4 outputs at each position, need 1: a distance, as distance() gives it",
    ],
    [
      "a target between 0 and 1",
      () => makePairs().step([left, right], bits.with(3, 0.5)),
      "step: targets: got 0.5 at row 3, column 0, need 0 or 1",
    ],
    [
      "a target of -1",
      () => makePairs().fit([left, right], bits.with(1, -1), { epochs: 1 }),
      "fit: targets: got -1 at row 1, column 0, need 0 or 1",
    ],
    [
      "a target that is NaN, not validated",
      () => makePairs({ validate: false }).step([left, right], bits.with(0, Number.NaN)),
      "step: targets: got NaN at row 0, column 0, need 0 or 1",
    ],
  ];
  test.each(refusals)("%s", async (_, act, message) => {
    await expect(async () => act()).rejects.toThrow(message);
  });

  test("a step that is refused: the parameters and the steps are as before", () => {
    const [asked, twin] = [makeTriplet(), makeTriplet()];
    expect(() => asked.step(rows, bits)).toThrow(TypeError);
    expect(() => asked.step([rows[0], rows[1], rows[2].slice(1)], null)).toThrow(RangeError);
    expect(parameterBits(asked.network)).toBe(parameterBits(twin.network));
    expect(asked.step(rows, null)).toBe(twin.step(rows, null));
    expect(parameterBits(asked.network)).toBe(parameterBits(twin.network));
  });

  test("a file whose loss has another power or a margin of 0", () => {
    const refusals = {
      '\\"power\\":2': "contrastive: power: got 3",
      '\\"parameter\\":1': "contrastive: margin: got 0",
    };
    for (const [text, message] of Object.entries(refusals)) {
      const bytes = Buffer.from(makePairs().toBytes());
      const at = bytes.indexOf(text);
      expect(at).toBeGreaterThan(0);
      bytes[at + text.length - 1] ^= 1;
      expect(() => Trainer.fromBytes(bytes)).toThrow(message);
    }
  });
});

test("a loss that is not finite says so, and leaves the parameters", () => {
  const trainer = makeTriplet({ validate: false });
  const before = parameterBits(trainer.network);
  expect(() => trainer.step(rows.with(1, rows[1].with(2, [0, Number.NaN, 0])), null)).toThrow("an input is NaN");
  expect(parameterBits(trainer.network)).toBe(before);
});

test.each(["contrastive", "triplet"] as const)(
  "irises of one species end nearer to each other under %s",
  async (loss) => {
    const { inputs, targets } = iris();
    const scaled = standardize(inputs).apply(inputs);
    const { left, right, targets: isSame } = pairs(targets, { seed: 1 });
    const tower = dense(2, { activation: "tanh" });
    const values = [input(4), input(4), input(4)].slice(0, loss === "triplet" ? 3 : 2);
    const made = values.map((value) => tower(value));
    const network = new Network({ inputs: values, outputs: loss === "triplet" ? made : apart(made), seed: 1 });
    const trainer = new Trainer(network, { loss, optimizer: adam({ learningRate: 0.02 }) });
    const take = (places: number[]) => places.map((row) => scaled[row]);
    const others = pairs(targets, { seed: 2 });
    const ofSame = targets.map((species) => targets.indexOf(species));
    const ofOther = targets.map((species) => targets.findIndex((other) => other !== species));
    const examples = loss === "triplet" ? [scaled, take(ofSame), take(ofOther)] : [take(left), take(right)];
    await trainer.fit(examples, loss === "triplet" ? null : isSame, { epochs: 60 });
    const points = network.part({ inputs: values[0], outputs: made[0] }).predict(scaled);
    const between = (a: number, b: number) => Math.hypot(...points[a].map((x, side) => x - points[b][side]));
    const distances = others.left.map((row, pair) => between(row, others.right[pair]));
    const mean = (of: number) => {
      const some = distances.filter((_, pair) => others.targets[pair] === of);
      return some.reduce((sum, each) => sum + each, 0) / some.length;
    };
    expect(mean(1)).toBeLessThan(mean(0) / 3);
  },
);
