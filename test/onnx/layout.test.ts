/** Axes of ONNX on values of a network: what only changes them, and where layers move numbers. */
import { describe, expect, test } from "vitest";
import { input, type Value } from "../../src/index.ts";
import {
  arranged,
  axisAt,
  type Data,
  inOrder,
  isBatch,
  lengthOf,
  reshaped,
  reshapedTo,
  sidesOf,
  toLast,
  withSides,
} from "../../src/onnx/layout.ts";
import { MixedBatch } from "../../src/onnx/refusals.ts";

const made: string[] = [];
const apply = (layer: (value: Value) => Value, value: Value) => {
  made.push((layer as unknown as { kind: string }).kind);
  return layer(value);
};
const layersOf = <Result>(work: () => Result): [Result, string[]] => {
  made.length = 0;
  const result = work();
  return [result, [...made]];
};

/** An image [4, 5, 3], which ONNX has as [batch, 3, 4, 5]. */
const image = (): Data => ({ value: input([4, 5, 3]), axes: [[-1], [2], [0], [1]], isImage: true });
const target = (...places: (number | "batch")[]) =>
  places.map((each) => (each === "batch" ? { places: 1, hasBatch: true } : { places: each, hasBatch: false }));

test("lengths, and axes counted from the end", () => {
  const data = image();
  expect(data.axes.map((axis) => lengthOf(data, axis))).toEqual([1, 3, 4, 5]);
  expect([axisAt(-1, 4), axisAt(2, 4)]).toEqual([3, 2]);
  expect(() => axisAt(4, 4)).toThrow("got axis 4 of a tensor of 4 sides, need one of them");
  expect([isBatch([-1]), isBatch([0]), isBatch([-1, 0])]).toEqual([true, false, false]);
  expect(() => sidesOf([-1, 0])).toThrow(MixedBatch);
});

describe("without a layer", () => {
  test("the sides of an image are those of a convolution", () => {
    const { value, axes } = image();
    const [same, layers] = layersOf(() => arranged(value, [axes[2], axes[3], axes[1]], apply));
    expect([same, layers]).toEqual([value, []]);
  });

  test("an image is flattened with its channels first, and divided again", () => {
    const [row, layers] = layersOf(() => reshapedTo(image(), target("batch", 60), apply));
    expect([row.axes, layers, row.isRow]).toEqual([[[-1], [2, 0, 1]], [], true]);
    const [back, more] = layersOf(() => reshapedTo(row, target("batch", 3, 4, 5), apply));
    expect([back.axes, more]).toEqual([[[-1], [2], [0], [1]], []]);
  });

  test("the batch joins the steps and leaves them", () => {
    const data: Data = { value: input([7, 6]), axes: [[-1], [0], [1]] };
    const [joined, layers] = layersOf(() =>
      reshapedTo(
        data,
        [
          { places: 7, hasBatch: true },
          { places: 6, hasBatch: false },
        ],
        apply,
      ),
    );
    expect([joined.axes, layers]).toEqual([[[-1, 0], [1]], []]);
    expect(reshapedTo(joined, target("batch", 7, 6), apply).axes).toEqual(data.axes);
  });

  test("sides of one place come and go", () => {
    const data: Data = { value: input([6]), axes: [[-1], [0]] };
    expect(reshapedTo(data, target("batch", 1, 6, 1), apply).axes).toEqual([[-1], [], [0], []]);
  });
});

describe("with a layer", () => {
  test("a side is divided by a reshape", () => {
    const [groups, layers] = layersOf(() =>
      reshapedTo({ ...image(), value: input([4, 5, 6]) }, target("batch", 2, 3, 4, 5), apply),
    );
    expect([groups.value.shape, groups.axes, layers]).toEqual([[4, 5, 2, 3], [[-1], [2], [3], [0], [1]], ["reshape"]]);
  });

  test("what does not divide is put in order first", () => {
    const [square, layers] = layersOf(() => reshapedTo(image(), target("batch", 20, 3), apply));
    expect([square.value.shape, layers]).toEqual([
      [20, 3],
      ["permute", "flatten", "reshape"],
    ]);
  });

  test("a permute puts the sides in ONNX's order", () => {
    const [data, layers] = layersOf(() => inOrder(image(), apply));
    expect([data.value.shape, data.axes, layers]).toEqual([[3, 4, 5], [[-1], [0], [1], [2]], ["permute"]]);
  });

  test("two reshapes are one", () => {
    const value = input([4, 6]);
    const first = reshaped(value, [24], apply);
    const [second, layers] = layersOf(() => reshaped(first, [2, 12], apply));
    expect([second.source!.inputs[0], layers]).toEqual([value, ["reshape"]]);
    expect(reshaped(second, [4, 6], apply)).toBe(value);
  });
});

describe("the last side", () => {
  test("joins the sides of a row, in their own order if weights can follow", () => {
    const row = reshapedTo(image(), target("batch", 60), apply);
    const [last, layers] = layersOf(() => toLast(row, [2, 0, 1], apply, true));
    expect([last.value.shape, layers]).toEqual([[60], ["flatten"]]);
    // Pixel (0, 0), channel 1 is place 20 in ONNX; pixel (0, 1), channel 0 is place 1.
    expect([last.order![1], last.order![3], last.order![59]]).toEqual([20, 1, 59]);
  });

  test("or in ONNX's order by a permute", () => {
    const row = reshapedTo(image(), target("batch", 60), apply);
    const [last, layers] = layersOf(() => toLast(row, [2, 0, 1], apply));
    expect([last.value.shape, last.order, layers]).toEqual([[60], undefined, ["permute", "flatten"]]);
  });

  test("is a new one for an axis of one place", () => {
    expect(withSides({ value: input([4]), axes: [[-1], [0], []] }, [[0], []], apply).value.shape).toEqual([4, 1]);
  });
});

test("a shape that mixes the examples is refused", () => {
  const mixed = () => reshapedTo(image(), [{ places: 60, hasBatch: false }, ...target("batch")], apply);
  expect(mixed).toThrow("got a shape that mixes the examples of a batch, need each example alone");
});
