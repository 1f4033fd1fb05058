import { expect, test } from "vitest";
import { MixedBatch, named, refuse, refuseMixed } from "../../src/onnx/refusals.ts";

/** Returns the error of some work. */
function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test("a refusal says what there is and what is needed", () => {
  expect(() => refuse("this", "that")).toThrow(new RangeError("got this, need that"));
  expect(errorOf(() => refuseMixed("this"))).toEqual(new MixedBatch("got this, need each example alone"));
});

test("a RangeError begins with the name of what is refused, once, and keeps its class", () => {
  expect(named('fromOnnx, Conv "y"', () => 3)).toBe(3);
  const inner = () => named('fromOnnx, Conv "y"', () => refuseMixed("this", "that"));
  for (const work of [inner, () => named("fromOnnx", inner)]) {
    expect(errorOf(work)).toEqual(new MixedBatch('fromOnnx, Conv "y": got this, need that'));
    expect(errorOf(work)).toBeInstanceOf(MixedBatch);
  }
});

test("other errors stay as they are", () => {
  const error = new TypeError("a fault");
  expect(() =>
    named("fromOnnx", () => {
      throw error;
    }),
  ).toThrow(error);
});
