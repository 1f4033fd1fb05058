import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { describe, expect, test } from "vitest";
import { isSystemError, reasonOf } from "../src/systemErrors.ts";

const thrown = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
};

describe("an error of the system", () => {
  // What opening, reading, writing, naming and removing files may end with, by POSIX and Linux.
  test.each([
    ...[
      "EACCES",
      "EAGAIN",
      "EBADF",
      "EBUSY",
      "EDQUOT",
      "EEXIST",
      "EFBIG",
      "EINVAL",
      "EIO",
      "ELOOP",
      "EMFILE",
      "EMLINK",
    ],
    ...["ENAMETOOLONG", "ENFILE", "ENODEV", "ENOLINK", "ENOMEM", "ENOSPC", "ENOTDIR", "ENOTEMPTY", "ENOTSUP", "ENXIO"],
    ...["EOPNOTSUPP", "EOVERFLOW", "EPERM", "EPIPE", "EROFS", "ESTALE", "ETIMEDOUT", "ETXTBSY", "EXDEV"],
  ])("%s has a sentence of its own, and is named behind it", (code) => {
    expect(constants.errno).toHaveProperty(code);
    const error = Object.assign(new Error(`${code}: what the system says, write`), { code, syscall: "write" });
    expect(isSystemError(error)).toBe(true);
    expect(reasonOf(error)).toMatch(new RegExp(`^[a-z][a-z ,:0-9G]+ \\(${code}\\)$`, "i"));
  });

  test("is known by what Node throws; of an unknown code it says what the system says", () => {
    expect(reasonOf(thrown(() => readFileSync("none")))).toBe("there is no such file");
    expect(reasonOf(thrown(() => readFileSync(".")))).toBe("this is a folder, need a file");
    expect(reasonOf(thrown(() => writeFileSync("/dev/full", "a")))).toBe("no space is left on the disk (ENOSPC)");
    expect(reasonOf(thrown(() => realpathSync("a".repeat(300))))).toBe("its name is too long (ENAMETOOLONG)");
    const odd = Object.assign(new Error("ESOMETHING: odd, read"), { code: "ESOMETHING", syscall: "read" });
    expect([isSystemError(odd), reasonOf(odd)]).toEqual([true, "ESOMETHING: odd, read"]);
  });

  test.each([new RangeError("a"), Object.assign(new Error("a"), { code: "ERR_ASSERTION" }), undefined, "ENOENT"])(
    "is not %s",
    (error) => expect(isSystemError(error)).toBe(false),
  );
});
