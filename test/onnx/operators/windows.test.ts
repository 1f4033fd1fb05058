/** Windows as ONNX describes them. */
import { describe, expect, test } from "vitest";
import { input } from "../../../src/index.ts";
import { Budget } from "../../../src/onnx/constants.ts";
import { Operator } from "../../../src/onnx/nodes.ts";
import { asLine, fromImage, imageOf, paddingOf, padsOf, windowsOf } from "../../../src/onnx/operators/windows.ts";
import { Reader } from "../../../src/onnx/reader.ts";
import { node } from "../models.ts";

const operator = (attributes: object) => new Operator(node("Conv", "x w -> y", attributes as never), 17);
const reader = new Reader(new Budget(0), undefined, new Map(), new Map(), { weights: 0, inputs: 1 });

describe("padding", () => {
  const paddings = (attributes: object, sides = [5]) =>
    windowsOf(operator({ kernel_shape: [2], ...attributes }), sides).padding;

  test("is given by side, all before and then all after", () => {
    expect(padsOf(operator({ pads: [1, 2, 3, 4] }), 2)).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(paddingOf([[0, 0]])).toBe("valid");
  });

  test("by name has its odd zero after or before", () => {
    expect(paddings({ auto_pad: "SAME_UPPER" })).toEqual([[0, 1]]);
    expect(paddings({ auto_pad: "SAME_LOWER" })).toEqual([[1, 0]]);
    expect(paddings({ auto_pad: "VALID", pads: [1, 1] })).toEqual([[0, 0]]);
    expect(paddings({ auto_pad: "SAME_UPPER", strides: [2], dilations: [3] }, [4])).toEqual([[1, 1]]);
  });
});

test("sizes default to the weight's, strides and dilations to 1", () => {
  expect(windowsOf(operator({}), [5, 5], [3, 2])).toMatchObject({ size: [3, 2], stride: [1, 1], dilation: [1, 1] });
});

test("images and sequences have their channels last", () => {
  const image = { value: input([4, 5, 3]), axes: [[-1], [2], [0], [1]], isImage: true };
  expect(imageOf(image, reader)).toEqual({ value: image.value, sides: [4, 5], channels: 3 });
  const sequence = imageOf(fromImage(input([7, 2])), reader);
  expect([sequence.sides, asLine(sequence, reader).shape]).toEqual([[7], [1, 7, 2]]);
});

test("refused are negative pads, other sizes than the weight's, and rows", () => {
  expect(() => windowsOf(operator({ pads: [-1, 0] }), [5], [2])).toThrow(
    "got pads [-1, 0], need 2 whole numbers from 0",
  );
  expect(() => windowsOf(operator({ kernel_shape: [3] }), [5], [2])).toThrow("got kernel_shape [3], need [2]");
  expect(() => windowsOf(operator({ strides: [0] }), [5], [2])).toThrow("got strides [0], need 1 whole numbers from 1");
  expect(() => windowsOf(operator({ auto_pad: "OTHER" }), [5], [2])).toThrow('got auto_pad "OTHER", need NOTSET');
  const row = { value: input(3), axes: [[-1], [0]] };
  expect(() => imageOf(row, reader)).toThrow("got a value of 2 sides, need [batch, channels, …]");
});
