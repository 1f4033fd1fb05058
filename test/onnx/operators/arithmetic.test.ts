/** Sums, differences, products, quotients and extremes. */
import { describe, expect, test } from "vitest";
import { answers, node, read, refused, tensor, titles, upTo } from "../models.ts";

const pair = { a: ["batch", 2], b: ["batch", 2] };
const two = (name: string, ...values: number[]) => tensor(name, [values.length], values);

describe("two values", () => {
  test.each([
    ["Add", [4, 6]],
    ["Sub", [-2, -2]],
    ["Mul", [3, 8]],
    ["Max", [3, 4]],
    ["Min", [1, 2]],
  ])("%s", (operator, wanted) => {
    const { network } = read({ nodes: [node(operator, "a b -> y")], inputs: pair });
    const answer: unknown = network.predict([Float32Array.of(1, 2), Float32Array.of(3, 4)]);
    expect([...(answer as Float32Array)]).toEqual(wanted);
  });

  test("of which one has one place along an axis: it is repeated", () => {
    const { network } = read({ nodes: [node("Mul", "a b -> y")], inputs: { a: ["batch", 2, 3], b: ["batch", 1, 3] } });
    const answer: unknown = network.predict([Float32Array.from(upTo(6)), Float32Array.of(1, 10, 100)]);
    expect([...(answer as Float32Array)]).toEqual([1, 20, 300, 4, 50, 600]);
  });

  test("an image and a number for each channel, as in squeeze and excitation", () => {
    const nodes = [node("GlobalAveragePool", "x -> g"), node("Mul", "x g -> y")];
    const spec = { nodes, inputs: { x: ["batch", 2, 1, 2] } };
    expect(titles(spec)).toEqual([
      "global average pool",
      "reshape [1, 1, 2]",
      "upsample 2 × 1, nearest",
      "reshape [1, 2, 2]",
      "product",
    ]);
    expect(answers(spec, [1, 2, 3, 4])).toEqual([2, 6, 6, 12]);
  });

  test("in another order of sides: the second is turned", () => {
    const nodes = [node("Transpose", "x -> t", { perm: [0, 2, 1] }), node("Add", "x t -> y")];
    expect(answers({ nodes, inputs: { x: ["batch", 2, 2] } }, [1, 2, 3, 4])).toEqual([2, 5, 5, 8]);
  });
});

describe("a value and a constant", () => {
  const x = { x: ["batch", 2] };
  test.each([
    ["Sub", "x c -> y", [-9, -98]],
    ["Sub", "c x -> y", [9, 98]],
    ["Div", "x c -> y", [0.1, 0.02]],
    ["Max", "x c -> y", [10, 100]],
    ["Min", "c x -> y", [1, 2]],
  ])("%s of %s", (operator, names, wanted) => {
    expect(answers({ nodes: [node(operator, names)], inputs: x, tensors: [two("c", 10, 100)] }, [1, 2])).toEqual(
      wanted,
    );
  });

  test("a sum becomes the bias of a layer without one", () => {
    const nodes = [node("MatMul", "x w -> a"), node("Add", "c a -> y")];
    const tensors = [tensor("w", [2, 2], [1, 0, 0, 1]), two("c", 10, 100)];
    expect(titles({ nodes, inputs: x, tensors })).toEqual(["dense 2, linear"]);
    expect(answers({ nodes, inputs: x, tensors }, [1, 2])).toEqual([11, 102]);
  });

  test("before version 7 a constant begins at an axis", () => {
    const own = {
      nodes: [node("Add", "x c -> y", { axis: 1, broadcast: 1 })],
      inputs: { x: ["batch", 2, 2] },
      opset: 6,
    };
    expect(answers({ ...own, tensors: [two("c", 10, 100)] }, [1, 2, 3, 4])).toEqual([11, 12, 103, 104]);
  });
});

test("Sum and Mean of several, Neg, Abs, and weights of bytes", () => {
  const x = { x: ["batch", 2] };
  expect(answers({ nodes: [node("Sum", "x x x -> y")], inputs: x }, [1, 2])).toEqual([3, 6]);
  expect(answers({ nodes: [node("Mean", "x c -> y")], inputs: x, tensors: [two("c", 3, 4)] }, [1, 2])).toEqual([2, 3]);
  expect(answers({ nodes: [node("Neg", "x -> y")], inputs: x }, [1, -2])).toEqual([-1, 2]);
  expect(answers({ nodes: [node("Abs", "x -> y")], inputs: x }, [1, -2])).toEqual([1, 2]);
  const dequantized = { nodes: [node("DequantizeLinear", "x s z -> y")], inputs: x, types: { x: 2 } };
  const tensors = [tensor("s", [], [0.5]), tensor("z", [], [128])];
  expect(answers({ ...dequantized, tensors }, [128, 130])).toEqual([0, 1]);
});

test("Pow with a whole exponent is a product of so many factors", () => {
  const spec = (...exponents: number[]) => ({
    nodes: [node("Pow", "x e -> y")],
    inputs: { x: ["batch", 2] },
    tensors: [tensor("e", exponents.length === 1 ? [] : [exponents.length], exponents)],
  });
  expect(answers(spec(1), [-2, 3])).toEqual([-2, 3]);
  expect(answers(spec(3), [-2, 3])).toEqual([-8, 27]);
  for (const [exponents, shown] of [
    [[0.5], "0.5"],
    [[17], "17"],
    [[1, 2], "of several numbers"],
  ] as const) {
    refused(spec(...exponents), `Pow "y": got the exponent ${shown}, need a whole number from 1 to 16`);
  }
});

test("refused are a quotient by a value, whole numbers, and values whose examples are elsewhere", () => {
  refused({ nodes: [node("Div", "a b -> y")], inputs: pair }, 'Div "y": got a division by a value of the network');
  refused(
    { nodes: [node("Add", "a b -> y")], inputs: pair, types: { a: 7, b: 7 } },
    "got whole numbers, need real ones",
  );
  const nodes = [node("Transpose", "a -> t", { perm: [1, 0] }), node("Add", "a t -> y")];
  refused({ nodes, inputs: { a: ["batch", 2] } }, "got values whose examples are along different axes, need one");
  refused(
    { nodes: [node("Add", "a b -> y")], inputs: { a: ["batch", 2], b: ["batch", 3] } },
    "got values of the shapes [1, 2] and [1, 3]",
  );
});
