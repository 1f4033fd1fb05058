import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import {
  type ActivationName,
  activation,
  adam,
  batchNorm,
  concatenate,
  constant,
  cosineDecay,
  DivergenceError,
  dense,
  dropout,
  exponentialDecay,
  flatten,
  input,
  type LossName,
  Network,
  nadam,
  type Optimizer,
  polynomialDecay,
  sgd,
  split,
  Trainer,
} from "../../src/index.ts";
import type { Dtype } from "../../src/kernels/dtype.ts";
import { activationKinds } from "../../src/topology/activations.ts";
import type { LayerDescription } from "../../src/topology/layers/descriptions.ts";
import { Stack } from "../../src/topology/stack.ts";
import { gradientBits, parameterBits, randomRows, refusal } from "../training/problem.ts";

interface Problem {
  readonly sizes: readonly number[];
  readonly rows: number;
  readonly dtype?: Dtype;
  readonly bias?: boolean;
  readonly activation?: ActivationName;
  readonly last?: ActivationName;
  readonly loss?: LossName;
  readonly optimizer?: Optimizer;
}

function problem(options: Problem) {
  const { sizes, rows, dtype = "float64", bias = true, activation = "tanh", last = "linear" } = options;
  const { loss = "meanSquaredError", optimizer = sgd({ learningRate: 0.1 }) } = options;
  const [features, ...units] = sizes;
  const layers = units.map((count, index) =>
    dense(count, { bias, activation: index < units.length - 1 ? activation : last }),
  );
  const network = new Network({ inputs: features, layers, dtype, seed: 4 });
  const inputs = randomRows(rows, features, 1);
  const targets = randomRows(rows, units.at(-1)!, 2).map((row) => {
    const sum = loss === "softmaxCrossEntropy" ? row.reduce((total, value) => total + Math.abs(value), 0) : 1;
    return row.map((value) => Math.abs(value) / sum);
  });
  return { trainer: new Trainer(network, { loss, optimizer, batchSize: "full" }), inputs, targets };
}

/** Trains with a record every so many epochs. */
function train(options: Problem, every: number, epochs = 20): Network {
  const { trainer, inputs, targets } = problem(options);
  for (const _ of trainer.epochs(inputs, targets, { epochs, every }));
  return trainer.network;
}

let steps: MockInstance<Stack["steps"]>;
beforeEach(() => {
  steps = vi.spyOn(Stack.prototype, "steps");
});
/** The number of steps that stacks have made. */
const made = () => steps.mock.results.reduce((sum, { value }) => sum + value, 0);
afterEach(() => {
  vi.restoreAllMocks();
});

/** Of 20 epochs, those that no record is made of are passes of the stack, and every bit is as without it. */
function expectSameBits(options: Problem): void {
  const ordinary = train(options, 1);
  expect(steps).not.toHaveBeenCalled();
  const stacked = train(options, 7);
  expect(made()).toBe(16);
  expect(parameterBits(stacked)).toBe(parameterBits(ordinary));
  expect(gradientBits(stacked)).toBe(gradientBits(ordinary));
  steps.mockClear();
}

