/** Activations: as part of the layer before them, with other constants than ours, and along axes. */
import { describe, expect, test } from "vitest";
import { answers, node, read, refused, tensor, titles } from "../models.ts";

const x = { x: ["batch", 3] };
const weight = tensor("w", [3, 2], [1, 2, 3, 4, 5, 6]);
const bound = (name: string, value: number) => tensor(name, [], [value]);

test("an activation becomes part of a layer that only it reads", () => {
  const gemm = node("Gemm", "x w -> a");
  expect(titles({ nodes: [gemm, node("Relu", "a -> y")], inputs: x, tensors: [weight] })).toEqual([
    "dense 2, relu, no bias",
  ]);
  const twice = [gemm, node("Relu", "a -> b"), node("Add", "a b -> y")];
  expect(titles({ nodes: twice, inputs: x, tensors: [weight] })).toEqual(["dense 2, linear, no bias", "relu", "sum"]);
  expect(
    titles({ nodes: [gemm, node("Relu", "a -> b"), node("Tanh", "b -> y")], inputs: x, tensors: [weight] }),
  ).toEqual(["dense 2, relu, no bias", "tanh"]);
});

describe("by another activation of ours", () => {
  const cases: [string, ReturnType<typeof node>, number[], number[]][] = [
    ["HardSigmoid of 0.2", node("HardSigmoid", "x -> y"), [-3, 1, 9], [0, 0.7, 1]],
    ["HardSigmoid of 1/6", node("HardSigmoid", "x -> y", { alpha: { float: 1 / 6 } }), [-6, 3, 0], [0, 1, 0.5]],
    [
      "Selu of 2 and 3",
      node("Selu", "x -> y", { alpha: { float: 2 }, gamma: { float: 3 } }),
      [-1, 0, 1],
      [-3.7927, 0, 3],
    ],
    ["Celu of 2", node("Celu", "x -> y", { alpha: { float: 2 } }), [-2, 0, 1], [-1.2642, 0, 1]],
    ["Swish of 2", node("Swish", "x -> y", { alpha: { float: 2 } }), [-1, 0, 1], [-0.1192, 0, 0.8808]],
    ["Clip to 0 and 6", node("Clip", "x lo hi -> y"), [-1, 3, 9], [0, 3, 6]],
    ["Clip below", node("Clip", "x lo -> y"), [-1, 3, 9], [0, 3, 9]],
    ["Clip above", node("Clip", "x _ hi -> y"), [-1, 3, 9], [-1, 3, 6]],
    ["Clip without bounds", node("Clip", "x -> y"), [-1, 3, 9], [-1, 3, 9]],
    ["PRelu of each", node("PRelu", "x s -> y"), [-1, -1, 2], [-0.1, -0.2, 2]],
  ];
  test.each(cases)("%s", (_, own, given, wanted) => {
    const tensors = [bound("lo", 0), bound("hi", 6), tensor("s", [3], [0.1, 0.2, 0.3])];
    answers({ nodes: [own], inputs: x, tensors }, given).forEach((value, index) => {
      expect(value).toBeCloseTo(wanted[index], 4);
    });
  });
});

test("Clip to wide bounds, and Max and Min with large numbers, leave what is between them", () => {
  const tensors = [bound("lo", -1000), bound("hi", 1000)];
  const given = [0.1234567, -999.0001, 3e-6].map(Math.fround);
  for (const names of ["Clip x lo hi -> y", "Clip x lo -> y", "Clip x _ hi -> y", "Max x lo -> y", "Min x hi -> y"]) {
    const [operator, ...rest] = names.split(" ");
    const { network } = read({ nodes: [node(operator, rest.join(" "))], inputs: x, tensors });
    const isAbove = names.includes("lo");
    const isBelow = names.includes("hi");
    expect([...(network.predict(Float32Array.from(given)) as Float32Array)], names).toEqual(given);
    expect([...(network.predict(Float32Array.of(-1024, 1024, 2048)) as Float32Array)], names).toEqual([
      isAbove ? -1000 : -1024,
      isBelow ? 1000 : 1024,
      isBelow ? 1000 : 2048,
    ]);
  }
});

describe("softmax", () => {
  test("is along an axis, which becomes the last side", () => {
    const spec = { nodes: [node("Softmax", "x -> y", { axis: 1 })], inputs: { x: ["batch", 2, 1] } };
    expect(titles(spec)).toContain("softmax");
    expect(answers(spec, [0, 0])).toEqual([0.5, 0.5]);
  });

  test("is over all axes from one on before version 13", () => {
    const spec = { nodes: [node("Softmax", "x -> y")], inputs: { x: ["batch", 2, 2] }, opset: 11 };
    expect(answers(spec, [0, 0, 0, 0])).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(answers({ ...spec, nodes: [node("Softmax", "x -> y", { axis: -1 })], opset: 13 }, [0, 0, 0, 0])).toEqual([
      0.5, 0.5, 0.5, 0.5,
    ]);
  });

  test("along the batch makes one example of a graph of fixed sizes, and is refused otherwise", () => {
    const nodes = [node("Softmax", "x -> y", { axis: 0 })];
    expect(answers({ nodes, inputs: { x: [2, 1] } }, [0, 0])).toEqual([0.5, 0.5]);
    refused(
      { nodes, inputs: { x: ["batch", 2] } },
      'fromOnnx, Softmax "y": got an operation along the examples of a batch',
    );
  });
});

test("whole numbers and bounds that cross are refused", () => {
  refused(
    { nodes: [node("Relu", "x -> y")], inputs: x, types: { x: 7 } },
    'Relu "y": got whole numbers, need real ones',
  );
  refused(
    { nodes: [node("Clip", "x a b -> y")], inputs: x, tensors: [bound("a", 2), bound("b", 1)] },
    "got min 2 and max 1",
  );
});

test.each([
  ["float32", 4e-5, [-87, -20, -3, -0.5, 0, 0.25, 1, 5, 40, 88]],
  ["float64", 1e-12, [-700, -87, -3, 0, 0.5, 20, 88.5, 700]],
] as const)("Exp of %s is within %f of the result", (dtype, most, examples) => {
  const spec = { nodes: [node("Exp", "x -> y")], inputs: { x: ["batch", 1] } };
  const { network } = read(spec, { dtype });
  const list = dtype === "float64" ? Float64Array : Float32Array;
  const made = network.predict(list.from(examples) as Float32Array) as Float32Array;
  for (const [index, x] of examples.entries()) {
    expect(Math.abs(made[index] / Math.exp(x) - 1), `exp(${x})`).toBeLessThan(most);
  }
  const beyond = network.predict(list.of(dtype === "float64" ? 720 : 89, 2000, -2000) as Float32Array) as Float32Array;
  expect([...beyond]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0]);
});

test("softmax along one place is 1, and its logarithm 0, wherever the axis is", () => {
  for (const [dims, axis] of [
    [["batch", 1, 3], 1],
    [["batch", 3, 1], 2],
  ] as const) {
    const spec = (operator: string) => ({ nodes: [node(operator, "x -> y", { axis })], inputs: { x: dims } });
    expect(answers(spec("Softmax"), [1, 2, 3])).toEqual([1, 1, 1]);
    expect(answers(spec("LogSoftmax"), [1, 2, 3])).toEqual([0, 0, 0]);
  }
});
