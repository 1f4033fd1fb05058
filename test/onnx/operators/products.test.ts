/** Dense layers and embeddings. */
import { describe, expect, test } from "vitest";
import { answers, node, read, refused, tensor, titles, upTo } from "../models.ts";

const x = { x: ["batch", 2] };
const weight = tensor("w", [2, 3], upTo(6));

describe("Gemm", () => {
  test("with factors, a turned weight and a bias of one number", () => {
    const own = node("Gemm", "x w c -> y", { alpha: { float: 2 }, beta: { float: 3 }, transB: 1 });
    const tensors = [tensor("w", [3, 2], [1, 4, 2, 5, 3, 6]), tensor("c", [], [10])];
    expect(answers({ nodes: [own], inputs: x, tensors }, [1, 1])).toEqual([40, 44, 48]);
    expect(titles({ nodes: [own], inputs: x, tensors })).toEqual(["dense 3, linear"]);
  });

  test("of a turned value needs a graph of one example", () => {
    const own = node("Gemm", "x w -> y", { transA: 1 });
    expect(answers({ nodes: [own], inputs: { x: [2, 1] }, tensors: [weight] }, [1, 1])).toEqual([5, 7, 9]);
  });

  test("with a bias for each row of one example", () => {
    const tensors = [weight, tensor("c", [2, 3], [0, 0, 0, 1, 1, 1])];
    const own = node("Gemm", "x w c -> y");
    expect(answers({ nodes: [own], inputs: { x: [2, 2] }, tensors }, [1, 0, 0, 1])).toEqual([1, 2, 3, 5, 6, 7]);
  });

  test.each([[[]], [[1]], [[1, 1]]])("with one number of the shape %j as bias of all units", (dims) => {
    const spec = { nodes: [node("Gemm", "x w c -> y")], inputs: x, tensors: [weight, tensor("c", dims, [10])] };
    expect(answers(spec, [1, 0])).toEqual([11, 12, 13]);
  });
});

describe("MatMul", () => {
  test("acts at each position, and a vector makes one number", () => {
    const inputs = { x: ["batch", 2, 2] };
    expect(answers({ nodes: [node("MatMul", "x w -> y")], inputs, tensors: [weight] }, [1, 0, 0, 1])).toEqual(upTo(6));
    const vector = { nodes: [node("MatMul", "x v -> y")], inputs, tensors: [tensor("v", [2], [1, 10])] };
    expect(answers(vector, [1, 2, 3, 4])).toEqual([21, 43]);
  });

  test("with a matrix of more sides than the value makes a value of as many", () => {
    const matrix = tensor("w", [1, 2, 3], upTo(6));
    const spec = { nodes: [node("MatMul", "x w -> a"), node("Relu", "a -> y")], inputs: x, tensors: [matrix] };
    expect(read(spec).outputs[0].axes).toEqual([[], [-1], [0]]);
    expect(answers(spec, [1, 1])).toEqual([5, 7, 9]);
    const sum = { ...spec, nodes: [node("MatMul", "x w -> a"), node("ReduceSum", "a axes -> y", { keepdims: 0 })] };
    const axes = { name: "axes", dims: [1], type: 7, raw: new Uint8Array(BigInt64Array.of(2n).buffer) };
    expect(answers({ ...sum, tensors: [matrix, axes] }, [1, 1])).toEqual([21]);
  });

  test("after the flattening of an image has its rows in our order, and no permute before it", () => {
    const nodes = [
      node("MaxPool", "x -> p", { kernel_shape: [1, 1] }),
      node("Flatten", "p -> f"),
      node("MatMul", "f w -> y"),
    ];
    const tensors = [tensor("w", [4, 1], [1, 10, 100, 1000])];
    const spec = { nodes, inputs: { x: ["batch", 2, 1, 2] }, tensors };
    expect(titles(spec)).toEqual(["max pool 1 × 1", "flatten", "dense 1, linear, no bias"]);
    // Pixel 0 of channels 0 and 1, then pixel 1.
    expect(answers(spec, [1, 2, 3, 4])).toEqual([1 + 30 + 200 + 4000]);
    expect([...read(spec).network.parameters[0].values]).toEqual([1, 100, 10, 1000]);
  });
});

test("a weight that two nodes read is one layer, used twice", () => {
  const square = tensor("w", [2, 2], [0, 1, 1, 0]);
  const { network } = read({
    nodes: [node("MatMul", "x w -> a"), node("MatMul", "a w -> y")],
    inputs: x,
    tensors: [square],
  });
  expect([network.layers.length, network.parameterCount]).toEqual([1, 4]);
});

test("rows of a table by tokens", () => {
  const table = tensor("t", [4, 2], upTo(8));
  const spec = { nodes: [node("Gather", "t x -> y")], inputs: { x: ["batch", 3] }, types: { x: 7 }, tensors: [table] };
  expect(titles(spec)).toEqual(["embedding 4 × 2"]);
  expect(answers(spec, [3, 0, 1])).toEqual([7, 8, 1, 2, 3, 4]);
  // A batch of tokens alone.
  expect(answers({ ...spec, inputs: { x: ["batch"] } }, [3, 0])).toEqual([7, 8, 1, 2]);
});

test("Gemm adds a value of the network", () => {
  const spec = { nodes: [node("Gemm", "x w x -> y", { beta: { float: 0.5 } })], inputs: { x: ["batch", 2] } };
  expect(answers({ ...spec, tensors: [tensor("w", [2, 2], [1, 0, 0, 10])] }, [2, 4])).toEqual([3, 42]);
});

test("a matrix before a value multiplies its rows", () => {
  const nodes = [node("MatMul", "w x -> y")];
  const left = { nodes, inputs: { x: ["batch", 2, 2] }, tensors: [tensor("w", [3, 2], upTo(6))] };
  // [1 2; 3 4; 5 6] · [1 2; 3 4], whose columns are the sides of the network's value.
  const { network, outputs } = read(left);
  expect(outputs[0].shape).toEqual([3, 2]);
  expect([...(network.predict(Float32Array.of(1, 2, 3, 4)) as Float32Array)]).toEqual([7, 10, 15, 22, 23, 34]);
  const row = { ...left, tensors: [tensor("w", [2], [1, 10])] };
  expect(answers(row, [1, 2, 3, 4])).toEqual([31, 42]);
});

test("a value times itself has the products of all rows and columns", () => {
  expect(answers({ nodes: [node("MatMul", "x x -> y")], inputs: { x: ["batch", 2, 2] } }, [1, 2, 3, 4])).toEqual([
    7, 10, 15, 22,
  ]);
});

test("refused are weights for each place, and rows that do not fit", () => {
  const batched = [tensor("w", [2, 2, 2], upTo(8))];
  refused(
    { nodes: [node("MatMul", "x w -> y")], inputs: { x: ["batch", 2] }, tensors: batched },
    "got a weight with matrices for each place",
  );
  refused(
    { nodes: [node("MatMul", "x w -> y")], inputs: { x: ["batch", 3] }, tensors: [weight] },
    "got a weight of 2 rows for 3 features",
  );
  refused(
    { nodes: [node("Gemm", "x w -> y")], inputs: { x: ["batch", 2, 2] }, tensors: [weight] },
    "got no two matrices",
  );
});
