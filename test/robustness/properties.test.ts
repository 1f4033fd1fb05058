/**
 * What holds of every network, whatever its layers: shapes, batches as the sum of their parts, the order of examples, chunks,
 * files, weights. fast-check draws the networks from one seed, so that every run has the same, and shows the smallest that fails.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BatchOptions, dense, input, Network, type Trainer } from "../../src/index.ts";
import type { Values } from "../../src/kernels/dtype.ts";
import {
  type Examples,
  examplesOf,
  hiddenOf,
  networkOf,
  type Recipe,
  type RecipeOptions,
  recipes,
  rowsOf,
  trainerOf,
} from "./recipes.ts";

const run = { seed: 20240, numRuns: 120, endOnFailure: false } as const;

/** How far two ways of summing may be apart: this share of the largest number among them, or of 1. */
const tolerance = { float32: 1e-5, float64: 1e-13 } as const;

const check = <Drawn>(drawn: fc.Arbitrary<Drawn>, property: (drawn: Drawn) => void) =>
  fc.assert(fc.property(drawn, property), run);

/** Recipes with something drawn beside them: numbers below 2³², for orders and divisions. */
const withDraw = (options?: RecipeOptions) => fc.tuple(recipes(options), fc.nat(2 ** 31));

interface Batch {
  loss: number;
  gradients: number[];
}

function batchOf(trainer: Trainer, { inputs, targets }: Omit<Examples, "weights">, options?: BatchOptions): Batch {
  const loss = trainer.gradients(inputs, targets as number[][], options);
  return { loss, gradients: trainer.network.parameters.flatMap(({ gradients }) => [...gradients!]) };
}

const select = <Element>(list: readonly Element[], places: readonly number[]) => places.map((place) => list[place]);

const part = ({ inputs, targets, weights }: Examples, places: readonly number[]): Examples => ({
  inputs: select(inputs, places),
  targets: select(targets, places),
  weights: select(weights, places),
});

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));

/** Fails unless no number is farther from its counterpart than the tolerance of the largest, gradients apart from losses. */
function expectNear(
  actual: Batch,
  expected: Batch,
  { dtype }: Pick<Recipe, "dtype">,
  size = largest(expected.gradients),
) {
  const scale = Math.max(size, Math.abs(expected.loss), 1);
  const distance = largest(expected.gradients.map((value, index) => value - actual.gradients[index]));
  expect(Math.abs(actual.loss - expected.loss) / scale).toBeLessThan(tolerance[dtype]);
  expect(distance / scale).toBeLessThan(tolerance[dtype]);
}

/** The numbers from 0 to below `count`, in an order that `draw` says. */
function orderOf(count: number, draw: number): number[] {
  const keys = Array.from(
    { length: count },
    (_, index) => (((draw + 1) * (index + 7) * 2654435761) % 4294967296) >>> 0,
  );
  return keys.map((_, index) => index).sort((a, b) => keys[a] - keys[b] || a - b);
}

/** Fails unless the batch is the mean of two parts, each weighted by its rows or by the sum of its examples' weights. */
function expectMeanOfParts(recipe: Recipe, draw: number, isWeighted: boolean): void {
  const trainer = trainerOf(recipe);
  const examples = examplesOf(recipe);
  const batch = (each: Examples) => batchOf(trainer, each, isWeighted ? { exampleWeights: each.weights } : undefined);
  const order = examples.inputs.map((_, index) => index);
  const cut = 1 + (draw % (recipe.rows - 1));
  const parts = [order.slice(0, cut), order.slice(cut)].map((places) => part(examples, places));
  const shares = parts.map(({ weights }) => (isWeighted ? sum(weights) : weights.length));
  const batches = parts.map(batch);
  const mean = (numbers: readonly number[]) => sum(numbers.map((value, index) => value * shares[index])) / sum(shares);
  const loss = mean(batches.map((each) => each.loss));
  const gradients = batches[0].gradients.map((_, index) => mean(batches.map((each) => each.gradients[index])));
  const size = largest(batches.flatMap((each) => each.gradients));
  expectNear(batch(examples), { loss, gradients }, recipe, size);
}

/** Fails unless examples in another order have the same loss and gradients, and their predictions in that order. */
function expectSameInOrder(recipe: Recipe, draw: number): void {
  const trainer = trainerOf(recipe);
  const examples = examplesOf(recipe);
  const order = orderOf(recipe.rows, draw);
  const predictions = trainer.network.predict(examples.inputs);
  const turned = part(examples, order);
  expect(trainer.network.predict(turned.inputs)).toEqual(select(predictions, order));
  expectNear(batchOf(trainer, turned), batchOf(trainer, examples), recipe);
}

