import { describe, expect, test } from "vitest";
import { permute } from "../../reference/vector/permute.ts";
import { dtypes, isDebugBuild, random, roundTo, Scratch, sizes } from "../scratch.ts";

/** The pairs of a permutation, one a side of the output, none of them joined with its neighbour. */
function pairsOf(shape: readonly number[], order: readonly number[]): number[] {
  const strides = shape.map((_, side) => shape.slice(side + 1).reduce((product, other) => product * other, 1));
  return order.flatMap((side) => [shape[side], strides[side]]);
}

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);

  /** A block of 32-bit integers that must stay as it is. */
  function integers(values: readonly number[]): number {
    const { address } = scratch.doubles(new Array(Math.ceil(values.length / 2)).fill(0));
    scratch.arena.integers(address, values.length).set(values);
    return address;
  }

  function expectTwin(shape: readonly number[], order: readonly number[], rows: number): void {
    const size = shape.reduce((product, side) => product * side, 1);
    const source = roundTo(dtype, random(rows * size, size));
    const output = scratch.output(rows * size);
    const blocks = { source: scratch.input(source), destination: output.address };
    scratch.run("permute", { ...blocks, pairs: integers(pairsOf(shape, order)), sides: shape.length, size }, rows);
    const expected = permute(source, shape, order, rows);
    expect(Array.from(scratch.read(output)), `[${shape}] in the order ${order}`).toEqual(expected);
    scratch.expectIntact();
  }

  test("permute transposes matrices of 1 to 67 columns", () => {
    for (const columns of sizes) for (const rows of [1, 3]) expectTwin([5, columns], [1, 0], rows);
  });

  test("permute copies runs of 1 to 67 numbers whose order stays", () => {
    for (const columns of sizes) expectTwin([2, 3, columns], [1, 0, 2], 2);
  });

  test("permute agrees with its twin in all 24 orders of four sides", () => {
    const orders = [0, 1, 2, 3].reduce<number[][]>(
      (all, side) => all.flatMap((order) => [...order, side].map((_, place) => order.toSpliced(place, 0, side))),
      [[]],
    );
    expect(orders).toHaveLength(24);
    for (const order of orders) expectTwin([2, 5, 3, 4], order, 2);
  });

  test("permute takes 30 sides", () => {
    const shape = Array.from({ length: 30 }, (_, side) => (side % 4 === 0 ? 2 : 1));
    expectTwin(
      shape,
      shape.map((_, side) => 29 - side),
      2,
    );
  });

  test("permute keeps the bits of -0, NaN and infinities", () => {
    const output = scratch.output(6);
    const source = scratch.input([0, -0, Number.NaN, Infinity, -Infinity, 1]);
    const pairs = integers(pairsOf([2, 3], [1, 0]));
    scratch.run("permute", { source, destination: output.address, pairs, sides: 2, size: 6 }, 1);
    expect(Array.from(scratch.read(output))).toEqual([0, Infinity, -0, -Infinity, Number.NaN, 1]);
    scratch.expectIntact();
  });

  test.runIf(isDebugBuild)("permute traps at nothing to do, parts of elements, and sides that make no row", () => {
    const { address: a } = scratch.output(64);
    const fields = { source: a, destination: a + 128, pairs: integers([2, 1]), sides: 1, size: 2 };
    const run = (other: Partial<typeof fields>, rows = 1) => scratch.run("permute", { ...fields, ...other }, rows);
    expect(() => run({}, 0)).toThrow("must be positive");
    expect(() => run({ sides: 0 })).toThrow("must be positive");
    expect(() => run({ size: 0 })).toThrow("must be positive");
    expect(() => run({ source: a + 2 })).toThrow("multiples of an element's size");
    expect(() => run({ destination: a + 130 })).toThrow("multiples of an element's size");
    expect(() => run({ size: 3 })).toThrow("as many elements as a row");
  });
});