describe.each(["float32", "float64"] as const)(
  "%s: epochs without a record give the bits of those with one",
  (dtype) => {
    it.each([[[3, 4, 1]], [[3, 2]], [[1, 1]], [[1, 1, 1]], [[2, 5, 3]], [[4, 1, 2]], [[3, 7, 6, 5, 1]]])(
      "for %j at every number of rows from 1 to 16, with biases and without",
      (sizes) => {
        for (let rows = 1; rows <= 16; rows++) {
          for (const bias of [true, false]) expectSameBits({ sizes, rows, dtype, bias });
        }
      },
    );

    const elementwise = Object.entries(activationKinds).filter(([, kind]) => !kind.isByRow);
    it.each(elementwise.map(([name]) => name as ActivationName))("for %s inside and last", (activation) => {
      for (const rows of [3, 4]) {
        expectSameBits({ sizes: [3, 4, 2], rows, dtype, activation });
        expectSameBits({ sizes: [3, 4, 1], rows, dtype, last: activation });
      }
    });

    it.each<[LossName, ActivationName]>([
      ["meanAbsoluteError", "linear"],
      ["huber", "linear"],
      ["logCosh", "linear"],
      ["poisson", "linear"],
      ["kullbackLeibler", "linear"],
      ["cosineSimilarity", "linear"],
      ["binaryCrossEntropy", "sigmoid"],
      ["binaryCrossEntropyWithLogits", "linear"],
      ["softmaxCrossEntropy", "linear"],
    ])("for the loss %s", (loss, last) => {
      for (const rows of [3, 4]) expectSameBits({ sizes: [3, 4, 3], rows, dtype, loss, last });
    });

    it.each<[string, Optimizer]>([
      ["sgd", sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1 })],
      ["adam", adam()],
      ["nadam, which has numbers of the step", nadam()],
      ["sgd of a schedule", sgd({ learningRate: exponentialDecay({ initial: 0.1, factor: 0.7 }) })],
      ["adam of a schedule of epochs", adam({ learningRate: cosineDecay({ initial: 0.1, steps: 15, per: "epoch" }) })],
    ])("for the optimizer %s", (_, optimizer) => expectSameBits({ sizes: [3, 4, 2], rows: 5, dtype, optimizer }));

    it("where the biases alone overflow", () => {
      const huge = dtype === "float32" ? 1e20 : 1e160;
      const [ordinary, stacked] = [1, 7].map((every) => {
        const layers = [
          dense(2, { weightInitializer: constant(-huge), biasInitializer: constant(huge) }),
          dense(2, { weightInitializer: constant(huge) }),
          dense(1),
        ];
        const network = new Network({ inputs: 1, layers, dtype, seed: 4 });
        const trainer = new Trainer(network, {
          loss: "meanSquaredError",
          optimizer: sgd({ learningRate: 0 }),
          batchSize: "full",
        });
        for (const _ of trainer.epochs([[1], [1], [1]], [[1], [2], [3]], { epochs: 20, every }));
        return gradientBits(network);
      });
      expect(made()).toBe(16);
      expect(stacked).toBe(ordinary);
    });

    it("after a larger batch has left other numbers behind the rows", () => {
      const [ordinary, stacked] = [1, 7].map((every) => {
        const { trainer, inputs, targets } = problem({ sizes: [3, 4, 1], rows: 3, dtype });
        trainer.gradients(
          inputs.concat(inputs, inputs).map((row) => row.map((value) => 1e3 * value)),
          targets.concat(targets, targets),
        );
        for (const _ of trainer.epochs(inputs, targets, { epochs: 20, every }));
        return parameterBits(trainer.network);
      });
      expect(made()).toBeGreaterThan(0);
      expect(stacked).toBe(ordinary);
    });
  },
);

it("serves few rows after a prediction of more has made the plan larger", () => {
  const { trainer, inputs, targets } = problem({ sizes: [3, 4, 1], rows: 4 });
  trainer.network.predict(randomRows(17, 3, 9));
  for (const _ of trainer.epochs(inputs, targets, { epochs: 20, every: 7 }));
  expect(made()).toBe(16);
});

it("takes its room with the plan, so that views stay valid through the steps of fewer rows", () => {
  const { trainer, inputs, targets } = problem({ sizes: [3, 4, 1], rows: 4 });
  trainer.step(inputs, targets);
  const view = trainer.network.input(1000);
  const { bytes, mark } = trainer.network.engine.arena;
  for (const _ of trainer.epochs(inputs, targets, { epochs: 20, every: 7 }));
  expect(made()).toBe(16);
  expect(view).toHaveLength(3000);
  expect([trainer.network.engine.arena.bytes, trainer.network.engine.arena.mark]).toEqual([bytes, mark]);
});

/** Trains a network on 4 rows for 50 epochs, with 3 records by default. Each input and output has rows of its own. */
function trainOnRows(network: Network, every = 25): void {
  const { graph } = network.engine;
  const rows = (values: readonly { readonly shape: readonly number[] }[], seed: number) => {
    const each = values.map(({ shape }, index) => randomRows(4, shape[0], seed + index));
    return (each.length === 1 ? each[0] : each) as number[][];
  };
  const loss = graph.outputs.map(() => "meanSquaredError" as const);
  const trainer = new Trainer(network, {
    loss: loss.length === 1 ? loss[0] : loss,
    optimizer: sgd({ learningRate: 0.1 }),
    batchSize: "full",
  });
  const records = [...trainer.epochs(rows(graph.inputs, 1), rows(graph.outputs, 5), { epochs: 50, every })];
  expect(records.at(-1)).toMatchObject({ epoch: 50, step: 50 });
}

const hidden = () => dense(4, { activation: "tanh" });

describe("the stack takes dense layers with activations as separate layers", () => {
  it.each(["float32", "float64"] as const)("%s: it runs 47 of 50 epochs and gives the same bits", (dtype) => {
    const make = () => {
      const layers = [dense(4), activation("relu"), dense(3), activation("tanh"), dense(2)];
      return new Network({ inputs: 3, layers, dtype, seed: 4 });
    };
    const [ordinary, stacked] = [make(), make()];
    trainOnRows(ordinary, 1);
    expect(steps).not.toHaveBeenCalled();
    trainOnRows(stacked);
    expect(made()).toBe(47);
    expect(parameterBits(stacked)).toBe(parameterBits(ordinary));
    expect(gradientBits(stacked)).toBe(gradientBits(ordinary));
  });
});

