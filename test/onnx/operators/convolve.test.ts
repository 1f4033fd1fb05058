/** A convolution as a layer: its weights, and what follows it. */
import { describe, expect, test } from "vitest";
import { answers, node, read, tensor, titles } from "../models.ts";

const image = { x: ["batch", 2, 3, 3] };

describe("a convolution", () => {
  test("takes its weight from [filters, channels, height, width]", () => {
    const spec = {
      nodes: [node("Conv", "x w -> y")],
      inputs: { x: ["batch", 2, 1, 2] },
      tensors: [tensor("w", [1, 2, 1, 2], [1, 10, 100, 1000])],
    };
    expect([...read(spec).network.parameters[0].values]).toEqual([1, 100, 10, 1000]);
    expect(answers(spec, [1, 2, 3, 4])).toEqual([1 + 200 + 30 + 4000]);
  });

  test("takes a bias and an activation that follow it", () => {
    const nodes = [node("Conv", "x w -> a"), node("Add", "a b -> c"), node("Relu", "c -> y")];
    const tensors = [tensor("w", [2, 2, 1, 1], [1, 0, 0, 1]), tensor("b", [1, 2, 1, 1], [1, 2])];
    expect(titles({ nodes, inputs: image, tensors })).toEqual(["conv2d 2, 1×1, relu"]);
  });
});
