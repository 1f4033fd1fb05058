import { describe, expect, test } from "vitest";
import { add, concatenate, dense, dropout, input, multiply, type Value } from "../../../src/index.ts";

describe("a layer called on a value", () => {
  test("gives a value of the layer's shape, and the same layer gives as many as it is called for", () => {
    const layer = dense(5);
    const [first, second] = [input(3), input([4, 2])];
    expect([layer(first).shape, layer(second).shape, dropout(0.5)(second).shape]).toEqual([[5], [4, 5], [4, 2]]);
    expect(layer(first)).not.toBe(layer(first));
  });

  test("takes several as arguments or as one list", () => {
    const [first, second] = [input(3), input(3)];
    for (const join of [add, multiply]) {
      expect([join(first, second).shape, join([first, second, first]).shape]).toEqual([[3], [3]]);
    }
    expect(concatenate(first, second, first).shape).toEqual([9]);
    expect(concatenate([input([4, 2]), input([4, 3])]).shape).toEqual([4, 5]);
  });

  test.each<[string, () => Value, string]>([
    ["a number", () => dense(2)(3 as never), "dense: got 3, need values, which input() and layers return"],
    ["a layer", () => dense(2)(dense(3) as never), "dense: got a function, need values"],
    ["nothing", () => dense(2)(), "dense: got nothing, need values"],
    ["two for one", () => dense(2)(input(1), input(1)), "dense: got 2 values, need 1; join them by add,"],
    ["two for dropout", () => dropout(0.1)(input(1), input(1)), "dropout: got 2 values, need 1"],
    ["one for a sum", () => add(input(1)), "add: got 1 value, need two or more"],
    ["two shapes for a sum", () => add(input(2), input(3)), "add: got values of shapes [2] and [3], need one shape"],
    [
      "two shapes for a product",
      () => multiply(input([2, 3]), input(6)),
      "multiply: got values of shapes [2, 3] and [6]",
    ],
    [
      "other outer sides",
      () => concatenate(input([2, 3]), input([3, 3])),
      "concatenate: got values of shapes [2, 3] and [3, 3], need one shape but for the last side",
    ],
    [
      "a sum of columns of 2³¹ numbers",
      () => concatenate(input(2 ** 30), input(2 ** 30)),
      "concatenate: got inputs that make a value [2147483648], need one of fewer than 2³¹ numbers",
    ],
    [
      "2³¹ numbers of a dense layer",
      () => dense(2 ** 16)(input([2 ** 15, 1])),
      "dense: got inputs that make a value [32768, 65536], need one of fewer than 2³¹ numbers",
    ],
    ["a shape of 0", () => input(0), "input: got shape 0, need a number of features from 1"],
    ["a shape of text", () => input("3" as never), 'input: got shape "3", need'],
    ["a shape of no sides", () => input([]), "input: got shape [], need"],
  ])("is refused: %s", (_, act, message) => expect(act).toThrow(message));
});

test("a layer's data are its own fields, in JSON too", () => {
  const layer = dropout(0.25, { name: "noise" });
  expect({ ...layer }).toEqual({ kind: "dropout", rate: 0.25, name: "noise" });
  expect(JSON.parse(JSON.stringify([layer]))).toEqual([{ kind: "dropout", rate: 0.25, name: "noise" }]);
  expect(dropout(0.25).name).toBeUndefined();
});
