/** Normalizations: their layers, the order of their numbers, and what they refuse. */
import { describe, expect, test } from "vitest";
import { answers, node, read, refused, tensor, titles } from "../models.ts";

const row = (name: string, ...values: number[]) => tensor(name, [values.length], values);
const image = { x: ["batch", 2, 1, 2] };

describe("BatchNormalization", () => {
  const tensors = [row("s", 1, 10), row("b", 0, 1), row("m", 1, 2), row("v", 4, 1)];
  const own = (attributes = {}) => node("BatchNormalization", "x s b m v -> y", attributes);

  test("is one of the channels of an image, with ONNX's momentum the other way round", () => {
    const { network } = read({
      nodes: [own({ momentum: { float: 0.9 }, epsilon: { float: 1e-3 } })],
      inputs: image,
      tensors,
    });
    expect(network.layers[0].description).toMatchObject({ kind: "batchNorm", momentum: 0.1, epsilon: 1e-3 });
    expect(network.statistics.map(({ values }) => [...values])).toEqual([
      [1, 2],
      [4, 1],
    ]);
  });

  test("of a row is one of its features", () => {
    expect(titles({ nodes: [own()], inputs: { x: ["batch", 2] }, tensors })).toEqual(["batch normalization"]);
  });

  test("in training, or with other rows, is refused", () => {
    refused(
      { nodes: [own({ training_mode: 1 })], inputs: image, tensors },
      "got training_mode, need a graph for prediction",
    );
    refused(
      { nodes: [own()], inputs: { x: ["batch", 3, 1, 1] }, tensors },
      "got 2 numbers as input 1, need 3, one for each channel",
    );
    const negative = tensors.with(3, row("v", -1, 1));
    refused({ nodes: [own()], inputs: image, tensors: negative }, "got -1 at 0, need finite numbers from 0");
  });
});

test("LayerNormalization of the last axis, and of all axes from one on", () => {
  const own = (attributes: object, ...values: number[]) => ({
    nodes: [node("LayerNormalization", "x s -> y", { epsilon: { float: 1e-9 }, ...attributes })],
    inputs: { x: ["batch", 2, 2] },
    tensors: [tensor("s", values.length === 4 ? [2, 2] : [2], values)],
  });
  expect(titles(own({}, 1, 1))).toEqual(["layer normalization"]);
  expect(answers(own({}, 1, 2), [1, 3, 5, 5])).toEqual([-1, 2, 0, 0]);
  expect(answers(own({ axis: 1 }, 1, 2, 3, 4), [-1, -1, 1, 1])).toEqual([-1, -2, 3, 4]);
});

test("GroupNormalization with a number for each channel or group, and InstanceNormalization", () => {
  const nodes = (name: string) => [node(name, "x s b -> y", { num_groups: 1 })];
  const tensors = [row("s", 1, 1), row("b", 0, 0)];
  expect(titles({ nodes: nodes("GroupNormalization"), inputs: image, tensors })).toEqual(["group normalization 1"]);
  expect(titles({ nodes: nodes("GroupNormalization"), inputs: image, tensors: [row("s", 1), row("b", 0)] })).toEqual([
    "group normalization 1",
  ]);
  expect(titles({ nodes: nodes("InstanceNormalization"), inputs: image, tensors })).toEqual(["group normalization 2"]);
});

test("RMSNormalization, and LpNormalization of p 2", () => {
  const inputs = { x: ["batch", 2] };
  expect(
    answers({ nodes: [node("RMSNormalization", "x s -> y")], inputs, tensors: [row("s", 1, 2)], opset: 23 }, [3, 3]),
  ).toEqual([1, 2]);
  expect(answers({ nodes: [node("LpNormalization", "x -> y")], inputs }, [3, 4])).toEqual([0.6, 0.8]);
  refused(
    { nodes: [node("LpNormalization", "x -> y", { p: 1 })], inputs },
    'fromOnnx, LpNormalization "y": got p 1, need 2',
  );
});
