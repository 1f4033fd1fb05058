import { describe, expect, test } from "vitest";
import { Network } from "../../../src/index.ts";
import {
  type ConvTranspose2dOptions,
  convTranspose2d,
  convTranspose2dKind,
} from "../../../src/topology/layers/convTranspose.ts";

describe("convTranspose2d", () => {
  test.each<[string, ConvTranspose2dOptions, string]>([
    ["output padding without a stride", { outputPadding: 1 }, "got outputPadding 1 × 1, need at most 0 × 0: below the"],
    ["output padding of a stride", { stride: 2, outputPadding: [1, 2] }, "got outputPadding 1 × 2, need at most 1 × 1"],
    [
      "output padding beside same",
      { stride: 2, padding: "same", outputPadding: 1 },
      'got outputPadding 1 × 1, need none with "same" padding',
    ],
    [
      "negative output padding",
      { outputPadding: -1 },
      "convTranspose2d: outputPadding: got -1, need a whole number from 0",
    ],
    ["5 groups of 8", { groups: 5 }, "got 8 filters for 5 groups, need a multiple of the groups"],
    ["a greatest norm", { maxNorm: 1 } as never, 'convTranspose2d option: got "maxNorm", need one of'],
  ])("refuses %s", (_, options, message) => {
    expect(() => convTranspose2d(8, 3, options)).toThrow(message);
  });

  test.each<[string, readonly number[], ReturnType<typeof convTranspose2d>, string]>([
    ["features", [8], convTranspose2d(8, 3), "convTranspose2d: got a value [8], need [height, width, channels]"],
    ["3 channels in 2 groups", [2, 2, 3], convTranspose2d(8, 3, { groups: 2 }), "of 3 channels for 2 groups"],
    [
      "padding of all",
      [2, 2, 1],
      convTranspose2d(8, 3, { padding: 2 }),
      "cuts off all of the output of a value [2, 2, 1]",
    ],
  ])("refuses %s", (_, inputs, layer, message) => {
    expect(() => new Network({ inputs, layers: [layer] })).toThrow(message);
  });
});

describe("the kind", () => {
  test.each<[string, ReturnType<typeof convTranspose2d>, readonly number[]]>([
    ["valid", convTranspose2d(5, 3), [9, 11, 5]],
    ["valid, stride 2", convTranspose2d(5, 3, { stride: 2 }), [15, 19, 5]],
    ["stride beyond the kernel", convTranspose2d(5, 1, { stride: 3 }), [19, 25, 5]],
    ["same", convTranspose2d(5, [4, 1], { stride: [2, 3], padding: "same" }), [14, 27, 5]],
    ["zeros and output padding", convTranspose2d(5, 3, { stride: 2, padding: 1, outputPadding: [1, 0] }), [14, 17, 5]],
    ["dilation", convTranspose2d(5, 2, { dilation: 3 }), [10, 12, 5]],
  ])("%s: the output's shape", (_, layer, shape) => {
    expect(convTranspose2dKind.outputShape!(layer, [[7, 9, 2]])).toEqual(shape);
  });

  test("the weight is that of the convolution whose transpose it is; fans are PyTorch's", () => {
    const [weight, bias] = convTranspose2dKind.parameters!(convTranspose2d(6, [2, 3], { groups: 2 }), [[5, 5, 4]]);
    expect(weight).toMatchObject({ shape: [2, 3, 3, 4], fanIn: 18, fanOut: 12 });
    expect(bias.shape).toEqual([6]);
  });

  test("a kernel of one element at a stride of 2 leaves the bias between", () => {
    const network = new Network({ inputs: [1, 2, 1], layers: [convTranspose2d(1, 1, { stride: 2, padding: "same" })] });
    network.parameters[0].values.set([10]);
    network.parameters[1].values.set([1]);
    expect(network.predict([2, 3])).toEqual([21, 1, 31, 1, 1, 1, 1, 1]);
  });

  test("a file keeps all options but the initializers", () => {
    const options = {
      stride: [2, 3],
      padding: [
        [1, 0],
        [0, 1],
      ],
      dilation: [1, 2],
      outputPadding: [1, 0],
      groups: 2,
    } as const;
    const network = new Network({ inputs: [3, 4, 2], layers: [convTranspose2d(4, [3, 2], options)] });
    const again = Network.fromBytes(network.toBytes());
    const example = Array.from({ length: 24 }, (_, index) => Math.sin(index));
    expect(again.predict(example)).toEqual(network.predict(example));
    expect(again.layers[0].title).toBe(
      "convTranspose2d 4, 3×2, stride 2×3, padding 1,0 0,1, dilation 1×2, output padding 1×0, 2 groups, linear",
    );
  });
});
