import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Dtype } from "../../../src/kernels/dtype.ts";
import {
  type Example,
  groupNormBackward,
  groupNormBackwardParameters,
  groupNormForward,
  statistics as statisticsOf,
} from "../../reference/normalization/groupNorm.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, roundTo, rowsOf, Scratch, sizes } from "../scratch.ts";

interface Sizes {
  positions: number;
  channels: number;
  groups: number;
  /** Of sequences, each of so many steps of as many positions. */
  lengths?: readonly number[];
}

const golden: {
  epsilon: number;
  cases: ({ rows: number } & Sizes &
    Record<
      "weight" | "bias" | "input" | "output" | "outputGrad" | "inputGrad" | "weightGrad" | "biasGrad",
      number[]
    >)[];
} = JSON.parse(readFileSync("test/fixtures/groupNorm.json", "utf8"));

const { epsilon } = golden;

/** The positions that make one row of few channels at most. */
const fold = 32;

/** One group, a group a channel, and those between. */
const divisorsOf = (channels: number) => sizes.filter((groups) => channels % groups === 0);

/**
 * Every count of channels from 1 to 67, with one position, with a few, and with so many that rows of several positions leave a rest;
 * then more channels than a band has, of groups within bands, across their border, and larger than one.
 */
const shapes: Sizes[] = [
  ...sizes.flatMap((channels) =>
    [1, 2 + (channels % 5), fold + 3].flatMap((positions, turn) =>
      divisorsOf(channels)
        // Of many divisors, two of three for each number of positions: all of them come.
        .filter((_, index, all) => all.length < 4 || (index + turn) % 3 > 0)
        .map((groups) => ({ positions, channels, groups })),
    ),
  ),
  ...[1, 2, 3, 600, 1200].map((groups) => ({ positions: 3, channels: 1200, groups })),
];

/** Numbers as examples of positions of channels. */
const examplesOf = (values: ArrayLike<number>, { positions, channels }: Sizes): Example[] =>
  rowsOf(values, positions * channels).map((example) => rowsOf(example, channels));

/** Runs the operations on arrays. */
class GroupNorm {
  readonly #scratch: Scratch;

  constructor(dtype: Dtype) {
    this.#scratch = new Scratch(dtype);
  }

  forward(
    input: readonly number[],
    weight: readonly number[],
    bias: readonly number[],
    { positions, channels, groups, lengths }: Sizes,
    inPlace = false,
  ): { output: number[]; statistics: number[] } {
    const scratch = this.#scratch;
    const rows = lengths?.length ?? input.length / positions / channels;
    const output = scratch.output(inPlace ? input : input.length);
    const statistics = scratch.doubles(2 * rows * groups);
    const blocks = {
      input: inPlace ? output.address : scratch.input(input),
      weight: scratch.input(weight),
      bias: scratch.input(bias),
      output: output.address,
      statistics: statistics.address,
    };
    scratch.run(
      "groupNormForward",
      { ...blocks, offsets: this.#offsets(lengths), positions, channels, groups, epsilon },
      rows,
    );
    const result = { output: Array.from(scratch.read(output)), statistics: Array.from(scratch.read(statistics)) };
    scratch.expectIntact();
    return result;
  }

  /** Where each sequence begins. */
  #offsets(lengths: readonly number[] = []): number {
    let step = 0;
    return lengths.length === 0 ? 0 : this.#scratch.integers([0, ...lengths.map((length) => (step += length))]);
  }

  output(...args: Parameters<GroupNorm["forward"]>): number[] {
    return this.forward(...args).output;
  }

