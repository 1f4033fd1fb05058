import { expect, test } from "vitest";
import { onSignal } from "../../src/cli/signals.ts";

test("signals give the exit codes of shells, until nobody listens", () => {
  const codes: number[] = [];
  const before = process.listenerCount("SIGHUP");
  const deaf = onSignal((code) => codes.push(code));
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) process.listeners(signal).at(-1)!(signal);
  expect(codes).toEqual([129, 130, 143]);
  deaf();
  expect(process.listenerCount("SIGHUP")).toBe(before);
});
