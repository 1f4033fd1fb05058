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

  test("another factor or mask is for products of values", () => {
    expect(titles(projected(1, [0, 0, 0, 0]))).toEqual(
      expect.arrayContaining(["dense 2, linear, no bias", "attention, 1 head, no bias"]),
    );
    expect(titles(projected(Math.SQRT1_2, [0, 0, -1e9, 0]))).toContain("dot product");
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

/** The same with a Where in place of the sum with a mask. */
const chosen = (before: ReturnType<typeof node>[], seen: number[]): ModelSpec => {
  const { nodes, ...rest } = projected(Math.SQRT1_2, [0, 0, 0, 0]);
  const where = node("Where", "seen s2 least -> s3");
  return {
    ...rest,
    nodes: [...before, ...nodes.map((each) => (each.operator === "Add" ? where : each))],
    tensors: [...rest.tensors!, tensor("given", [2, 2], seen), tensor("least", [], [-1e9])],
  };
};

test("a mask that is computed is that of the layer, or refused", () => {
  const computed = [node("Cast", "given -> seen", { to: 9 })];
  expect(titles(chosen(computed, [1, 0, 1, 1]))).toEqual(["attention, 1 head, causal, no bias"]);
  expect(titles(chosen(computed, [1, 1, 1, 1]))).toEqual(["attention, 1 head, no bias"]);
  refused(chosen(computed, [1, 0, 0, 1]), "got a computed mask that is not causal, need a constant of the graph");
  const asInput = chosen([], []);
  const inputs = { ...asInput.inputs, seen: ["batch", 1, 2, 2] };
  refused(
    { ...asInput, inputs, tensors: asInput.tensors!.filter(({ name }) => name !== "given"), types: { seen: 9 } },
    'got "seen", which is computed from the network\'s inputs, need a constant',
  );
});

describe("the work of masks", () => {
  const sides = 64;
  const rows = ["batch", sides, 2] as const;
  const count = 10;
  const each = (nodesOf: (index: number) => ReturnType<typeof node>[]) =>
    Array.from({ length: count }, (_, index) => nodesOf(index)).flat();
  const spec = (nodes: ModelSpec["nodes"], outputs: readonly string[]): ModelSpec => ({
    nodes: [node("Transpose", "k -> t", { perm: [0, 2, 1] }), node("MatMul", "q t -> s"), ...nodes],
    inputs: { q: rows, k: rows, v: rows },
    outputs,
    tensors: [
      tensor(
        "seen",
        [sides, sides],
        Array.from({ length: sides ** 2 }, (_, index) => Number(index % sides <= Math.floor(index / sides))),
      ),
      tensor("least", [], [-1e9]),
    ],
  });
  const masked = (index: number) => node("Where", `seen s least -> m${index}`);

  test("is done once for a mask that many nodes read", () => {
    const nodes = each((index) => [
      masked(index),
      node("Softmax", `m${index} -> p${index}`),
      node("MatMul", `p${index} v -> a${index}`),
    ]);
    const names = Array.from({ length: count }, (_, index) => `a${index}`).join(" ");
    const { network } = read(spec([...nodes, node("Sum", `${names} -> y`)], ["y"]), { limit: 0 });
    expect(network.layers.map(({ description }) => description.kind)).toContain("attention");
  });

  test("counts against the limit", () => {
    const nodes = each((index) => [masked(index), node("Relu", `m${index} -> y${index}`)]);
    const outputs = Array.from({ length: count }, (_, index) => `y${index}`);
    refused(spec(nodes, outputs), 'MatMul "s": got constants of 4096 numbers, need at most 16388 in all', { limit: 0 });
    expect(read(spec(nodes, outputs)).outputs).toHaveLength(count);
  });
});

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

/** Returns softmax(factor · q · kᵀ + mask) · v for sequences of two features. */
function attendedRows(q: Float32Array, k: Float32Array, v: Float32Array, mask: readonly number[]): number[] {
  const keys = k.length / 2;
  return Array.from(q, (_, index) => {
    const [row, column] = [Math.floor(index / 2), index % 2];
    const scores = Array.from({ length: keys }, (_each, key) => {
      return q[2 * row] * k[2 * key] + q[2 * row + 1] * k[2 * key + 1] + mask[row * keys + key];
    });
    const powers = scores.map(Math.exp);
    const sum = powers.reduce((total, power) => total + power);
    return powers.reduce((total, power, key) => total + (power / sum) * v[2 * key + column], 0);
  });
}
const sines = (count: number, factor: number) => Float32Array.from(upTo(count), (value) => Math.sin(factor * value));
const [q, k, v] = [sines(6, 1), sines(8, 2), sines(8, 3)];

describe("products of values", () => {
  const answerOf = (spec: ModelSpec) => [
    ...(read(spec).network.predict([q, k, v] as never) as unknown as Float32Array),
  ];
  const scores = Array.from({ length: 12 }, (_, index) => {
    const [row, key] = [Math.floor(index / 4), index % 4];
    return q[2 * row] * k[2 * key] + q[2 * row + 1] * k[2 * key + 1];
  });
  const expectNumbers = (got: readonly number[], wanted: readonly number[]) => {
    expect(got.length).toBe(wanted.length);
    got.forEach((value, index) => {
      expect(value, `${index}`).toBeCloseTo(wanted[index], 5);
    });
  };

  test("have a mask of their own", () => {
    const masked = plain(node("Add", "s mask -> m"), node("Softmax", "m -> p"));
    expectNumbers(answerOf(masked), attendedRows(q, k, v, upTo(12)));
  });

  test("are an output, or go on otherwise", () => {
    const { inputs, nodes, ...rest } = plain();
    const alone = { ...rest, nodes: nodes.slice(0, 2), inputs: { q: inputs.q, k: inputs.k } };
    const got = read({ ...alone, outputs: ["s"] }).network.predict([q, k] as never) as unknown as Float32Array;
    expectNumbers([...got], scores);
    const relu = { ...alone, nodes: [...alone.nodes, node("Mul", "s two -> d"), node("Relu", "d -> y")] };
    const positive = read(relu).network.predict([q, k] as never) as unknown as Float32Array;
    expectNumbers(
      [...positive],
      scores.map((score) => Math.max(0, 2 * score)),
    );
  });

  test("have their softmax along the queries", () => {
    const sums = [0, 1, 2, 3].map((key) => [0, 1, 2].reduce((sum, row) => sum + Math.exp(scores[row * 4 + key]), 0));
    const wanted = Array.from({ length: 6 }, (_, index) => {
      const [row, column] = [Math.floor(index / 2), index % 2];
      return sums.reduce((sum, total, key) => sum + (Math.exp(scores[row * 4 + key]) / total) * v[2 * key + column], 0);
    });
    expectNumbers(answerOf(plain(node("Softmax", "s -> p", { axis: 1 }))), wanted);
  });

  test("fit each other, or are refused", () => {
    const nodes = [node("MatMul", "q k -> s")];
    const inputs = { q: ["batch", 3, 2], k: ["batch", 3, 2] };
    refused({ nodes, inputs }, 'fromOnnx, MatMul "s": got rows of 2 and columns of 3, need as many');
  });
});

describe("the operator of version 23", () => {
  const inputs = { q: ["batch", 3, 2], k: ["batch", 4, 2], v: ["batch", 4, 2] };
  const spec = (attributes: object, names = "q k v -> y", tensors: ModelSpec["tensors"] = []): ModelSpec => ({
    nodes: [node("Attention", names, { q_num_heads: 1, kv_num_heads: 1, scale: { float: 1 }, ...attributes } as never)],
    ...{ inputs, tensors, opset: 23 },
  });

  test("is the layer, or products of values if it has a mask", () => {
    expect(titles(spec({}))).toEqual(["concatenation", "attention, 1 head, no bias"]);
    const mask = tensor("m", [3, 4], upTo(12));
    const { network } = read(spec({}, "q k v m -> y", [mask]));
    const got = network.predict([q, k, v] as never) as unknown as Float32Array;
    attendedRows(q, k, v, upTo(12)).forEach((value, index) => {
      expect(got[index]).toBeCloseTo(value, 5);
    });
  });

  test("is causal, for sequences of one length", () => {
    const same = { ...spec({ is_causal: 1 }), inputs: { q: inputs.k, k: inputs.k, v: inputs.v } };
    expect(titles(same)).toEqual(["concatenation", "attention, 1 head, causal, no bias"]);
  });

  test("is refused with other options, and with past keys", () => {
    refused(spec({ softcap: { float: 2 } }), 'fromOnnx, Attention "y": got softcap, need none');
    refused(spec({ q_num_heads: 3 }), "got 3 heads for 2 columns, need a divisor");
    refused(spec({ q_num_heads: 2 }), "got 1 heads of keys for 2 of queries, need as many");
    refused(spec({}, "q k v _ k v -> y"), "got past keys or lengths, need whole sequences");
  });
});
