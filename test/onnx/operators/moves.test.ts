/** Operators that move numbers: which make layers, and what comes out. */
import { describe, expect, test } from "vitest";
import { answers, integers, node, read, refused, tensor, titles, upTo } from "../models.ts";

const x = { x: ["batch", 2, 3] };
const one = (operator: string, names = "x -> y", attributes = {}) => node(operator, names, attributes);
const shape = (...sides: number[]) => integers("s", ...sides);

describe("Reshape", () => {
  const reshaped = (sides: number[], inputs: Record<string, (number | string)[]> = x) => ({
    nodes: [one("Reshape", "x s -> a"), one("Relu", "a -> y")],
    inputs,
    tensors: [shape(...sides)],
  });

  test.each([
    [[0, -1], [6]],
    [[-1, 6], [6]],
    [
      [0, 3, 2],
      [3, 2],
    ],
    [
      [-1, 2, 3, 1],
      [2, 3],
    ],
  ])("to %j gives %j", (sides, wanted) => {
    expect(read(reshaped(sides)).outputs[0].shape).toEqual(wanted);
  });

  test("of a graph for two examples finds them in the shape", () => {
    expect(read(reshaped([2, 6], { x: [2, 2, 3] })).outputs[0].shape).toEqual([6]);
    expect(read(reshaped([2, -1], { x: [2, 2, 3] })).outputs[0].shape).toEqual([6]);
    // Here the examples are mixed: all of it is one.
    expect(read(reshaped([3, 4], { x: [2, 2, 3] })).outputs[0].shape).toEqual([3, 4]);
  });

  test("by a chain of shapes, as PyTorch writes it", () => {
    const nodes = [
      node("Shape", "x -> a"),
      node("Constant", "-> zero", { value_int: 0 }),
      node("Gather", "a zero -> b"),
      node("Unsqueeze", "b axes -> c"),
      node("Concat", "c rest -> d", { axis: 0 }),
      node("Reshape", "x d -> e"),
      node("Relu", "e -> y"),
    ];
    const tensors = [integers("axes", 0), integers("rest", -1)];
    expect(read({ nodes, inputs: x, tensors }).outputs[0].shape).toEqual([6]);
  });

  test("that does not fit or mixes examples is refused", () => {
    refused(reshaped([0, 5]), 'fromOnnx, Reshape "a": got the shape [0, 5]');
    refused(reshaped([3, -1]), "got a shape that mixes the examples of a batch, need each example alone");
    refused(reshaped([-1, -1]), "got the shape [-1, -1] for 6 numbers of an example, need one that fits");
  });
});

test("a Reshape of a fixed number of examples has them where −1 is first, whatever else they divide", () => {
  const spec = {
    nodes: [node("Reshape", "x s -> r"), node("MaxPool", "r -> y", { kernel_shape: [3] })],
    inputs: { x: [2, 12] },
    tensors: [integers("s", -1, 4, 3)],
  };
  expect(answers(spec, upTo(24))).toEqual([3, 6, 9, 12, 15, 18, 21, 24]);
});

describe("operators that make no layer of their own", () => {
  test.each([
    ["Flatten", [one("Flatten")], []],
    ["Squeeze", [one("Unsqueeze", "x u -> a"), one("Squeeze", "a u -> y")], [integers("u", 2)]],
    [
      "Transpose there and back",
      [one("Transpose", "x -> a", { perm: [0, 2, 1] }), one("Transpose", "a -> y", { perm: [0, 2, 1] })],
      [],
    ],
    ["Identity and Cast", [one("Identity", "x -> a"), one("Cast", "a -> y", { to: 1 })], []],
  ])("%s", (_, nodes, tensors) => {
    const spec = { nodes: [...nodes, node("Relu", "y -> z")], inputs: x, tensors };
    expect(titles(spec).filter((title) => title !== "flatten")).toEqual(["relu"]);
    expect(answers(spec, upTo(6))).toEqual(upTo(6));
  });
});

describe("Concat and Split", () => {
  test("along the last side and along another", () => {
    expect(answers({ nodes: [one("Concat", "x x -> y", { axis: 2 })], inputs: x }, upTo(6))).toEqual([
      1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6,
    ]);
    expect(answers({ nodes: [one("Concat", "x x -> y", { axis: 1 })], inputs: x }, upTo(6))).toEqual([
      ...upTo(6),
      ...upTo(6),
    ]);
  });

  test("channels of images stay last", () => {
    const nodes = [one("MaxPool", "x -> a", { kernel_shape: [1, 1] }), one("Concat", "a x -> y", { axis: 1 })];
    expect(titles({ nodes, inputs: { x: ["batch", 2, 2, 2] } })).toEqual(["max pool 1 × 1", "concatenation"]);
  });

  test("parts by sizes, or equal", () => {
    const spec = {
      nodes: [one("Split", "x s -> a b", { axis: 2 })],
      inputs: x,
      tensors: [shape(1, 2)],
      outputs: ["a", "b"],
    };
    const [first, second] = read(spec).network.predict(Float32Array.from(upTo(6))) as unknown as Float32Array[];
    expect([[...first], [...second]]).toEqual([
      [1, 4],
      [2, 3, 5, 6],
    ]);
    const equal = { nodes: [one("Split", "x -> a b", { axis: 1 })], inputs: x, outputs: ["b"] };
    expect(answers(equal, upTo(6))).toEqual([4, 5, 6]);
  });
});

