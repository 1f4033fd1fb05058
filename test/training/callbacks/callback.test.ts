import { expect, test } from "vitest";
import { stateNumber } from "../../../src/training/callbacks/callback.ts";

test("a number that was kept comes back, one that was not is undefined, and anything else is refused", () => {
  expect(stateNumber("who", { best: 3 }, "best")).toBe(3);
  expect(stateNumber("who", {}, "best")).toBeUndefined();
  for (const best of [Number.NaN, new Float32Array(1)]) {
    expect(() => stateNumber("who", { best }, "best")).toThrow("who: got a state whose best is no finite number");
  }
});
