/** Networks of the values that graphs become: names and parameters of layers. */
import { expect, test } from "vitest";
import { node, read, refused, tensor, titles, upTo } from "./models.ts";

test("has the names of the graph's nodes, or its own where two have one", () => {
  const nodes = [
    { ...node("Gemm", "x w -> a"), name: "first" },
    { ...node("Gemm", "a v -> y"), name: "first" },
  ];
  const tensors = [tensor("w", [2, 2], upTo(4)), tensor("v", [2, 2], upTo(4))];
  expect(read({ nodes, inputs: { x: ["batch", 2] }, tensors }).network.layers.map(({ name }) => name)).toEqual([
    "first",
    "dense1",
  ]);
});

test("a value that is two outputs, or an input, has layers of its own", () => {
  const spec = { nodes: [node("Relu", "x -> y"), node("Identity", "y -> z")], inputs: { x: ["batch", 2] } };
  expect(titles({ ...spec, outputs: ["y", "z"] })).toEqual(["relu", "linear"]);
});

test("parameters are finite, and variances not negative", () => {
  const infinite = [tensor("w", [1, 1], [Number.POSITIVE_INFINITY])];
  refused({ nodes: [node("MatMul", "x w -> y")], inputs: { x: ["batch", 1] }, tensors: infinite }, "Infinity");
});
