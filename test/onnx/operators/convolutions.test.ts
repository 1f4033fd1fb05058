/** Convolutions: their kinds and sizes. test/fixtures/onnx-backend.json has their answers. */
import { describe, expect, test } from "vitest";
import { node, read, refused, tensor, titles, upTo } from "../models.ts";

const image = { x: ["batch", 2, 3, 3] };

describe("a convolution", () => {
  test("is of images, of sequences, in groups, or for each channel", () => {
    const titleOf = (inputs: object, dims: number[], attributes = {}) =>
      titles({
        nodes: [node("Conv", "x w -> y", attributes)],
        inputs: inputs as never,
        tensors: [
          tensor(
            "w",
            dims,
            new Array(200).fill(1).slice(
              0,
              dims.reduce((a, b) => a * b),
            ),
          ),
        ],
      });
    expect(titleOf(image, [4, 2, 3, 3], { pads: [1, 1, 1, 1] })).toEqual([
      "conv2d 4, 3×3, padding 1,1 1,1, linear, no bias",
    ]);
    expect(titleOf({ x: ["batch", 2, 5] }, [4, 2, 2], { strides: [2] })).toEqual([
      "conv1d 4, 2, stride 2, linear, no bias",
    ]);
    expect(titleOf({ x: ["batch", 4, 3, 3] }, [4, 2, 1, 1], { group: 2 })).toEqual([
      "conv2d 4, 1×1, 2 groups, linear, no bias",
    ]);
    expect(titleOf(image, [4, 1, 3, 3], { group: 2 })).toEqual(["depthwiseConv2d 3×3, multiplier 2, linear, no bias"]);
  });
});

describe("a transposed convolution", () => {
  const titleOf = (attributes: object, dims = [2, 1, 2, 2]) => {
    const tensors = [tensor("w", dims, upTo(dims.reduce((a, b) => a * b)))];
    const inputs = dims.length === 3 ? { x: ["batch", 2, 3] } : image;
    const { network, outputs } = read({
      nodes: [node("ConvTranspose", "x w -> y", attributes as never)],
      inputs,
      tensors,
    });
    return [network.layers.map(({ description }) => description.kind).join(), outputs[0].shape];
  };

  test("has strides, cuts, and zeros at the end", () => {
    expect(titleOf({ strides: [2, 2] })).toEqual(["convTranspose2d", [6, 6, 1]]);
    expect(titleOf({ strides: [2, 2], pads: [1, 0, 0, 0] })).toEqual(["convTranspose2d", [5, 6, 1]]);
    expect(titleOf({ strides: [2, 2], output_padding: [1, 1] })).toEqual(["convTranspose2d", [7, 7, 1]]);
    expect(titleOf({ strides: [2, 2], output_shape: [5, 7] })).toEqual(["convTranspose2d", [5, 7, 1]]);
    expect(titleOf({ strides: [3, 3], auto_pad: "SAME_UPPER" })).toEqual(["convTranspose2d", [9, 9, 1]]);
  });

  test("of a sequence is one of an image of one line", () => {
    expect(titleOf({}, [2, 3, 2])).toEqual(["reshape,convTranspose2d,reshape", [4, 3]]);
  });
});

test("refused are weights that do not fit, and weights that are not constants", () => {
  const spec = (dims: number[]) => ({
    nodes: [node("Conv", "x w -> y")],
    inputs: image,
    tensors: [tensor("w", dims, upTo(dims.reduce((a, b) => a * b)))],
  });
  refused(spec([1, 3, 1, 1]), 'fromOnnx, Conv "y": got a weight for 3 channels, need one for 2 in 1 groups');
  refused(spec([1, 2, 1]), "got no weight, need one as [filters, channels, size]");
  refused({ nodes: [node("Conv", "x x -> y")], inputs: image }, "need a constant (weights may be given in constants)");
  const transposed = { ...spec([3, 1, 1, 1]), nodes: [node("ConvTranspose", "x w -> y")] };
  refused(transposed, "got a weight for 3 channels, need one for 2");
});
