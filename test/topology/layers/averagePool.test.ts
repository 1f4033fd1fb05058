import { describe, expect, test } from "vitest";
import {
  averagePool1d,
  averagePool2d,
  dense,
  flatten,
  input,
  Network,
  type Pool1dOptions,
  type Pool2dOptions,
} from "../../../src/index.ts";
import { averagePool1dKind, averagePool2dKind } from "../../../src/topology/layers/averagePool.ts";
import { expectFile, expectGradients } from "./images.ts";

const square = [
  [[1], [5], [2]],
  [[4], [2], [0]],
  [[-1], [-2], [-3]],
];

describe("averagePool2d", () => {
  test.each<[string, Parameters<typeof averagePool2d>, unknown]>([
    ["of 2 × 2 leaves out what no window has", [], [[[3]]]],
    [
      "does not count what is padded",
      [2, { padding: "same" }],
      [
        [[3], [1]],
        [[-1.5], [-3]],
      ],
    ],
    [
      "does not count what a number pads",
      [2, { padding: 1 }],
      [
        [[1], [3.5]],
        [[1.5], [-0.75]],
      ],
    ],
    [
      "of one line",
      [[1, 2], { stride: [1, 1] }],
      [
        [[3], [3.5]],
        [[3], [1]],
        [[-1.5], [-2.5]],
      ],
    ],
  ])("%s", (_, args, expected) => {
    const network = new Network({ inputs: [3, 3, 1], layers: [averagePool2d(...args)] });
    expect(network.predict(square)).toEqual(expected);
    expect(network.predict([square, square])).toEqual([expected, expected]);
  });

  test.each<[number | [number, number], Pool2dOptions]>([
    [2, {}],
    [2, { padding: "same" }],
    [3, { stride: 1, padding: "same" }],
    [3, { stride: 2, padding: 1 }],
    [[2, 3], { stride: [3, 1] }],
    [
      3,
      {
        stride: 2,
        padding: [
          [2, 0],
          [0, 1],
        ],
      },
    ],
  ])("%j with %j: gradients differ from central differences by less than 1e-7", (size, options) => {
    expectGradients([5, 4, 2], averagePool2d(size, options));
    expectGradients([5, 4, 5], averagePool2d(size, options));
  });

  test("goes through a file with its windows", () => {
    const layers = [averagePool2d(2, { name: "first" }), averagePool2d(3, { stride: 1, padding: "same" })];
    expectFile(new Network({ inputs: [6, 6, 2], layers: [...layers, flatten(), dense(2)] }));
    expect(averagePool2dKind.title(layers[1])).toBe("average pool 3 × 3, stride 1 × 1, padding same");
  });

  test.each<[string, () => unknown, string]>([
    ["a size of 0", () => averagePool2d(0), "averagePool2d: size: got 0, need a whole number from 1"],
    ["windows of padding", () => averagePool2d(1, { padding: 1 })(input([2, 2, 1])), "averagePool2d: got padding that"],
    ["an unknown option", () => averagePool2d(2, { x: 1 } as never), 'averagePool2d option: got "x", need one of'],
  ])("refuses %s", (_, act, message) => expect(act).toThrow(message));
});

describe("averagePool1d", () => {
  const steps = [1, 5, 2, 4, 3].map((value) => [value, -value]);

  test.each<[string, Parameters<typeof averagePool1d>, number[][]]>([
    [
      "of 2 steps",
      [],
      [
        [3, -3],
        [3, -3],
      ],
    ],
    [
      "of 3 by 2, padded on both sides",
      [3, { stride: 2, padding: 1 }],
      [
        [3, -3],
        [11 / 3, -11 / 3],
        [3.5, -3.5],
      ],
    ],
    [
      "causal, which sees no later step",
      [2, { stride: 2, padding: "causal" }],
      [
        [1, -1],
        [3.5, -3.5],
        [3.5, -3.5],
      ],
    ],
  ])("%s", (_, args, expected) => {
    const network = new Network({ inputs: [5, 2], layers: [averagePool1d(...args)], dtype: "float64" });
    expect(network.predict(steps)).toEqual(expected);
  });

  test.each<[number, Pool1dOptions]>([
    [2, {}],
    [3, { stride: 1, padding: "same" }],
    [3, { stride: 2, padding: "causal" }],
    [2, { stride: 3, padding: [1, 1] }],
  ])("%j with %j: gradients differ from central differences by less than 1e-7", (size, options) => {
    expectGradients([7, 3], averagePool1d(size, options));
    expectGradients([7, 6], averagePool1d(size, options));
  });

  test("goes through a file", () => {
    const layers = [averagePool1d(3, { stride: 2, padding: 1 })];
    expectFile(new Network({ inputs: [9, 2], layers }));
    expect(averagePool1dKind.title(layers[0])).toBe("average pool 3, stride 2, padding [1, 1]");
  });

  test("refuses an image", () => {
    expect(() => averagePool1d()(input([4, 4, 1]))).toThrow(
      "averagePool1d: got a value [4, 4, 1], need [steps, channels]",
    );
  });
});
