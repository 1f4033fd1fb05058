import { expect, test } from "vitest";
import { activation, attention, dense, flatten, Network, type TensorSource } from "../../src/index.ts";
import { counterpartsOf, endsOf } from "../../src/topology/counterparts.ts";

const network = new Network({
  inputs: [2, 1, 2],
  layers: [dense(2), activation("relu"), flatten(), dense(3, { name: "last", bias: false })],
});
const counterparts = (from: TensorSource) => [...counterpartsOf("load", network.engine.graph, from)];

test.each<[TensorSource, string[]]>([
  ["simdnet", ["dense1 weight bias", "last weight"]],
  ["pytorch", ["dense1 weight bias", "last weight"]],
  ["keras", ["dense1 kernel bias", "last kernel"]],
])("of %s are those of each layer with tensors", (from, expected) => {
  const found = counterparts(from).map(([name, { forms }]) => [name, ...endsOf(forms[0])].join(" "));
  expect(found).toEqual(expected);
});

test("behind a flatten of an image have the order of PyTorch", () => {
  const image = new Network({ inputs: [2, 1, 2], layers: [flatten(), dense(3)] });
  const ordersOf = (from: TensorSource) =>
    counterpartsOf("load", image.engine.graph, from)
      .get("dense1")!
      .forms[0].map(({ order }) => order);
  expect(ordersOf("pytorch")).toEqual([[0, 2, 1, 3], undefined]);
  expect(ordersOf("keras")).toEqual([undefined, undefined]);
});

test("have several forms where a library has several modules", () => {
  const { engine } = new Network({ inputs: [3, 4], layers: [attention({ heads: 2 })] });
  const formsOf = (from: TensorSource) =>
    counterpartsOf("load", engine.graph, from).get("attention1")!.forms.map(endsOf);
  expect(formsOf("pytorch").map((ends) => ends.length)).toEqual([4, 8]);
  expect(formsOf("keras").length).toBe(1);
});
