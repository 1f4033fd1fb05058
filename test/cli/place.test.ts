import { spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { checkWritable, openPendingFile } from "../../src/cli/place.ts";
import { executable, fed, simdnet, temporaryFolder } from "./command.ts";

const root = temporaryFolder();
let folder = "";
let count = 0;
const path = (name: string) => join(folder, name);
const parts = () => readdirSync(folder).filter((name) => name.endsWith(".part"));

beforeEach(() => {
  folder = join(root, `${count++}`);
  mkdirSync(folder);
});

/** Opens a file and leaves it, as a process does that is killed. @returns the name of what it leaves */
function leftBehind(): string {
  closeSync(openPendingFile(path("a")).descriptor);
  const [name] = parts();
  return name;
}

describe("a file under way", () => {
  test("has a name of its own each time, so that two with one output and one process number end whole", () => {
    const [one, other] = [openPendingFile(path("a")), openPendingFile(path("a"))];
    expect(new Set(parts()).size).toBe(2);
    writeSync(one.descriptor, "one");
    writeSync(other.descriptor, "other");
    for (const { descriptor, commit } of [one, other]) {
      closeSync(descriptor);
      commit();
    }
    expect([readdirSync(folder), readFileSync(path("a"), "utf8")]).toEqual([["a"], "other"]);
  });

  test("is opened for itself alone: what is there already, such as a link, is not followed", () => {
    const name = leftBehind();
    writeFileSync(path("victim"), "precious");
    // 16 digits that nobody can foresee, and a name that is taken is refused.
    expect(name).toMatch(/^\.simdnet-\d+-[0-9a-f]*-[0-9a-f]{16}\.part$/);
    for (let pid = process.pid - 5; pid < process.pid + 5; pid++) symlinkSync("victim", path(`a.${pid}.part`));
    const { descriptor, commit } = openPendingFile(path("a"));
    writeSync(descriptor, "new");
    closeSync(descriptor);
    commit();
    expect([readFileSync(path("victim"), "utf8"), readFileSync(path("a"), "utf8")]).toEqual(["precious", "new"]);
  });

  test("has a name of less than 60 characters, so that a file may have the longest that there is", () => {
    const longest = "a".repeat(255);
    const { descriptor, commit } = openPendingFile(path(longest));
    expect(parts()[0].length).toBeLessThan(60);
    closeSync(descriptor);
    commit();
    expect(readdirSync(folder)).toEqual([longest]);
  });
});

describe("what processes have left behind", () => {
  const renamed = (name: string, change: (parts: string[]) => string[]) => {
    const other = change(name.split("-")).join("-");
    writeFileSync(path(other), "part");
    return other;
  };
  const age = (name: string, hours: number) => {
    const time = Date.now() / 1000 - hours * 3600;
    utimesSync(path(name), time, time);
  };

  test("stays as long as the process lives, however old it is", () => {
    const name = leftBehind();
    age(name, 1000);
    checkWritable(path("b"));
    expect(parts()).toEqual([name]);
  });

  // Without /proc, only its age tells.
  test.skipIf(!existsSync("/proc/self/ns/pid"))("is removed at once where there is no such process", () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const name = leftBehind();
    const dead = renamed(name, ([begin, , system, random]) => [begin, `${pid}`, system, random]);
    expect(parts()).toContain(dead);
    checkWritable(path("b"));
    expect(parts()).toEqual([name]);
  });

  test("by another machine or container is removed after a day", () => {
    const name = leftBehind();
    const of = (system: string) => renamed(name, ([begin, , , random]) => [begin, "1", system, random]);
    const [young, old] = [of("00000000"), of("00000001")];
    age(young, 23);
    age(old, 25);
    checkWritable(path("b"));
    expect(parts().sort()).toEqual([name, young].sort());
  });

  test("under other names stays", () => {
    for (const name of ["a.part", ".simdnet-1-x-1.part", ".simdnet-1.part"]) {
      writeFileSync(path(name), "");
      age(name, 1000);
    }
    checkWritable(path("b"));
    expect(parts().length).toBe(3);
  });

  test("is removed by the next run of the command, which is killed before its end", { timeout: 60_000 }, async () => {
    const rows = Array.from({ length: 300 }, (_, index) => `${index % 97},${index % 2 ? "x" : "y"}`);
    writeFileSync(path("t.csv"), `a,t\n${rows.join("\n")}\n`);
    expect(simdnet(folder, ["train", "t.csv", "-t", "t", "-o", "m", "--epochs", "1"]).code).toBe(0);
    const predict = fed(folder, ["predict", "m", "-", "-o", "out.csv"]);
    const ended = new Promise((done) => predict.once("exit", done));
    predict.stdin.write("a\n");
    const feeding = setInterval(() => predict.stdin.write("1\n".repeat(10_000)), 5);
    while (parts().length === 0) await new Promise((done) => setTimeout(done, 5));
    clearInterval(feeding);
    predict.kill("SIGKILL");
    await ended;
    expect(parts().length).toBe(1);
    expect(simdnet(folder, ["predict", "m", "t.csv", "-o", "out.csv"]).code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(["m", "out.csv", "t.csv"]);
  });
});

describe("a full disk", () => {
  // Only the system's administrator may make a small disk.
  const disk = () => {
    mkdirSync(path("disk"));
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=200k", "tmpfs", path("disk")]);
    return status === 0;
  };

  test("is said, also where it takes the first part of what is written, and keeps no part", ({ skip }) => {
    if (!disk()) skip();
    try {
      const rows = Array.from({ length: 30_000 }, (_, index) => `${index % 97},${index % 2 ? "x" : "y"}`);
      writeFileSync(path("t.csv"), `a,t\n${rows.slice(0, 300).join("\n")}\n`);
      writeFileSync(path("big.csv"), `a,t\n${rows.join("\n")}\n`);
      expect(simdnet(folder, ["train", "t.csv", "-t", "t", "-o", "m", "--epochs", "1"]).code).toBe(0);
      const full = (name: string) => `simdnet: ${name}: it cannot be written: no space is left on the disk (ENOSPC)\n`;
      const { code, stderr } = simdnet(folder, ["predict", "m", "big.csv", "-o", "disk/out.csv"]);
      expect([code, stderr, readdirSync(path("disk"))]).toEqual([1, full("disk/out.csv"), []]);
      const out = openSync(path("disk/out.csv"), "w");
      const { status, stderr: said } = spawnSync(process.execPath, [executable, "predict", "m", "big.csv"], {
        cwd: folder,
        stdio: ["ignore", out, "pipe"],
      });
      closeSync(out);
      expect([status, String(said)]).toEqual([1, full("standard output")]);
      const training = simdnet(folder, ["train", "t.csv", "-t", "t", "-o", "disk/m", "--epochs", "1"]);
      expect([training.code, training.stderr]).toEqual([1, full("disk/m")]);
      expect(readdirSync(path("disk"))).toEqual(["out.csv"]);
      rmSync(path("disk/out.csv"));
      const worker = simdnet(folder, ["export", "m", "--worker", "disk/a/b"]);
      expect([worker.code, worker.stderr]).toEqual([1, expect.stringMatching(/^simdnet: disk\/a\/b\/.*ENOSPC\)\n$/)]);
      expect(readdirSync(path("disk"))).toEqual([]);
    } finally {
      spawnSync("umount", [path("disk")]);
    }
  });
});

