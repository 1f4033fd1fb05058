import { describe, expect, test } from "vitest";
import { input, Network, upsample2d } from "../../../src/index.ts";
import { upsample2dKind } from "../../../src/topology/layers/upsample.ts";
import { expectFile, expectGradients } from "./images.ts";

const image = [[[0], [4]]];

describe("upsample2d", () => {
  test.each<[string, Parameters<typeof upsample2d>, unknown]>([
    [
      "repeats each pixel",
      [],
      [
        [[0], [0], [4], [4]],
        [[0], [0], [4], [4]],
      ],
    ],
    ["by other factors down and across", [[1, 3]], [[[0], [0], [0], [4], [4], [4]]]],
    ["interpolates between the middles", [[1, 2], { interpolation: "bilinear" }], [[[0], [1], [3], [4]]]],
    ["by 1 changes nothing", [1, { interpolation: "bilinear" }], image],
  ])("%s", (_, args, expected) => {
    const network = new Network({ inputs: [1, 2, 1], layers: [upsample2d(...args)] });
    expect(network.predict(image)).toEqual(expected);
    expect(network.predict([image, image])).toEqual([expected, expected]);
  });

  describe.each(["nearest", "bilinear"] as const)("%s", (interpolation) => {
    test.each([1, 2, 3, [2, 1], [4, 5]])(
      "by %j: gradients differ from central differences by less than 1e-7",
      (factor) => {
        for (const shape of [
          [2, 3, 2],
          [3, 1, 5],
        ])
          expectGradients(shape, upsample2d(factor as number, { interpolation }));
      },
    );

    test("goes through a file", () => {
      const layer = upsample2d([2, 3], { interpolation, name: "larger" });
      expectFile(new Network({ inputs: [2, 2, 1], layers: [layer] }));
      expect(upsample2dKind.title(layer)).toBe(`upsample 2 × 3, ${interpolation}`);
    });
  });

  test.each<[string, () => unknown, string]>([
    ["a factor of 0", () => upsample2d(0), "upsample2d: factor: got 0, need a whole number from 1"],
    ["half a factor", () => upsample2d(1.5), "upsample2d: factor: got 1.5, need a whole number from 1"],
    [
      "an unknown interpolation",
      () => upsample2d(2, { interpolation: "bilinaer" as never }),
      'upsample2d: interpolation: got "bilinaer", need one of nearest, bilinear; did you mean "bilinear"?',
    ],
    ["an unknown option", () => upsample2d(2, { size: 2 } as never), 'upsample2d option: got "size", need one of'],
    ["a sequence", () => upsample2d()(input([4, 2])), "upsample2d: got a value [4, 2], need [height, width, channels]"],
    [
      "an image beyond memory",
      () => upsample2d(2 ** 15)(input([2, 1, 1])),
      "upsample2d: got inputs that make a value [65536, 32768, 1], need one of fewer than 2³¹ numbers",
    ],
  ])("refuses %s", (_, act, message) => expect(act).toThrow(message));
});
