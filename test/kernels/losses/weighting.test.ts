import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as reference from "../../reference/losses/weighting.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { lossBackward, lossForward } from "../lossCalls.ts";
import { dtypes, isDebugBuild, random, roundTo, Scratch, sizes } from "../scratch.ts";

interface Case {
  targets: number[];
  classWeights: number[] | null;
  smoothing: number;
  reduction: "mean" | "sum";
  value: number;
  outputGrad: number[];
}
const golden: { rows: number; columns: number; output: number[]; classes: Case[]; oneHot: Case[]; soft: Case[] } =
  JSON.parse(readFileSync("test/fixtures/weighting.json", "utf8"));

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const { kernels } = scratch;
  const positive = (count: number, seed: number) => roundTo(dtype, random(count, seed)).map((x) => Math.abs(x));
  const rowsOf = (rows: number, columns: number): number[][] =>
    Array.from({ length: rows }, (_, row) => positive(columns, columns + 100 * row));

  /** No weights, those of the examples, those of so many classes, both; without a weight and with one of 0. */
  function weightings(rows: number, classes: number): reference.Weighting[] {
    const exampleWeights = positive(rows, 7).with(0, 0);
    const classWeights = positive(classes, 8);
    return [{}, { exampleWeights }, { classWeights }, { classWeights, exampleWeights }];
  }

  const addresses = ({ classWeights, exampleWeights }: reference.Weighting) =>
    [classWeights ? scratch.input(classWeights) : 0, exampleWeights ? scratch.input(exampleWeights) : 0] as const;

  type Kernel = "classTargets" | "classNumberTargets";

  function classTargets(
    kernel: Kernel,
    targets: readonly number[],
    columns: number,
    weighting: reference.Weighting,
    smoothing: number,
  ) {
    const rows = kernel === "classTargets" ? targets.length / columns : targets.length;
    const output = scratch.output(rows * columns);
    const weights = addresses(weighting);
    const sum = kernels[kernel](scratch.input(targets), ...weights, output.address, rows, columns, smoothing);
    const result = { output: Array.from(scratch.read(output)), sum };
    scratch.expectIntact();
    return result;
  }

  test("classTargets agrees with its twin over 1 and 3 rows of 1 to 67 columns, with every weighting and smoothing", () => {
    for (const columns of sizes) {
      for (const rows of [1, 3]) {
        const targets = rowsOf(rows, columns);
        for (const weighting of weightings(rows, columns)) {
          for (const smoothing of [0, 0.125]) {
            const expected = reference.classTargets(targets, weighting, smoothing);
            const actual = classTargets("classTargets", targets.flat(), columns, weighting, smoothing);
            expectClose(actual.output, expected.output, tolerances.formula[dtype], `${rows} × ${columns}`);
            expectClose([actual.sum], [expected.sum], tolerances.sum[dtype], `sum at ${rows} × ${columns}`);
          }
        }
      }
    }
  });

  test("classNumberTargets has the bits of classTargets of the one-hot rows over 3 rows of 1 to 67 columns", () => {
    for (const columns of sizes) {
      const classes = [columns - 1, 0, columns >> 1];
      const oneHot = classes.flatMap((number) => Array.from({ length: columns }, (_, at) => Number(at === number)));
      for (const weighting of weightings(3, columns)) {
        const actual = classTargets("classNumberTargets", classes, columns, weighting, 0.125);
        expect(actual).toEqual(classTargets("classTargets", oneHot, columns, weighting, 0.125));
      }
    }
  });

  test("classTargets of nothing asked for are the targets, NaN and infinities too, and may overwrite them", () => {
    const targets = [1, 0.25, Number.NaN, Infinity, 0, -0.5, 3];
    const { output } = classTargets("classTargets", targets, 7, {}, 0);
    expect(output).toEqual(targets);
    const block = scratch.output([1, 0, 0, 0, 1, 0]);
    const sum = kernels.classTargets(block.address, 0, 0, block.address, 2, 3, 0.75);
    expect(Array.from(scratch.read(block))).toEqual([0.5, 0.25, 0.25, 0.25, 0.5, 0.25]);
    expect(sum).toBe(2);
    scratch.expectIntact();
  });

  test("elementWeights agrees with its twin over 1 and 3 rows of 1 to 67 columns, with every weighting", () => {
    for (const columns of sizes) {
      for (const rows of [1, 3]) {
        const targets = rowsOf(rows, columns);
        for (const weighting of weightings(rows, 2)) {
          const expected = reference.elementWeights(
            targets.map((row) => (weighting.classWeights ? row : row.fill(0))),
            weighting,
          );
          const output = scratch.output(rows * columns);
          const weights = addresses(weighting);
          const sum = kernels.elementWeights(scratch.input(targets.flat()), ...weights, output.address, rows, columns);
          expectClose(scratch.read(output), expected.output, tolerances.formula[dtype], `${rows} × ${columns}`);
          expectClose([sum], [expected.sum], tolerances.sum[dtype], `sum at ${rows} × ${columns}`);
          scratch.expectIntact();
        }
      }
    }
  });

  test("elementWeights without class weights are those of the examples whatever the targets, NaN among them", () => {
    const output = scratch.output(4);
    const targets = scratch.input([Number.NaN, Infinity, -5, 100]);
    expect(kernels.elementWeights(targets, 0, scratch.input([2, 0.5]), output.address, 2, 2)).toBe(5);
    expect(Array.from(scratch.read(output))).toEqual([2, 2, 0.5, 0.5]);
    scratch.expectIntact();
  });

  test("binaryTargets agrees with its twin at every count from 1 to 67, in place or not", () => {
    for (const count of sizes) {
      const targets = positive(count, count);
      const expected = reference.binaryTargets(targets, 0.25);
      const [output, inPlace] = [scratch.output(count), scratch.output(targets)];
      kernels.binaryTargets(scratch.input(targets), output.address, count, 0.25);
      kernels.binaryTargets(inPlace.address, inPlace.address, count, 0.25);
      expectClose(scratch.read(output), expected, tolerances.formula[dtype]);
      expect(scratch.read(inPlace)).toEqual(scratch.read(output));
      scratch.expectIntact();
    }
  });

  test("binaryTargets turns 0 and -0 into 0.125 and 1 into 0.875 by a smoothing of 0.25, and keeps NaN", () => {
    const output = scratch.output(4);
    kernels.binaryTargets(scratch.input([0, -0, 1, Number.NaN]), output.address, 4, 0.25);
    expect(Array.from(scratch.read(output))).toEqual([0.125, 0.125, 0.875, Number.NaN]);
    scratch.expectIntact();
  });

  const cases: [string, Kernel, Case[]][] = [
    ["class numbers", "classNumberTargets", golden.classes],
    ["one-hot rows", "classTargets", golden.oneHot],
    ["soft rows", "classTargets", golden.soft],
  ];
  test.each(cases)(
    "%s with weights and smoothing under softmaxCrossEntropy agree with PyTorch's CrossEntropyLoss",
    (_, kernel, found) => {
      expect(found.length).toBeGreaterThanOrEqual(4);
      const { rows, columns } = golden;
      for (const { targets, classWeights, smoothing, reduction, value, outputGrad } of found) {
        const weighting = { classWeights: classWeights ?? undefined };
        const { output, sum } = classTargets(kernel, targets, columns, weighting, smoothing);
        const divisor = reduction === "mean" ? sum : 1;
        const blocks = [scratch.input(golden.output), scratch.input(output), 0] as const;
        const grad = scratch.output(rows * columns);
        const loss = lossForward(scratch, "softmaxCrossEntropyForward", blocks, rows, columns);
        lossBackward(scratch, "softmaxCrossEntropyBackward", blocks, grad.address, rows, columns, 1 / divisor);
        expectClose([loss / divisor], [value], tolerances.golden[dtype], "value");
        expectClose(scratch.read(grad), outputGrad, tolerances.golden[dtype], "gradient");
        scratch.expectIntact();
      }
    },
  );

  if (isDebugBuild) {
    test("a block that does not start on 16 bytes, or has no elements, traps", () => {
      const { address: a } = scratch.output(new Array(64).fill(0));
      const { binaryTargets, elementWeights } = kernels;
      for (const odd of [0, 1, 2, 3]) {
        const blocks = [a, a, a, a].with(odd, a + 8) as [number, number, number, number];
        expect(() => kernels.classTargets(...blocks, 1, 4, 0)).toThrow("blocks start on 16 bytes");
        expect(() => kernels.classNumberTargets(...blocks, 1, 4, 0)).toThrow("blocks start on 16 bytes");
        expect(() => elementWeights(...blocks, 1, 4)).toThrow("blocks start on 16 bytes");
      }
      for (const [rows, columns] of [
        [0, 4],
        [1, 0],
      ]) {
        expect(() => kernels.classTargets(a, 0, 0, a, rows, columns, 0)).toThrow("must be positive");
        expect(() => elementWeights(a, 0, 0, a, rows, columns)).toThrow("must be positive");
      }
      expect(() => kernels.classNumberTargets(a, 0, 0, a, 0, 4, 0)).toThrow("must be positive");
      expect(() => binaryTargets(a + 8, a, 4, 0)).toThrow("blocks start on 16 bytes");
      expect(() => binaryTargets(a, a + 8, 4, 0)).toThrow("blocks start on 16 bytes");
      expect(() => binaryTargets(a, a, 0, 0)).toThrow("must be positive");
    });

    test("classes -1, 7 of 7, 0.5 and NaN trap", () => {
      for (const bad of [-1, 7, 0.5, Number.NaN]) {
        const act = () => classTargets("classNumberTargets", [bad], 7, {}, 0);
        expect(act).toThrow("a class must be a column's number");
      }
    });
  }
});
