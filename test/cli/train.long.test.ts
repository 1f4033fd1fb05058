import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { begun, simdnet, temporaryFolder, trained, writeDigits } from "./command.ts";

const folder = temporaryFolder();
writeDigits(folder);

describe("simdnet train, interrupted", () => {
  const slow = [
    "digits.csv",
    "-t",
    "digit",
    "--hidden",
    "400,400",
    "--ensemble",
    "1",
    "--epochs",
    "40",
    "--patience",
    "40",
  ];

  test("stops cleanly, keeps the best weights, and goes on to the same bits", async () => {
    trained(folder, [...slow, "-o", "whole.safetensors"]);
    const process = begun(folder, ["train", ...slow, "-o", "part.safetensors"]);
    let stdout = "";
    let isStopped = false;
    process.stdout.on("data", (piece) => {
      stdout += piece;
      // The training begins with this line; some epochs later it is stopped.
      if (isStopped || !/^Training/m.test(stdout)) return;
      isStopped = true;
      setTimeout(() => process.kill("SIGINT"), 300);
    });
    const [code] = await once(process, "close");
    expect(stdout).toMatch(/^Interrupted after epoch \d+/m);
    expect(stdout).toContain("Resume with simdnet train digits.csv --resume --output part.safetensors");
    expect(code).toBe(130);
    expect(simdnet(folder, ["predict", "part.safetensors", "digits.csv"]).code).toBe(0);
    expect(JSON.parse(simdnet(folder, ["inspect", "part.safetensors", "--json"]).stdout).notes.checkpoint).toMatch(
      /^part\.[0-9a-f]{8}\.checkpoint\.safetensors$/,
    );

    const again = (...options: string[]) =>
      simdnet(folder, ["train", ...slow, "--resume", "-o", "part.safetensors", ...options]);
    for (const [option, value] of [
      ["--epochs", "41"],
      ["--missing", "none"],
    ]) {
      const { code, stderr } = again(option, value);
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining(
          `${option} cannot be changed for a resumed training; --resume uses the options that it began with`,
        ),
      ]);
    }
    // What it began with may be said again.
    const resumed = again("--seed", "0", "--test", "0.2");
    expect([resumed.code, resumed.stderr]).toEqual([0, ""]);
    expect(resumed.stdout).toMatch(/^Resumed {5}after epoch \d+$/m);
    expect(readFileSync(join(folder, "part.safetensors"))).toEqual(readFileSync(join(folder, "whole.safetensors")));
    expect(readdirSync(folder).filter((name) => /\.part$|checkpoint/.test(name))).toEqual([]);
  }, 120_000);

  test("loses little to a kill: a checkpoint of every few minutes goes on to the same bits", async () => {
    const process = begun(folder, ["train", ...slow, "-o", "killed.safetensors", "--checkpoint", "0.002"]);
    const isThere = () => readdirSync(folder).some((name) => /^killed\..*checkpoint/.test(name));
    await vi.waitUntil(isThere, { timeout: 60_000, interval: 20 });
    process.kill("SIGKILL");
    await once(process, "close");
    const noted = JSON.parse(simdnet(folder, ["inspect", "killed.safetensors", "--json"]).stdout).notes;
    expect(noted).toMatchObject({ tested: "test", importance: [] });
    const resumed = simdnet(folder, [
      "train",
      "digits.csv",
      "--resume",
      "-o",
      "killed.safetensors",
      "--checkpoint",
      "9",
    ]);
    expect([resumed.code, resumed.stderr]).toEqual([0, ""]);
    expect(readFileSync(join(folder, "killed.safetensors"))).toEqual(readFileSync(join(folder, "whole.safetensors")));
    expect(isThere()).toBe(false);
  }, 120_000);

  test.each<[string, string[], string]>([
    [
      "of a training that has ended",
      ["digits.csv", "-o", "whole.safetensors"],
      "whole.safetensors: its training was not",
    ],
    ["without a model", ["digits.csv", "-o", "none.safetensors"], "none.safetensors: there is no such file"],
  ])("refuses to go on %s", (_, args, message) => {
    const { code, stderr } = simdnet(folder, ["train", ...args, "--resume"]);
    expect(stderr).toContain(`simdnet: ${message}`);
    expect(code).toBe(1);
  });

  test("leaves no checkpoint behind if another training takes its place", async () => {
    const process = begun(folder, ["train", ...slow, "-o", "left.safetensors"]);
    process.stdout.once("data", () => setTimeout(() => process.kill("SIGTERM"), 600));
    expect((await once(process, "close"))[0]).toBe(143);
    const checkpoints = () => readdirSync(folder).filter((name) => /^left\..*checkpoint/.test(name));
    expect(checkpoints()).toHaveLength(1);
    trained(folder, ["digits.csv", "-t", "digit", "--epochs", "1", "-o", "left.safetensors"]);
    expect(checkpoints()).toEqual([]);
  }, 60_000);
});
