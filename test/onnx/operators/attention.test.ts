/** Attention: with its projections as one layer, or of queries, keys and values that are computed. */
import { describe, expect, test } from "vitest";
import { attention, input, Network } from "../../../src/index.ts";
import { answers, integers, type ModelSpec, node, read, refused, tensor, titles, upTo } from "../models.ts";

const eye = tensor("w", [2, 2], [1, 0, 0, 1]);

/** One head of two units on two features. */
function projected(scale: number, mask: number[]): ModelSpec {
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
      ...[eye, integers("heads", 0, 0, 1, 2), integers("whole", 0, 0, 2)],
      ...[tensor("scale", [], [scale]), tensor("mask", [2, 2], mask)],
    ],
  };
}

describe("with projections", () => {
  test("it is causal if its mask hides later steps", () => {
    expect(titles(projected(Math.SQRT1_2, [0, -1e9, 0, 0]))).toEqual(["attention, 1 head, causal, no bias"]);
    expect(titles(projected(Math.SQRT1_2, [0, 0, 0, 0]))).toEqual(["attention, 1 head, no bias"]);
  });

  test("another scale or mask is refused", () => {
    refused(projected(1, [0, 0, 0, 0]), /simdnet\.Attention.*got scale 1, need 1 \/ √2/);
    refused(projected(Math.SQRT1_2, [0, 0, -1e9, 0]), /got a mask of its own, need none, or one of all later steps/);
  });
});

/** Queries, keys and values that are given, without heads. */
const plain = (...between: ReturnType<typeof node>[]): ModelSpec => ({
  nodes: [
    node("Transpose", "k -> t", { perm: [0, 2, 1] }),
    node("MatMul", "q t -> s"),
    ...between,
    node("MatMul", "p v -> y"),
  ],
  inputs: { q: ["batch", 3, 2], k: ["batch", 4, 2], v: ["batch", 4, 2] },
  tensors: [tensor("two", [], [2]), tensor("mask", [3, 4], upTo(12))],
});
const softmax = node("Softmax", "s -> p");

describe("without projections", () => {
  test("it is a layer whose projections change nothing and are not trained", () => {
    const { network } = read(plain(softmax));
    expect(network.layers.map(({ description }) => description.kind)).toEqual(["concatenate", "attention"]);
    expect(network.layers[1].trainable).toBe(false);
    const [q, k, v] = [6, 8, 8].map((count) => Float32Array.from(upTo(count), (value) => Math.sin(value)));
    const answer: unknown = network.predict([q, k, v]);
    const scores = (row: number) =>
      [0, 1, 2, 3].map((key) => q[2 * row] * k[2 * key] + q[2 * row + 1] * k[2 * key + 1]);
    for (const row of [0, 1, 2]) {
      const powers = scores(row).map(Math.exp);
      const sum = powers.reduce((total, power) => total + power);
      const wanted = powers.reduce((total, power, key) => total + (power / sum) * v[2 * key], 0);
      expect((answer as Float32Array)[2 * row]).toBeCloseTo(wanted, 5);
    }
  });

  test("any factor is part of it", () => {
    const { network } = read(plain(node("Div", "s two -> d"), node("Softmax", "d -> p")));
    const query = network.parameters.find(({ name }) => name.endsWith("queryWeight"))!;
    expect([...query.values]).toEqual([Math.fround(Math.SQRT1_2), 0, 0, Math.fround(Math.SQRT1_2)]);
  });

  test("a mask may choose between scores and a number", () => {
    const { nodes, ...rest } = plain();
    const spec = {
      ...rest,
      nodes: [...nodes.slice(0, 2), node("Where", "seen s least -> m"), node("Softmax", "m -> p"), ...nodes.slice(2)],
      inputs: { q: ["batch", 2, 2], k: ["batch", 2, 2], v: ["batch", 2, 2] },
      tensors: [tensor("seen", [2, 2], [1, 0, 1, 1]), tensor("least", [], [Number.NEGATIVE_INFINITY])],
    };
    expect(titles(spec)).toContain("attention, 1 head, causal, no bias");
  });

  test("of one value for all, it is the layer", () => {
    const nodes = [
      node("Transpose", "x -> t", { perm: [0, 2, 1] }),
      node("MatMul", "x t -> s"),
      softmax,
      node("MatMul", "p x -> y"),
    ];
    const spec = { nodes, inputs: { x: ["batch", 3, 2] } };
    const value = input([3, 2]);
    const network = new Network({ inputs: value, outputs: attention({ heads: 1, bias: false })(value) });
    for (const { name, values } of network.parameters)
      values.set(name.includes("query") ? [Math.SQRT2, 0, 0, Math.SQRT2] : [1, 0, 0, 1]);
    const wanted = network.predict(Float32Array.from(upTo(6))) as Float32Array;
    expect(answers(spec, upTo(6))).toEqual(Array.from(wanted, (each) => Number(each.toPrecision(5))));
  });
});

describe("refused is", () => {
  test.each([
    [
      "a product without softmax",
      plain(node("Mul", "s two -> p")),
      "got a product of three values without softmax, need attention",
    ],
    ["a mask of its own", plain(node("Add", "s mask -> m"), node("Softmax", "m -> p")), "got a mask of its own"],
    [
      "another use of scores",
      plain(node("Relu", "s -> p")),
      'Relu "p": got the product of two values, need attention: a factor',
    ],
    [
      "softmax along the queries",
      plain(node("Softmax", "s -> p", { axis: 1 })),
      "got the product of two values, need attention",
    ],
  ])("%s", (_, spec, message) => {
    refused(spec, message);
  });

  test("scores as an output, and values that do not fit", () => {
    refused(
      { ...plain(softmax), outputs: ["s"] },
      'fromOnnx, MatMul "s": got the product of two values as an output, need attention',
    );
    const nodes = [node("MatMul", "q k -> s")];
    refused(
      { nodes, inputs: { q: ["batch", 3, 2], k: ["batch", 3, 2] } },
      "got two values that do not fit as queries and keys",
    );
  });
});
