/** What the writers of all layers share. */
import { expect, test } from "vitest";
import { given, rowShape, turned } from "../../../src/onnx/writers/use.ts";

test("numbers are turned to another order of sides", () => {
  expect([...turned(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3], [1, 0])]).toEqual([1, 4, 2, 5, 3, 6]);
});

test("absent inputs have no name; a row along the channels has sides of 1 behind it", () => {
  expect(given("a", undefined)).toEqual(["a"]);
  expect(rowShape({ shape: [4, 5, 3] } as never, "first")).toEqual([3, 1, 1]);
  expect(rowShape({ shape: [4, 5, 3] } as never, "last")).toEqual([3]);
});