const bits = (values: Values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("hex");

function flatten({ dtype }: Recipe, rows: readonly (readonly number[])[]): Values {
  return dtype === "float32" ? Float32Array.from(rows.flat()) : Float64Array.from(rows.flat());
}

describe("shapes", () => {
  test("predict gives a row of outputs for each row, in each form the same bits, and one example as its row", () => {
    check(recipes({ hasBatchwise: true }), (recipe) => {
      const network = networkOf(recipe);
      const { inputs } = examplesOf(recipe);
      const rows = network.predict(inputs);
      expect(rows.map((row) => row.length)).toEqual(inputs.map(() => recipe.outputs));
      const flat = network.predict(flatten(recipe, inputs));
      expect([flat.length, flat.constructor]).toEqual([recipe.rows * recipe.outputs, flatten(recipe, []).constructor]);
      expect(bits(flat)).toBe(bits(flatten(recipe, rows)));
      expect(network.predict(inputs[1])).toEqual(rows[1]);
    });
  });

  test("parameters have as many numbers as their shapes say, and so many in all; a layer's values are its outputs", () => {
    check(recipes({ hasBatchwise: true }), (recipe) => {
      const network = networkOf(recipe);
      trainerOf(recipe, network);
      network.predict(examplesOf(recipe).inputs);
      const sizes = network.parameters.map(({ shape }) => shape.reduce((size, side) => size * side, 1));
      expect(network.parameters.map(({ values }) => values.length)).toEqual(sizes);
      expect(network.parameters.map(({ gradients }) => gradients!.length)).toEqual(sizes);
      expect(network.parameterCount).toBe(sum(sizes));
      expect(sum(network.layers.map(({ parameterCount }) => parameterCount))).toBe(sum(sizes));
      for (const { activation, outputShape, description, name } of network.layers) {
        const size = outputShape.reduce((product, side) => product * side, 1);
        expect(activation.length, name).toBe(recipe.rows * size);
        const weight = network.parameters.find((parameter) => parameter.name === `${name}.weight`);
        if (description.kind === "dense") expect(weight!.shape[1], name).toBe(outputShape.at(-1));
      }
    });
  });
});

describe("a batch", () => {
  test("has the mean of its parts' losses and gradients, by their rows, to 1e-13 in float64 and 1e-5 in float32", () => {
    check(withDraw(), ([recipe, draw]) => expectMeanOfParts(recipe, draw, false));
  });

  test("whose examples have weights has it by the sums of these", () => {
    check(withDraw(), ([recipe, draw]) => expectMeanOfParts(recipe, draw, true));
  });

  test("has the same loss and gradients in any order, to rounding, and the same predictions, to the bit", () => {
    check(withDraw(), ([recipe, draw]) => expectSameInOrder(recipe, draw));
  });

  test("has the loss that evaluate gives, to rounding, with weights and without", () => {
    check(recipes({ mostRows: 300 }), (recipe) => {
      const trainer = trainerOf(recipe);
      const { inputs, targets, weights } = examplesOf(recipe);
      for (const options of [undefined, { exampleWeights: weights }]) {
        const { loss } = trainer.evaluate(inputs, targets as number[][], options);
        const trained = trainer.gradients(inputs, targets as number[][], options);
        expect(Math.abs(loss - trained)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(trained)));
      }
    });
  });
});

describe("weights of examples", () => {
  test("of 0 and 1 leave out those of 0, to rounding", () => {
    check(withDraw(), ([recipe, draw]) => {
      const trainer = trainerOf(recipe);
      const examples = examplesOf(recipe);
      const kept = orderOf(recipe.rows, draw).slice(0, 1 + (draw % recipe.rows));
      const exampleWeights = examples.inputs.map((_, index) => Number(kept.includes(index)));
      const weighted = batchOf(trainer, examples, { exampleWeights });
      const without = batchOf(
        trainer,
        part(
          examples,
          kept.sort((a, b) => a - b),
        ),
      );
      expectNear(weighted, without, recipe);
    });
  });

  test("that are all 2 change no bit", () => {
    check(recipes(), (recipe) => {
      const trainer = trainerOf(recipe);
      const examples = examplesOf(recipe);
      const exampleWeights = examples.inputs.map(() => 2);
      expect(batchOf(trainer, examples, { exampleWeights })).toEqual(batchOf(trainer, examples));
    });
  });

  test("class numbers are their one-hot rows, to the bit, with weights and without", () => {
    check(recipes({ loss: "softmaxCrossEntropy" }), (recipe) => {
      const trainer = trainerOf(recipe);
      const examples = examplesOf(recipe);
      const columns = Array.from({ length: recipe.outputs }, (_, column) => column);
      const oneHot = examples.targets.map((chosen) => columns.map((column) => Number(column === chosen)));
      for (const options of [undefined, { exampleWeights: examples.weights }]) {
        const classes = batchOf(trainer, examples, options);
        expect(batchOf(trainer, { ...examples, targets: oneHot }, options)).toEqual(classes);
      }
    });
  });
});

