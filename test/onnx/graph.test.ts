/** A graph that is being written: names that differ, tensors once, and transposes where a value is needed in another order. */
import { describe, expect, test } from "vitest";
import { input } from "../../src/index.ts";
import { GraphWriter, type Order } from "../../src/onnx/graph.ts";

const writer = () => new GraphWriter(17, "float32");
const transposes = ({ nodes }: GraphWriter) =>
  nodes.map(({ attributes }) => attributes?.find(({ name }) => name === "perm")?.ints);

test("names are unique, and nodes have a name for each output", () => {
  const graph = writer();
  expect([graph.unique("a"), graph.unique("a"), graph.unique("a")]).toEqual(["a", "a_2", "a_3"]);
  expect(graph.node("Split", ["x"], {}, { outputs: 2 })).toEqual(["Split:0", "Split:1"]);
  expect(graph.one("Relu", ["x"], { alpha: { float: 1 }, axis: 2, perm: [1], mode: "m" }, "r")).toBe("r:0");
  expect(graph.nodes.at(-1)!.attributes!.map(({ type }) => type)).toEqual([1, 2, 7, 3]);
});

test("a node may have outputs of given names and an operator of another set", () => {
  const graph = writer();
  expect(graph.node("LSTM", ["x"], {}, { outputNames: ["", "y"] })).toEqual(["", "y"]);
  expect(graph.labels("t", { keys_strings: ["ä"], default_int64: 1 })).toBe("LabelEncoder:0");
  const [lstm, labels] = graph.nodes;
  expect([lstm.outputs, lstm.domain]).toEqual([["", "y"], undefined]);
  const texts = [new TextEncoder().encode("ä")];
  expect(labels).toMatchObject({
    domain: "ai.onnx.ml",
    attributes: [
      { type: 8, texts },
      { type: 2, int: 1 },
    ],
  });
  expect(graph.needsLearning).toBe(true);
});

test("a tensor is there once, also if two uses of a layer write it", () => {
  const graph = writer();
  const add = (arrangement?: string) => graph.tensor("w", [2], Float32Array.of(1, 2), arrangement);
  expect([add(), add(), add("other")]).toEqual(["w", "w", "w_2"]);
  expect([graph.number(2), graph.number(2), graph.number([2])]).toEqual(["constant", "constant", "constant_2"]);
  expect([graph.integers([1]), graph.floats([1]), graph.floats([1], true)]).toEqual([
    "constant_3",
    "constant_4",
    "constant_5",
  ]);
  expect(graph.initializers.map(({ type }) => type)).toEqual([1, 1, 1, 1, 7, 1, 1]);
  expect(new GraphWriter(17, "float64").number(2)).toBe("constant");
});

describe("a value in another order", () => {
  const orders: [Order, Order, number[], number[][]][] = [
    ["last", "first", [4, 5, 3], [[0, 3, 1, 2]]],
    ["first", "last", [4, 5, 3], [[0, 2, 3, 1]]],
    ["last", "first", [7, 2], [[0, 2, 1]]],
    ["last", "steps", [7, 2], [[1, 0, 2]]],
    ["steps", "last", [7, 2], [[1, 0, 2]]],
    ["steps", "first", [7, 2], [[1, 2, 0]]],
    ["first", "steps", [7, 2], [[2, 0, 1]]],
    ["last", "first", [3], []],
  ];
  test.each(orders)("%s as %s of %j", (from, to, shape, perms) => {
    const graph = writer();
    const value = input(shape);
    graph.set(value, from, "x");
    const name = graph.get(value, to);
    expect([graph.get(value, to), transposes(graph)]).toEqual([name, perms]);
  });

  test("a row of an image is turned as an image", () => {
    const graph = writer();
    const row = input(60);
    graph.set(row, "row", "x", [4, 5, 3]);
    graph.get(row, "last");
    expect([graph.imageOf(row), graph.has(row, "last"), graph.orderOf(row)]).toEqual([[4, 5, 3], true, "last"]);
    expect(graph.nodes.map(({ operator }) => operator)).toEqual(["Reshape", "Transpose", "Reshape"]);
  });
});

test("the axis of a side depends on the order", () => {
  const image = input([4, 5, 3]);
  const axes = (order: Order) => [0, 1, 2].map((side) => writer().axisOf(image, side, order));
  expect([axes("last"), axes("first")]).toEqual([
    [1, 2, 3],
    [2, 3, 1],
  ]);
  expect([0, 1].map((side) => writer().axisOf(input([7, 2]), side, "steps"))).toEqual([0, 2]);
});
