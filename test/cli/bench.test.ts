import { expect, test } from "vitest";
import { simdnet, temporaryFolder } from "./command.ts";

const folder = temporaryFolder();

test("simdnet bench measures the peak, four products, two trainings and a prediction, and says what share of the peak they reach", () => {
  const { stdout, code, stderr } = simdnet(folder, ["bench", "--milliseconds", "10", "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  const { results } = JSON.parse(stdout);
  expect(results.length).toBe(8);
  for (const { value, share = 0.5 } of results) {
    expect(value).toBeGreaterThan(0);
    // A busy machine may slow the peak down, too.
    expect(share).toBeLessThan(3);
  }
  const text = simdnet(folder, ["bench", "--milliseconds", "10"]).stdout;
  expect(text).toMatch(/^ {2}peak of 128-bit vectors, float32 +[\d.,]+ +GFLOP\/s +100\.0 %$/m);
  expect(text).toMatch(/^ {2}prediction of one example, 784-256-128-10 +[\d.,]+ +µs$/m);
});
