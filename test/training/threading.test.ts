import { expect, test, vi } from "vitest";
import { threadingOf } from "../../src/training/threading.ts";

test("several threads need memory and a team, one needs nothing", () => {
  expect(threadingOf(1)).toBeUndefined();
  expect(threadingOf(3)).toMatchObject({ threads: 3, make: expect.any(Function) });
});

test("a host without workers has one thread", () => {
  vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
  vi.stubGlobal("Worker", undefined);
  expect(threadingOf(2)).toBeUndefined();
});
