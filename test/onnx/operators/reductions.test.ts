/** Reductions of axes. */
import { expect, test } from "vitest";
import { answers, integers, node, read, refused, upTo } from "../models.ts";

const inputs = { x: ["batch", 2, 3] };
const of = (name: string, attributes = {}) => ({ nodes: [node(name, "x -> y", attributes)], inputs, opset: 12 });

test.each([
  ["ReduceMean", { axes: [2], keepdims: 0 }, [2, 5]],
  ["ReduceSum", { axes: [1] }, [5, 7, 9]],
  ["ReduceMax", { axes: [1, 2] }, [6]],
  ["ReduceMin", { axes: [-1] }, [1, 4]],
  ["ReduceL1", { axes: [-1] }, [6, 15]],
  ["ReduceL2", { axes: [2], keepdims: 0 }, [3.7417, 8.775]],
  ["ReduceL2", { axes: [1, 2] }, [9.5394]],
  ["ReduceSumSquare", { axes: [-1] }, [14, 77]],
])("%s %j", (name, attributes, wanted) => {
  expect(answers(of(name, attributes), upTo(6))).toEqual(wanted);
});

test("axes are an input since version 18, or 13 for sums; none may mean all or nothing", () => {
  const spec = { nodes: [node("ReduceMean", "x a -> y")], inputs, tensors: [integers("a", 1)], opset: 18 };
  expect(answers(spec, upTo(6))).toEqual([2.5, 3.5, 4.5]);
  const nothing = { nodes: [node("ReduceSum", "x -> y", { noop_with_empty_axes: 1 })], inputs };
  expect(answers({ ...nothing, nodes: [...nothing.nodes, node("Relu", "y -> z")] }, upTo(6))).toEqual(upTo(6));
});

test("the mean of all pixels is that of an image, without a move", () => {
  const nodes = [
    node("MaxPool", "x -> a", { kernel_shape: [1, 1] }),
    node("ReduceMean", "a -> y", { axes: [2, 3], keepdims: 0 }),
  ];
  const { network } = read({ nodes, inputs: { x: ["batch", 3, 2, 2] } });
  expect(network.layers.map(({ description }) => description.kind)).toEqual([
    "maxPool2d",
    "reshape",
    "globalAveragePool",
  ]);
});

test("of the batch is refused, unless the whole graph is one example", () => {
  refused(of("ReduceMean"), 'fromOnnx, ReduceMean "y": got the batch among its axes');
  expect(answers({ ...of("ReduceMean"), inputs: { x: [2, 3] } }, upTo(6))).toEqual([3.5]);
});
