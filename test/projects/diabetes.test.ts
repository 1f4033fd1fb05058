/** The project, run as a user runs it on the data that it has with it, and on tables that do not fit. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Pipeline } from "../../src/index.ts";

const projects = fileURLToPath(new URL("../../examples/projects/", import.meta.url));
const programOf = (name: string) => `${projects}diabetes/${name}.mjs`;
const build = fileURLToPath(new URL("../../build", import.meta.url));
let folder: string;
const run = (name: string, ...args: string[]) =>
  execFileSync(process.execPath, [programOf(name), ...args], { cwd: folder, encoding: "utf8" });
const refusal = (name: string, ...args: string[]) => {
  const { status, stderr } = spawnSync(process.execPath, [programOf(name), ...args], { cwd: folder, encoding: "utf8" });
  return { status, stderr: stderr.trim() };
};

beforeAll(() => {
  mkdirSync(build, { recursive: true });
  folder = mkdtempSync(`${build}/diabetes-`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("examples/projects/diabetes", () => {
  const model = "diabetes-results/model.safetensors";
  const shipped = readFileSync(`${projects}data/diabetes.csv`, "utf8");
  let printed: string;
  beforeAll(() => {
    const [head, ...people] = shipped.trim().split("\n");
    const [ill, healthy] = ["1", "0"].map((is) => people.filter((person) => person.endsWith(is)));
    writeFileSync(`${folder}/few.csv`, [head, ill[0], ...healthy.slice(0, 11)].join("\n"));
    printed = run("train", "--splits", "2", "--epochs", "30");
  });

  test("says the score of every split and the mean beside logistic regression's and saying no", () => {
    const lines = printed.split("\n").map((line) => line.trim().split(/\s{2,}/));
    const figuresOf = (name: string) =>
      lines
        .find(([first]) => first === name)!
        .slice(1)
        .map(Number);
    const [one, two, mean, area] = ["1", "2", "mean", "area"].map(figuresOf);
    for (const at of [0, 1, 2, 3]) expect(mean[at]).toBeCloseTo((one[at] + two[at]) / 2, 2);
    // scikit-learn's splits: RandomState(1) and (2) leave 99 and 109 of 154 people without diabetes.
    expect([one[3], two[3]]).toEqual([0.643, 0.708]);
    for (const at of [0, 1, 2]) {
      expect(mean[at]).toBeGreaterThan(0.74);
      expect(area[at]).toBeGreaterThan(0.8);
    }
    expect(Math.max(...printed.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  test("leaves a page and a model, and nothing else", () => {
    expect(readdirSync(`${folder}/diabetes-results`).sort()).toEqual(["model.safetensors", "page.html", "try.html"]);
    const page = readFileSync(`${folder}/diabetes-results/page.html`, "utf8");
    for (const part of [
      "the book&#39;s network, 30 epochs",
      "ROC curve",
      "Confusion matrix",
      "Which columns matter",
      "Insulin",
    ])
      expect(page).toContain(part);
    expect(page).not.toMatch(/<script|src="http|NaN|undefined/);
  });

  test("the model takes a zero for what was not measured", () => {
    const pipeline = Pipeline.fromBytes(readFileSync(`${folder}/${model}`));
    const person = { Pregnancies: 0, Glucose: 0, BloodPressure: 70, SkinThickness: 0, Insulin: 0, BMI: 30, Age: 50 };
    const { probabilities } = pipeline.predict({ ...person, DiabetesPedigreeFunction: 0.5 });
    const gaps = { Glucose: null, SkinThickness: null, Insulin: null };
    expect(pipeline.predict({ ...person, DiabetesPedigreeFunction: 0.5, ...gaps }).probabilities).toEqual(
      probabilities,
    );
  });

  test("answers in words for a person and for a table", () => {
    const ill = run("predict", model, "Glucose=190", "BMI=40", "Age=50");
    expect(ill).toMatch(/^diabetes: yes, with a probability of 0\.[6-9]\d\nnot measured, so taken to be average: Preg/);
    expect(run("predict", model, "Glucose=80", "BMI=22", "Age=25")).toMatch(/^diabetes: no, /);
    writeFileSync(`${folder}/people.csv`, "Glucose,BMI\n190,40\n80,22\n");
    expect(run("predict", model, "people.csv")).toMatch(/^person 1: diabetes: yes, .*\nperson 2: diabetes: no, /);
  });

  test.each<[string, string, string]>([
    ["another table", "a,b\n1,2\n", "wrong.csv: got no column Pregnancies, need numbers"],
    ["a text", shipped.replace("148", "high"), "wrong.csv: got texts as Glucose, need numbers"],
    ["another outcome", shipped.replace("50,1\n", "50,2\n"), "wrong.csv, person 1: got Outcome 2, need 0 or 1"],
    ["one outcome", shipped.replaceAll(/,1$/gm, ",0"), "wrong.csv: got one outcome only, need both"],
    ["nothing", "", "parseCsv: got no rows, need at least one after the names"],
  ])("refuses %s in a sentence", async (_, text, message) => {
    const path = `${folder}/wrong.csv`;
    writeFileSync(path, text);
    const { load } = await import(new URL("load.mjs", `file://${programOf("load")}`).href);
    expect(() => load(path)).toThrow(message);
  });

  test.each<[string, string[], RegExp]>([
    ["train", ["."], /^\.: this is a folder, need a file$/],
    ["train", ["nowhere.csv"], /^nowhere.csv: there is no such file$/],
    [
      "train",
      ["few.csv", "--splits", "9", "--epochs", "1"],
      /^split \d: got (3 rows to test|9 rows to train), none with diabetes, need both outcomes: more people, or another/,
    ],
    ["predict", [model, "--seed", "1", "Glucose=1"], /^Unknown option '--seed'/],
    ["predict", [model, "Glukose=1"], /^got Glukose=1, need one of Pregnancies, .* with =number$/],
  ])("%s %j ends in a sentence", (name, args, message) => {
    const { status, stderr } = refusal(name, ...args);
    expect(stderr).toMatch(message);
    expect(status).toBe(1);
  });
});
