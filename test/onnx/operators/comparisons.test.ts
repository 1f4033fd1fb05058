/** Comparisons of two values and attention, as exporters write them in parts. */
import { expect, test } from "vitest";
import { integers, node, read, refused, tensor, titles } from "../models.ts";

const pair = { a: ["batch", 3], b: ["batch", 3] };
const predict = (spec: Parameters<typeof read>[0], a: number[], b: number[]) => {
  const answer: unknown = read(spec).network.predict([Float32Array.from(a), Float32Array.from(b)]);
  return [...(answer as Float32Array)];
};

test("the distance, the dot product and the cosine", () => {
  const distance = { nodes: [node("Sub", "a b -> d"), node("ReduceL2", "d -> y", { axes: [1] })], inputs: pair };
  expect([titles(distance), predict(distance, [1, 2, 3], [1, 5, 7])]).toEqual([["distance"], [5]]);
  const dot = {
    nodes: [node("Mul", "a b -> p"), node("ReduceSum", "p s -> y", { keepdims: 0 })],
    inputs: pair,
    tensors: [integers("s", -1)],
  };
  expect([titles(dot), predict(dot, [1, 2, 3], [1, 1, 1])]).toEqual([["dot product"], [6]]);
  const norm = (name: string) => [
    node("ReduceL2", `${name} -> ${name}n`, { axes: [1] }),
    node("Max", `${name}n least -> ${name}m`),
  ];
  const cosine = {
    nodes: [
      ...norm("a"),
      ...norm("b"),
      node("Mul", "am bm -> m"),
      node("Mul", "a b -> p"),
      node("ReduceSum", "p s -> q"),
      node("Div", "q m -> y"),
    ],
    inputs: pair,
    tensors: [integers("s", 1), tensor("least", [], [1e-8])],
  };
  expect([titles(cosine), predict(cosine, [2, 0, 0], [5, 0, 0])]).toEqual([["cosine"], [1]]);
});

/** One head of two units on two features. */
function attentionOf(scale: number, mask: number[]) {
  const projection = (name: string, perm: number[]) => [
    node("MatMul", `x w -> ${name}1`),
    node("Reshape", `${name}1 heads -> ${name}2`),
    node("Transpose", `${name}2 -> ${name}`, { perm }),
  ];
  return {
    nodes: [
      ...projection("q", [0, 2, 1, 3]),
      ...projection("k", [0, 2, 3, 1]),
      ...projection("v", [0, 2, 1, 3]),
      node("MatMul", "q k -> s1"),
      node("Mul", "s1 scale -> s2"),
      node("Add", "s2 mask -> s3"),
      node("Softmax", "s3 -> s4"),
      node("MatMul", "s4 v -> m1"),
      node("Transpose", "m1 -> m2", { perm: [0, 2, 1, 3] }),
      node("Reshape", "m2 whole -> m3"),
      node("MatMul", "m3 w -> y"),
    ],
    inputs: { x: ["batch", 2, 2] },
    tensors: [
      tensor("w", [2, 2], [1, 0, 0, 1]),
      integers("heads", 0, 0, 1, 2),
      integers("whole", 0, 0, 2),
      tensor("scale", [], [scale]),
      tensor("mask", [2, 2], mask),
    ],
  };
}

test("attention, causal if its mask hides later steps", () => {
  expect(titles(attentionOf(Math.SQRT1_2, [0, -1e9, 0, 0]))).toEqual(["attention, 1 head, causal, no bias"]);
  expect(titles(attentionOf(Math.SQRT1_2, [0, 0, 0, 0]))).toEqual(["attention, 1 head, no bias"]);
});

test("attention with another scale or mask is refused", () => {
  refused(attentionOf(1, [0, 0, 0, 0]), /simdnet\.Attention.*got scale 1, need 1 \/ √2/);
  refused(attentionOf(Math.SQRT1_2, [0, 0, -1e9, 0]), /got a mask of its own, need none, or one of all later steps/);
});
