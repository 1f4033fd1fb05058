/** Constants that multiply and are added: for all numbers, for each channel, for each place. */
import { describe, expect, test } from "vitest";
import { answers, node, read, refused, tensor, titles, upTo } from "../models.ts";

describe("a constant", () => {
  test("for all numbers is not trained", () => {
    const spec = { nodes: [node("Mul", "x c -> y")], inputs: { x: ["batch", 3] }, tensors: [tensor("c", [], [2])] };
    expect(answers(spec, [1, 2, 3])).toEqual([2, 4, 6]);
    const [layer] = read(spec).network.layers.filter(({ parameterCount }) => parameterCount > 0);
    expect(layer.trainable).toBe(false);
  });

  test("for each feature is trained", () => {
    const spec = {
      nodes: [node("Mul", "x c -> y")],
      inputs: { x: ["batch", 2, 3] },
      tensors: [tensor("c", [3], [1, 2, 3])],
    };
    expect(answers(spec, upTo(6))).toEqual([1, 4, 9, 4, 10, 18]);
    const { layers } = read(spec).network;
    expect(layers.map(({ title, trainable }) => [title, trainable])).toEqual([
      ["conv1d 3, 1, 3 groups, linear, no bias", true],
    ]);
  });

  test("for each channel of an image is a depthwise convolution", () => {
    const nodes = [node("Mul", "x c -> a"), node("GlobalAveragePool", "a -> y")];
    const spec = { nodes, inputs: { x: ["batch", 2, 1, 2] }, tensors: [tensor("c", [2, 1, 1], [10, 100])] };
    expect(titles(spec)).toEqual(["depthwiseConv2d 1×1, linear, no bias", "global average pool"]);
    // Ours: two pixels of two channels.
    expect(answers(spec, [1, 2, 3, 4])).toEqual([20, 300]);
  });

  test("for each place of a sequence that is added is a table", () => {
    const table = tensor("c", [2, 3], upTo(6));
    const spec = { nodes: [node("Add", "x c -> y")], inputs: { x: ["batch", 2, 3] }, tensors: [table] };
    expect(titles(spec)).toEqual(["position embedding"]);
    expect(answers(spec, upTo(6))).toEqual([2, 4, 6, 8, 10, 12]);
  });

  test("for each place is taken in our order of sides", () => {
    const nodes = [node("Mul", "x c -> a"), node("MaxPool", "a -> y", { kernel_shape: [1, 1] })];
    const spec = { nodes, inputs: { x: ["batch", 2, 1, 2] }, tensors: [tensor("c", [2, 1, 2], [1, 10, 100, 1000])] };
    expect(answers(spec, [1, 1, 1, 1])).toEqual([1, 100, 10, 1000]);
  });
});

test("a constant that differs between examples, or does not fit, is refused", () => {
  const spec = (dims: number[], count: number) => ({
    nodes: [node("Add", "x c -> y")],
    inputs: { x: ["batch", 3] },
    tensors: [tensor("c", dims, upTo(count))],
  });
  refused(spec([2, 3], 6), 'fromOnnx, Add "y": got a constant that differs between examples');
  refused(spec([2], 2), "got a constant of the shape [2] for 3 places along axis 1, need as many, or 1");
  refused(spec([1, 1, 3], 3), "got a constant of 3 sides for a value of 2, need at most as many");
});
