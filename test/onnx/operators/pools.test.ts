/** Pooling: padding that counts or not, ceilings, gaps. */
import { describe, expect, test } from "vitest";
import { answers, node, read, refused, titles, upTo } from "../models.ts";

const line = { x: ["batch", 1, 5] };
const pool = (name: string, attributes: object) => ({
  nodes: [node(name, "x -> y", attributes as never)],
  inputs: line,
});

describe("windows", () => {
  test("have a stride of 1 by default", () => {
    expect(answers(pool("MaxPool", { kernel_shape: [2] }), upTo(5))).toEqual([2, 3, 4, 5]);
  });

  test("may be one more, which begins within the value", () => {
    const own = { kernel_shape: [2], strides: [2] };
    expect(answers(pool("AveragePool", own), upTo(5))).toEqual([1.5, 3.5]);
    expect(answers(pool("AveragePool", { ...own, ceil_mode: 1 }), upTo(5))).toEqual([1.5, 3.5, 5]);
    expect(answers(pool("MaxPool", { ...own, ceil_mode: 1, pads: [1, 1] }), upTo(5))).toEqual([1, 3, 5]);
  });

  test("count their padding as zeros if asked to", () => {
    const own = { kernel_shape: [2], strides: [3], pads: [1, 0] };
    expect(answers(pool("AveragePool", own), upTo(5))).toEqual([1, 3.5]);
    expect(answers(pool("AveragePool", { ...own, count_include_pad: 1 }), upTo(5))).toEqual([0.5, 3.5]);
  });

  test("may have gaps, if they take a maximum", () => {
    const own = { kernel_shape: [2], dilations: [3], pads: [1, 0] };
    expect(answers(pool("MaxPool", own), [5, 4, 3, 2, 1])).toEqual([3, 5, 4]);
    refused(pool("AveragePool", own), 'fromOnnx, AveragePool "y": got dilations, need none');
  });
});

test("whole values become a number for each channel", () => {
  const spec = (name: string) => ({
    nodes: [node(name, "x -> a"), node("Flatten", "a -> y")],
    inputs: { x: ["batch", 2, 1, 2] },
  });
  expect(answers(spec("GlobalMaxPool"), [1, 2, 3, 4])).toEqual([3, 4]);
  expect(titles(spec("GlobalAveragePool"))).toEqual(["global average pool"]);
  expect(read(spec("GlobalAveragePool")).outputs[0].shape).toEqual([2]);
});

test("the places of maxima are refused", () => {
  const spec = { nodes: [node("MaxPool", "x -> y i", { kernel_shape: [2] })], inputs: line };
  refused(
    { ...spec, outputs: ["y", "i"] },
    'fromOnnx, MaxPool "y": got a use of its output 1, "i", need a graph without it',
  );
  refused(
    { ...pool("AveragePool", { kernel_shape: [3], strides: [2], ceil_mode: 1, count_include_pad: 1, pads: [0, 1] }) },
    "got count_include_pad with ceil_mode",
  );
});
