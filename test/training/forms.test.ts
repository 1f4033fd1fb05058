import { describe, expect, test } from "vitest";
import { asRows, countRaggedLike, widthOf } from "../../src/training/forms.ts";

describe("the form of targets", () => {
  test.each([
    ["a list", [1, 2, 3], 3, 1],
    ["rows", [[1, 2]], 1, 2],
    ["nested examples", [[[1, 2, 3]], [[4, 5, 6]]], 2, 3],
    ["rows in typed arrays", [[Float32Array.of(1, 2), Float32Array.of(3, 4)]], 1, 4],
    ["whole rows in a typed array", Float64Array.of(1, 2, 3, 4, 5, 6), 2, 3],
    ["a text", ["ab"], 1, undefined],
  ])("%s: numbers an example", (_, targets, rows, width) => expect(widthOf(targets as never, rows)).toBe(width));

  test("null is a number only where one may be missing", () => {
    const targets = [null, 1] as never;
    expect([widthOf(targets, 2), widthOf(targets, 2, true)]).toEqual([undefined, 1]);
    expect([asRows(targets, 1), asRows(targets, 1, true)]).toEqual([targets, [[null], [1]]]);
  });

  test("a list becomes rows of one number; rows stay the very ones", () => {
    const given = [[1], [2]];
    expect([asRows([1, 2], 1), asRows(given, 1)]).toEqual([given, given]);
    expect(asRows(given, 1)).toBe(given);
  });

  test("sequences in a typed array have the lengths from elsewhere, nested ones their own", () => {
    const lengths = Uint32Array.of(1, 2);
    expect(countRaggedLike("it", new Float32Array(8), [2, 2], lengths).lengths).toEqual(lengths);
    expect(
      countRaggedLike(
        "it",
        [
          [
            [1, 2],
            [3, 4],
          ],
          [[5, 6]],
        ],
        [2, 2],
        lengths,
      ).lengths,
    ).toEqual(Uint32Array.of(2, 1));
    expect(() => countRaggedLike("it", [[1, 2]], [2, 2], lengths)).toThrow("it: got one example nested as [2, 2]");
  });
});
