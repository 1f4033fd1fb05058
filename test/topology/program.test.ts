import { describe, expect, test } from "vitest";
import { type Address, batchIntegers, eachRow, inAll, type Operation, op } from "../../src/kernels/operations.ts";
import { Program } from "../../src/topology/program.ts";
import { dtypes, isDebugBuild, random, roundTo, Scratch } from "../kernels/scratch.ts";
import { keptElements } from "../reference/regularization/dropout.ts";

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const { arena } = scratch;
  const columns = 5;
  const draws = { seed: 3, step: 4 };

  test("runs each operation once in their order, as many units as its work says for the rows", () => {
    for (const rows of [1, 2, 6]) {
      const batch = arena.allocateIntegers(batchIntegers);
      const a = roundTo(dtype, random(6 * columns));
      const before = roundTo(dtype, random(6 * columns, 2));
      const [sum, relu] = [scratch.output(before), scratch.output(before)];
      const [input, output] = [scratch.input(a), sum.address] as Address[];
      const target = relu.address as Address;
      const operations: Operation[] = [
        op("add", inAll(7), { a: input, b: output, output }),
        op("add", eachRow(columns), { a: input, b: output, output }),
        op("reluForward", eachRow(), { input: output, output: target, columns, parameter: 0 }),
      ];
      new Program(arena, batch, operations).run(rows, draws);
      const [first] = [before.map((x, index) => (index < 7 ? x + a[index] : x))].map((x) => roundTo(dtype, x));
      const isRun = (index: number) => index < rows * columns;
      const second = roundTo(
        dtype,
        first.map((x, index) => (isRun(index) ? x + a[index] : x)),
      );
      expect(Array.from(scratch.read(sum))).toEqual(second);
      expect(Array.from(scratch.read(relu))).toEqual(second.map((x, at) => (isRun(at) ? Math.max(x, 0) : before[at])));
      expect(Array.from(arena.integers(batch, batchIntegers))).toEqual([rows, draws.seed, draws.step]);
      scratch.expectIntact();
    }
  });

  test("the operations see the batch of the run: its rows, seed and step", () => {
    const batch = arena.allocateIntegers(batchIntegers);
    const [ones, sums] = [new Array(40).fill(1), scratch.output(columns)];
    const dropped = scratch.output(40);
    const input = scratch.input(ones) as Address;
    const bias = { outputGrad: input, biasGrad: sums.address as Address, fanOut: columns };
    const output = dropped.address as Address;
    const dropout = { input, output, offsets: 0 as Address, positions: 1, columns, stream: 2, rate: 0.5 };
    const program = new Program(arena, batch, [
      op("denseBackwardBias", inAll(columns), { batch, positions: 2, ...bias }),
      op("dropout", eachRow(2), { batch, ...dropout }),
    ]);
    for (const [rows, step] of [
      [4, 1],
      [3, 2],
    ]) {
      program.run(rows, { seed: 9, step });
      expect(Array.from(scratch.read(sums))).toEqual(new Array(columns).fill(2 * rows));
      const isKept = keptElements(2 * rows * columns, 0.5, 9, step, 2);
      expect(Array.from(scratch.read(dropped)).slice(0, isKept.length)).toEqual(isKept.map((kept) => (kept ? 2 : 0)));
    }
    scratch.expectIntact();
  });

  test("a program of no operations leaves the memory as it was", () => {
    const batch = arena.allocateIntegers(batchIntegers);
    arena.integers(batch, batchIntegers).fill(7);
    new Program(arena, batch, []).run(3, draws);
    expect(Array.from(arena.integers(batch, batchIntegers))).toEqual([7, 7, 7]);
  });

  test.runIf(isDebugBuild)("traps on no rows and on no operations", () => {
    const { run } = scratch.kernels;
    expect(() => run(1024, 1024, 0, 1, 0, 0)).toThrow("must be positive");
    expect(() => run(1024, 1024, 1, 0, 0, 0)).toThrow("must be positive");
  });
});
