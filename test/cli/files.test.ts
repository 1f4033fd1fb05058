import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readBytes, readContent, readModel, writeBytes, writeFiles } from "../../src/cli/files.ts";
import { dense, Network } from "../../src/index.ts";
import { temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const path = (name: string) => join(folder, name);
mkdirSync(path("folder"));

describe("files", () => {
  test("are written whole, and read back", () => {
    writeBytes(path("a"), Uint8Array.of(1, 2, 3));
    writeBytes(path("a"), "text");
    expect(Buffer.from(readBytes(path("a"))).toString()).toBe("text");
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("keep their permissions, and links stay links, also to nothing", () => {
    writeFileSync(path("private"), "old", { mode: 0o600 });
    symlinkSync("private", path("link"));
    symlinkSync("new", path("dangling"));
    writeBytes(path("link"), "text");
    writeBytes(path("dangling"), "text");
    expect([statSync(path("private")).mode & 0o777, readFileSync(path("private"), "utf8")]).toEqual([0o600, "text"]);
    expect(readFileSync(path("new"), "utf8")).toBe("text");
    for (const name of ["link", "dangling"]) expect(lstatSync(path(name)).isSymbolicLink()).toBe(true);
  });

  test("that cannot be read or written are refused with their path", () => {
    writeFileSync(path("b"), "text");
    expect(() => readBytes(path("none"))).toThrow(`${path("none")}: there is no such file`);
    expect(() => readBytes(path("folder"))).toThrow(`${path("folder")}: this is a folder, need a file`);
    expect(() => writeBytes(path("none/a"), "text")).toThrow(`${path("none/a")}: there is no folder`);
    expect(() => writeBytes(path("folder"), "text")).toThrow(`${path("folder")}: this is a folder, need a file`);
    expect(() => readBytes(path("b/c"))).toThrow(
      `${path("b/c")}: a part of its path is a file, need folders (ENOTDIR)`,
    );
    expect(() => readModel(path("b"))).toThrow(`${path("b")}: got a text, need a model that simdnet train wrote`);
    writeFileSync(path("cut"), new Network({ inputs: 2, layers: [dense(1)] }).toBytes().subarray(0, 100));
    expect(() => readModel(path("cut"))).toThrow(
      `${path("cut")}: this is no model that simdnet train wrote (safetensors:`,
    );
  });

  test("are written all or none: one that cannot be leaves the others as they were, and nothing beside them", () => {
    const own = path("all");
    mkdirSync(own);
    writeFileSync(join(own, "a"), "old");
    const before = readdirSync(own);
    expect(() => writeFiles({ [join(own, "a")]: "new", [join(own, "none/b")]: "text" })).toThrow(
      `${join(own, "none/b")}: there is no folder ${join(own, "none")}, need one`,
    );
    expect([readdirSync(own), readFileSync(join(own, "a"), "utf8")]).toEqual([before, "old"]);
    expect(() => writeFiles({ [join(own, "a")]: "new", "/dev/full": "text" })).toThrow(
      "/dev/full: it cannot be written: no space is left on the disk (ENOSPC)",
    );
    expect([readdirSync(own), readFileSync(join(own, "a"), "utf8")]).toEqual([before, "old"]);
  });
});

test("readContent takes a network alone, and refuses what is neither with its path", () => {
  writeFileSync(path("network"), new Network({ inputs: 2, layers: [dense(1)] }).toBytes());
  expect(readContent(path("network"))).toBeInstanceOf(Network);
  writeFileSync(path("text"), "a,b\n1,2\n");
  expect(() => readContent(path("text"))).toThrow(`${path("text")}: got a text, need a model or network of simdnet`);
});
