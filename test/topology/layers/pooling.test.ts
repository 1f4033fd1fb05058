import { describe, expect, test } from "vitest";
import { pooledShape, poolGeometry, poolOptions, poolTitle } from "../../../src/topology/layers/pooling.ts";

const describePool = (...args: Parameters<typeof poolOptions>) => ({ kind: "maxPool2d", ...poolOptions(...args) });

describe("poolOptions", () => {
  test("gives every option: the stride is the size, and nothing is padded", () => {
    expect(poolOptions("maxPool2d", 2, {}, 2)).toEqual({ size: [2, 2], stride: [2, 2], padding: "valid" });
    expect(poolOptions("maxPool1d", 3, { stride: 1, padding: 1, name: "pool" }, 1)).toEqual({
      ...{ size: [3], stride: [1], padding: [[1, 1]], name: "pool" },
    });
  });

  test.each<[string, unknown, unknown, string]>([
    [
      "a size of 0",
      0,
      {},
      "maxPool2d: size: got 0, need a whole number from 1 to 1048576, or [height, width] of such numbers",
    ],
    ["a size of three sides", [2, 2, 2], {}, "maxPool2d: size: got [2, 2, 2], need"],
    ["a stride of 0", 2, { stride: [1, 0] }, "maxPool2d: stride: got [1, 0], need"],
    ["an unknown padding", 2, { padding: "full" }, 'maxPool2d: got padding "full", need "valid", "same", a number'],
    ["causal padding of images", 2, { padding: "causal" }, 'maxPool2d: got padding "causal", need'],
    ["a misspelt option", 2, { strides: 2 }, 'maxPool2d option: got "strides", need one of stride, padding, name'],
    ["a name that is a number", 2, { name: 1 }, "maxPool2d: got name 1, need a text"],
    ["options that are a number", 2, 2, "maxPool2d: got 2, need an object of options"],
  ])("refuses %s", (_, size, options, message) => {
    expect(() => poolOptions("maxPool2d", size, options as object, 2)).toThrow(message);
  });
});

describe("the windows", () => {
  test.each<[number | number[], object, number[], number[]]>([
    [2, {}, [28, 28, 8], [14, 14, 8]],
    [2, {}, [7, 5, 3], [3, 2, 3]],
    [2, { padding: "same" }, [7, 5, 3], [4, 3, 3]],
    [3, { stride: 2, padding: 1 }, [7, 6, 2], [4, 3, 2]],
    [[2, 3], { stride: 1 }, [4, 4, 1], [3, 2, 1]],
    [3, { stride: 1, padding: "same" }, [1, 1, 1], [1, 1, 1]],
  ])("of %j with %j make of %j a value %j", (size, options, shape, expected) => {
    expect(pooledShape(describePool("maxPool2d", size, options, 2), [shape])).toEqual(expected);
  });

  test("of a sequence lie on an image of height 1", () => {
    const description = { kind: "maxPool1d", ...poolOptions("maxPool1d", 2, { padding: "causal", stride: 1 }, 1) };
    expect(pooledShape(description, [[6, 4]])).toEqual([6, 4]);
    const expected = { height: 1, width: 6, kernelHeight: 1, kernelWidth: 2, padTop: 0, padLeft: 1, outputWidth: 6 };
    expect(poolGeometry(description, [6, 4])).toMatchObject(expected);
  });

  test.each<[string, number, object, number[], string]>([
    ["larger than the image", 5, {}, [4, 6, 1], "maxPool2d: got windows of 5 × 5 elements for a value [4, 6, 1], need"],
    ["on no image", 2, {}, [4, 4], "maxPool2d: got a value [4, 4], need [height, width, channels]"],
    [
      "with padding as large as they are before",
      2,
      {
        padding: [
          [2, 0],
          [0, 0],
        ],
      },
      [4, 4, 1],
      "maxPool2d: got padding that holds a whole window of 2 × 2, need less padding than that on every side",
    ],
    [
      "with padding as large as they are behind",
      2,
      {
        padding: [
          [0, 0],
          [0, 2],
        ],
      },
      [4, 4, 1],
      "holds a whole window",
    ],
  ])("are refused %s", (_, size, options, shape, message) => {
    expect(() => pooledShape(describePool("maxPool2d", size, options, 2), [shape])).toThrow(message);
  });

  test("may have as much padding behind as they are large, if no window lies there", () => {
    const options = {
      padding: [
        [0, 0],
        [0, 1],
      ] as const,
      stride: 3,
    };
    expect(pooledShape(describePool("maxPool2d", 1, options, 2), [[4, 4, 1]])).toEqual([2, 2, 1]);
  });
});

test("a title says stride and padding where they are given", () => {
  const titleOf = (options: object) => poolTitle("max pool", describePool("maxPool2d", [2, 3], options, 2));
  expect(titleOf({})).toBe("max pool 2 × 3");
  expect(titleOf({ stride: [2, 3], padding: "valid" })).toBe("max pool 2 × 3");
  expect(titleOf({ stride: 1, padding: "same" })).toBe("max pool 2 × 3, stride 1 × 1, padding same");
  expect(titleOf({ padding: 1 })).toBe("max pool 2 × 3, padding [1, 1] × [1, 1]");
});
