/** Processes that are killed while they save: the file is whole each time, and training goes on from it to the same bits. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pcg32, Trainer } from "../src/index.ts";

const build = fileURLToPath(new URL("../build", import.meta.url));
const example = fileURLToPath(new URL("../examples/resume.mjs", import.meta.url));
const kills = 200;

/**
 * A program that saves by the example's own function, over and over, checkpoints of a training that goes on. It runs from a folder
 * of the project's, where it finds simdnet.
 */
function savingProgram(): string {
  const source = readFileSync(example, "utf8");
  const save = source.slice(source.indexOf("function save("));
  return `
    import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
    import { dense, dropout, Network, Trainer } from "simdnet";
    const path = process.argv[2];
    const network = () => new Network({ inputs: 64, layers: [dense(256, { activation: "relu" }), dropout(0.2), dense(10)] });
    const trainer = existsSync(path)
      ? Trainer.fromBytes(readFileSync(path))
      : new Trainer(network(), { loss: "softmaxCrossEntropy" });
    const inputs = Array.from({ length: 32 }, (_, row) => Array.from({ length: 64 }, (_, column) => ((row * column) % 7) / 7));
    const targets = inputs.map((_, row) => row % 10);
    process.stdout.write("r");
    for (;;) {
      trainer.step(inputs, targets);
      save(path, trainer.toBytes());
      process.stdout.write("s");
    }
    ${save}`;
}

describe("examples/resume.mjs", () => {
  let folder: string;
  beforeAll(() => {
    mkdirSync(build, { recursive: true });
    folder = mkdtempSync(`${build}/resume-`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Runs it; it is killed when it prints the epoch given, if one is. @returns what it has printed */
  function run(file: string, lastEpoch?: number): Promise<string> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [example, `${folder}/${file}`], { stdio: ["ignore", "pipe", "inherit"] });
      let printed = "";
      child.stdout.on("data", (data: Buffer) => {
        printed += data;
        if (printed.includes(`epoch ${lastEpoch}:`)) child.kill("SIGKILL");
      });
      child.on("close", () => resolve(printed));
    });
  }

  test("killed three times and run again in new processes, ends with the file of a run without a stop, byte for byte", async () => {
    const whole = await run("whole");
    expect(whole).toMatch(/^beginning; .*\nepoch 1: /);
    expect(Number(/([\d.]+) % of 359 held-out/.exec(whole)![1])).toBeGreaterThan(97);
    const parts = [await run("parts", 3), await run("parts", 11), await run("parts", 12), await run("parts")];
    expect(parts[1]).toMatch(/^going on from .*\nepoch [345]: /);
    expect(parts[3].split("\n").at(-2)).toBe(whole.split("\n").at(-2));
    expect(readFileSync(`${folder}/parts`).equals(readFileSync(`${folder}/whole`))).toBe(true);
  });
});

describe(`a process killed ${kills} times while it saves`, () => {
  let folder: string;
  beforeAll(() => {
    mkdirSync(build, { recursive: true });
    folder = mkdtempSync(`${build}/crash-`);
    writeFileSync(`${folder}/saving.mjs`, savingProgram());
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Lets it save so often, then some microseconds more, then kills it. */
  function killed(saves: number, delay: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const child: ChildProcess = spawn(process.execPath, ["saving.mjs", `${folder}/checkpoint.safetensors`], {
        cwd: folder,
        stdio: ["ignore", "pipe", "inherit"],
      });
      let count = 0;
      child.stdout!.on("data", (data: Buffer) => {
        count += data.toString().split("s").length - 1;
        if (count < saves) return;
        const until = performance.now() + delay / 1000;
        while (performance.now() < until);
        child.kill("SIGKILL");
      });
      child.on("error", reject);
      child.on("exit", (_, signal) => (signal === "SIGKILL" ? resolve() : reject(new Error("it ended by itself"))));
    });
  }

  test("leaves a whole checkpoint each time, of a later step than the one before", { timeout: 300_000 }, async () => {
    const random = pcg32(1);
    let before = 0;
    for (let kill = 0; kill < kills; kill++) {
      await killed(1 + random.integer(2), random.integer(3000));
      const trainer = Trainer.fromBytes(new Uint8Array(readFileSync(`${folder}/checkpoint.safetensors`)));
      const [{ step }] = trainer.epochs([new Array(64).fill(0)], [0], { epochs: 1 });
      expect(step).toBeGreaterThan(before + 1);
      before = step - 1;
    }
    expect(
      readdirSync(folder).some((name) => name.endsWith(".tmp")),
      "some were killed while they wrote",
    ).toBe(true);
  });
});
