import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { openReading } from "../../src/cli/reading.ts";
import { temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const path = join(folder, "t.csv");
writeFileSync(path, "a,b\n1,2\n");
afterEach(() => vi.unstubAllGlobals());

/** What a terminal is shown while a table is read that takes so many milliseconds a call. */
function shown(isTTY: boolean, milliseconds: number): string {
  let time = 0;
  vi.stubGlobal("performance", { now: () => (time += milliseconds) });
  let text = "";
  const terminal = { isTTY, write: (piece: string) => (text += piece) } as unknown as NodeJS.WriteStream;
  const { onRows, done } = openReading(path, terminal);
  for (const rows of [1000, 2_000_000]) onRows(rows);
  done();
  return text;
}

test("what is read slowly is shown in a terminal, and wiped away at the end", () => {
  const clear = "\r\u001b[2K";
  expect(shown(true, 500)).toBe(
    `${clear}Reading ${path}: 0 %, 1,000 rows${clear}Reading ${path}: 0 %, 2,000,000 rows${clear}`,
  );
});

test("what is read quickly, and where there is no terminal, nothing is shown", () => {
  expect(shown(true, 1)).toBe("");
  expect(shown(false, 500)).toBe("");
});
