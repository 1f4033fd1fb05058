/** Comparisons of two values, as exporters write them in parts. */
import { expect, test } from "vitest";
import { integers, node, read, tensor, titles } from "../models.ts";

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
