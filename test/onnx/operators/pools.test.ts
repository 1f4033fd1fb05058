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
    expect(answers(pool("MaxPool", { ...own, strides: [2] }), [5, 4, 3, 2, 1])).toEqual([3, 4]);
    expect(answers(pool("MaxPool", { kernel_shape: [2], dilations: [4], pads: [1, 1] }), [-5, -4, -3, -2, -1])).toEqual(
      [-2, -1, -4],
    );
    refused(pool("AveragePool", own), 'fromOnnx, AveragePool "y": got dilations, need none');
    const wide = { kernel_shape: [2], dilations: [7], pads: [1, 7] };
    refused(pool("MaxPool", wide), "got windows of padding only, need windows with some of the value");
    refused(pool("MaxPool", { ...own, dilations: [6] }), "got windows of 2 places for a side of 5, need smaller ones");
  });

  test("have gaps and any stride, if there is one", () => {
    for (const stride of [3, 2e7, 2 ** 31]) {
      const own = { kernel_shape: [2], dilations: [2], strides: [stride] };
      expect(answers(pool("MaxPool", own), [1, 2, 3, 9, 9])).toEqual([3]);
    }
  });

  test("have at most 1024 runs of places", () => {
    const own = { kernel_shape: [2], dilations: [2], pads: [4000, 4000] };
    const message = "got windows of padding only";
    refused(pool("MaxPool", own), message);
    const wide = { kernel_shape: [5000], dilations: [2], pads: [9998, 0] };
    refused(pool("MaxPool", wide), "got places that are not neighbours, need at most 1024");
  });

  test("may be of three spatial sides, or count padding but not what a ceiling adds", () => {
    const spec = (name: string, attributes: object) => ({
      nodes: [node(name, "x -> y", attributes as never)],
      inputs: { x: ["batch", 1, 2, 2, 2] },
    });
    expect(answers(spec("MaxPool", { kernel_shape: [1, 2, 2] }), upTo(8))).toEqual([4, 8]);
    expect(answers(spec("AveragePool", { kernel_shape: [2, 2, 1] }), upTo(8))).toEqual([4, 5]);
    const padded = { kernel_shape: [2, 2, 2], strides: [2, 2, 2], pads: [1, 0, 0, 1, 0, 0] };
    expect(answers(spec("AveragePool", padded), upTo(8))).toEqual([2.5, 6.5]);
    expect(answers(spec("AveragePool", { ...padded, count_include_pad: 1 }), upTo(8))).toEqual([1.25, 3.25]);
    const ceiled = { kernel_shape: [3], strides: [2], ceil_mode: 1, count_include_pad: 1, pads: [0, 1] };
    expect(answers(pool("AveragePool", ceiled), upTo(5))).toEqual([2, 4, 2.5]);
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
});