  backward(
    input: readonly number[],
    weight: readonly number[],
    outputGrad: readonly number[],
    { positions, channels, groups, lengths }: Sizes,
    wanted: "apart" | "in place" | "no input" = "apart",
  ): { inputGrad: number[]; weightGrad: number[]; biasGrad: number[] } {
    const saved = this.forward(input, weight, weight, { positions, channels, groups, lengths }).statistics;
    const scratch = this.#scratch;
    const rows = lengths?.length ?? input.length / positions / channels;
    const statistics = scratch.doubles(saved);
    const isInPlace = wanted === "in place";
    const inputGrad = scratch.output(isInPlace ? outputGrad : input.length);
    const sums = scratch.doubles(2 * rows * (channels + groups)).address;
    const inputs = { input: scratch.input(input), weight: scratch.input(weight), statistics: statistics.address };
    const gradients = {
      outputGrad: isInPlace ? inputGrad.address : scratch.input(outputGrad),
      inputGrad: wanted === "no input" ? 0 : inputGrad.address,
    };
    const fields = { ...inputs, ...gradients, sums, offsets: this.#offsets(lengths), positions, channels, groups };
    scratch.run("groupNormBackward", fields, rows);
    const [weightGrad, biasGrad] = [scratch.output(channels), scratch.output(channels)];
    const outputs = { weightGrad: weightGrad.address, biasGrad: biasGrad.address };
    scratch.run("groupNormBackwardParameters", { sums, ...outputs, channels, groups }, channels, { rows });
    expect(Array.from(scratch.read(statistics))).toEqual(saved);
    const [ofInput, ofWeight, ofBias] = [inputGrad, weightGrad, biasGrad].map((b) => Array.from(scratch.read(b)));
    scratch.expectIntact();
    return { inputGrad: ofInput, weightGrad: ofWeight, biasGrad: ofBias };
  }
}

describe.each(dtypes)("%s", (dtype) => {
  const kernels = new GroupNorm(dtype);
  const draw = (count: number, seed: number) => roundTo(dtype, random(count, seed));
  const titleOf = ({ positions, channels, groups }: Sizes) => `${positions} × ${channels} in ${groups}`;

  test("groupNormForward and its statistics equal their twins at 1 to 67 and 1200 channels, in place or not", () => {
    // What is normalized is a number of a few ulps, times up to 1 / √epsilon.
    const tolerance = dtype === "float32" ? { absolute: 4e-5, relative: 2e-6 } : tolerances.rounded.float64;
    for (const shape of shapes) {
      const { positions, channels, groups } = shape;
      const input = draw(2 * positions * channels, channels);
      const [weight, bias] = [draw(channels, channels + 1), draw(channels, channels + 2)];
      const examples = examplesOf(input, shape);
      const expected = groupNormForward(examples, weight, bias, { groups, epsilon }).flat(2);
      const expectedStatistics = examples.flatMap((each) => statisticsOf(each, { groups, epsilon })).flat();
      const { output, statistics } = kernels.forward(input, weight, bias, shape);
      expectClose(output, expected, tolerance, titleOf(shape));
      expectClose(statistics, expectedStatistics, tolerances.golden.float64, titleOf(shape));
      expect(kernels.output(input, weight, bias, shape, true)).toEqual(output);
    }
  });

  test("the backward operations equal their twins at 1 to 67 and 1200 channels, in place or not", () => {
    // Of groups of one number the gradient is a difference of equals, times up to 1 / √epsilon.
    const tolerance = { ...tolerances.rounded[dtype], absolute: 1e-10 };
    for (const shape of shapes) {
      const { positions, channels, groups } = shape;
      const count = 2 * positions * channels;
      const [input, outputGrad, weight] = [draw(count, channels), draw(count, channels + 1), draw(channels, 7)];
      const [x, gradients] = [examplesOf(input, shape), examplesOf(outputGrad, shape)];
      const expected = groupNormBackwardParameters(x, gradients, { groups, epsilon });
      const inputGrad = groupNormBackward(x, weight, gradients, { groups, epsilon }).flat(2);
      const actual = kernels.backward(input, weight, outputGrad, shape);
      expectClose(actual.inputGrad, inputGrad, tolerance, `${titleOf(shape)}: inputGrad`);
      expectClose(actual.weightGrad, expected.weightGrad, tolerance, `${titleOf(shape)}: weightGrad`);
      expectClose(actual.biasGrad, expected.biasGrad, tolerance, `${titleOf(shape)}: biasGrad`);
      expect(kernels.backward(input, weight, outputGrad, shape, "in place")).toEqual(actual);
      const { weightGrad, biasGrad } = kernels.backward(input, weight, outputGrad, shape, "no input");
      expect({ weightGrad, biasGrad }).toEqual({ weightGrad: actual.weightGrad, biasGrad: actual.biasGrad });
    }
  });

  test("an example gives the same bits alone and among others, forward and backward", () => {
    for (const shape of [
      { positions: 1, channels: 6, groups: 2 },
      { positions: 35, channels: 3, groups: 3 },
      { positions: 7, channels: 40, groups: 4 },
    ]) {
      const { positions, channels } = shape;
      const size = positions * channels;
      const [input, outputGrad] = [draw(4 * size, 1), draw(4 * size, 2)];
      const [weight, bias] = [draw(channels, 3), draw(channels, 4)];
      const output = rowsOf(kernels.output(input, weight, bias, shape), size);
      const inputGrad = rowsOf(kernels.backward(input, weight, outputGrad, shape).inputGrad, size);
      const gradients = rowsOf(outputGrad, size);
      rowsOf(input, size).forEach((row, index) => {
        expect(kernels.output(row, weight, bias, shape)).toEqual(output[index]);
        expect(kernels.backward(row, weight, gradients[index], shape).inputGrad).toEqual(inputGrad[index]);
      });
    }
  });

  test("a sequence gives the same bits alone and among others of other lengths, forward and backward", () => {
    const lengths = [3, 36, 1];
    const steps = 40;
    for (const shape of [
      { positions: 1, channels: 6, groups: 2 },
      { positions: 2, channels: 3, groups: 3 },
      { positions: 1, channels: 40, groups: 4 },
    ]) {
      const { positions, channels } = shape;
      const size = positions * channels;
      const [input, outputGrad] = [draw(steps * size, 1), draw(steps * size, 2)];
      const [weight, bias] = [draw(channels, 3), draw(channels, 4)];
      const output = kernels.output(input, weight, bias, { ...shape, lengths });
      const gradients = kernels.backward(input, weight, outputGrad, { ...shape, lengths });
      const sums = { weightGrad: new Array(channels).fill(0), biasGrad: new Array(channels).fill(0) };
      let from = 0;
      for (const length of lengths) {
        const part = (values: readonly number[]) => values.slice(from, from + length * size);
        const alone = { ...shape, positions: length * positions };
        expect(kernels.output(part(input), weight, bias, alone)).toEqual(part(output));
        const ofOne = kernels.backward(part(input), weight, part(outputGrad), alone);
        expect(ofOne.inputGrad).toEqual(part(gradients.inputGrad));
        for (const name of ["weightGrad", "biasGrad"] as const) {
          sums[name] = sums[name].map((sum, index) => sum + ofOne[name][index]);
        }
        from += length * size;
      }
      for (const name of ["weightGrad", "biasGrad"] as const) {
        expectClose(gradients[name], sums[name], tolerances.network[dtype], name);
      }
    }
  });

  test("a group of equal values, zeros of both signs too, becomes the bias and has no NaN in its gradient", () => {
    const shape = { positions: 3, channels: 4, groups: 2 };
    const input = [3, 3, 0, -0, 3, 3, -0, 0, 3, 3, 0, 0];
    const output = kernels.output(input, draw(4, 1), [1, 2, 3, 4], shape);
    expect(output).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]);
    const { inputGrad, weightGrad } = kernels.backward(input, draw(4, 1), draw(12, 2), shape);
    expect(inputGrad.every(Number.isFinite)).toBe(true);
    expect(weightGrad.map(Math.abs)).toEqual([0, 0, 0, 0]);
  });

