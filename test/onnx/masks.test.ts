/** The masks that attention has, and others. */
import { expect, test } from "vitest";
import { Constant } from "../../src/onnx/constants.ts";
import { maskKind } from "../../src/onnx/masks.ts";

test("a mask hides nothing, all later steps, or others", () => {
  const kind = (values: readonly number[], dims = [2, 2]) =>
    maskKind(new Constant(dims, { values: Float32Array.from(values) }), 2);
  expect(maskKind(undefined, 2)).toBe("none");
  expect(kind([0, 0, 0, 0])).toBe("none");
  expect(kind([0, -1e9, 0, 0])).toBe("causal");
  expect(kind([0, Number.NEGATIVE_INFINITY, 0, 0], [1, 1, 2, 2])).toBe("causal");
  expect(kind([0, -1, 0, 0])).toBe("other");
  expect(kind([-1e9, 0], [1, 2])).toBe("other");
  expect(kind([0, -1e9, -1e9, 0, 0, -1e9, 0, 0, 0], [3, 3])).toBe("other");
  // A row for each of two heads.
  expect(kind([0, -1e9, 0, 0], [2, 1, 2])).toBe("other");
});
