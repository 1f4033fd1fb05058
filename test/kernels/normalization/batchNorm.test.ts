import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import * as reference from "../../reference/normalization/batchNorm.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, roundTo, rowsOf, Scratch, sizes } from "../scratch.ts";

interface Batch {
  input: number[];
  output: number[];
  outputGrad: number[];
  inputGrad: number[];
  weightGrad: number[];
  biasGrad: number[];
  runningMean: number[];
  runningVariance: number[];
}

const golden: {
  rows: number;
  columns: number;
  momentum: number;
  epsilon: number;
  weight: number[];
  bias: number[];
  batches: Batch[];
  evaluation: { input: number[]; output: number[] };
} = JSON.parse(readFileSync("test/fixtures/batchNorm.json", "utf8"));

const epsilon = 1e-5;

/** The rows that each width is tested with; 2100 columns are more than one block's. */
const shapes = [...sizes.map((columns) => [1 + (columns % 7), columns]), [67, 5], [3, 2100]];

/** Whether inputGrad lies where outputGrad is, and which gradients are asked for. */
type Wanted = "apart" | "in place" | "no input" | "no parameters";

/** Runs the operations on arrays. */
class BatchNorm {
  readonly #scratch: Scratch;

  constructor(dtype: Dtype) {
    this.#scratch = new Scratch(dtype);
  }

  /** @param positions rows of each example */
  statistics(input: readonly number[], columns: number, positions = 1): { mean: number[]; variance: number[] } {
    const scratch = this.#scratch;
    const [mean, variance] = [scratch.output(columns), scratch.output(columns)];
    const outputs = { mean: mean.address, variance: variance.address, sums: scratch.sums(2, columns) };
    const rows = input.length / columns / positions;
    scratch.run("columnStatistics", { positions, input: scratch.input(input), ...outputs, columns }, columns, { rows });
    const [means, variances] = [mean, variance].map((block) => Array.from(scratch.read(block)));
    scratch.expectIntact();
    return { mean: means, variance: variances };
  }

  scale(weight: readonly number[], variance: readonly number[]): number[] {
    const scratch = this.#scratch;
    const output = scratch.output(weight.length);
    const inputs = { weight: scratch.input(weight), variance: scratch.input(variance) };
    scratch.run("columnScale", { ...inputs, scale: output.address, epsilon }, weight.length);
    const scale = Array.from(scratch.read(output));
    scratch.expectIntact();
    return scale;
  }

  normalize(
    input: readonly number[],
    mean: readonly number[],
    scale: readonly number[],
    bias: readonly number[],
    inPlace = false,
  ): number[] {
    const scratch = this.#scratch;
    const output = scratch.output(inPlace ? input : input.length);
    const from = inPlace ? output.address : scratch.input(input);
    const vectors = { mean: scratch.input(mean), scale: scratch.input(scale), bias: scratch.input(bias) };
    const columns = mean.length;
    const fields = { input: from, ...vectors, output: output.address, columns };
    scratch.run("normalizeColumns", fields, input.length / columns);
    const result = Array.from(scratch.read(output));
    scratch.expectIntact();
    return result;
  }

  backward(
    input: readonly number[],
    mean: readonly number[],
    variance: readonly number[],
    weight: readonly number[],
    outputGrad: readonly number[],
    wanted: Wanted = "apart",
    positions = 1,
  ): { inputGrad: number[]; weightGrad: number[]; biasGrad: number[] } {
    const scratch = this.#scratch;
    const columns = mean.length;
    const inputGrad = scratch.output(wanted === "in place" ? outputGrad : input.length);
    const [weightGrad, biasGrad] = [scratch.output(columns), scratch.output(columns)];
    const from = wanted === "in place" ? inputGrad.address : scratch.input(outputGrad);
    const [x, m, v, w] = [input, mean, variance, weight].map((values) => scratch.input(values));
    const fields = {
      positions,
      ...{ input: x, mean: m, variance: v, weight: w, outputGrad: from },
      inputGrad: wanted === "no input" ? 0 : inputGrad.address,
      weightGrad: wanted === "no parameters" ? 0 : weightGrad.address,
      biasGrad: wanted === "no parameters" ? 0 : biasGrad.address,
      ...{ sums: scratch.sums(3, columns), columns, epsilon },
    };
    scratch.run("batchNormBackward", fields, columns, { rows: input.length / columns / positions });
    const [ofInput, ofWeight, ofBias] = [inputGrad, weightGrad, biasGrad].map((b) => Array.from(scratch.read(b)));
    scratch.expectIntact();
    return { inputGrad: ofInput, weightGrad: ofWeight, biasGrad: ofBias };
  }

