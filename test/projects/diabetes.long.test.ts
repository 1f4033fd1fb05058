/** The scores of ten splits, beside PyTorch's on the same ones. */
import { tmpdir } from "node:os";
import { expect, test } from "vitest";

const path = new URL("../../examples/projects/diabetes/measure.mjs", import.meta.url).href;

test("ten splits reach PyTorch's accuracy and area, less 0.010", async () => {
  const { measure } = await import(path);
  const { rows } = await measure({
    folder: new URL("../../examples/projects/data", import.meta.url).pathname,
    output: tmpdir(),
  });
  expect(rows.length).toBe(4);
  for (const { what, score, bar, tolerance, perSeed } of rows) {
    expect(perSeed.length).toBe(10);
    expect(score, what).toBeGreaterThanOrEqual(bar - tolerance);
  }
});
