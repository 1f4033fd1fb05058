/** The digits example, run as a user runs it, in a folder of its own. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const example = fileURLToPath(new URL("../examples/digits.mjs", import.meta.url));
const build = fileURLToPath(new URL("../build/", import.meta.url));

describe("examples/digits.mjs", () => {
  let folder: string;
  let output: string;
  const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" });

  beforeAll(() => {
    mkdirSync(build, { recursive: true });
    folder = mkdtempSync(`${build}digits-`);
    output = run(example);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("reads at least 97 % of the held-out digits right", () => {
    const [, accuracy] = /epochs in .* s: ([\d.]+) % of the held-out digits right/.exec(output)!;
    expect(Number(accuracy)).toBeGreaterThanOrEqual(97);
  });

  test("prints plain lines of at most 80 columns where there is no terminal", () => {
    for (const control of ["\r", "\u001b"]) expect(output).not.toContain(control);
    expect(Math.max(...output.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("leaves the network and nothing else, and the program it prints loads it and reads the first digit, a 0", () => {
    expect(readdirSync(folder)).toEqual(["digits.safetensors"]);
    writeFileSync(`${folder}/predict.mjs`, output.slice(output.indexOf("import { readFileSync }")));
    const probabilities: number[] = JSON.parse(run("predict.mjs").replace(/,(?=\s*\])/, ""));
    expect(probabilities).toHaveLength(10);
    expect(probabilities[0]).toBeGreaterThan(0.9);
    expect(readFileSync(`${folder}/digits.safetensors`).length).toBeGreaterThan(19210 * 4);
  });
});
