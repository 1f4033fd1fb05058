import { describe, expect, test } from "vitest";
import { Network } from "../../../src/index.ts";
import {
  conv1d,
  conv1dKind,
  conv2d,
  conv2dKind,
  convTraining,
  depthwiseConv2d,
  depthwiseConv2dKind,
} from "../../../src/topology/layers/conv.ts";
import { expectFile } from "./images.ts";

describe("conv2d", () => {
  test("conv2d(8, 3) has a stride, dilation and one group of 1, no padding, and all that a dense layer has", () => {
    expect({ ...conv2d(8, 3) }).toEqual({
      kind: "conv2d",
      filters: 8,
      kernelSize: [3, 3],
      stride: [1, 1],
      padding: "valid",
      dilation: [1, 1],
      groups: 1,
      activation: { name: "linear", parameter: 0 },
      bias: true,
      weightInitializer: { kind: "glorotUniform" },
      biasInitializer: { kind: "constant", value: 0 },
      name: undefined,
    });
  });

  test.each<[string, () => unknown, string]>([
    ["no filters", () => conv2d(0, 3), "conv2d: filters: got 0, need a whole number from 1"],
    ["half a kernel", () => conv2d(8, 1.5), "conv2d: kernelSize: got 1.5, need a whole number from 1 to 1048576, or ["],
    ["three sides", () => conv2d(8, [1, 2, 3] as never), "conv2d: kernelSize: got [1, 2, 3], need"],
    ["a stride of 0", () => conv2d(8, 3, { stride: 0 }), "conv2d: stride: got 0, need"],
    [
      "causal padding",
      () => conv2d(8, 3, { padding: "causal" as never }),
      'conv2d: got padding "causal", need "valid"',
    ],
    ["negative padding", () => conv2d(8, 3, { padding: -1 }), "conv2d: got padding -1, need"],
    ["3 groups of 8", () => conv2d(8, 3, { groups: 3 }), "conv2d: got 8 filters for 3 groups, need a multiple"],
    ["9 groups of 8", () => conv2d(8, 3, { groups: 9 }), "conv2d: groups: got 9, need a whole number from 1 to 8"],
    ["a misspelt option", () => conv2d(8, 3, { strides: 2 } as never), 'did you mean "stride"?'],
  ])("refuses %s", (_, make, message) => {
    expect(make).toThrow(message);
  });

  test.each<[string, readonly number[], ReturnType<typeof conv2d>, string]>([
    ["features", [8], conv2d(8, 3), "conv2d: got a value [8], need [height, width, channels]"],
    ["a grey image", [8, 8], conv2d(8, 3), "; reshape([height, width, 1]) makes an image of one channel"],
    [
      "a small image",
      [2, 8, 1],
      conv2d(8, 3),
      "windows of 3 × 3 elements for a value [2, 8, 1], need windows that fit",
    ],
    ["an image small with padding", [2, 2, 1], conv2d(8, 5, { padding: 1 }), ", with padding 4 × 4, need"],
    ["3 channels in 2 groups", [8, 8, 3], conv2d(8, 3, { groups: 2 }), "of 3 channels for 2 groups, need a multiple"],
  ])("refuses %s", (_, inputs, layer, message) => {
    expect(() => new Network({ inputs, layers: [layer] })).toThrow(message);
  });
});

