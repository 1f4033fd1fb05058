import { describe, expect, test } from "vitest";
import { twins } from "../../reference/vector/transcendental.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, Scratch, sizes } from "../scratch.ts";

const names = ["expMap", "expm1Map", "logMap", "log1pMap", "erfMap"] as const;

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const { kernels } = scratch;

  test.each(names)("%s equals its twin at every count from 1 to 67, in place or not", (name) => {
    for (const count of sizes) {
      const values = random(count, count).map((u) => Math.fround(name === "logMap" ? 1 + u : 3 * u + 2.5 * (1 - u)));
      const output = scratch.output(count);
      kernels[name](scratch.input(values), output.address, count);
      expectClose(scratch.read(output), twins[name](values), tolerances.formula[dtype], `${name} of ${count}`);
      const inPlace = scratch.output(values);
      kernels[name](inPlace.address, inPlace.address, count);
      expect(scratch.read(inPlace)).toEqual(scratch.read(output));
      scratch.expectIntact();
    }
  });

  test.runIf(isDebugBuild).each(names)("%s stops at an unaligned address or no elements", (name) => {
    const { address } = scratch.output(random(8));
    expect(() => kernels[name](address + 4, address, 4)).toThrow("blocks start on 16 bytes");
    expect(() => kernels[name](address, address + 8, 4)).toThrow("blocks start on 16 bytes");
    expect(() => kernels[name](address, address, 0)).toThrow("positive");
  });
});