  test("a group with NaN or infinity becomes NaN, forward and backward, and no other group or example does", () => {
    for (const shape of [
      { positions: 5, channels: 6, groups: 3 },
      { positions: 3, channels: 40, groups: 20 },
    ]) {
      const { positions, channels } = shape;
      const size = positions * channels;
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        for (const place of [0, 3, size - 1]) {
          const input = draw(3 * size, 1).with(size + place, bad);
          const isBadChannel = (channel: number) => channel >> 1 === (place % channels) >> 1;
          const isBad = input.map((_, index) => Math.floor(index / size) === 1 && isBadChannel(index % channels));
          expect(kernels.output(input, draw(channels, 2), draw(channels, 3), shape).map(Number.isNaN)).toEqual(isBad);
          const gradients = kernels.backward(input, draw(channels, 2), draw(3 * size, 4), shape);
          expect(gradients.inputGrad.map(Number.isNaN)).toEqual(isBad);
          expect(gradients.weightGrad.map(Number.isNaN)).toEqual(
            gradients.weightGrad.map((_, channel) => isBadChannel(channel)),
          );
          expect(gradients.biasGrad.every(Number.isFinite)).toBe(true);
        }
      }
    }
  });

  if (isDebugBuild) {
    test("a block that does not start on 16 bytes, sizes of 0, or channels that groups do not divide, trap", () => {
      const scratch = new Scratch(dtype);
      const { address: a } = scratch.output(256);
      const forward = { input: a, weight: a, bias: a, output: a, statistics: a };
      const ofInput = { input: a, weight: a, statistics: a, outputGrad: a, inputGrad: a, sums: a };
      const ofParameters = { sums: a, weightGrad: a, biasGrad: a };
      const shape = { offsets: 0, positions: 2, channels: 4, groups: 2 };
      const run = {
        forward: (wrong: object, rows = 1) =>
          scratch.run("groupNormForward", { ...forward, ...shape, epsilon, ...wrong }, rows),
        input: (wrong: object, rows = 1) => scratch.run("groupNormBackward", { ...ofInput, ...shape, ...wrong }, rows),
        parameters: (wrong: object, rows = 1) => {
          const fields = { ...ofParameters, channels: 4, groups: 2, ...wrong };
          scratch.run("groupNormBackwardParameters", fields, 4, { rows });
        },
      };
      const unaligned = "blocks start on 16 bytes";
      for (const name of Object.keys(forward)) expect(() => run.forward({ [name]: a + 8 })).toThrow(unaligned);
      for (const name of Object.keys(ofInput)) expect(() => run.input({ [name]: a + 8 })).toThrow(unaligned);
      for (const name of Object.keys(ofParameters)) expect(() => run.parameters({ [name]: a + 8 })).toThrow(unaligned);
      for (const each of Object.values(run)) {
        expect(() => each({}, 0)).toThrow("must be positive");
        expect(() => each({ channels: 0 })).toThrow("must be positive");
        expect(() => each({ groups: 3 })).toThrow("channels must be a multiple of groups");
      }
      expect(() => run.forward({ positions: 0 })).toThrow("must be positive");
      expect(() => run.input({ positions: 0 })).toThrow("must be positive");
    });
  }
});