describe("the same bits", () => {
  test("are predicted in any chunks", () => {
    check(withDraw({ hasBatchwise: true, mostRows: 300 }), ([recipe, draw]) => {
      const network = networkOf(recipe);
      const { inputs } = examplesOf(recipe);
      const whole = network.predict(inputs);
      const chunk = 1 + (draw % recipe.rows);
      const chunks: number[][] = [];
      for (let from = 0; from < recipe.rows; from += chunk) {
        chunks.push(...network.predict(inputs.slice(from, from + chunk)));
      }
      expect(chunks).toEqual(whole);
    });
  });

  test("are saved and loaded, also after a step, which moves running statistics", () => {
    check(recipes({ hasBatchwise: true }), (recipe) => {
      const network = networkOf(recipe);
      const { inputs, targets } = examplesOf(recipe);
      trainerOf(recipe, network).step(inputs, targets as number[][]);
      expectSameFromFile(network, inputs);
    });
  });

  test("are saved and loaded of networks with two inputs and two outputs", () => {
    check(fc.tuple(recipes({ hasBatchwise: true }), recipes({ hasBatchwise: true })), ([first, second]) => {
      const inputs = [input(first.features), input(second.features)];
      const hidden = [first, second].map(({ layers }, index) => layers.reduce(hiddenOf, inputs[index]));
      const shared = dense(first.outputs);
      const both = hidden.map((value) => shared(dense(4)(value)));
      const outputs = [
        both[0],
        dense(second.outputs)(hiddenOf(both[1], { kind: "residual", units: 1, activation: "tanh" })),
      ];
      const network = new Network({ inputs, outputs, dtype: first.dtype, seed: first.seed });
      const rows = [first, second].map((recipe) => examplesOf({ ...recipe, rows: first.rows }).inputs);
      const [left, right] = network.predict(rows) as unknown as number[][][];
      expect([left.length, left[0].length, right[0].length]).toEqual([first.rows, first.outputs, second.outputs]);
      expectSameFromFile(network, rows as never);
    });
  });
});

function expectSameFromFile(network: Network, inputs: number[][]): void {
  const bytes = network.toBytes();
  const loaded = Network.fromBytes(bytes);
  expect(Buffer.from(loaded.toBytes()).equals(Buffer.from(bytes))).toBe(true);
  expect(loaded.predict(inputs)).toEqual(network.predict(inputs));
}

describe("the properties can fail, and show a small network then:", () => {
  /** The smallest recipe for which a property that should fail does. */
  function failing(options: RecipeOptions, property: (recipe: Recipe, draw: number) => void): Recipe {
    const { failed, counterexample } = fc.check(
      fc.property(withDraw(options), ([recipe, draw]) => property(recipe, draw)),
      run,
    );
    expect(failed).toBe(true);
    return counterexample![0][0];
  }

  test("a batch is not the mean of its parts under batchNorm or dropout", () => {
    const { layers } = failing({ hasBatchwise: true }, (recipe, draw) => expectMeanOfParts(recipe, draw, false));
    expect(layers.filter(({ kind }) => kind === "batchNorm" || kind === "dropout")).toHaveLength(1);
    expect(layers.length).toBeLessThan(3);
  });

  test("its order counts under dropout", () => {
    const { layers } = failing({ hasBatchwise: true }, expectSameInOrder);
    expect(layers.map(({ kind }) => kind)).toContain("dropout");
  });

  test("a file with one weight changed by a millionth is another", () => {
    const recipe = failing({}, (recipe) => {
      const network = networkOf(recipe);
      const { inputs } = examplesOf(recipe);
      const bytes = network.toBytes();
      const loaded = Network.fromBytes(bytes);
      const before = loaded.predict(inputs);
      network.parameters.at(-1)!.values[0] += 1e-6;
      expect(before).toEqual(network.predict(inputs));
    });
    expect([recipe.layers.length, recipe.features]).toEqual([0, 1]);
  });

  test("the tolerance is above rounding and below an error of a thousandth", () => {
    const gradients = rowsOf(1, 9, () => 1)[0];
    const recipe = { dtype: "float32" } as const;
    expect(() => expectNear({ loss: 1.001, gradients }, { loss: 1, gradients }, recipe)).toThrow();
    const changed = gradients.with(3, 1.001);
    expect(() => expectNear({ loss: 1, gradients: changed }, { loss: 1, gradients }, recipe)).toThrow();
    expect(() =>
      expectNear({ loss: 1, gradients: gradients.with(3, Number.NaN) }, { loss: 1, gradients }, recipe),
    ).toThrow();
  });
});
