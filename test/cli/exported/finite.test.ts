import { expect, test } from "vitest";
import { checkFinite } from "../../../src/cli/exported/finite.ts";

test("results of finite numbers are given back as they are", () => {
  for (const results of [1, [], [[1, -2], [3]], Float32Array.of(1, 2), [Float64Array.of(1), [[2]]]]) {
    expect(checkFinite(results)).toBe(results);
  }
});

test.each([
  [Number.NaN],
  [[1, Number.POSITIVE_INFINITY]],
  [[[1], [2, Number.NaN]]],
  [[Float32Array.of(1), Float64Array.of(0, Number.NEGATIVE_INFINITY)]],
])("results with a number that is not finite are refused: %j", (results) => {
  const message = "predict: got an example whose result is not finite, need smaller numbers";
  expect(() => checkFinite(results)).toThrow(new RangeError(message));
});
