import { describe, expect, test } from "vitest";
import { clearRows, embeddingBackward, embeddingForward, markRows } from "../../reference/embedding/embedding.ts";
import { dtypes, isDebugBuild, random, roundTo, rowsOf, Scratch, sizes } from "../scratch.ts";

const draw = (length: number, count: number, seed: number) =>
  random(length, seed).map((x) => Math.floor(((x + 1) / 2) * count));

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const numbers = (count: number, seed: number) => roundTo(dtype, random(count, seed));
  /** What is no token: NaN, infinities, beyond the table, negative, not whole. */
  const strangers = (count: number) => [Number.NaN, Infinity, -Infinity, count, 2 ** 31, 1e30, -1, -(2 ** 40), 0.5];

  function forward(tokens: readonly number[], table: readonly number[], columns: number): number[] {
    const output = scratch.output(tokens.length * columns);
    const blocks = { tokens: scratch.input(tokens), table: scratch.input(table), output: output.address };
    scratch.run("embeddingForward", { ...blocks, count: table.length / columns, columns }, tokens.length);
    const result = Array.from(scratch.read(output));
    scratch.expectIntact();
    return result;
  }

  /** Adds the gradient to `tableGrad`. */
  function backward(
    tokens: readonly number[],
    outputGrad: readonly number[],
    tableGrad: readonly number[],
    columns: number,
    { padding = -1, positions = 1 } = {},
  ): number[] {
    const gradient = scratch.output(tableGrad);
    const count = tableGrad.length / columns;
    const blocks = { tokens: scratch.input(tokens), outputGrad: scratch.input(outputGrad) };
    const fields = { positions, ...blocks, tableGrad: gradient.address, count, columns, padding };
    scratch.run("embeddingBackward", fields, columns, { rows: tokens.length / positions });
    const result = Array.from(scratch.read(gradient));
    scratch.expectIntact();
    return result;
  }

  test("embeddingForward takes the rows of the tokens at 1 to 67 and 300 columns, every element with its bits", () => {
    for (const columns of [...sizes, 300]) {
      const count = 1 + (columns % 9);
      const [tokens, table] = [draw(7, count, columns), numbers(count * columns, columns)];
      table[0] = -0;
      expect(forward(tokens, table, columns)).toEqual(embeddingForward(tokens, rowsOf(table, columns)).flat());
    }
    const table = [Number.NaN, Infinity, -Infinity];
    expect(forward([2, 0, 1, -0], table, 1)).toEqual([-Infinity, Number.NaN, Infinity, Number.NaN]);
  });

  test("embeddingForward makes zeros of what is no token, whatever it is, and reads nothing outside the table", () => {
    const table = numbers(12, 1);
    const tokens = [...strangers(4), 3];
    expect(forward(tokens, table, 3)).toEqual([...strangers(4).flatMap(() => [0, 0, 0]), ...table.slice(9)]);
  });

  test("embeddingBackward adds rows in their order at 1 to 67 columns, but for the padding and what is no token", () => {
    for (const columns of sizes) {
      const count = 2 + (columns % 5);
      const tokens = [...draw(9, count, columns), ...strangers(count), 1];
      const [outputGrad, tableGrad] = [numbers(tokens.length * columns, 1), numbers(count * columns, 2)];
      for (const padding of [-1, 1]) {
        const expected = rowsOf(tableGrad, columns).map((row) => Float64Array.from(row));
        const rounding = dtype === "float32" ? expected.map((row) => Float32Array.from(row)) : expected;
        embeddingBackward(tokens, rowsOf(outputGrad, columns), rounding as unknown as number[][], padding);
        const actual = backward(tokens, outputGrad, tableGrad, columns, { padding });
        expect(actual).toEqual(rounding.flatMap((row) => [...row]));
      }
    }
  });

  test("the gradient of 4 examples of 3 positions has the bits of that of 12 rows", () => {
    const [tokens, outputGrad, zeros] = [draw(12, 3, 1), numbers(60, 2), new Array(15).fill(0)];
    expect(backward(tokens, outputGrad, zeros, 5, { positions: 3 })).toEqual(backward(tokens, outputGrad, zeros, 5));
  });

  test("NaN and infinities of a gradient come to the row of their token alone", () => {
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      const gradient = backward([1, 0, 1], [1, 2, 3, 4, bad, 6], [0, 0, 0, 0, 0, 0], 2);
      expect(gradient).toEqual([3, 4, 1 + bad, 8, 0, 0]);
    }
  });

  test("markRows marks the tokens that occur, but for the padding, and leaves other marks, at 1 to 67 rows", () => {
    for (const count of sizes) {
      const tokens = [...draw(5, count, count), ...strangers(count)];
      const before = draw(count, 2, count + 1);
      for (const padding of [-1, tokens[0]]) {
        const marks = scratch.bytes(before);
        const fields = { positions: 1, tokens: scratch.input(tokens), marks, count, padding };
        scratch.run("markRows", fields, count, { rows: tokens.length });
        expect([...scratch.arena.bytesAt(marks, count)]).toEqual(markRows(tokens, before, padding));
        scratch.expectIntact();
      }
    }
  });

  test("clearRows clears the rows that are marked, and their marks, at 1 to 67 rows", () => {
    for (const count of sizes) {
      const columns = 1 + (count % 6);
      for (const before of [draw(count, 2, count), draw(count, 9, count).map((x) => Number(x === 0))]) {
        const values = numbers(count * columns, count);
        const [gradient, marks] = [scratch.output(values), scratch.bytes(before)];
        scratch.run("clearRows", { gradient: gradient.address, marks, columns }, count);
        expect(Array.from(scratch.read(gradient))).toEqual(clearRows(rowsOf(values, columns), before).flat());
        expect([...scratch.arena.bytesAt(marks, count)]).toEqual(before.map(() => 0));
        scratch.expectIntact();
      }
    }
  });

  test.runIf(isDebugBuild)("a block that does not start on 16 bytes, or has no elements, traps", () => {
    const { address: a } = scratch.output(64);
    const read = { positions: 1, tokens: a, count: 2, padding: -1 };
    const all = {
      embeddingForward: { tokens: a, table: a, output: a, count: 2, columns: 2 },
      embeddingBackward: { ...read, outputGrad: a, tableGrad: a, columns: 2 },
      markRows: { ...read, marks: a },
      clearRows: { gradient: a, marks: a, columns: 2 },
    } as const;
    for (const name of Object.keys(all) as (keyof typeof all)[]) {
      const run = (wrong: object) => scratch.run(name, { ...all[name], ...wrong } as never, 2, { rows: 1 });
      for (const [field, value] of Object.entries(all[name])) {
        if (value === a) expect(() => run({ [field]: a + 8 })).toThrow("blocks start on 16 bytes");
        else if (field !== "padding" && !(name === "embeddingBackward" && field === "columns")) {
          expect(() => run({ [field]: 0 }), `${name} ${field}`).toThrow("must be positive");
        }
      }
    }
  });
});
