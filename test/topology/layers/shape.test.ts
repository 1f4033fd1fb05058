import { expect, test } from "vitest";
import { checkShape, commonShape, matrixOf, onlyShape, pairShape } from "../../../src/topology/layers/shape.ts";

test("a number is a shape of one side; a list is copied", () => {
  expect(checkShape("who", "what", 7)).toEqual([7]);
  const given = [2, 3];
  const shape = checkShape("who", "what", given);
  given[0] = 9;
  expect(shape).toEqual([2, 3]);
  expect(() => checkShape("who", "what", [2, 1.5])).toThrow("who: got what [2, 1.5], need a number of features");
});

test("a matrix has the last side as columns and all others as rows", () => {
  expect([matrixOf([5]), matrixOf([28, 28, 3])]).toEqual([
    [1, 5],
    [784, 3],
  ]);
});

test("two shapes that are equal pass, and no others", () => {
  expect(pairShape("who", [[2], [2]])).toEqual([2]);
  expect(() => pairShape("who", [[2]])).toThrow("who: got 1 value, need 2");
  expect(() => pairShape("who", [[2], [2], [2]])).toThrow("who: got 3 values, need 2");
  expect(() => pairShape("who", [[2], [3]])).toThrow("who: got values of shapes [2] and [3], need one shape");
});

test("only one shape, or two or more that are equal, pass", () => {
  expect(onlyShape("who", [[2]])).toEqual([2]);
  expect(() => onlyShape("who", [])).toThrow("who: got 0 values, need 1");
  expect(
    commonShape("who", [
      [2, 3],
      [2, 3],
    ]),
  ).toEqual([2, 3]);
  expect(() =>
    commonShape("who", [
      [2, 3],
      [3, 2],
    ]),
  ).toThrow("who: got values of shapes [2, 3] and [3, 2], need one shape");
});
