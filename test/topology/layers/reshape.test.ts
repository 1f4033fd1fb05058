import { describe, expect, test } from "vitest";
import { dense, input, Network, reshape } from "../../../src/index.ts";
import { reshapeKind } from "../../../src/topology/layers/reshape.ts";

describe("reshape", () => {
  test.each([
    [
      [4, 3],
      [2, 6],
    ],
    [[12], [2, 3, 2]],
    [[2, 3, 2], [12]],
    [[3], [3]],
  ])("makes of %j the shape %j, of the same numbers in the same order", (shape, wanted) => {
    const network = new Network({ inputs: shape, layers: [reshape(wanted)] });
    const row = Array.from({ length: network.inputs }, (_, index) => index);
    expect(network.layers[0].outputShape).toEqual(wanted);
    expect(network.predict(row)).toEqual(row);
    expect(Array.from(network.layers[0].preactivation)).toEqual(row);
  });

  test("takes a number for a row, and keeps its shape when the caller's array changes", () => {
    const shape = [3, 2];
    const layer = reshape(shape);
    shape[0] = 7;
    expect(layer.shape).toEqual([3, 2]);
    expect(reshape(6)(input([3, 2])).shape).toEqual([6]);
  });

  test("goes through a file, with its shape", () => {
    const network = new Network({ inputs: 6, layers: [reshape([2, 3]), dense(2)] });
    const copy = Network.fromBytes(network.toBytes());
    expect(copy.summary()).toBe(network.summary());
    expect(copy.predict([1, 2, 3, 4, 5, 6])).toEqual(network.predict([1, 2, 3, 4, 5, 6]));
    expect(reshapeKind.title(reshape([2, 3]))).toBe("reshape [2, 3]");
  });

  test.each<[string, () => unknown, string]>([
    [
      "other numbers than the value has",
      () => reshape([5, 2])(input([4, 3])),
      "reshape: got a value [4, 3] of 12 numbers, need 10 numbers for the shape [5, 2]",
    ],
    [
      "a side that is to be found",
      () => reshape([-1, 2]),
      "reshape: got shape [-1, 2], need a number of features from 1",
    ],
    ["no shape", () => reshape(undefined as never), "reshape: got shape undefined, need a number of features"],
    ["an empty shape", () => reshape([]), "reshape: got shape [], need a number of features"],
    ["33 sides", () => reshape(new Array(33).fill(1)), "reshape: got shape of 33 sides, need at most 32"],
    ["an unknown option", () => reshape(2, { x: 1 } as never), 'reshape option: got "x", need name'],
    ["two values", () => reshape(2)(input(1), input(1)), "reshape: got 2 values, need 1"],
  ])("refuses %s", (_, act, message) => expect(act).toThrow(message));
});
