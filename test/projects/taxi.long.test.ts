/** The errors on the trips that ship, beside PyTorch's on the same ones. */
import { tmpdir } from "node:os";
import { expect, test } from "vitest";

const path = new URL("../../examples/projects/taxi/measure.mjs", import.meta.url).href;

test("both networks come within $0.08 of PyTorch's error", async () => {
  const { measure } = await import(path);
  const folder = new URL("../../examples/projects/data/taxi", import.meta.url).pathname;
  const { rows } = await measure({ folder, seeds: [1], output: tmpdir() });
  expect(rows.length).toBe(2);
  for (const { what, score, bar, tolerance } of rows) expect(score, what).toBeLessThanOrEqual(bar + tolerance);
});
