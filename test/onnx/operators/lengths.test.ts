/** Masks of sequences that differ in length: what they may do, and what is refused. write.test.ts reads whole networks. */
import { describe, expect, test } from "vitest";
import { integers, type ModelSpec, node, read, refused, tensor, titles } from "../models.ts";

/** The mask of three steps is m, for channels before the steps or behind them. */
const spec = (fill: number, areFirst: boolean, nodes: ModelSpec["nodes"]): ModelSpec => ({
  nodes: [
    node("Unsqueeze", "n one -> column"),
    node("Less", "range column -> flat"),
    node("Unsqueeze", `flat ${areFirst ? "one" : "two"} -> m`),
    node("Where", "m x fill -> f"),
    ...nodes,
  ],
  inputs: { x: areFirst ? ["batch", 2, 3] : ["batch", 3, 2], n: ["batch"] },
  types: { n: 6 },
  tensors: [
    ...[integers("one", 1), integers("two", 2), integers("range", 0, 1, 2), tensor("fill", [], [fill])],
    tensor("w", [1, 2, 2], [1, 0, 0, 1]),
  ],
});
const masked = (fill: number, ...nodes: ModelSpec["nodes"]) => spec(fill, true, nodes);
const last = (fill: number, ...nodes: ModelSpec["nodes"]) => spec(fill, false, nodes);
const least = Number.NEGATIVE_INFINITY;
const mean = [
  node("ReduceSum", "f one -> s", { keepdims: 0 }),
  node("Cast", "column -> count", { to: 1 }),
  node("Div", "s count -> y"),
];

describe("what is behind the end of a sequence", () => {
  test("is 0 for a convolution and −∞ for a maximum", () => {
    expect(titles(masked(0, node("Conv", "f w -> y")))).toEqual(["conv1d 1, 2, linear, no bias"]);
    expect(titles(masked(least, node("MaxPool", "f -> y", { kernel_shape: [2] })))).toEqual(["max pool 2, stride 1"]);
    expect(titles(last(least, node("ReduceMax", "f -> y", { axes: [1], keepdims: 0 })))).toEqual(["global max pool"]);
  });

  test("does not count in a mean", () => {
    const { network } = read(last(0, ...mean));
    // The second sequence has one step.
    const answer = network.predict(Float32Array.of(1, 2, 3, 4, 5, 9, 7, 8, 99, 99, 99, 99), { lengths: [3, 1] });
    expect(answer).toEqual(Float32Array.of(3, 5, 7, 8));
  });
});

test("a mask of another side is refused, even if it is as long", () => {
  const square = { ...last(0, node("Relu", "f -> y")), inputs: { x: ["batch", 3, 3], n: ["batch"] } };
  const nodes = square.nodes.map((each) => (each.inputs![1] === "two" ? node("Unsqueeze", "flat one -> m") : each));
  const short = { ...last(0, ...mean), inputs: { x: ["batch", 4, 2], n: ["batch"] } };
  refused(short, "got lengths of sequences, or what is made of them");
  refused({ ...square, nodes }, 'fromOnnx, Where "f": got lengths of sequences, or what is made of them');
});

describe("refused is", () => {
  test("a layer of several steps without a mask", () => {
    const { nodes, ...rest } = masked(0, node("Conv", "f w -> y"));
    const message = 'fromOnnx, Conv "z": got sequences that differ in length without a mask, need a Where';
    refused({ ...rest, nodes: [...nodes, node("Conv", "x w -> z")], outputs: ["y", "z"] }, message);
  });

  test("another number behind the end, or another use of it", () => {
    refused(
      masked(0, node("MaxPool", "f -> y", { kernel_shape: [2] })),
      "got a value with 0 behind the ends of its sequences",
    );
    refused(masked(5, node("Conv", "f w -> y")), "got a value with 5 behind the ends");
    refused(last(0, node("Relu", "f -> y")), "need a convolution or a sum of steps after 0, or a maximum after −∞");
    refused(last(0, node("Mul", "x f -> y")), "got lengths of sequences, or what is made of them");
  });

  test("a sum that is not divided by the steps, and lengths that go elsewhere", () => {
    refused(last(0, mean[0], node("Relu", "s -> y")), "got lengths of sequences, or what is made of them");
    refused(last(0, mean[0]), "got lengths of sequences as the output");
    const { nodes, ...rest } = masked(0, node("Conv", "f w -> y"));
    const late = nodes.map((each) => (each.operator === "Less" ? node("Less", "late column -> flat") : each));
    refused(
      { ...rest, nodes: late, tensors: [...rest.tensors!, integers("late", 1, 2, 3)] },
      "got lengths of sequences, or",
    );
  });
});