describe("Slice and Gather", () => {
  const slice = (...lists: number[][]) => ({
    nodes: [one("Slice", "x b e a s -> y")],
    inputs: x,
    tensors: ["b", "e", "a", "s"].map((name, index) => integers(name, ...lists[index])),
  });

  test("a range is one layer, a step or another order are several", () => {
    expect(titles(slice([1], [3], [2], [1]))).toEqual(["slice 1 to 3 of side 1"]);
    expect(answers(slice([1], [3], [2], [1]), upTo(6))).toEqual([2, 3, 5, 6]);
    expect(answers(slice([-1], [-9], [2], [-1]), upTo(6))).toEqual([3, 2, 1, 6, 5, 4]);
    expect(answers(slice([0, 0], [2 ** 40, 2 ** 40], [0, 2], [1, 2]), upTo(6))).toEqual([1, 3, 4, 6]);
  });

  test("the last step of a sequence, and places in any order", () => {
    const last = {
      nodes: [one("Gather", "x i -> y", { axis: 1 })],
      inputs: x,
      tensors: [tensor("i", [], [-1], "int64")],
    };
    expect(answers(last, upTo(6))).toEqual([4, 5, 6]);
    const some = {
      ...last,
      nodes: [one("Gather", "x i -> y", { axis: 2 })],
      tensors: [tensor("i", [2, 2], [2, 0, 0, 1], "int64")],
    };
    expect(read(some).outputs[0].shape).toEqual([2, 2, 2]);
    expect(answers(some, upTo(6))).toEqual([3, 1, 1, 2, 6, 4, 4, 5]);
  });

  test("some examples of a batch are refused", () => {
    refused(slice([0], [1], [0], [1]), "got some examples of a batch, need all");
  });
});

test("Dropout is a layer, and refuses to be one at random", () => {
  expect(titles({ nodes: [one("Dropout", "x r -> y")], inputs: x, tensors: [tensor("r", [], [0.3])] })).toEqual([
    "dropout 0.3",
  ]);
  const training = {
    nodes: [one("Dropout", "x r t -> y")],
    inputs: x,
    tensors: [tensor("r", [], [0.3]), tensor("t", [], [1])],
  };
  refused(training, 'fromOnnx, Dropout "y": got training_mode, need a graph for prediction');
});

test("Expand repeats places, DepthToSpace and back move blocks", () => {
  const expand = { nodes: [one("Expand", "x s -> y")], inputs: { x: ["batch", 1, 2] }, tensors: [shape(1, 3, 1)] };
  expect(answers(expand, [1, 2])).toEqual([1, 2, 1, 2, 1, 2]);
  const inputs = { x: ["batch", 4, 1, 1] };
  expect(answers({ nodes: [one("DepthToSpace", "x -> y", { blocksize: 2 })], inputs }, upTo(4))).toEqual(upTo(4));
  const back = { nodes: [one("SpaceToDepth", "x -> y", { blocksize: 2 })], inputs: { x: ["batch", 1, 2, 2] } };
  expect(answers(back, upTo(4))).toEqual(upTo(4));
  refused({ nodes: [one("DepthToSpace", "x -> y", { blocksize: 3 })], inputs }, "got blocks of 3 for [4, 1, 1]");
});

test("Tile repeats all places of an axis, not those of the batch", () => {
  const spec = (...repeats: number[]) => ({
    nodes: [node("Tile", "x r -> y")],
    inputs: { x: ["batch", 1, 2] },
    tensors: [integers("r", ...repeats)],
  });
  expect(answers(spec(1, 2, 3), [1, 2])).toEqual([1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]);
  refused(spec(2, 1, 1), 'fromOnnx, Tile "y": got the batch repeated, need each example alone');
  refused(spec(1, 0, 1), 'fromOnnx, Tile "y": got 0 repeats, need 1 to 1024');
  refused(spec(1, 2), 'fromOnnx, Tile "y": got 2 repeats for 3 axes, need one for each');
});

test("casts of computed numbers to whole ones are refused, except tokens", () => {
  refused(
    { nodes: [one("Cast", "x -> y", { to: 7 })], inputs: x },
    "got a Cast of computed numbers to int64, need real numbers",
  );
  const nodes = [one("Cast", "x -> i", { to: 7 }), one("Gather", "t i -> y")];
  expect(titles({ nodes, inputs: x, tensors: [tensor("t", [3, 2], upTo(6))] })).toEqual(["embedding 3 × 2"]);
});
