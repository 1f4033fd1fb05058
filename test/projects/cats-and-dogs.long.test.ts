/** The project on all that it has with it: its scores, and what Ctrl-C leaves. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const program = fileURLToPath(new URL("../../examples/projects/cats-and-dogs/train.mjs", import.meta.url));
const build = fileURLToPath(new URL("../../build", import.meta.url));
let folder: string;

beforeAll(() => {
  mkdirSync(build, { recursive: true });
  folder = mkdtempSync(`${build}/cats-and-dogs-long-`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the program, and interrupts it when it prints what `stopAt` finds. */
function run(output: string, stopAt?: RegExp): Promise<{ code: number | null; printed: string }> {
  const child = spawn(process.execPath, [program, "--output", output], { cwd: folder });
  let printed = "";
  let isStopped = false;
  child.stdout.on("data", (text) => {
    printed += text;
    if (isStopped || !stopAt?.test(printed)) return;
    isStopped = true;
    child.kill("SIGINT");
  });
  child.stderr.on("data", (text) => {
    printed += text;
  });
  return new Promise((done) => child.on("close", (code) => done({ code, printed })));
}

const scoresOf = (printed: string) => printed.slice(printed.indexOf("\nRight of "), printed.lastIndexOf("\n\n"));

describe("examples/projects/cats-and-dogs on coats and pullovers", () => {
  let whole: string;
  beforeAll(async () => {
    const { code, printed } = await run("whole");
    expect(code, printed).toBe(0);
    whole = printed;
  }, 300_000);

  test("both networks are right more often than logistic regression, and both above 80 %", () => {
    const shareOf = (name: string) => Number(new RegExp(`^  ${name} +([\\d.]+) %$`, "m").exec(whole)![1]);
    const [pixels, basic, transfer] = [
      "logistic regression of pixels",
      "convolutional network",
      "SqueezeNet's features",
    ].map(shareOf);
    expect(shareOf("always the same class")).toBe(50);
    expect(Math.min(basic, transfer)).toBeGreaterThan(80);
    expect(Math.min(basic, transfer)).toBeGreaterThan(pixels);
  });

  test("stopped among the features and in an epoch, the same command ends with the same models", async () => {
    const among = await run("stopped", /features: 192 of/);
    expect([among.code, among.printed]).toEqual([130, expect.stringContaining("stopped; the same command goes on")]);
    const inEpoch = await run("stopped", /epoch 3\/10/);
    expect(inEpoch.code).toBe(130);
    expect(inEpoch.printed).toContain("going on with stopped/train.features");
    expect(inEpoch.printed).not.toContain("features: 64 of 640");
    const rest = await run("stopped");
    expect(rest.code, rest.printed).toBe(0);
    expect(rest.printed).not.toContain("features: 640 of");
    expect(scoresOf(rest.printed)).toBe(scoresOf(whole));
    expect(readdirSync(`${folder}/stopped`).sort()).toEqual(readdirSync(`${folder}/whole`).sort());
    for (const name of ["model", "basic"]) {
      const bytesOf = (output: string) => readFileSync(`${folder}/${output}/${name}.safetensors`);
      expect(Buffer.compare(bytesOf("stopped"), bytesOf("whole")), name).toBe(0);
    }
  }, 600_000);
});
