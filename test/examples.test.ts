/** The examples, run as a user runs them; the one that writes a file in a folder of its own. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const pathOf = (example: string) => fileURLToPath(new URL(`../examples/${example}`, import.meta.url));
const build = fileURLToPath(new URL("../build", import.meta.url));

describe("examples/digits.mjs", () => {
  let folder: string;
  let output: string;
  const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" });

  beforeAll(() => {
    mkdirSync(build, { recursive: true });
    folder = mkdtempSync(`${build}/digits-`);
    output = run(pathOf("digits.mjs"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("reads at least 97 % of the held-out digits right, and more by convolution, with fewer parameters", () => {
    const ends = output.matchAll(/epochs in .* s: ([\d.]+) % of the held-out digits right/g);
    const [plain, convolutional] = Array.from(ends, ([, accuracy]) => Number(accuracy));
    expect(plain).toBeGreaterThanOrEqual(97);
    expect(convolutional).toBeGreaterThan(plain);
    const [lineOfPlain, lineOfConvolutional] = ["dense", "convolutional"].map((name) => {
      const cells = new RegExp(`^ +${name} +([\\d.]+) % +(\\d+) +(\\d+) +[\\d.]+ s$`, "m").exec(output)!;
      return cells.slice(1).map(Number);
    });
    const mistakesOf = (accuracy: number) => Math.round(((100 - accuracy) / 100) * 359);
    expect(lineOfPlain).toEqual([plain, mistakesOf(plain), 19210]);
    expect(lineOfConvolutional).toEqual([convolutional, mistakesOf(convolutional), 9930]);
  });

  test("prints plain lines of at most 80 columns where there is no terminal", () => {
    for (const control of ["\r", "\u001b"]) expect(output).not.toContain(control);
    expect(Math.max(...output.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("leaves the network and nothing else, and the program it prints loads it and reads the first digit, a 0", () => {
    expect(readdirSync(folder)).toEqual(["digits.safetensors"]);
    writeFileSync(`${folder}/predict.mjs`, output.slice(output.indexOf("import { readFileSync }")));
    const probabilities: number[] = JSON.parse(run("predict.mjs").replace(/,(?=\s*\])/, ""));
    expect(probabilities).toHaveLength(10);
    expect(probabilities[0]).toBeGreaterThan(0.9);
    expect(readFileSync(`${folder}/digits.safetensors`).length).toBeGreaterThan(9930 * 4);
  });
});

describe("examples/forecast.mjs", () => {
  test("forecasts the held-out years with two thirds of the error of the best naive forecast, or less, from each seed", () => {
    const printed = execFileSync(process.execPath, [pathOf("forecast.mjs")], { encoding: "utf8" });
    const errorsOf = (name: string) =>
      Array.from(printed.matchAll(new RegExp(`^  ${name} +([\\d.]+)$`, "gm")), ([, error]) => Number(error));
    // Those of the file: no network makes them.
    const naive = errorsOf("as many as .*");
    expect(naive).toEqual([33.3, 37.9, 60.7]);
    const networks = errorsOf("network \\d");
    expect(networks).toHaveLength(5);
    expect(Math.max(...networks)).toBeLessThan((naive[0] * 2) / 3);
    expect(errorsOf("the mean of these 5")[0]).toBeLessThan(20);
    expect(Math.max(...printed.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    for (const symbol of ["○", "●"]) expect(printed.split(symbol).length).toBeGreaterThan(40);
  });
});

describe("examples/characters.mjs", () => {
  const poem = readFileSync(pathOf("data/raven.txt"), "utf8");
  let printed: string;
  beforeAll(() => {
    printed = execFileSync(process.execPath, [pathOf("characters.mjs"), "6"], { encoding: "utf8" });
  });

  test("after 6 epochs needs half a bit a character less than the frequencies of the characters, 4.54", () => {
    const numbers = Array.from(poem, (character) => poem.split(character).length - 1);
    const entropy = numbers.reduce((sum, count) => sum - Math.log2(count / numbers.length), 0) / numbers.length;
    expect(printed).toContain(`takes ${entropy.toFixed(2)} bits a character`);
    expect(entropy.toFixed(2)).toBe("4.54");
    const bits = Array.from(printed.matchAll(/^epoch \d.*: ([\d.]+) bits a character/gm), ([, each]) => Number(each));
    expect(bits).toHaveLength(6);
    expect(bits[0]).toBeGreaterThan(4.5);
    expect(bits[5]).toBeLessThan(entropy - 0.5);
  });

  test("writes 600 characters of the poem's, and the same at the same epoch, from the same seed", () => {
    const texts = printed.split("Once upon a midnight dreary").slice(1);
    expect(texts).toHaveLength(7);
    const [sample, text] = texts.slice(-2);
    expect(Array.from(text.trimEnd()).length).toBeGreaterThan(590);
    expect(Array.from(text.trimEnd()).filter((character) => !poem.includes(character))).toEqual([]);
    expect(text.replaceAll("\n", " / ")).toContain(sample.trimEnd());
    expect(new Set(texts.slice(0, 6).map((each) => each.slice(0, 50))).size).toBe(6);
  });
});

describe("examples/cross-validation.mjs", () => {
  test("reads at least 96 % of each of five folds right, each digit once, and 97.5 % on average", () => {
    const printed = execFileSync(process.execPath, [pathOf("cross-validation.mjs")], { encoding: "utf8" });
    const folds = [...printed.matchAll(/^fold \d: ([\d.]+) % of (\d+) digits right$/gm)];
    const [accuracies, counts] = [1, 2].map((group) => folds.map((fold) => Number(fold[group])));
    expect(counts).toEqual([360, 360, 359, 359, 359]);
    expect(Math.min(...accuracies)).toBeGreaterThan(96);
    const [, mean] = /^mean: +([\d.]+) %/m.exec(printed)!;
    expect(Number(mean)).toBeCloseTo(accuracies.reduce((sum, accuracy) => sum + accuracy) / 5, 1);
    expect(Number(mean)).toBeGreaterThanOrEqual(97.5);
  });
});