  /** @param varianceRows the rows of which the source is the variance; none if it is a mean */
  average(
    source: readonly number[],
    average: readonly number[],
    momentum: number,
    varianceRows?: number,
    positions = 1,
  ): number[] {
    const scratch = this.#scratch;
    const block = scratch.output(average);
    const [rows, isVariance] = [(varianceRows ?? 5) / positions, varianceRows === undefined ? 0 : 1];
    const blocks = { source: scratch.input(source), average: block.address };
    scratch.run("movingAverage", { positions, ...blocks, isVariance, momentum }, source.length, { rows });
    const result = Array.from(scratch.read(block));
    scratch.expectIntact();
    return result;
  }
}

describe.each(dtypes)("%s", (dtype) => {
  const kernels = new BatchNorm(dtype);
  const draw = (count: number, seed: number) => roundTo(dtype, random(count, seed));
  const positive = (count: number, seed: number) =>
    roundTo(
      dtype,
      draw(count, seed).map((x) => x + 1.5),
    );

  test("columnStatistics has the bits of its twin, rounded once, at 1 to 67 and 2100 columns", () => {
    for (const [rows, columns] of shapes) {
      const input = draw(rows * columns, columns).map((x) => x + 3);
      const rounded = roundTo(dtype, input);
      const expected = reference.columnStatistics(rowsOf(rounded, columns));
      const { mean, variance } = kernels.statistics(rounded, columns);
      expect(mean, `${rows} × ${columns}`).toEqual(roundTo(dtype, expected.mean));
      expect(variance, `${rows} × ${columns}`).toEqual(roundTo(dtype, expected.variance));
    }
  });

  test("the variance of 1e4 ± 0.5 is 0.25 to the last bit: squares are of centred values", () => {
    expect(kernels.statistics([9999.5, 10000.5, 9999.5, 10000.5], 1)).toEqual({ mean: [10000], variance: [0.25] });
  });

  test("NaN and infinities stay in their column", () => {
    const input = draw(21, 1).with(9, Number.NaN).with(12, Infinity);
    const { mean, variance } = kernels.statistics(input, 7);
    expect(mean.map(Number.isFinite)).toEqual([true, true, false, true, true, false, true]);
    expect(variance.map(Number.isNaN)).toEqual([false, false, true, false, false, true, false]);
    const [zeros, ones] = [new Array(7).fill(0), new Array(7).fill(1)];
    const gradients = kernels.backward(input, zeros, ones, ones, draw(21, 2));
    const isBad = mean.map((x) => !Number.isFinite(x));
    expect(gradients.weightGrad.map((x) => !Number.isFinite(x))).toEqual(isBad);
    for (const row of rowsOf(gradients.inputGrad, 7)) expect(row.map((x) => !Number.isFinite(x))).toEqual(isBad);
    expect(gradients.biasGrad.every(Number.isFinite)).toBe(true);
  });

  test("columnScale has the bits of its twin, rounded once, at 1 to 67 columns; of a variance of 0 too", () => {
    for (const columns of sizes) {
      const [weight, variance] = [draw(columns, columns), positive(columns, columns + 1).with(0, 0)];
      const expected = reference.columnScale(weight, variance, epsilon);
      expect(kernels.scale(weight, variance)).toEqual(roundTo(dtype, expected));
    }
  });

  test("columnScale of a variance that is not finite is NaN, not 0, which would hide that the batch is beyond the type", () => {
    const variance = [Number.POSITIVE_INFINITY, 1, Number.NaN, 4, 9];
    const [first, second, third] = kernels.scale([3, 2, 5, -0, 1], variance);
    expect([first, third]).toEqual([Number.NaN, Number.NaN]);
    expect(second).toBeCloseTo(2, 4);
  });

  test("columnScale may write over weight or variance", () => {
    const scratch = new Scratch(dtype);
    const [weight, variance] = [draw(7, 1), positive(7, 2)];
    const expected = roundTo(dtype, reference.columnScale(weight, variance, epsilon));
    const overWeight = scratch.output(weight);
    const first = { weight: overWeight.address, variance: scratch.input(variance), scale: overWeight.address };
    scratch.run("columnScale", { ...first, epsilon }, 7);
    const overVariance = scratch.output(variance);
    const second = { weight: scratch.input(weight), variance: overVariance.address, scale: overVariance.address };
    scratch.run("columnScale", { ...second, epsilon }, 7);
    for (const block of [overWeight, overVariance]) expect(Array.from(scratch.read(block))).toEqual(expected);
    scratch.expectIntact();
  });

  test("normalizeColumns equals its twin at 1 to 67 and 2100 columns, in place or not", () => {
    for (const [rows, columns] of shapes) {
      const input = draw(rows * columns, columns);
      const [mean, scale, bias] = [1, 2, 3].map((seed) => draw(columns, columns + seed));
      const expected = reference.normalizeColumns(rowsOf(input, columns), mean, scale, bias).flat();
      for (const inPlace of [false, true]) {
        const output = kernels.normalize(input, mean, scale, bias, inPlace);
        expectClose(output, expected, tolerances.formula[dtype], `${rows} × ${columns}`);
      }
    }
  });

  test("batchNormBackward equals its twin at 1 to 67 and 2100 columns, in place or apart, and of parts of its outputs", () => {
    for (const [rows, columns] of shapes) {
      const [input, outputGrad] = [draw(rows * columns, columns), draw(rows * columns, columns + 1)];
      const [mean, weight] = [draw(columns, columns + 2), draw(columns, columns + 3)];
      const variance = positive(columns, columns + 4);
      const matrices = [rowsOf(input, columns), mean, variance, weight, rowsOf(outputGrad, columns)] as const;
      const expected = reference.batchNormBackward(...matrices, epsilon);
      for (const wanted of ["apart", "in place", "no input", "no parameters"] as const) {
        const actual = kernels.backward(input, mean, variance, weight, outputGrad, wanted);
        const tolerance = tolerances.rounded[dtype];
        if (wanted !== "no parameters") {
          expectClose(actual.biasGrad, expected.biasGrad, tolerance, `${columns}: biasGrad`);
          expectClose(actual.weightGrad, expected.weightGrad, tolerance, `${columns}: weightGrad`);
        }
        if (wanted === "no input") continue;
        expectClose(actual.inputGrad, expected.inputGrad.flat(), tolerance, `${columns}: inputGrad`);
      }
    }
  });

  test("a column of equal values has the derivative 0 and no NaN", () => {
    const gradients = kernels.backward([2, 2, 2], [2], [0], [1], [1, 1, 1]);
    expect(gradients).toEqual({ inputGrad: [0, 0, 0], weightGrad: [0], biasGrad: [3] });
  });

  test("4 examples of 3 positions have the bits of 12 rows: statistics, gradients, moving averages", () => {
    const [input, outputGrad, weight] = [draw(60, 1), draw(60, 2), draw(5, 3)];
    const { mean, variance } = kernels.statistics(input, 5);
    expect(kernels.statistics(input, 5, 3)).toEqual({ mean, variance });
    const gradientsOf = (positions: number) =>
      kernels.backward(input, mean, variance, weight, outputGrad, "apart", positions);
    expect(gradientsOf(3)).toEqual(gradientsOf(1));
    expect(kernels.average(variance, weight, 0.1, 12, 3)).toEqual(kernels.average(variance, weight, 0.1, 12));
  });

  test("movingAverage equals its twin at every count from 1 to 67, of a mean and of the variance of 9 rows", () => {
    for (const count of sizes) {
      const [source, average] = [draw(count, count), draw(count, count + 1)];
      for (const varianceRows of [undefined, 9]) {
        const expected = reference.movingAverage(source, average, 0.1, varianceRows);
        expectClose(kernels.average(source, average, 0.1, varianceRows), expected, tolerances.formula[dtype]);
      }
    }
  });

  test("movingAverage with a momentum of 1 is the source, with 0 what it was; NaN stays in its element", () => {
    const [source, average] = [draw(7, 1), draw(7, 2)];
    expect(kernels.average(source, average, 1)).toEqual(source);
    expect(kernels.average(source, average, 0)).toEqual(average);
    const bad = kernels.average(source.with(3, Number.NaN), average, 0.5);
    expect(bad.map(Number.isNaN)).toEqual(source.map((_, index) => index === 3));
  });

  if (isDebugBuild) {
    test("a block that does not start on 16 bytes traps", () => {
      const scratch = new Scratch(dtype);
      const { address: a } = scratch.output(64);
      /** Blocks at `a`, but one that does not start on 16 bytes: a record for each name. */
      const unaligned = <Name extends string>(...names: Name[]): Record<Name, number>[] => {
        const blocks = Object.fromEntries(names.map((name) => [name, a])) as Record<Name, number>;
        return names.map((name) => ({ ...blocks, [name]: a + 8 }));
      };
      const sizes = { positions: 1, columns: 4 };
      const rows = { rows: 1 };
      const message = "blocks start on 16 bytes";
      for (const blocks of unaligned("source", "average")) {
        const fields = { ...sizes, ...blocks, isVariance: 0, momentum: 0.1 };
        expect(() => scratch.run("movingAverage", fields, 4, rows)).toThrow(message);
      }
      for (const blocks of unaligned("input", "mean", "variance", "sums")) {
        expect(() => scratch.run("columnStatistics", { ...sizes, ...blocks }, 4, rows)).toThrow(message);
      }
      for (const blocks of unaligned("weight", "variance", "scale")) {
        expect(() => scratch.run("columnScale", { ...blocks, epsilon }, 4)).toThrow(message);
      }
      for (const blocks of unaligned("input", "mean", "scale", "bias", "output")) {
        expect(() => scratch.run("normalizeColumns", { ...sizes, ...blocks }, 1)).toThrow(message);
      }
      const [inputs, outputs] = [
        ["input", "mean", "variance", "weight", "outputGrad"] as const,
        ["inputGrad", "weightGrad", "biasGrad", "sums"] as const,
      ];
      for (const blocks of unaligned(...inputs, ...outputs)) {
        expect(() => scratch.run("batchNormBackward", { ...sizes, ...blocks, epsilon }, 4, rows)).toThrow(message);
      }
    });

    test("no rows or no columns trap", () => {
      const scratch = new Scratch(dtype);
      const { address: a } = scratch.output(64);
      const message = "must be positive";
      const scale = { weight: a, variance: a, scale: a, epsilon };
      expect(() => scratch.run("columnScale", scale, 0)).toThrow(message);
      const average = { positions: 1, source: a, average: a, isVariance: 0, momentum: 0.1 };
      expect(() => scratch.run("movingAverage", average, 0, { rows: 1 })).toThrow(message);
      for (const [rows, columns] of [
        [0, 4],
        [4, 0],
      ]) {
        const blocks = { input: a, mean: a, variance: a, sums: a };
        const statistics = { positions: 1, ...blocks, columns };
        expect(() => scratch.run("columnStatistics", statistics, columns, { rows })).toThrow(message);
        const normalize = { input: a, mean: a, scale: a, bias: a, output: a, columns };
        expect(() => scratch.run("normalizeColumns", normalize, rows)).toThrow(message);
        const gradients = { outputGrad: a, inputGrad: a, weightGrad: a, biasGrad: a };
        const backward = { ...statistics, weight: a, ...gradients, epsilon };
        expect(() => scratch.run("batchNormBackward", backward, columns, { rows })).toThrow(message);
      }
    });
  }
});

