/** The letters that come with the examples, beside PyTorch's score on them. */
import { expect, test } from "vitest";

const url = new URL("../../examples/projects/faces/measure.mjs", import.meta.url).href;

test("of 20 letters of other alphabets the right one is found as often as by PyTorch's network, 0.603, within 0.02", {
  timeout: 600_000,
}, async () => {
  const { measure } = await import(url);
  const { rows } = await measure({ seeds: [1, 2, 3], only: ["letters"] });
  expect(rows).toHaveLength(1);
  const [{ score, perSeed, bar, tolerance, baseline }] = rows;
  expect(perSeed).toHaveLength(3);
  expect(bar).toBe(0.603);
  expect(score).toBeGreaterThan(bar - tolerance);
  expect(baseline.score).toBeCloseTo(0.2075, 6);
});
