/** Convolutions of three spatial sides against loops. composed.long.test.ts compares others with ONNX Runtime. */
import { describe, expect, test } from "vitest";
import { pcg32 } from "../../../src/index.ts";
import { node, read, refused, tensor, titles, upTo } from "../models.ts";
import { placesOf } from "../places.mjs";

const generator = pcg32(3);
const sizeOf = (dims: readonly number[]) => dims.reduce((product, side) => product * side, 1);
const draws = (count: number) => Float32Array.from({ length: count }, () => 2 * generator.next() - 1);

const [channels, filters] = [2, 3];
const sides = [3, 4, 5];
const size = [2, 3, 2];
const strides = [2, 1, 3];
const dilations = [1, 2, 1];
/** Before and after each side. */
const pads = [
  [1, 0],
  [2, 1],
  [0, 2],
];

/** Calls a function with every place of some sides. */
function forEach(lengths: readonly number[], call: (...places: number[]) => void, ...places: number[]): void {
  if (places.length === lengths.length) call(...places);
  else for (let at = 0; at < lengths[places.length]; at++) forEach(lengths, call, ...places, at);
}

const placeIn = (lengths: readonly number[], places: readonly number[]) =>
  places.reduce((place, each, side) => place * lengths[side] + each, 0);

/** Returns what a network of one node answers, in ONNX's order, and the sides of its output. */
function answerOf(operator: string, weightDims: readonly number[], input: Float32Array, values: Float32Array) {
  const attributes = {
    strides,
    dilations,
    pads: [...pads.map(([before]) => before), ...pads.map(([, after]) => after)],
  };
  const spec = {
    nodes: [node(operator, "x w b -> y", attributes)],
    inputs: { x: ["batch", channels, ...sides] },
    tensors: [tensor("w", weightDims, values), tensor("b", [filters], [10, 20, 30])],
  };
  const { network, inputs, outputs } = read(spec);
  const rows = Float32Array.from(placesOf(inputs[0], input.length), (place) => input[place]);
  const answer = network.predict(rows) as Float32Array;
  const ordered = new Float32Array(answer.length);
  placesOf(outputs[0], answer.length).forEach((place, at) => {
    ordered[place] = answer[at];
  });
  return ordered;
}

const expectNumbers = (got: Float32Array, need: Float64Array) => {
  expect(got.length).toBe(need.length);
  got.forEach((value, index) => {
    expect(Math.abs(value - need[index]), `${index}`).toBeLessThan(1e-5);
  });
};

describe("the numbers of", () => {
  const input = draws(channels * sizeOf(sides));

  test("a convolution", () => {
    const dims = [filters, channels, ...size];
    const weight = draws(sizeOf(dims));
    const counts = sides.map((length, side) => {
      const extent = dilations[side] * (size[side] - 1) + 1;
      return Math.floor((length + pads[side][0] + pads[side][1] - extent) / strides[side]) + 1;
    });
    const sums = new Float64Array(filters * sizeOf(counts));
    forEach([filters, ...counts], (filter, ...at) => {
      let sum = 10 * (filter + 1);
      forEach([channels, ...size], (channel, ...tap) => {
        const from = at.map((place, side) => place * strides[side] + tap[side] * dilations[side] - pads[side][0]);
        if (from.some((place, side) => place < 0 || place >= sides[side])) return;
        sum +=
          input[placeIn([channels, ...sides], [channel, ...from])] * weight[placeIn(dims, [filter, channel, ...tap])];
      });
      sums[placeIn([filters, ...counts], [filter, ...at])] = sum;
    });
    expectNumbers(answerOf("Conv", dims, input, weight), sums);
  });

  test("a transposed convolution", () => {
    const dims = [channels, filters, ...size];
    const weight = draws(sizeOf(dims));
    const counts = sides.map((length, side) => {
      return (length - 1) * strides[side] + dilations[side] * (size[side] - 1) + 1 - pads[side][0] - pads[side][1];
    });
    const sums = new Float64Array(filters * sizeOf(counts));
    forEach([filters, ...counts], (filter, ...at) => {
      sums[placeIn([filters, ...counts], [filter, ...at])] = 10 * (filter + 1);
    });
    forEach([channels, ...sides], (channel, ...from) => {
      forEach([filters, ...size], (filter, ...tap) => {
        const to = from.map((place, side) => place * strides[side] + tap[side] * dilations[side] - pads[side][0]);
        if (to.some((place, side) => place < 0 || place >= counts[side])) return;
        const product = input[placeIn([channels, ...sides], [channel, ...from])];
        sums[placeIn([filters, ...counts], [filter, ...to])] +=
          product * weight[placeIn(dims, [channel, filter, ...tap])];
      });
    });
    expectNumbers(answerOf("ConvTranspose", dims, input, weight), sums);
  });
});

test("a kernel of one slice is one convolution of images", () => {
  const spec = {
    nodes: [node("Conv", "x w -> y")],
    inputs: { x: ["batch", 1, 2, 2, 2] },
    tensors: [tensor("w", [1, 1, 1, 1, 1], [1])],
  };
  expect(titles(spec)).toEqual(["reshape [4, 2, 1]", "conv2d 1, 1×1, linear, no bias", "reshape [2, 2, 2, 1]"]);
});

test("refused are more spatial sides, and windows that are too large", () => {
  const spec = (operator: string, ...size: number[]) => ({
    nodes: [node(operator, "x w -> y")],
    inputs: { x: ["batch", 1, ...size.map(() => 2)] },
    tensors: [tensor("w", [1, 1, ...size], upTo(sizeOf(size)))],
  });
  for (const operator of ["Conv", "ConvTranspose"]) {
    refused(spec(operator, 1, 1, 1, 1), `fromOnnx, ${operator} "y": got a value of 4 spatial sides, need 1 to 3`);
  }
  refused(spec("Conv", 3, 1, 1), "got windows of [3, 1, 1] places, need smaller ones");
  const cut = {
    ...spec("ConvTranspose", 1, 1, 1),
    nodes: [node("ConvTranspose", "x w -> y", { pads: [1, 0, 0, 1, 0, 0] })],
  };
  refused(cut, "got pads that cut everything off, need smaller ones");
});
