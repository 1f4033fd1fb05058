import { describe, expect, test } from "vitest";
import { elementBytes } from "../../../src/kernels/dtype.ts";
import { add, clear, copyColumns, multiply, scale, subtract } from "../../reference/vector/combine.ts";
import { dtypes, isDebugBuild, random, roundTo, Scratch, sizes } from "../scratch.ts";

const twins = { add, multiply, subtract };
const names = ["add", "multiply", "subtract"] as const;

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);

  describe.each(names)("%s", (name) => {
    const twin = (a: readonly number[], b: readonly number[]) => roundTo(dtype, twins[name](a, b));
    const combine = (a: number, b: number, output: number, count: number) => scratch.run(name, { a, b, output }, count);

    test("has the bits of its twin at every count from 1 to 67, into a block of its own or into its first", () => {
      for (const count of sizes) {
        const [a, b] = [roundTo(dtype, random(count, count)), roundTo(dtype, random(count, count + 1))];
        const output = scratch.output(count);
        combine(scratch.input(a), scratch.input(b), output.address, count);
        expect(Array.from(scratch.read(output))).toEqual(twin(a, b));
        const inPlace = scratch.output(a);
        combine(inPlace.address, scratch.input(b), inPlace.address, count);
        expect(Array.from(scratch.read(inPlace))).toEqual(twin(a, b));
        scratch.expectIntact();
      }
    });

    test("may write over its first block, its second or both, and may get one block twice", () => {
      const [a, b] = [roundTo(dtype, random(19, 1)), roundTo(dtype, random(19, 2))];
      const [first, second, both] = [a, b, a].map((values) => scratch.output(values));
      combine(first.address, scratch.input(b), first.address, 19);
      combine(scratch.input(a), second.address, second.address, 19);
      combine(both.address, both.address, both.address, 19);
      for (const block of [first, second]) expect(Array.from(scratch.read(block))).toEqual(twin(a, b));
      expect(Array.from(scratch.read(both))).toEqual(twin(a, a));
      const twice = scratch.output(19);
      const address = scratch.input(a);
      combine(address, address, twice.address, 19);
      expect(Array.from(scratch.read(twice))).toEqual(twin(a, a));
      scratch.expectIntact();
    });

    test("does with zeros, infinities and NaN what the language does", () => {
      const specials = [0, -0, 1, Infinity, -Infinity, Number.NaN];
      const a = specials.flatMap((x) => specials.map(() => x));
      const b = specials.flatMap(() => specials);
      const output = scratch.output(a.length);
      combine(scratch.input(a), scratch.input(b), output.address, a.length);
      expect(Array.from(scratch.read(output))).toEqual(twins[name](a, b));
      scratch.expectIntact();
    });

    test.runIf(isDebugBuild)("traps at a block that does not start on 16 bytes, or has no elements", () => {
      const { address: a } = scratch.output(64);
      const unaligned = "blocks start on 16 bytes";
      expect(() => combine(a + 8, a, a, 4)).toThrow(unaligned);
      expect(() => combine(a, a + 8, a, 4)).toThrow(unaligned);
      expect(() => combine(a, a, a + 8, 4)).toThrow(unaligned);
      expect(() => combine(a, a, a, 0)).toThrow("must be positive");
    });
  });

  test("scale has the bits of its twin at every count from 1 to 67, in place or not, specials among them", () => {
    for (const count of sizes) {
      const values = roundTo(dtype, random(count, count));
      const input = [Number.NaN, Infinity, -0].concat(values).slice(count % 4 === 0 ? 0 : 3);
      const [output, inPlace] = [scratch.output(input.length), scratch.output(input)];
      const [factor] = roundTo(dtype, [0.3]);
      const fields = { input: scratch.input(input), output: output.address, factor: 0.3 };
      scratch.run("scale", fields, input.length);
      scratch.run("scale", { ...fields, input: inPlace.address, output: inPlace.address }, input.length);
      for (const block of [output, inPlace]) {
        expect(Array.from(scratch.read(block))).toEqual(roundTo(dtype, scale(input, factor)));
      }
      scratch.expectIntact();
    }
  });

  test.runIf(isDebugBuild)("scale traps at a block that does not start on 16 bytes, or has no elements", () => {
    const { address: a } = scratch.output(64);
    const run = (wrong: object, count = 4) => scratch.run("scale", { input: a, output: a, factor: 2, ...wrong }, count);
    for (const wrong of [{ input: a + 8 }, { output: a + 4 }]) expect(() => run(wrong)).toThrow("start on 16 bytes");
    expect(() => run({}, 0)).toThrow("must be positive");
  });

  test("copyColumns copies 1 to 67 and 200 columns and no more, from and to any element of wider rows or whole matrices", () => {
    const rows = 3;
    for (const columns of [...sizes, 200]) {
      for (const [before, after] of [
        [0, 0],
        [1, 0],
        [0, 3],
        [2, 5],
      ]) {
        const [sourceStride, destinationStride] = [columns + before, columns + after];
        const [from, to] = [before, Math.min(1, after)];
        const source = roundTo(dtype, random(rows * sourceStride, columns));
        const destination = roundTo(dtype, random(rows * destinationStride, columns + 1));
        const block = scratch.output(destination);
        const addresses = {
          source: scratch.input(source) + from * elementBytes[dtype],
          destination: block.address + to * elementBytes[dtype],
        };
        scratch.run("copyColumns", { ...addresses, columns, sourceStride, destinationStride }, rows);
        const sizesAndStrides = [rows, columns, sourceStride, destinationStride] as const;
        const expected = copyColumns(source, destination, ...sizesAndStrides, from, to);
        expect(Array.from(scratch.read(block)), `${columns} columns`).toEqual(expected);
        scratch.expectIntact();
      }
    }
  });

  test("clear writes 0 over every number of 1 to 67 and over no other", () => {
    for (const count of sizes) {
      const block = scratch.output(random(count, count).map((value, index) => (index === 0 ? Number.NaN : value)));
      scratch.run("clear", { output: block.address }, count);
      expect(Array.from(scratch.read(block))).toEqual(clear(count));
      scratch.expectIntact();
    }
  });

  test.runIf(isDebugBuild)("clear traps at no elements", () => {
    expect(() => scratch.run("clear", { output: scratch.output(4).address }, 0)).toThrow("must be positive");
  });

  test("copyColumns keeps the bits of -0, NaN and infinities", () => {
    const values = [0, -0, Number.NaN, Infinity, -Infinity, 1];
    const block = scratch.output(6);
    const { address } = block;
    const strides = { sourceStride: 3, destinationStride: 3 };
    scratch.run("copyColumns", { source: scratch.input(values), destination: address, columns: 2, ...strides }, 2);
    const last = { source: scratch.input(values.slice(2)), destination: address + 2 * elementBytes[dtype] };
    scratch.run("copyColumns", { ...last, columns: 1, ...strides }, 2);
    const copied = Array.from(scratch.read(block));
    expect(copied).toEqual([0, -0, Number.NaN, Infinity, -Infinity, 1]);
    scratch.expectIntact();
  });

  test.runIf(isDebugBuild)(
    "copyColumns traps at no rows or columns, strides below columns, and parts of elements",
    () => {
      const { address: a } = scratch.output(64);
      const copy = (from: number, to: number, rows: number, columns: number, stride: number, other: number) => {
        const fields = { source: from, destination: to, columns, sourceStride: stride, destinationStride: other };
        scratch.run("copyColumns", fields, rows);
      };
      expect(() => copy(a, a + 128, 0, 2, 2, 2)).toThrow("must be positive");
      expect(() => copy(a, a + 128, 2, 0, 2, 2)).toThrow("must be positive");
      expect(() => copy(a, a + 128, 2, 3, 2, 3)).toThrow("no less than columns");
      expect(() => copy(a, a + 128, 2, 3, 3, 2)).toThrow("no less than columns");
      expect(() => copy(a + 2, a + 128, 2, 2, 2, 2)).toThrow("multiples of an element's size");
      expect(() => copy(a, a + 130, 2, 2, 2, 2)).toThrow("multiples of an element's size");
    },
  );
});
