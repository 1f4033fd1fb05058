import { describe, expect, test } from "vitest";
import { positionBackward, positionForward } from "../../reference/embedding/position.ts";
import { dtypes, isDebugBuild, random, roundTo, rowsOf, Scratch, sizes } from "../scratch.ts";

/** Steps of each sequence: all have the most, or each its own. */
const lengths = [
  [5, 5, 5],
  [2, 5, 1, 4],
];
const steps = 5;

/** Cuts steps that lie one after the other into sequences. */
function cut<Step>(rows: readonly Step[], counts: readonly number[]): Step[][] {
  let end = 0;
  return counts.map((count) => {
    end += count;
    return rows.slice(end - count, end);
  });
}

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const numbers = (count: number, seed: number) => roundTo(dtype, random(count, seed));
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const offsetsOf = (counts: readonly number[]) =>
    scratch.integers([0, ...counts].map((_, row) => sum(counts.slice(0, row))));

  /** @param isPacked whether the operation is told where the sequences lie */
  function forward(
    values: number[],
    table: number[],
    counts: readonly number[],
    isPacked: boolean,
    inPlace = false,
    before = 0,
  ) {
    const columns = table.length / steps;
    const output = scratch.output(inPlace ? values : values.length);
    const input = inPlace ? output.address : scratch.input(values);
    const blocks = { input, table: scratch.input(table), output: output.address };
    const fields = { ...blocks, offsets: isPacked ? offsetsOf(counts) : 0, before, steps, columns };
    scratch.run("positionForward", fields, counts.length);
    const result = Array.from(scratch.read(output));
    scratch.expectIntact();
    return result;
  }

  function backward(outputGrad: number[], columns: number, counts: readonly number[], isPacked: boolean) {
    const tableGrad = scratch.output(steps * columns);
    const blocks = { outputGrad: scratch.input(outputGrad), tableGrad: tableGrad.address };
    const fields = { ...blocks, offsets: isPacked ? offsetsOf(counts) : 0, steps, columns };
    scratch.run("positionBackward", fields, steps, { rows: counts.length });
    const result = Array.from(scratch.read(tableGrad));
    scratch.expectIntact();
    return result;
  }

  test("both equal their twins at 1 to 67 columns, sequences of one length and of several, in place or not", () => {
    for (const columns of sizes) {
      for (const counts of lengths) {
        const [values, table] = [numbers(sum(counts) * columns, columns), numbers(steps * columns, columns + 1)];
        const sequences = cut(rowsOf(values, columns), counts);
        const added = roundTo(dtype, positionForward(sequences, rowsOf(table, columns)).flat(2));
        // Rounded after each addition.
        const gradient = rowsOf(table, columns).map((row) => row.map(() => 0));
        for (const sequence of sequences) {
          positionBackward([sequence], rowsOf(table, columns)).forEach((row, step) => {
            gradient[step] = roundTo(
              dtype,
              row.map((value, column) => gradient[step][column] + value),
            );
          });
        }
        for (const isPacked of counts === lengths[0] ? [false, true] : [true]) {
          expect(forward(values, table, counts, isPacked)).toEqual(added);
          expect(forward(values, table, counts, isPacked, true)).toEqual(added);
          expect(backward(values, columns, counts, isPacked)).toEqual(gradient.flat());
        }
      }
    }
  });

  test("steps that were before are rows of the table that are passed over", () => {
    const [values, table] = [numbers(3 * 7, 1), numbers(5 * 7, 2)];
    const before = scratch.integers([0, 0, 2]);
    const expected = roundTo(
      dtype,
      values.map((value, index) => value + table[14 + index]),
    );
    expect(forward(values, table, [3], true, false, before)).toEqual(expected);
  });

  test("NaN and infinities stay at their step and column", () => {
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      const values = numbers(15 * 7, 1).with(8 * 7 + 3, bad);
      const output = forward(values, numbers(35, 2), lengths[0], false);
      expect(output.map(Number.isFinite)).toEqual(values.map(Number.isFinite));
      const gradient = backward(values, 7, lengths[0], false);
      expect(gradient.map(Number.isFinite)).toEqual(gradient.map((_, index) => index !== 3 * 7 + 3));
    }
  });

  test.runIf(isDebugBuild)("a block that does not start on 16 bytes, or has no elements, traps", () => {
    const { address: a } = scratch.output(64);
    const all = {
      positionForward: { input: a, table: a, output: a, offsets: 0, before: 0, steps: 2, columns: 2 },
      positionBackward: { outputGrad: a, tableGrad: a, offsets: 0, steps: 2, columns: 2 },
    } as const;
    for (const name of ["positionForward", "positionBackward"] as const) {
      const run = (wrong: object, end = 2, rows = 1) =>
        scratch.run(name, { ...all[name], ...wrong } as never, end, { rows });
      for (const [field, value] of Object.entries(all[name])) {
        if (value === a) expect(() => run({ [field]: a + 8 })).toThrow("blocks start on 16 bytes");
      }
      expect(() => run({ columns: 0 })).toThrow("must be positive");
      expect(() => run({}, 0)).toThrow("must be positive");
    }
    expect(() => scratch.run("positionForward", { ...all.positionForward, steps: 0 }, 1)).toThrow("must be positive");
    expect(() => scratch.run("positionBackward", all.positionBackward, 2, { rows: 0 })).toThrow("must be positive");
  });
});
