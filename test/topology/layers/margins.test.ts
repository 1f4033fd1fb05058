import { describe, expect, test } from "vitest";
import {
  crop2d,
  dense,
  dropout,
  flatten,
  input,
  type Margins,
  Network,
  Trainer,
  zeroPad2d,
} from "../../../src/index.ts";
import { crop2dKind, zeroPad2dKind } from "../../../src/topology/layers/margins.ts";
import { expectFile, expectGradients } from "./images.ts";

const margins: Margins[] = [
  0,
  1,
  [
    [1, 0],
    [0, 2],
  ],
  [
    [0, 3],
    [1, 1],
  ],
];

describe("zeroPad2d", () => {
  test.each<[Margins, unknown]>([
    [0, [[[1], [2]]]],
    [
      [
        [1, 0],
        [0, 1],
      ],
      [
        [[0], [0], [0]],
        [[1], [2], [0]],
      ],
    ],
    [
      [
        [0, 0],
        [2, 0],
      ],
      [[[0], [0], [1], [2]]],
    ],
  ])("%j puts zeros around an image", (padding, expected) => {
    const network = new Network({ inputs: [1, 2, 1], layers: [zeroPad2d(padding)] });
    expect(network.predict([[[1], [2]]])).toEqual(expected);
  });

  test("gradients differ from central differences by less than 1e-7", () => {
    for (const padding of margins) expectGradients([3, 2, 2], zeroPad2d(padding));
  });

  test.each<[string, () => unknown, string]>([
    [
      "a negative number",
      () => zeroPad2d(-1),
      "zeroPad2d: got padding -1, need a whole number from 0, or [[top, bottom], [left, right]] of such numbers",
    ],
    ["a name", () => zeroPad2d("same" as never), 'zeroPad2d: got padding "same", need'],
    ["one pair", () => zeroPad2d([1, 2] as never), "zeroPad2d: got padding an array of 2, need"],
    ["a sequence", () => zeroPad2d(1)(input([4, 2])), "zeroPad2d: got a value [4, 2], need [height, width, channels]"],
    [
      "an image beyond memory",
      () => zeroPad2d(2 ** 20)(input([1, 1, 1])),
      "zeroPad2d: got inputs that make a value [2097153, 2097153, 1], need one of fewer than 2³¹ numbers",
    ],
  ])("refuses %s", (_, act, message) => expect(act).toThrow(message));
});

describe("crop2d", () => {
  test.each<[Margins, unknown]>([
    [
      0,
      [
        [[1], [2], [3]],
        [[4], [5], [6]],
      ],
    ],
    [
      [
        [1, 0],
        [0, 1],
      ],
      [[[4], [5]]],
    ],
    [
      [
        [0, 1],
        [1, 1],
      ],
      [[[2]]],
    ],
  ])("%j cuts pixels off", (cut, expected) => {
    const network = new Network({ inputs: [2, 3, 1], layers: [crop2d(cut)] });
    expect(
      network.predict([
        [[1], [2], [3]],
        [[4], [5], [6]],
      ]),
    ).toEqual(expected);
  });

  test("gradients differ from central differences by less than 1e-7", () => {
    for (const cut of margins) expectGradients([5, 4, 3], crop2d(cut));
  });

  test.each<[string, () => unknown, string]>([
    ["half a pixel", () => crop2d(0.5), "crop2d: got margins 0.5, need a whole number from 0"],
    [
      "margins that leave nothing",
      () =>
        crop2d([
          [2, 2],
          [0, 0],
        ])(input([4, 4, 1])),
      "crop2d: got margins [[2, 2], [0, 0]] of a value [4, 4, 1], need some that leave a pixel",
    ],
    ["margins beyond the image", () => crop2d(9)(input([4, 4, 1])), "need some that leave a pixel"],
    ["an unknown option", () => crop2d(1, { x: 1 } as never), 'crop2d option: got "x", need name'],
  ])("refuses %s", (_, act, message) => expect(act).toThrow(message));
});

test("both go through a file", () => {
  const layers = [
    zeroPad2d(
      [
        [1, 2],
        [0, 1],
      ],
      { name: "around" },
    ),
    crop2d(1),
  ];
  expectFile(new Network({ inputs: [3, 3, 2], layers: [...layers, flatten(), dense(2)] }));
  expect(layers.map((layer, index) => [zeroPad2dKind, crop2dKind][index].title(layer as never))).toEqual([
    "zeros around, [[1, 2], [0, 1]]",
    "crop [[1, 1], [1, 1]]",
  ]);
});

test("dropout draws the same numbers with a rearrangement before it", () => {
  const trained = (...before: ReturnType<typeof zeroPad2d | typeof crop2d>[]) => {
    const layers = [...before, dropout(0.5), flatten(), dense(1)];
    const network = new Network({ inputs: [2, 2, 2], layers, seed: 1 });
    new Trainer(network, { loss: "meanSquaredError", seed: 3 }).step([[1, 2, 3, 4, 5, 6, 7, 8]], [[1]]);
    return network.parameters.map(({ values }) => Array.from(values));
  };
  expect(trained(zeroPad2d(0), crop2d(0))).toEqual(trained());
});