describe("depthwiseConv2d", () => {
  test("depthwiseConv2d(3) has one filter a channel", () => {
    expect({ ...depthwiseConv2d(3) }).toMatchObject({ kind: "depthwiseConv2d", kernelSize: [3, 3], multiplier: 1 });
    expect({ ...depthwiseConv2d(3) }).not.toHaveProperty("groups");
  });

  test.each<[string, () => unknown, string]>([
    [
      "no filters",
      () => depthwiseConv2d(3, { multiplier: 0 }),
      "depthwiseConv2d: multiplier: got 0, need a whole number",
    ],
    ["groups", () => depthwiseConv2d(3, { groups: 2 } as never), 'depthwiseConv2d option: got "groups", need one of'],
    ["half a kernel", () => depthwiseConv2d(1.5), "depthwiseConv2d: kernelSize: got 1.5, need"],
  ])("refuses %s", (_, make, message) => {
    expect(make).toThrow(message);
  });

  test("refuses an image smaller than its kernel", () => {
    const layers = [depthwiseConv2d(3)];
    expect(() => new Network({ inputs: [2, 8, 1], layers })).toThrow("depthwiseConv2d: got windows of 3 × 3 elements");
  });

  test("has a weight [kernelHeight, kernelWidth, channels, multiplier], and fans of one channel", () => {
    const layer = depthwiseConv2d([3, 2], { multiplier: 4 });
    expect(depthwiseConv2dKind.outputShape!(layer, [[5, 7, 3]])).toEqual([3, 6, 12]);
    const [weight, bias] = depthwiseConv2dKind.parameters!(layer, [[5, 7, 3]]);
    expect(weight).toMatchObject({ shape: [3, 2, 3, 4], fanIn: 6, fanOut: 24 });
    expect(bias).toMatchObject({ shape: [12] });
  });

  test("feature channel · multiplier + j is that of the channel's filter j", () => {
    const layers = [depthwiseConv2d(1, { multiplier: 2, bias: false })];
    const network = new Network({ inputs: [1, 1, 2], layers });
    network.parameters[0].values.set([1, 10, 100, 1000]);
    expect(network.predict([2, 3])).toEqual([2, 20, 300, 3000]);
  });

  test("a file keeps all options but the initializers", () => {
    const layer = depthwiseConv2d([3, 2], { stride: [1, 2], padding: "same", multiplier: 2, maxNorm: 3, bias: false });
    const network = new Network({ inputs: [4, 6, 3], layers: [layer, depthwiseConv2d(2, { dilation: 2 })] });
    expectFile(network);
    expect(network.layers.map(({ title }) => title)).toEqual([
      "depthwiseConv2d 3×2, stride 1×2, same, multiplier 2, linear, no bias",
      "depthwiseConv2d 2×2, dilation 2×2, linear",
    ]);
  });
});

describe("the kind", () => {
  test.each<[string, ReturnType<typeof conv2d>, readonly number[]]>([
    ["valid", conv2d(5, 3), [5, 7, 5]],
    ["same", conv2d(5, [3, 4], { padding: "same" }), [7, 9, 5]],
    ["same, stride 2", conv2d(5, 3, { padding: "same", stride: 2 }), [4, 5, 5]],
    ["a number of zeros", conv2d(5, 3, { padding: 2, stride: [2, 3] }), [5, 4, 5]],
    [
      "zeros by side",
      conv2d(5, 3, {
        padding: [
          [1, 0],
          [2, 3],
        ],
      }),
      [6, 12, 5],
    ],
    ["dilation", conv2d(5, 3, { dilation: [3, 2] }), [1, 5, 5]],
  ])("%s: the output's shape", (_, layer, shape) => {
    expect(conv2dKind.outputShape!(layer, [[7, 9, 2]])).toEqual(shape);
  });

  test("conv1d keeps the steps with causal padding, which lies before the first", () => {
    expect(conv1dKind.outputShape!(conv1d(5, 3, { padding: "causal", dilation: 2 }), [[7, 2]])).toEqual([7, 5]);
    const layers = [conv1d(1, 2, { padding: "causal", bias: false })];
    const network = new Network({ inputs: [3, 1], layers });
    network.parameters[0].values.set([10, 1]);
    expect(network.predict([1, 2, 3])).toEqual([1, 12, 23]);
  });

  test("conv1d has a weight of three sides, conv2d of four", () => {
    expect(conv1dKind.parameters!(conv1d(5, 3), [[7, 2]])[0]).toMatchObject({ shape: [3, 2, 5], fanIn: 6, fanOut: 15 });
    expect(conv2dKind.parameters!(conv2d(5, 3), [[7, 7, 2]])[0]).toMatchObject({ shape: [3, 3, 2, 5], fanIn: 18 });
  });

  test("a file keeps all options but the initializers", () => {
    const layer = conv2d(4, [3, 2], {
      stride: 2,
      padding: [
        [1, 0],
        [0, 1],
      ],
      dilation: [1, 2],
      groups: 2,
      maxNorm: 3,
    });
    const network = new Network({
      inputs: [7, 8, 2],
      layers: [layer, conv2d(2, 1, { activation: "relu", bias: false })],
    });
    const again = Network.fromBytes(network.toBytes());
    const example = Array.from({ length: 112 }, (_, index) => Math.sin(index));
    expect(again.predict(example)).toEqual(network.predict(example));
    expect(again.layers.map(({ title }) => title)).toEqual([
      "conv2d 4, 3×2, stride 2×2, padding 1,0 0,1, dilation 1×2, 2 groups, linear",
      "conv2d 2, 1×1, relu, no bias",
    ]);
  });

  test("maxNorm bounds the weights of each filter", () => {
    const shapes = { elementBytes: 4, inputs: [[7, 7, 2]], output: [5, 5, 4] };
    expect(convTraining.blocks!(conv2d(4, 3, { maxNorm: 1 }), shapes)).toHaveProperty("sums");
    expect(convTraining.blocks!(conv2d(4, 3), shapes)).not.toHaveProperty("sums");
  });
});
