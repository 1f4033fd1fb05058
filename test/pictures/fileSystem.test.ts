import { expect, test, vi } from "vitest";
import { fileSystem } from "../../src/pictures/fileSystem.ts";

test("fileSystem is that of Node; where there is none, it says what is needed", () => {
  expect(typeof fileSystem("who").readFile).toBe("function");
  vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
  expect(() => fileSystem("who")).toThrow(
    "who: got the name of a file, need Node, Deno or Bun to open it; or the option read",
  );
});
