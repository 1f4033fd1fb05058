/** Padding with numbers and with places of the value. */
import { describe, expect, test } from "vitest";
import { answers, integers, node, read, refused, tensor, upTo } from "../models.ts";

const x = { x: ["batch", 2, 3] };
const one = (operator: string, names = "x -> y", attributes = {}) => node(operator, names, attributes);
const shape = (...sides: number[]) => integers("s", ...sides);

describe("Pad", () => {
  const pad = (pads: number[], attributes = {}, inputs: Record<string, (number | string)[]> = x) => ({
    nodes: [one("Pad", "x s v -> y", attributes)],
    inputs,
    tensors: [shape(...pads), tensor("v", [], [0])],
  });

  test("zeros around an image are one layer", () => {
    const spec = pad([0, 0, 1, 0, 0, 0, 0, 1], {}, { x: ["batch", 1, 1, 1] });
    const image = { ...spec, nodes: [one("MaxPool", "x -> p", { kernel_shape: [1, 1] }), one("Pad", "p s -> y")] };
    expect(read(image).network.layers.map(({ description }) => description.kind)).toEqual(["maxPool2d", "zeroPad2d"]);
    expect(answers(image, [5])).toEqual([0, 0, 5, 0]);
  });

  test("zeros, other numbers, edges and mirrors along any axis", () => {
    expect(answers(pad([0, 0, 1, 0, 0, 0]), upTo(6))).toEqual([0, 1, 2, 3, 0, 4, 5, 6]);
    const nines = { ...pad([0, 1, 0, 0, 0, 0]), tensors: [shape(0, 1, 0, 0, 0, 0), tensor("v", [], [9])] };
    expect(answers(nines, upTo(6))).toEqual([9, 9, 9, ...upTo(6)]);
    expect(answers(pad([0, 0, 1, 0, 0, 1], { mode: "edge" }), upTo(6))).toEqual([1, 1, 2, 3, 3, 4, 4, 5, 6, 6]);
    expect(answers(pad([0, 0, 1, 0, 0, 1], { mode: "reflect" }), upTo(6))).toEqual([2, 1, 2, 3, 2, 5, 4, 5, 6, 5]);
  });

  test("a large number around a value leaves its digits, and is not trained", () => {
    const given = [0.1234567, -3.7654321, 1e-6, 4, 5, 6].map(Math.fround);
    const around = (filler: number) => ({
      ...pad([0, 1, 1, 0, 0, 2]),
      tensors: [shape(0, 1, 1, 0, 0, 2), tensor("v", [], [filler])],
    });
    for (const filler of [-65504, -1e9]) {
      const { network } = read(around(filler));
      const f = filler;
      expect([...(network.predict(Float32Array.from(given)) as Float32Array)]).toEqual(
        [f, f, f, f, f, f, f, ...given.slice(0, 3), f, f, f, ...given.slice(3), f, f].map(Math.fround),
      );
      expect(network.layers.every(({ trainable, parameterCount }) => parameterCount === 0 || !trainable)).toBe(true);
    }
  });

  test("numbers around a value count against the limit", () => {
    const spec = { ...pad([0, 0, 1000, 0, 0, 0]), tensors: [shape(0, 0, 1000, 0, 0, 0), tensor("v", [], [9])] };
    refused(spec, "got", { limit: 500 });
    expect(read(spec).outputs[0].shape).toEqual([2, 1003]);
  });

  test("negative numbers cut", () => {
    expect(answers(pad([0, 0, -1, 0, 0, 0]), upTo(6))).toEqual([2, 3, 5, 6]);
  });
});