describe("the stack is left alone", () => {
  it.each([1, 9, 40])("by a network whose output is its input, %i wide, which then gives its input", (width) => {
    const same = input(width);
    const network = new Network({ inputs: same, outputs: same, dtype: "float64" });
    trainOnRows(network);
    expect(steps).not.toHaveBeenCalled();
    const rows = randomRows(4, width, 9);
    expect(network.predict(rows)).toEqual(rows);
  });

  it.each<[string, LayerDescription[]]>([
    ["frozen layer", [dense(4, { activation: "tanh", trainable: false }), dense(2)]],
    ["dropout", [hidden(), dropout(0.5), dense(2)]],
    ["batchNorm", [hidden(), batchNorm(), dense(2)]],
    ["maxNorm", [dense(4, { activation: "tanh", maxNorm: 1 }), dense(2)]],
    ["split of one part", [hidden(), split([4]), dense(2)]],
    ["flatten", [hidden(), flatten(), dense(2)]],
    ["second activation behind a dense layer", [dense(4, { activation: "relu" }), activation("tanh"), dense(2)]],
    ["activation before the first dense layer", [activation("tanh"), dense(2)]],
  ])("by one %s among layers that it would take", (_, layers) => {
    trainOnRows(new Network({ inputs: 3, layers, seed: 4 }));
    expect(steps).not.toHaveBeenCalled();
  });

  it.each<[string, () => Network]>([
    [
      "a layer used twice in a row",
      () => {
        const first = input(4);
        const twice = hidden();
        return new Network({ inputs: first, outputs: twice(twice(first)) });
      },
    ],
    [
      "two outputs, one behind the other",
      () => {
        const first = input(3);
        const middle = hidden()(first);
        return new Network({ inputs: first, outputs: [middle, dense(2)(middle)] });
      },
    ],
    [
      "two outputs, the second of which is the input",
      () => {
        const first = input(3);
        return new Network({ inputs: first, outputs: [dense(2)(hidden()(first)), first] });
      },
    ],
    [
      "two inputs",
      () => {
        const inputs = [input(3), input(2)];
        return new Network({ inputs, outputs: dense(2)(hidden()(concatenate(inputs))) });
      },
    ],
  ])("by %s", (_, make) => {
    trainOnRows(make());
    expect(steps).not.toHaveBeenCalled();
  });

  it("by relaxed arithmetic, where the runtime has it", ({ skip }) => {
    const network = new Network({ inputs: 3, layers: [hidden(), dense(2)], arithmetic: "relaxed" });
    // Node 20 has relaxed SIMD only behind a flag.
    skip(network.engine.arena.arithmetic !== "relaxed");
    trainOnRows(network);
    expect(steps).not.toHaveBeenCalled();
  });

  it.each<[string, Problem]>([
    ["by more than 16 rows", { sizes: [3, 4, 1], rows: 17 }],
    ["by more than 256 parameters", { sizes: [15, 16, 1], rows: 4 }],
    ["by a softmax", { sizes: [3, 4, 2], rows: 4, last: "softmax" }],
  ])("%s", (_, options) => {
    train(options, 7);
    expect(steps).not.toHaveBeenCalled();
  });

  it("by a network whose values have positions", () => {
    const layers = [dense(3, { activation: "tanh" }), dense(1)];
    const trainer = new Trainer(new Network({ inputs: [2, 2], layers }), { loss: "meanSquaredError" });
    const rows = [[1, 2, 3, 4]];
    for (const _ of trainer.epochs(rows, [[1, 0]], { epochs: 20, every: 7 }));
    expect(steps).not.toHaveBeenCalled();
  });

  it("by batches that are no epoch, and by batches that are reported", async () => {
    const { trainer, inputs, targets } = problem({ sizes: [3, 4, 1], rows: 6 });
    const inBatches = new Trainer(trainer.network, { loss: "meanSquaredError", batchSize: 5 });
    for (const _ of inBatches.epochs(inputs, targets, { epochs: 20, every: 7 }));
    let batches = 0;
    await trainer.fit(inputs, targets, { epochs: 20, every: 7, onBatch: () => batches++ });
    expect(batches).toBe(20);
    expect(steps).not.toHaveBeenCalled();
  });
});