describe("float64", () => {
  const kernels = new BatchNorm("float64");
  const forward = (input: readonly number[], weight: readonly number[], bias: readonly number[]) => {
    const { mean, variance } = kernels.statistics(input, weight.length);
    return kernels.normalize(input, mean, kernels.scale(weight, variance), bias);
  };

  test("three batches and an evaluation are PyTorch's BatchNorm1d to 1e-12: outputs, gradients, running statistics", () => {
    const { rows, columns, momentum, weight, bias } = golden;
    const tolerance = tolerances.golden.float64;
    let runningMean: number[] = new Array(columns).fill(0);
    let runningVariance: number[] = new Array(columns).fill(1);
    for (const batch of golden.batches) {
      const { mean, variance } = kernels.statistics(batch.input, columns);
      expectClose(forward(batch.input, weight, bias), batch.output, tolerance, "output");
      const gradients = kernels.backward(batch.input, mean, variance, weight, batch.outputGrad);
      for (const name of ["inputGrad", "weightGrad", "biasGrad"] as const) {
        expectClose(gradients[name], batch[name], tolerance, name);
      }
      runningMean = kernels.average(mean, runningMean, momentum);
      runningVariance = kernels.average(variance, runningVariance, momentum, rows);
      expectClose(runningMean, batch.runningMean, tolerance, "running mean");
      expectClose(runningVariance, batch.runningVariance, tolerance, "running variance");
    }
    const { input, output } = golden.evaluation;
    const evaluated = kernels.normalize(input, runningMean, kernels.scale(weight, runningVariance), bias);
    expectClose(evaluated, output, tolerance, "evaluation");
  });

  test("the gradients are the central differences of the forward pass to 1e-8", () => {
    const columns = 3;
    const values = { input: random(15, 1), weight: random(3, 2), bias: random(3, 3) };
    const outputGrad = random(15, 4);
    const loss = ({ input, weight, bias }: typeof values) =>
      forward(input, weight, bias).reduce((sum, y, index) => sum + y * outputGrad[index], 0);
    const difference = (name: keyof typeof values) =>
      values[name].map((x, index) => {
        const [above, below] = [1e-5, -1e-5].map((h) => loss({ ...values, [name]: values[name].with(index, x + h) }));
        return (above - below) / 2e-5;
      });
    const { mean, variance } = kernels.statistics(values.input, columns);
    const gradients = kernels.backward(values.input, mean, variance, values.weight, outputGrad);
    expectClose(gradients.inputGrad, difference("input"), tolerances.difference.float64, "inputGrad");
    expectClose(gradients.weightGrad, difference("weight"), tolerances.difference.float64, "weightGrad");
    expectClose(gradients.biasGrad, difference("bias"), tolerances.difference.float64, "biasGrad");
  });
});
