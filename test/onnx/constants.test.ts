/** Constants: what moves and combines them, the part of the batch, and the limit of what is made of them. */
import { describe, expect, test } from "vitest";
import { Budget, Constant, combine, commonDims, listOf, sizeOf, stridesOf } from "../../src/onnx/constants.ts";

const matrix = new Constant([2, 3], { values: Float32Array.of(1, 2, 3, 4, 5, 6) });
const list = ({ values }: Constant) => Array.from(values);
const budget = () => new Budget(100);

test("numbers are the same in another shape, and in another order of sides", () => {
  expect(matrix.reshaped([3, 2]).dims).toEqual([3, 2]);
  expect(() => matrix.reshaped([2, 2])).toThrow("got 6 numbers for [2, 2], need as many");
  expect(list(matrix.transposed([1, 0]))).toEqual([1, 4, 2, 5, 3, 6]);
  expect(matrix.transposed([0, 1])).toBe(matrix);
});

test("a constant is repeated to a shape, also along new sides", () => {
  const row = new Constant([3], { values: Float32Array.of(1, 2, 3) });
  expect(list(row.broadcast([2, 3]))).toEqual([1, 2, 3, 1, 2, 3]);
  expect(list(new Constant([2, 1], { values: Float32Array.of(1, 2) }).broadcast([2, 2]))).toEqual([1, 1, 2, 2]);
});

test("what is filled with one number is not stored until it is read", () => {
  const huge = new Constant([2 ** 15, 2 ** 15], { fill: 0 });
  expect([huge.uniform, huge.transposed([1, 0]).fill, huge.size]).toEqual([0, 0, 2 ** 30]);
  expect(new Constant([2], { values: Float32Array.of(3, 3) }).uniform).toBe(3);
  expect(matrix.uniform).toBeUndefined();
});

test("an operation on each number is one on a fill, and counts against the budget", () => {
  const negative = (constant: Constant, left = budget()) => constant.mapped((value) => -value, left);
  expect(list(negative(matrix))).toEqual([-1, -2, -3, -4, -5, -6]);
  expect(negative(new Constant([2 ** 20], { fill: 3 })).fill).toBe(-3);
  expect(() => negative(matrix, new Budget(5))).toThrow("got constants of 6 numbers, need at most 5 in all");
});

test("sizes and strides of shapes", () => {
  expect([sizeOf([2, 3, 4]), sizeOf([])]).toEqual([24, 1]);
  expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
  expect(commonDims([2, 1, 4], [3, 1])).toEqual([2, 3, 4]);
  expect(() => commonDims([2], [3])).toThrow("got shapes [2] and [3], need one that both fit");
});

describe("the number of examples", () => {
  const shape = listOf([0, 3], [1, 0]);
  const two = listOf([2]);
  const by = (
    name: "Add" | "Sub" | "Mul" | "Div",
    operation: (a: number, b: number) => number,
    a: Constant,
    b: Constant,
  ) => combine(name, operation, a, b, budget());

  test("is added, multiplied and divided exactly", () => {
    const doubled = by("Mul", (a, b) => a * b, shape, two);
    expect([list(doubled), [...doubled.batch!]]).toEqual([
      [0, 6],
      [2, 0],
    ]);
    expect([...by("Div", (a, b) => a / b, doubled, two).batch!]).toEqual([1, 0]);
    expect([...by("Sub", (a, b) => a - b, doubled, shape).batch!]).toEqual([1, 0]);
    expect(by("Sub", (a, b) => a - b, shape, shape).batch).toBeUndefined();
  });

  test("is refused where the result is not linear in it", () => {
    const message = "got a shape that depends on the number of examples, need sums";
    expect(() => by("Mul", (a, b) => a * b, shape, shape)).toThrow(message);
    expect(() => by("Div", (a, b) => a / b, shape, two)).toThrow(message);
  });
});

test("whole numbers are divided without a remainder", () => {
  expect(list(combine("Div", (a, b) => a / b, listOf([7, -7]), listOf([2]), budget()))).toEqual([3, -3]);
});

test("the budget refuses more numbers than its limit", () => {
  const left = budget();
  left.take(60);
  expect(() => left.take(41)).toThrow(
    "got constants of 41 numbers, need at most 100 in all, or a larger limit in the options",
  );
});
