/** Nodes with known inputs: their results, and what they refuse. */
import { describe, expect, test } from "vitest";
import { Budget, Constant } from "../../src/onnx/constants.ts";
import { axesOf, constantIn, fold, rangesOf } from "../../src/onnx/folds.ts";
import { Operator } from "../../src/onnx/nodes.ts";
import { type Item, Reader } from "../../src/onnx/reader.ts";
import { node, tensor } from "./models.ts";

const reader = (limit = 1000) =>
  new Reader(new Budget(limit), undefined, new Map(), new Map(), { weights: 0, inputs: 1 });
const whole = (...values: number[]) =>
  new Constant([values.length], { values: Float64Array.from(values), isInteger: true });
const real = (dims: number[], ...values: number[]) => new Constant(dims, { values: Float32Array.from(values) });
const matrix = real([2, 3], 1, 2, 3, 4, 5, 6);

function folded(name: string, inputs: readonly Item[], attributes = {}, version = 17): Constant {
  return fold(new Operator(node(name, "a -> b", attributes), version), inputs, reader())![0];
}
const shown = (constant: Constant) => [constant.dims, Array.from(constant.values)];

describe("results", () => {
  const cases: [string, string, readonly Item[], object, number[], number[]][] = [
    ["a sum that is broadcast", "Add", [matrix, real([3], 10, 20, 30)], {}, [2, 3], [11, 22, 33, 14, 25, 36]],
    ["a square root", "Sqrt", [real([2], 4, 9)], {}, [2], [2, 3]],
    ["a square", "Pow", [real([2], 2, 3), real([], 2)], {}, [2], [4, 9]],
    ["a comparison", "Less", [whole(1, 5), whole(3)], {}, [2], [1, 0]],
    ["a choice", "Where", [whole(1, 0), whole(1, 2), whole(8, 9)], {}, [2], [1, 9]],
    ["sums of an axis", "ReduceSum", [matrix, whole(1)], { keepdims: 0 }, [2], [6, 15]],
    ["the mean of all", "ReduceMean", [matrix], {}, [1, 1], [3.5]],
    ["the length of rows", "ReduceL2", [real([1, 2], 3, 4)], { axes: [1], keepdims: 0 }, [1], [5]],
    ["rows by places", "Gather", [matrix, whole(1, -2)], { axis: 0 }, [2, 3], [4, 5, 6, 1, 2, 3]],
    [
      "a column by its place",
      "Gather",
      [matrix, new Constant([], { fill: 2, isInteger: true })],
      { axis: 1 },
      [2],
      [3, 6],
    ],
    [
      "every second, backwards",
      "Slice",
      [whole(1, 2, 3, 4, 5), whole(-1), whole(-9), whole(0), whole(-2)],
      {},
      [3],
      [5, 3, 1],
    ],
    ["to the greatest end", "Slice", [matrix, whole(1), whole(2 ** 63), whole(1)], {}, [2, 2], [2, 3, 5, 6]],
    ["joined lists", "Concat", [whole(1), whole(2, 3)], { axis: 0 }, [3], [1, 2, 3]],
    ["joined columns", "Concat", [matrix, real([2, 1], 7, 8)], { axis: 1 }, [2, 4], [1, 2, 3, 7, 4, 5, 6, 8]],
    ["another shape", "Reshape", [matrix, whole(0, -1, 1)], {}, [2, 3, 1], [1, 2, 3, 4, 5, 6]],
    ["fewer sides", "Squeeze", [real([1, 2, 1], 1, 2), whole(0)], {}, [2, 1], [1, 2]],
    ["more sides", "Unsqueeze", [whole(1, 2), whole(0, -1)], {}, [1, 2, 1], [1, 2]],
    ["two sides", "Flatten", [real([2, 1, 2], 1, 2, 3, 4)], {}, [2, 2], [1, 2, 3, 4]],
    ["other sides", "Transpose", [matrix], {}, [3, 2], [1, 4, 2, 5, 3, 6]],
    ["a filled shape", "ConstantOfShape", [whole(2, 2)], {}, [2, 2], [0, 0, 0, 0]],
    ["a repeated row", "Expand", [whole(1, 2), whole(2, 1)], {}, [2, 2], [1, 2, 1, 2]],
    ["a range", "Range", [whole(1), whole(7), whole(2)].map((each) => each.reshaped([])), {}, [3], [1, 3, 5]],
    ["whole numbers", "Cast", [real([2], 1.7, -1.7)], { to: 7 }, [2], [1, -1]],
    ["real weights of bytes", "DequantizeLinear", [whole(3, 5), real([], 0.5), whole(1)], {}, [2], [1, 2]],
  ];
  test.each(cases)("%s", (_, name, inputs, attributes, dims, values) => {
    expect(shown(folded(name, inputs, attributes))).toEqual([dims, values]);
  });
});

