/** The scores of the project on noise, on the data that a clone has. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "denoising-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** @returns the error of each line of the table that the program prints at its end */
function errorsOf(program: string, network: string): Record<string, number> {
  const path = fileURLToPath(new URL(`../../examples/projects/denoising/${program}.mjs`, import.meta.url));
  const printed = execFileSync(process.execPath, [path, "--network", network], { cwd: folder, encoding: "utf8" });
  const lines = printed.matchAll(/^ {2}(.*\S) +(\d\.\d{4})(?: +[\d.]+ dB)?$/gm);
  return Object.fromEntries(Array.from(lines, ([, what, error]) => [what, Number(error)]));
}

/** On a busy machine. */
const patience = 600_000;

/** PyTorch's errors and their tolerances. */
test.each([
  ["dense", 0.0326],
  ["convolutional", 0.0135],
  ["strided", 0.0143],
])("digits: the %s network comes to a mean squared error of at most %f", { timeout: patience }, (network, most) => {
  const errors = errorsOf("digits", network);
  expect(errors["noisy, as they are"]).toBeCloseTo(0.1155, 3);
  expect(errors[`${network} network`]).toBeLessThanOrEqual(most);
  const compressed = [1, 2, 4, 8, 16, 32].map((units) => errors[`no noise, through ${units}`]);
  expect(compressed).toEqual(compressed.toSorted((a, b) => b - a));
});

test("documents: ten pages are enough to do better than the best threshold, by a fifth", { timeout: patience }, () => {
  const errors = errorsOf("documents", "basic");
  expect(errors["the best threshold"]).toBeLessThan(errors["dirty, as they are"]);
  expect(errors["basic network"]).toBeLessThan(errors["the best threshold"] * 0.8);
});
