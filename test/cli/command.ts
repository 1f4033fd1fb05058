/** The command as its users run it: the bundled executable, in a folder of its own. */

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll } from "vitest";

const executable = resolve("dist/cli/main.js");

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
