import { describe, expect, test } from "vitest";
import { globalAveragePool, globalMaxPool, input, Network, type Shape } from "../../../src/index.ts";
import { globalAveragePoolKind, globalMaxPoolKind } from "../../../src/topology/layers/globalPool.ts";
import { expectFile, expectGradients } from "./images.ts";

const shapes: Shape[] = [
  [3, 4, 2],
  [5, 3],
  [2, 2, 3, 5],
  [1, 1],
];

const positions = [
  [1, -1],
  [5, -5],
  [3, 0],
];

describe.each([
  ["globalAveragePool", globalAveragePool, [3, -2]],
  ["globalMaxPool", globalMaxPool, [5, 0]],
] as const)("%s", (name, make, expected) => {
  test("gives one number a channel, whatever the positions", () => {
    expect(new Network({ inputs: [3, 2], layers: [make()] }).predict(positions)).toEqual(expected);
    const image = positions.map((position) => [position]);
    expect(new Network({ inputs: [3, 1, 2], layers: [make()] }).predict([image, image])).toEqual([expected, expected]);
  });

  test.each(shapes)("of [%i, %i, …]: gradients differ from central differences by less than 1e-7", (...shape) => {
    expectGradients(shape, make());
  });

  test("goes through a file", () => expectFile(new Network({ inputs: [3, 2], layers: [make({ name: "all" })] })));

  test.each<[string, () => unknown, string]>([
    [
      "a value without positions",
      () => make()(input(4)),
      `${name}: got a value [4], need positions before the channels`,
    ],
    ["two values", () => make()(input([2, 2]), input([2, 2])), `${name}: got 2 values, need 1`],
    ["an unknown option", () => make({ x: 1 } as never), `${name} option: got "x", need name`],
  ])("refuses %s", (_, act, message) => expect(act).toThrow(message));
});

test("titles", () => {
  expect(globalAveragePoolKind.title(globalAveragePool())).toBe("global average pool");
  expect(globalMaxPoolKind.title(globalMaxPool())).toBe("global max pool");
});
