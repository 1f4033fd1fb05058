import { expect, test } from "vitest";
import { copyCall } from "../../../src/topology/layers/copy.ts";
import { dtypes, random, Scratch } from "../../kernels/scratch.ts";

test.each(dtypes)("%s: copies so many rows of the shape, and nothing behind them", (dtype) => {
  const scratch = new Scratch(dtype);
  const values = random(18);
  const from = scratch.input(values);
  const to = scratch.output(new Array(18).fill(7));
  copyCall(scratch.kernels, from, to.address, [2, 3])(2);
  const copied = scratch.read(to);
  expect(Array.from(copied.subarray(12))).toEqual(new Array(6).fill(7));
  scratch.output(values.slice(0, 12));
  expect(Array.from(copied.subarray(0, 12), Math.fround)).toEqual(values.slice(0, 12).map(Math.fround));
  scratch.expectIntact();
});
