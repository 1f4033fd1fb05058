import { describe, expect, test } from "vitest";
import { conv1dKind, conv2d, conv2dKind } from "../../../src/topology/layers/conv.ts";
import { checkChannels, convolutionalOptions, groupedOptions } from "../../../src/topology/layers/convolutional.ts";

describe("options", () => {
  test("the windows have their defaults, and every option of a layer with a weight its own", () => {
    expect(convolutionalOptions("layer", 2, 3, {}, [])).toMatchObject({
      kernelSize: [3, 3],
      stride: [1, 1],
      padding: "valid",
      dilation: [1, 1],
      activation: { name: "linear" },
    });
    expect(convolutionalOptions("layer", 1, 3, { stride: 2 }, ["stride"])).toMatchObject({
      kernelSize: [3],
      stride: [2],
    });
    expect(() => convolutionalOptions("layer", 2, 3, { stride: 2 }, [])).toThrow('layer option: got "stride"');
  });

  test("filters are a multiple of the groups", () => {
    expect(groupedOptions("layer", 6, {})).toEqual({ filters: 6, groups: 1 });
    expect(groupedOptions("layer", 6, { groups: 3 })).toEqual({ filters: 6, groups: 3 });
    expect(() => groupedOptions("layer", 6, { groups: 4 })).toThrow(
      "layer: got 6 filters for 4 groups, need a multiple",
    );
  });

  test("so are channels", () => {
    expect(() => checkChannels("layer", [4, 4, 6], 3)).not.toThrow();
    expect(() => checkChannels("layer", [4, 4, 6], 4)).toThrow(
      "layer: got a value [4, 4, 6] of 6 channels for 4 groups",
    );
  });
});

describe("the kind", () => {
  test("has a preactivation block only where an activation changes something", () => {
    const shapes = { elementBytes: 4, inputs: [[5, 5, 1]], output: [3, 3, 2] };
    expect(conv2dKind.blocks!(conv2d(2, 3), shapes).preactivation).toBe("output");
    const { preactivation } = conv2dKind.blocks!(conv2d(2, 3, { activation: "relu" }), shapes);
    expect(preactivation).toEqual({ elements: 18, per: "row" });
  });

  test("refuses values with other sides", () => {
    expect(() => conv1dKind.outputShape!({ ...conv2d(2, 3) } as never, [[5, 5, 1]])).toThrow(
      "conv1d: got a value [5, 5, 1]",
    );
  });

  test("a file keeps what the layer has of its own, beside the kernel's size, the activation and the bias", () => {
    const kept = ["kernelSize", "activation", "bias", "filters", "stride", "padding", "dilation", "groups", "maxNorm"];
    expect(Object.keys(conv2dKind.toJSON!(conv2d(2, 3)))).toEqual(kept);
  });
});
