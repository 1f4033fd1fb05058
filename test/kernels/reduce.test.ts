import { describe, expect, test } from "vitest";
import { dtypes, random, Scratch } from "./scratch.ts";

describe.each(dtypes)("%s", (dtype) => {
  test("scale", () => {
    const scratch = new Scratch(dtype);
    const out = scratch.output(random(8));
    scratch.kernels.scale(out.address, 8, 2);
    expect(scratch.read(out)[1]).toBeCloseTo(random(8)[1] * 2);
    scratch.expectIntact();
  });
});
