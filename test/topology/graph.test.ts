import { describe, expect, test } from "vitest";
import { Graph, sequential } from "../../src/topology/graph.ts";
import { activation } from "../../src/topology/layers/activation.ts";
import { add } from "../../src/topology/layers/combination.ts";
import { dense } from "../../src/topology/layers/dense.ts";
import { input, type Value } from "../../src/topology/layers/value.ts";

describe("sequential", () => {
  const graph = sequential([4, 2], [dense(5), dense(3, { name: "middle" }), dense(2, { bias: false })]);

  test("3 layers are 3 nodes, each reading what the one before makes", () => {
    expect(graph.inputs.map(({ shape }) => shape)).toEqual([[4, 2]]);
    expect(graph.nodes.map(({ output }) => output.shape)).toEqual([
      [4, 5],
      [4, 3],
      [4, 2],
    ]);
    expect(graph.nodes[0].inputs).toEqual(graph.inputs);
    expect(graph.nodes[1].inputs[0]).toBe(graph.nodes[0].output);
    expect(graph.nodes[2].inputs[0]).toBe(graph.nodes[1].output);
    expect(graph.outputs).toEqual([graph.nodes[2].output]);
  });

  test("layers are named by kind and position unless they are given a name, parameters after their layer", () => {
    expect(graph.layers.map(({ name }) => name)).toEqual(["dense1", "middle", "dense3"]);
    expect(graph.parameters.map(({ fullName, shape }) => [fullName, shape])).toEqual([
      ["dense1.weight", [2, 5]],
      ["dense1.bias", [5]],
      ["middle.weight", [5, 3]],
      ["middle.bias", [3]],
      ["dense3.weight", [3, 2]],
    ]);
  });

  test("one description used twice is two layers with parameters of their own", () => {
    const square = dense(3);
    const { layers, parameters } = sequential([3], [square, square]);
    expect(layers.map(({ name }) => name)).toEqual(["dense1", "dense2"]);
    expect(new Set(parameters).size).toBe(4);
  });

  test.each([
    [[dense(2, { name: "a" }), dense(2, { name: "a" })], "a"],
    [[dense(2), dense(2, { name: "dense1" })], "dense1"],
    [[dense(2, { name: "dense2" }), dense(2)], "dense2"],
  ])("two layers of one name are refused", (layers, name) => {
    expect(() => sequential([2], layers)).toThrow(RangeError);
    expect(() => sequential([2], layers)).toThrow(`network: got two layers named "${name}", need names that differ`);
  });
});

describe("a graph", () => {
  test("a layer called twice is two nodes, one layer, and its parameters once", () => {
    const [left, right] = [input(3), input(3)];
    const layer = dense(3);
    const total = add(layer(left), layer(right));
    const graph = new Graph([left, right], [total]);
    const [shared, sum] = graph.layers;
    expect(graph.nodes.map((node) => node.layer)).toEqual([shared, shared, sum]);
    expect(graph.layers.map(({ name }) => name)).toEqual(["dense1", "add1"]);
    expect(graph.parameters.map(({ fullName }) => fullName)).toEqual(["dense1.weight", "dense1.bias"]);
    expect(graph.nodes[2].inputs).toEqual([graph.nodes[0].output, graph.nodes[1].output]);
    expect(graph.nodes[2].output).toBe(total);
  });

  test("has only what its outputs need, each node after those it reads, in the order of the outputs", () => {
    const first = input(2);
    const hidden = dense(3, { name: "hidden" })(first);
    const unused = dense(4, { name: "unused" })(hidden);
    const [one, two] = [dense(1, { name: "one" })(hidden), dense(1, { name: "two" })(hidden)];
    const names = (outputs: Value[]) => new Graph([first], outputs).nodes.map(({ layer }) => layer.name);
    expect(names([two, one])).toEqual(["hidden", "two", "one"]);
    expect(names([one])).toEqual(["hidden", "one"]);
    expect(names([unused])).toEqual(["hidden", "unused"]);
  });

  test("may begin at a value that a layer has made", () => {
    const hidden = dense(3)(input(2));
    const output = dense(1)(hidden);
    expect(new Graph([hidden], [output]).layers.map(({ name }) => name)).toEqual(["dense1"]);
  });

  test("is refused without an input that it needs, with one that it does not, or with a layer used for two shapes", () => {
    const [left, right] = [input(3), input(3)];
    const sum = add(left, right);
    expect(() => new Graph([left], [sum])).toThrow("network: got outputs that need an input [3] not among its inputs");
    expect(() => new Graph([left, right, input(1)], [sum])).toThrow("network: got input 2, which no output needs");
    const layer = dense(2, { name: "both" });
    const outputs = [layer(left), layer(input(4))];
    expect(() => new Graph([left, outputs[1].source!.inputs[0]], outputs)).toThrow(
      "both.weight: got a use as [4, 2] and one as [3, 2], need one",
    );
  });

  test("of 10 000 layers is walked", () => {
    const first = input(1);
    let value = first;
    for (let layer = 0; layer < 10_000; layer++) value = activation("tanh")(value);
    expect(new Graph([first], [value]).nodes.length).toBe(10_000);
  });
});