describe("float64", () => {
  const kernels = new GroupNorm("float64");

  test.each(golden.cases)(
    "$rows × $positions × $channels in $groups groups is PyTorch's GroupNorm to 1e-12, forward and backward",
    (stored) => {
      const tolerance = tolerances.golden.float64;
      const { input, weight, bias, outputGrad } = stored;
      expectClose(kernels.output(input, weight, bias, stored), stored.output, tolerance, "output");
      const gradients = kernels.backward(input, weight, outputGrad, stored);
      for (const name of ["inputGrad", "weightGrad", "biasGrad"] as const) {
        expectClose(gradients[name], stored[name], tolerance, name);
      }
    },
  );

  test.each([
    { positions: 1, channels: 6, groups: 2 },
    { positions: 3, channels: 4, groups: 2 },
    { positions: 2, channels: 34, groups: 17 },
  ])("the gradients of $positions × $channels are the central differences of the forward pass to 1e-8", (shape) => {
    const { positions, channels } = shape;
    const count = 2 * positions * channels;
    const values = { input: random(count, 1), weight: random(channels, 2), bias: random(channels, 3) };
    const outputGrad = random(count, 4);
    const loss = ({ input, weight, bias }: typeof values) =>
      kernels.output(input, weight, bias, shape).reduce((sum, y, index) => sum + y * outputGrad[index], 0);
    const difference = (name: keyof typeof values) =>
      values[name].map((x, index) => {
        const [above, below] = [1e-5, -1e-5].map((h) => loss({ ...values, [name]: values[name].with(index, x + h) }));
        return (above - below) / 2e-5;
      });
    const gradients = kernels.backward(values.input, values.weight, outputGrad, shape);
    expectClose(gradients.inputGrad, difference("input"), tolerances.difference.float64, "inputGrad");
    expectClose(gradients.weightGrad, difference("weight"), tolerances.difference.float64, "weightGrad");
    expectClose(gradients.biasGrad, difference("bias"), tolerances.difference.float64, "biasGrad");
  });
});
