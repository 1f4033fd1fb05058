import { describe, expect, test } from "vitest";
import { Graph, sequential } from "../../src/topology/graph.ts";
import { fromValues } from "../../src/topology/initializers.ts";
import { dense } from "../../src/topology/layers/dense.ts";
import { addition, additionKind } from "./addition.ts";

describe("sequential", () => {
  const graph = sequential([4, 2], [dense(5), dense(3, { name: "middle" }), dense(2, { bias: false })]);

  test("3 layers are 3 nodes, each reading what the one before makes", () => {
    expect(graph.inputs.map(({ shape }) => shape)).toEqual([[4, 2]]);
    expect(graph.nodes.map(({ output }) => output.shape)).toEqual([[5], [3], [2]]);
    expect(graph.nodes[0].inputs).toEqual(graph.inputs);
    expect(graph.nodes[1].inputs[0]).toBe(graph.nodes[0].output);
    expect(graph.nodes[2].inputs[0]).toBe(graph.nodes[1].output);
    expect(graph.outputs).toEqual([graph.nodes[2].output]);
  });

  test("layers are named by kind and position unless they are given a name, parameters after their layer", () => {
    expect(graph.layers.map(({ name }) => name)).toEqual(["dense1", "middle", "dense3"]);
    expect(graph.parameters.map(({ fullName, shape }) => [fullName, shape])).toEqual([
      ["dense1.weight", [8, 5]],
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

  test("an initializer that does not fit is refused with the parameter's name", () => {
    const layers = [dense(2), dense(3, { biasInitializer: fromValues([1, 2]) })];
    expect(() => sequential([2], layers)).toThrow("dense2.bias: got an array of 2 with 2 values, need 3");
  });
});

describe("a graph", () => {
  test("a layer applied twice is two nodes, one layer, and its parameters once", () => {
    const graph = new Graph();
    const [left, right] = [graph.input([3]), graph.input([3])];
    const layer = graph.layer(dense(3), [left.shape]);
    const sum = graph.layer(addition, [[3], [3]], additionKind);
    const total = graph.apply(sum, [graph.apply(layer, [left]), graph.apply(layer, [right])]);
    expect(graph.nodes.map((node) => node.layer)).toEqual([layer, layer, sum]);
    expect(graph.layers).toEqual([layer, sum]);
    expect(graph.parameters.map(({ fullName }) => fullName)).toEqual(["dense1.weight", "dense1.bias"]);
    expect(graph.nodes[2].inputs).toEqual([graph.nodes[0].output, graph.nodes[1].output]);
    expect(graph.nodes[2].output).toBe(total);
  });

  test("a layer that is refused leaves the graph with the 1 layer it had", () => {
    const graph = new Graph();
    graph.layer(dense(3, { name: "a" }), [[2]]);
    expect(() => graph.layer(dense(3, { name: "a" }), [[2]])).toThrow(RangeError);
    expect(() => graph.layer(dense(3, { weightInitializer: fromValues([1]) }), [[2]])).toThrow(RangeError);
    expect(graph.layers.length).toBe(1);
    expect(graph.layer(dense(3), [[2]]).name).toBe("dense2");
  });

  test("a kind that the library has not is refused unless it is given", () => {
    expect(() => new Graph().layer(addition, [[2], [2]])).toThrow(/^layer: got "addition", need one of dense/);
  });
});
