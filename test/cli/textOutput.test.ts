import { randomBytes } from "node:crypto";
import fs, { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { openOutput } from "../../src/cli/textOutput.ts";
import { temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const path = (name: string) => join(folder, name);
const piece = "ü".repeat(10_000);
const filled = async (name: string) => {
  const output = openOutput(path(name));
  for (let index = 0; index < 100; index++) await output.write([piece]);
  return output;
};

describe("an output", () => {
  test("is written piece by piece, and is there at its end", async () => {
    writeFileSync(path("a"), "old");
    const output = await filled("a");
    expect(readFileSync(path("a"), "utf8")).toBe("old");
    await output.end();
    output.abandon();
    expect(readFileSync(path("a"), "utf8")).toBe(`${piece}\n`.repeat(100));
  });

  test("is on disk before it takes the place of an old one", async () => {
    const calls: string[] = [];
    const spies = (["fsyncSync", "renameSync"] as const).map((name) => {
      const call = fs[name] as (...given: unknown[]) => void;
      return vi.spyOn(fs, name).mockImplementation((...given: unknown[]) => {
        calls.push(name);
        call(...given);
      });
    });
    syncBuiltinESMExports();
    try {
      writeFileSync(path("a"), "old");
      await (await filled("a")).end();
    } finally {
      for (const spy of spies) spy.mockRestore();
      syncBuiltinESMExports();
    }
    expect(calls).toEqual(["fsyncSync", "renameSync"]);
  });

  test("is compressed if its name says so", async () => {
    await (await filled("b.gz")).end();
    expect(String(gunzipSync(readFileSync(path("b.gz"))))).toBe(`${piece}\n`.repeat(100));
  });

  test("that is given up leaves what was there", async () => {
    writeFileSync(path("c"), "old");
    (await filled("c")).abandon();
    expect(readFileSync(path("c"), "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["a", "b.gz", "c"]);
  });

  test("that is given up at once leaves nothing", () => {
    openOutput(path("d")).abandon();
    expect(readdirSync(folder)).toEqual(["a", "b.gz", "c"]);
  });

  test("that has no place is refused with its path", () => {
    expect(() => openOutput(path("none/c"))).toThrow(`${path("none/c")}: there is no folder ${path("none")}`);
  });

  test("that cannot be written to its end is refused with what the system says", async () => {
    const output = openOutput("/dev/full");
    await expect(
      (async () => {
        await output.write([piece]);
        await output.end();
      })(),
    ).rejects.toThrow("/dev/full: it cannot be written: no space is left on the disk (ENOSPC)");
  });

  test("that is compressed is refused, too, also while lines wait for the disk", async () => {
    const link = path("full.gz");
    symlinkSync("/dev/full", link);
    const output = openOutput(link);
    // Does not become smaller, and is more than the streams hold.
    const lines = Array.from({ length: 64 }, () => randomBytes(1 << 15).toString("base64"));
    await expect(output.write(lines)).rejects.toThrow(
      `${link}: it cannot be written: no space is left on the disk (ENOSPC)`,
    );
    output.abandon();
    rmSync(link);
  });

  test("may be a device", async () => {
    const output = openOutput("/dev/null");
    await output.write([piece]);
    await output.end();
  });
});