describe("in a stack, training", () => {
  it("stops with the error, the step and the parameters with which it stops otherwise", async () => {
    const diverging: Problem = { sizes: [3, 4, 1], rows: 4, activation: "relu", optimizer: sgd({ learningRate: 1e4 }) };
    const [ordinary, stacked] = [1, 1000].map((every) => {
      const { trainer, inputs, targets } = problem(diverging);
      return { trainer, run: () => [...trainer.epochs(inputs, targets, { epochs: 1000, every })] };
    });
    const [expected, got] = [await refusal(ordinary.run), await refusal(stacked.run)];
    expect(made()).toBeGreaterThan(0);
    expect(got).toBeInstanceOf(DivergenceError);
    expect({ ...got }).toEqual({ ...expected });
    expect(parameterBits(stacked.trainer.network)).toBe(parameterBits(ordinary.trainer.network));
  });

  it("stops at an update that is not finite, with the error and the parameters with which it stops otherwise", async () => {
    // A rate of 0 for 30 updates, then one of 3e38.
    const learningRate = polynomialDecay({ initial: 0, final: 3e38, steps: 30, power: 0 });
    const optimizer = sgd({ learningRate, weightDecay: 1e10 });
    const [expected, got] = await Promise.all(
      [1, 1000].map(async (every) => {
        const { trainer, inputs, targets } = problem({ sizes: [3, 4, 1], rows: 4, dtype: "float32", optimizer });
        const bits = parameterBits(trainer.network);
        const error = await refusal(() => [...trainer.epochs(inputs, targets, { epochs: 1000, every })]);
        // The weights of the first layer all overflow; a bias of 0 does not, and moves.
        expect(parameterBits(trainer.network).split(" ")[0]).toBe(bits.split(" ")[0]);
        return { ...error, message: error.message };
      }),
    );
    expect(made()).toBeGreaterThan(0);
    expect(got).toEqual(expected);
    expect(got).toMatchObject({ name: "DivergenceError", epoch: 31, step: 30, learningRate: 3e38 });
    expect(got.message).toMatch(
      /^training: got an update that is not finite in epoch 31, step 30, at learning rate 3e\+38/,
    );
  });

  it("stops at such an update in the middle of one call", async () => {
    // Each update adds 1e37, until the 35th passes the greatest number of float32.
    const optimizer = sgd({ learningRate: 1e38 });
    const [expected, got] = await Promise.all(
      [1, 1000].map(async (every) => {
        const layers = [dense(1, { bias: false, weightInitializer: constant(0) })];
        const trainer = new Trainer(new Network({ inputs: 1, layers }), { loss: "meanAbsoluteError", optimizer });
        const error = await refusal(() => [...trainer.epochs([[0.1]], [[3e38]], { epochs: 1000, every })]);
        return { ...error, message: error.message, bits: parameterBits(trainer.network) };
      }),
    );
    expect(steps).toHaveBeenCalledOnce();
    expect(made()).toBe(33);
    expect(got).toEqual(expected);
    expect(got).toMatchObject({ name: "DivergenceError", epoch: 35, step: 34 });
  });

  it("makes its steps in one call where only the number of the step changes, up to a hundred", () => {
    const calls = (optimizer: Optimizer) => {
      steps.mockClear();
      train({ sizes: [3, 4, 1], rows: 4, optimizer }, 250, 251);
      return steps.mock.calls.map(([count]) => count);
    };
    expect([sgd({ learningRate: 0.1 }), adam()].map(calls)).toEqual([
      [100, 100, 47],
      [100, 100, 47],
    ]);
    expect(calls(nadam())).toHaveLength(247);
    expect(calls(sgd({ learningRate: exponentialDecay({ initial: 0.1, factor: 0.7 }) }))).toHaveLength(247);
  });

  it("counts its steps and records the loss of the epochs that are due", () => {
    const { trainer, inputs, targets } = problem({ sizes: [3, 4, 1], rows: 4, optimizer: adam() });
    const other = problem({ sizes: [3, 4, 1], rows: 4, optimizer: adam() }).trainer;
    const all = [...other.epochs(inputs, targets, { epochs: 2500 })];
    const some = [...trainer.epochs(inputs, targets, { epochs: 2500, every: 2000 })];
    const numbers = ({ epoch, step, loss }: (typeof all)[number]) => ({ epoch, step, loss });
    expect(some.map(numbers)).toEqual([all[0], all[2000], all[2499]].map(numbers));
  });

  it("leaves values in the layers only where they are the last pass's", async () => {
    const { trainer, inputs, targets } = problem({ sizes: [3, 4, 1], rows: 4 });
    const { network } = trainer;
    for (const _ of trainer.epochs(inputs, targets, { epochs: 9, every: 5 }));
    expect(made()).toBe(6);
    const [hidden] = network.layers;
    const shown = Array.from(hidden.activation);
    const twin = problem({ sizes: [3, 4, 1], rows: 4 });
    for (const _ of twin.trainer.epochs(inputs, targets, { epochs: 9 }));
    expect(shown).toEqual(Array.from(twin.trainer.network.layers[0].activation));
  });
});
