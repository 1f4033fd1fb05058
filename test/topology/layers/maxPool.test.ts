import { describe, expect, test } from "vitest";
import {
  dense,
  flatten,
  input,
  maxPool1d,
  maxPool2d,
  Network,
  type Pool1dOptions,
  type Pool2dOptions,
} from "../../../src/index.ts";
import { maxPool1dKind, maxPool2dKind } from "../../../src/topology/layers/maxPool.ts";
import { expectFile, expectGradients } from "./images.ts";

const square = [
  [[1], [5], [2]],
  [[4], [3], [0]],
  [[-1], [-2], [-3]],
];

describe("maxPool2d", () => {
  test.each<[string, Parameters<typeof maxPool2d>, unknown]>([
    ["of 2 × 2 leaves out what no window has", [], [[[5]]]],
    [
      "padded as same gives ⌈side / stride⌉, and padding is no maximum",
      [2, { padding: "same" }],
      [
        [[5], [2]],
        [[-1], [-3]],
      ],
    ],
    [
      "by a stride of 1",
      [2, { stride: 1 }],
      [
        [[5], [5]],
        [[4], [3]],
      ],
    ],
    ["of one line", [[1, 3]], [[[5]], [[4]], [[-1]]]],
    [
      "padded by a number",
      [2, { padding: 1 }],
      [
        [[1], [5]],
        [[4], [3]],
      ],
    ],
  ])("%s", (_, args, expected) => {
    const network = new Network({ inputs: [3, 3, 1], layers: [maxPool2d(...args)] });
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
    expectGradients([5, 4, 2], maxPool2d(size, options));
    expectGradients([5, 4, 5], maxPool2d(size, options));
  });

  test("does not hide NaN", () => {
    const network = new Network({ inputs: [2, 2, 1], layers: [maxPool2d()] });
    expect(network.predict([[1, Number.NaN, 3, 4]], { validate: false })).toEqual([[Number.NaN]]);
  });

  test("goes through a file with its windows", () => {
    const layers = [
      maxPool2d(2, { name: "first" }),
      maxPool2d([2, 1], {
        stride: 1,
        padding: [
          [1, 0],
          [0, 0],
        ],
      }),
    ];
    expectFile(new Network({ inputs: [6, 6, 2], layers: [...layers, flatten(), dense(2)] }));
    expect(maxPool2dKind.title(layers[1])).toBe("max pool 2 × 1, stride 1 × 1, padding [1, 0] × [0, 0]");
  });

  test.each<[string, () => unknown, string]>([
    ["a size of 0", () => maxPool2d(0), "maxPool2d: size: got 0, need a whole number from 1"],
    ["windows that do not fit", () => maxPool2d(3)(input([2, 5, 1])), "maxPool2d: got windows of 3 × 3 elements"],
    ["two values", () => maxPool2d()(input([2, 2, 1]), input([2, 2, 1])), "maxPool2d: got 2 values, need 1"],
    ["a sequence", () => maxPool2d()(input([4, 2])), "maxPool2d: got a value [4, 2], need [height, width, channels]"],
  ])("refuses %s", (_, act, message) => expect(act).toThrow(message));
});

describe("maxPool1d", () => {
  const steps = [1, 5, 2, 4, 3].map((value) => [value, -value]);

  test.each<[string, Parameters<typeof maxPool1d>, number[][]]>([
    [
      "of 2 steps",
      [],
      [
        [5, -1],
        [4, -2],
      ],
    ],
    [
      "of 3 by 1, padded on both sides",
      [3, { stride: 1, padding: 1 }],
      [
        [5, -1],
        [5, -1],
        [5, -2],
        [4, -2],
        [4, -3],
      ],
    ],
    [
      "causal, which sees no later step",
      [2, { stride: 1, padding: "causal" }],
      [
        [1, -1],
        [5, -1],
        [5, -2],
        [4, -2],
        [4, -3],
      ],
    ],
    [
      "padded behind",
      [2, { padding: [0, 1] }],
      [
        [5, -1],
        [4, -2],
        [3, -3],
      ],
    ],
  ])("%s", (_, args, expected) => {
    expect(new Network({ inputs: [5, 2], layers: [maxPool1d(...args)] }).predict(steps)).toEqual(expected);
  });

  test.each<[number, Pool1dOptions]>([
    [2, {}],
    [3, { stride: 1, padding: "same" }],
    [3, { stride: 2, padding: "causal" }],
    [2, { stride: 3, padding: [1, 1] }],
  ])("%j with %j: gradients differ from central differences by less than 1e-7", (size, options) => {
    expectGradients([7, 3], maxPool1d(size, options));
    expectGradients([7, 6], maxPool1d(size, options));
  });

  test("goes through a file", () => {
    const layers = [maxPool1d(3, { stride: 2, padding: "causal" }), maxPool1d(2, { padding: [1, 0] })];
    expectFile(new Network({ inputs: [9, 2], layers }));
    expect(maxPool1dKind.title(layers[0])).toBe("max pool 3, stride 2, padding causal");
  });

  test.each<[string, () => unknown, string]>([
    ["an image", () => maxPool1d()(input([4, 4, 1])), "maxPool1d: got a value [4, 4, 1], need [steps, channels]"],
    ["two sizes", () => maxPool1d([2, 2] as never), "maxPool1d: size: got [2, 2], need a whole number from 1"],
  ])("refuses %s", (_, act, message) => expect(act).toThrow(message));
});
