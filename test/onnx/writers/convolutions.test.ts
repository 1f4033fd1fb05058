/** The nodes of convolutions and pools. */
import { expect, test } from "vitest";
import { averagePool1d, conv2d, depthwiseConv2d, globalAveragePool, maxPool2d } from "../../../src/index.ts";
import { padsOf } from "../../../src/onnx/writers/convolutions.ts";
import { graphOf, list, numbersOf, operatorsOf } from "../written.ts";

test("padding by name is written in numbers", () => {
  const use = { inputs: [{ shape: [4, 5, 1] }] } as never;
  const windows = { size: [3, 2], stride: [2, 1], dilation: [1, 1] };
  expect(padsOf(use, { ...windows, padding: "same" })).toEqual([0, 0, 1, 1]);
  expect(padsOf(use, { ...windows, padding: "valid" })).toEqual([0, 0, 0, 0]);
  expect(padsOf(use, { size: [3], stride: [1], dilation: [2], padding: "causal" })).toEqual([4, 0]);
});

test("weights are [filters, channels, height, width]; those of a depthwise convolution have a channel each", () => {
  const network = list([1, 2, 2], conv2d(2, [1, 2]), depthwiseConv2d(1, { multiplier: 2 }));
  const [first, , second] = network.parameters;
  first.values.set([1, 2, 3, 4, 5, 6, 7, 8]);
  second.values.set([1, 2, 3, 4]);
  expect(numbersOf(network, "conv2d1.weight")).toEqual([1, 5, 3, 7, 2, 6, 4, 8]);
  const dims = graphOf(network).initializers!.find(({ name }) => name === "depthwiseConv2d1.weight")!.dims;
  expect([...dims!]).toEqual([4, 1, 1, 1]);
});

test("pools of windows and of everything", () => {
  expect(operatorsOf(list([4, 4, 2], maxPool2d(), globalAveragePool()))).toEqual([
    "Transpose",
    "MaxPool",
    "GlobalAveragePool",
    "Flatten",
  ]);
  expect(operatorsOf(list([4, 2], averagePool1d()))).toEqual(["Transpose", "AveragePool", "Transpose"]);
  expect(operatorsOf(list([4, 2], globalAveragePool()))).toEqual(["ReduceMean"]);
});
