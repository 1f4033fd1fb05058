import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { simdnet, temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const { version } = JSON.parse(readFileSync("package.json", "utf8"));

describe("simdnet", () => {
  test("tells its version", () => {
    expect(simdnet(folder, ["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("tells its commands, and each its options with examples", () => {
    const { stdout, code } = simdnet(folder, ["--help"]);
    expect(code).toBe(0);
    for (const command of ["train", "predict", "evaluate", "inspect", "compare", "export", "bench"]) {
      expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
      const help = simdnet(folder, [command, "--help"]);
      expect([help.code, help.stderr]).toEqual([0, ""]);
      expect(help.stdout).toMatch(/Examples?:\n {2}simdnet /);
    }
  });

  test.each([
    [["trian"], "unknown command 'trian'"],
    [["predict", "model.safetensors"], "got neither a table nor --text, need one of them"],
    [["train", "a", "b"], "too many arguments"],
    [["train", "a", "--epochs", "ten"], "(simdnet train --help says more)"],
    [["export", "a"], "got none of --module, --worker and --onnx, need one of them"],
    [
      ["export", "a", "--module", "a.js", "--worker", "a"],
      "got --module and --worker of --module, --worker and --onnx, need one of them",
    ],
    [["compare", "a", "b", "-"], "standard input can be read once only, need a file for the table"],
  ])("says what is wrong with %j, and ends with 2", (args, message) => {
    const { code, stderr, stdout } = simdnet(folder, args);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, ""]);
  });
});
