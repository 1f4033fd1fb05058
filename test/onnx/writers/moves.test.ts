/** The nodes of layers that move numbers. */
import { expect, test } from "vitest";
import {
  conv2d,
  crop2d,
  flatten,
  input,
  Network,
  permute,
  reshape,
  slice,
  split,
  upsample2d,
  zeroPad2d,
} from "../../../src/index.ts";
import { graphOf, list, numbersOf, operatorsOf } from "../written.ts";

test("an image with its channels first stays so", () => {
  const layers = [
    conv2d(2, 1),
    zeroPad2d(1),
    crop2d([
      [1, 0],
      [0, 1],
    ]),
    upsample2d(2),
    flatten(),
  ];
  expect(operatorsOf(list([2, 2, 1], ...layers)).slice(0, 6)).toEqual([
    "Transpose",
    "Conv",
    "Pad",
    "Slice",
    "Resize",
    "Flatten",
  ]);
});

test("other sides are ours", () => {
  expect(operatorsOf(list([2, 3], reshape([3, 2]), permute([1, 0]), slice(0, 0, 1)))).toEqual([
    "Reshape",
    "Transpose",
    "Slice",
  ]);
});

test("margins are named for all axes", () => {
  expect(
    numbersOf(
      list(
        [2, 2, 1],
        zeroPad2d([
          [1, 2],
          [3, 4],
        ]),
      ),
      "constant",
    ),
  ).toEqual([0, 1, 3, 0, 0, 2, 4, 0]);
});

test("a split has an output for each part", () => {
  const value = input(5);
  const { nodes } = graphOf(new Network({ inputs: value, outputs: split([2, 3])(value) }));
  expect(nodes![0].outputs).toEqual(["output1", "output2"]);
});
