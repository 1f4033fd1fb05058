/** The nodes of layers that take several values. */
import { expect, test } from "vitest";
import { add, concatenate, conv2d, distance, dot, input, Network, subtract, type Value } from "../../../src/index.ts";
import { graphOf, operatorsOf } from "../written.ts";

const two = (shape: readonly number[], layer: (a: Value, b: Value) => Value) => {
  const [a, b] = [input(shape), input(shape)];
  return new Network({ inputs: [a, b], outputs: layer(a, b) });
};

test("a sum of three is two sums", () => {
  const value = input(2);
  const network = new Network({ inputs: value, outputs: add(value, value, value) });
  expect(operatorsOf(network)).toEqual(["Add", "Add"]);
  expect(operatorsOf(two([2], subtract))).toEqual(["Sub"]);
});

test("values are joined along their channels", () => {
  const value = input([2, 2, 1]);
  const layer = () => conv2d(1, 1)(value);
  const { nodes } = graphOf(new Network({ inputs: value, outputs: concatenate(layer(), layer()) }));
  expect(nodes!.find(({ operator }) => operator === "Concat")!.attributes![0].int).toBe(1);
});

test("comparisons are of two values", () => {
  expect(operatorsOf(two([2], distance()))).toEqual(["Sub", "ReduceL2"]);
  expect(operatorsOf(two([2], dot()))).toEqual(["Mul", "ReduceSum"]);
  expect(operatorsOf(two([2], dot({ normalize: true })))).toContain("Div");
});
