import { expect, test } from "vitest";
import { valuesOf } from "../../src/kernels/dtype.ts";

test("valuesOf makes zeros of the type", () => {
  expect(valuesOf("float32", 3)).toEqual(new Float32Array(3));
  expect(valuesOf("float64", 2)).toEqual(new Float64Array(2));
});
