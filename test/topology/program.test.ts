import { describe, expect, test } from "vitest";
import {
  type Address,
  batchIntegers,
  eachRow,
  inAll,
  type Operation,
  op,
  type Work,
} from "../../src/kernels/operations.ts";
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
      Program.of(arena, batch, operations).run(rows, draws);
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
    const program = Program.of(arena, batch, [
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
    Program.of(arena, batch, []).run(3, draws);
    expect(Array.from(arena.integers(batch, batchIntegers))).toEqual([7, 7, 7]);
  });

  describe("joined programs", () => {
    /** A block of ones, and programs that add it to a block of zeros and to one of tens. */
    function parts() {
      const batch = arena.allocateIntegers(batchIntegers);
      const [input, other] = [scratch.input(new Array(columns).fill(1)), scratch.input(new Array(columns).fill(5))];
      const outputs = [scratch.output(new Array(columns).fill(0)), scratch.output(new Array(columns).fill(10))];
      const [first, second] = outputs.map(({ address }) => address as Address);
      const add = (from: number, output: Address) =>
        op("add", inAll(columns), { a: from as Address, b: output, output });
      const programs = [Program.of(arena, batch, [add(input, first)]), Program.of(arena, batch, [add(input, second)])];
      return { add, other, first, programs, read: () => outputs.map((block) => scratch.read(block)[0]) };
    }

    test("run one after the other, with the records of their parts", () => {
      const { programs, read } = parts();
      const joined = Program.joined(programs);
      expect(joined.operations).toEqual(programs.flatMap(({ operations }) => operations));
      expect(joined.recordOf(1)).toBe(programs[1].recordOf(0));
      joined.run(1, draws);
      expect(read()).toEqual([1, 11]);
      scratch.expectIntact();
    });

    test("take another operation in the place of one", () => {
      const { add, other, first, programs, read } = parts();
      const joined = Program.joined(programs);
      joined.replace(0, [{ ...add(other, first), name: "multiply" }]);
      joined.run(1, draws);
      expect(read()).toEqual([0, 11]);
      joined.replace(0, [add(other, first)]);
      joined.run(1, draws);
      expect(read()).toEqual([5, 12]);
      scratch.expectIntact();
    });

    test("keep operations for each example in one phase, and all operations that are apart", () => {
      const batch = arena.allocateIntegers(batchIntegers);
      const block = arena.allocate(4 * columns);
      const add = (work: Work) => op("add", work, { a: block, b: block, output: block });
      const rows = Program.of(arena, batch, [add(eachRow()), add(eachRow())]);
      const apart = Program.of(arena, batch, [add(inAll(4)), add(inAll(4))], { areIndependent: true });
      const none = Program.of(arena, batch, []);
      expect([rows.starts, apart.starts, none.starts]).toEqual([[0, 2], [0, 2], [0]]);
      expect(Program.joined([rows, none, rows, apart, apart, rows]).starts).toEqual([0, 4, 6, 8, 10]);
      arena.release(batch);
    });
  });

  test.runIf(isDebugBuild)("traps on no rows and on no operations", () => {
    const { run } = scratch.kernels;
    expect(() => run(1024, 1024, 0, 1, 0, 0)).toThrow("must be positive");
    expect(() => run(1024, 1024, 1, 0, 0, 0)).toThrow("must be positive");
  });
});
