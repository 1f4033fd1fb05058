/** The command as its users run it: the bundled executable, in a folder of its own. */

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect } from "vitest";
import { digits } from "../../src/data/index.ts";

export const executable = resolve("dist/cli/main.js");

export const fixture = (name: string): string => resolve("test/fixtures", name);

/** A folder that is gone when the tests of a file are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "simdnet-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `simdnet …` to its end. @param input its standard input */
export function simdnet(folder: string, args: readonly string[], input: string | Uint8Array = ""): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [executable, ...args], {
    cwd: folder,
    input,
    env: { ...process.env, NO_COLOR: "1" },
    maxBuffer: 1 << 28,
  });
  return { code: status, stdout: String(stdout), stderr: String(stderr) };
}

/** What `simdnet train … --json` says, which must end well. @param input its standard input */
export function trained(folder: string, args: readonly string[], input?: string | Uint8Array) {
  const { code, stdout, stderr } = simdnet(folder, ["train", ...args, "--json"], input);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

/** Writes the handwritten digits as digits.csv: the columns p0 to p63 and digit. */
export function writeDigits(folder: string): void {
  const { inputs, targets } = digits();
  const names = Array.from({ length: 64 }, (_, pixel) => `p${pixel}`);
  const lines = [[...names, "digit"], ...inputs.map((row, index) => [...row, targets[index]])];
  writeFileSync(join(folder, "digits.csv"), lines.join("\n"));
}

/** Begins `simdnet …`. */
export const begun = (folder: string, args: readonly string[]) =>
  spawn(process.execPath, [executable, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });

/** Begins `simdnet …` with a standard input that goes on. */
export function fed(folder: string, args: readonly string[]) {
  const begun = spawn(process.execPath, [executable, ...args], { cwd: folder, stdio: ["pipe", "ignore", "ignore"] });
  // It need not read to the end.
  begun.stdin.on("error", () => {});
  return begun;
}
