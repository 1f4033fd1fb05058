/** The project on sentiment on all that ships. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("has at least 73 % of the test sentences right, as the bag of words has, where guessing has 50 %", () => {
  const folder = mkdtempSync(join(tmpdir(), "sentiment-"));
  const program = fileURLToPath(new URL("../../examples/projects/sentiment/train.mjs", import.meta.url));
  const printed = execFileSync(process.execPath, [program], { cwd: folder, encoding: "utf8" });
  rmSync(folder, { recursive: true });
  const [[, network], [, bag]] = [/^ {2}the LSTM, .* ([\d.]+) %$/m, /^ {2}a bag of words, .* ([\d.]+) %$/m].map(
    (line) => line.exec(printed)!,
  );
  expect(Number(network)).toBeGreaterThan(73);
  expect(Number(bag)).toBeGreaterThan(73);
});