test("a link in a linked folder, to a link, to a file that is not there yet, leads to that file", () => {
  mkdirSync(path("real/sub"), { recursive: true });
  symlinkSync("real/sub", path("near"));
  symlinkSync("../second", path("real/sub/first"));
  symlinkSync("last", path("real/second"));
  const far = openPendingFile(path("near/first"));
  closeSync(far.descriptor);
  far.commit();
  expect(lstatSync(path("real/last")).isFile()).toBe(true);
  expect([path("real/sub/first"), path("real/second")].every((each) => lstatSync(each).isSymbolicLink())).toBe(true);
});

describe("checkWritable", () => {
  test("leaves nothing and changes nothing, also through a link", () => {
    writeFileSync(path("a"), "old");
    symlinkSync("new", path("link"));
    for (const name of ["a", "b", "link"]) checkWritable(path(name));
    expect([readdirSync(folder).sort(), readFileSync(path("a"), "utf8")]).toEqual([["a", "link"], "old"]);
    expect(lstatSync(path("link")).isSymbolicLink()).toBe(true);
    checkWritable("/dev/null");
  });

  test("refuses a folder, no folder, a file as a folder, a circle of links and a name that is too long", () => {
    mkdirSync(path("folder"));
    writeFileSync(path("file"), "");
    symlinkSync("circle", path("circle"));
    expect(() => checkWritable(path("folder"))).toThrow(`${path("folder")}: this is a folder, need a file`);
    expect(() => checkWritable(path("none/a"))).toThrow(
      `${path("none/a")}: there is no folder ${path("none")}, need one to write the file to`,
    );
    expect(() => checkWritable(path("file/a"))).toThrow(/: a part of its path is a file, need folders \(ENOTDIR\)$/);
    expect(() => checkWritable(path("circle"))).toThrow(/: it cannot be written: its links lead .* \(ELOOP\)$/);
    const long = path("a".repeat(256));
    expect(() => checkWritable(long)).toThrow(`${long}: it cannot be written: its name is too long (ENAMETOOLONG)`);
  });

  // The system lets its administrator write everywhere.
  test.skipIf(process.getuid?.() === 0)("refuses what may not be written", () => {
    writeFileSync(path("a"), "old", { mode: 0o400 });
    mkdirSync(path("folder"), { mode: 0o500 });
    for (const name of ["a", "folder/a"]) {
      expect(() => checkWritable(path(name))).toThrow(
        `${path(name)}: it cannot be written: there is no permission for it (EACCES)`,
      );
    }
    chmodSync(path("folder"), 0o700);
  });
});

describe("the command refuses a place before the training, for", () => {
  const refused = (...args: string[]) => {
    const before = Date.now();
    const { code, stdout, stderr } = simdnet(folder, args);
    return { code, stdout, stderr, milliseconds: Date.now() - before };
  };

  test.each([
    ["a model", ["-o", "none/m"], "none/m: there is no folder none"],
    [
      "a model in a file",
      ["-o", "t.csv/m"],
      "t.csv/m: it cannot be written: a part of its path is a file, need folders (ENOTDIR)",
    ],
    ["a report", ["--report", "none/r"], "none/r: there is no folder none"],
    ["a report in a folder's place", ["--report", "."], ".: this is a folder, need a file"],
  ])("%s", (_, args, sentence) => {
    writeFileSync(path("t.csv"), "a,t\n1,2\n");
    const { code, stdout, stderr } = refused("train", "t.csv", "-t", "t", ...args);
    // Nothing of the table has been read.
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`simdnet: ${sentence}`);
    expect(readdirSync(folder)).toEqual(["t.csv"]);
  });
});
