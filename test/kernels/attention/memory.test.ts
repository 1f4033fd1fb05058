import { describe, expect, test } from "vitest";
import { keepStep } from "../../reference/attention/memory.ts";
import { dtypes, isDebugBuild, random, roundTo, rowsOf, Scratch, sizes } from "../scratch.ts";

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);

  test("keeps a step at its place, NaN and infinities too, at every count of columns from 1 to 67", () => {
    for (const columns of sizes) {
      for (const step of [0, 1, 3]) {
        const source = roundTo(dtype, random(columns, columns));
        if (step === 3) source.splice(0, 1, Number.NaN).push(Infinity);
        const before = roundTo(dtype, random(4 * columns, step));
        const kept = scratch.output(before);
        const { address: offsets } = scratch.doubles(1);
        const fields = {
          source: scratch.input(source.slice(0, columns)),
          kept: kept.address,
          offsets,
          columns,
          steps: 4,
        };
        scratch.run("keepStep", fields, columns, { rows: 1, step });
        const expected = keepStep(rowsOf(before, columns), step, source.slice(0, columns));
        expect(rowsOf(scratch.read(kept), columns)).toEqual(expected.kept);
        expect([...scratch.arena.integers(offsets as never, 2)]).toEqual(expected.offsets);
        scratch.expectIntact();
      }
    }
  });

  test.runIf(isDebugBuild)("a block that does not start on 16 bytes, or no columns, trap", () => {
    const { address: a } = scratch.output(64);
    const run = (wrong: object, end = 1) =>
      scratch.run("keepStep", { source: a, kept: a + 64, offsets: a + 128, columns: 4, steps: 1, ...wrong }, end);
    expect(() => run({ source: a + 8 })).toThrow("blocks start on 16 bytes");
    expect(() => run({ kept: a + 8 })).toThrow("blocks start on 16 bytes");
    expect(() => run({ columns: 0 })).toThrow("must be positive");
    expect(() => run({}, 0)).toThrow("must be positive");
    expect(() => run({ steps: 0 })).toThrow("a row for the step");
  });
});