test("a shape knows which side is the batch", () => {
  const data: Item = { value: { shape: [3] } as never, axes: [[-1], [0]] };
  const shape = folded("Shape", [data]);
  expect([shown(shape), [...shape.batch!]]).toEqual([
    [[2], [0, 3]],
    [1, 0],
  ]);
  expect(shown(folded("Shape", [data], { start: 1 }))).toEqual([[1], [3]]);
  // What has a side for each example is the same for each.
  expect(folded("ConstantOfShape", [shape]).dims).toEqual([1, 3]);
});

test("a Constant is a tensor or a number", () => {
  const constant = (attributes: object) => constantIn(new Operator(node("Constant", "-> y", attributes as never), 13));
  expect(shown(constant({ value: { tensor: tensor("", [2], [1, 2]) } }))).toEqual([[2], [1, 2]]);
  expect(shown(constant({ value_float: { float: 0.5 } }))).toEqual([[], [0.5]]);
  expect(shown(constant({ value_ints: [3, 4] }))).toEqual([[2], [3, 4]]);
  expect(() => constant({})).toThrow("got a constant without numbers, need a tensor, or numbers");
});

test("axes are an attribute in old versions and an input in later ones", () => {
  const operator = (version: number) => new Operator(node("Squeeze", "a b -> c", { axes: [1] }), version);
  expect(axesOf(operator(11), [matrix], 13)).toEqual([1]);
  expect(axesOf(operator(13), [matrix, whole(0)], 13)).toEqual([0]);
});

test("ranges leave the batch whole", () => {
  const operator = new Operator(node("Slice", "a -> b"), 13);
  expect(rangesOf(operator, [matrix, whole(0), whole(2 ** 62), whole(0)], [undefined, 3])).toEqual([
    undefined,
    undefined,
  ]);
  expect(rangesOf(operator, [matrix, whole(-2), whole(9), whole(1)], [undefined, 3])[1]).toEqual({
    start: 1,
    step: 1,
    count: 2,
  });
});

describe("refused is", () => {
  test.each([
    ["a place beyond an axis", "Gather", [matrix, whole(2)], { axis: 0 }, "got axis 2 of a tensor of 2 sides"],
    [
      "a shape of other numbers",
      "Reshape",
      [matrix, whole(4, 2)],
      {},
      "got a shape [4, 2] for 6 numbers, need one of as many",
    ],
    ["a side of two places to drop", "Squeeze", [matrix, whole(0)], {}, "got a side of several places, need one of 1"],
    ["axes that occur twice", "Transpose", [matrix], { perm: [0, 0] }, "got perm [0, 0], need each of 2 axes once"],
    ["an absent input", "Gather", [matrix], {}, "got no input 1, need 2 inputs"],
    ["a power of 3", "Pow", [matrix, real([], 3)], {}, "got the exponent 3, need 2 or 0.5"],
    [
      "more than the budget",
      "ConstantOfShape",
      [whole(1000, 1000)],
      {},
      "got constants of 1000000 numbers, need at most 1000",
    ],
    [
      "a range without an end",
      "Range",
      [real([], 0), real([], Number.POSITIVE_INFINITY), real([], 1)],
      {},
      "got a range without a fixed end",
    ],
    [
      "shapes that do not join",
      "Concat",
      [matrix, whole(1)],
      { axis: 0 },
      "got shapes that differ, need shapes that agree",
    ],
  ] as [string, string, Item[], object, string][])("%s", (_, name, inputs, attributes, message) => {
    expect(() => folded(name, inputs, attributes)).toThrow(message);
  });
});

test("what depends on an input of the network is not folded", () => {
  const data: Item = { value: { shape: [3] } as never, axes: [[-1], [0]] };
  expect(fold(new Operator(node("Add", "a b -> c"), 17), [data, matrix], reader())).toBeUndefined();
});
