/** No hidden character of a table or a model reaches a report, an inspection, an export or an error of the command. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Pipeline } from "../../src/index.ts";
import { simdnet, temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const read = (file: string) => readFileSync(join(folder, file), "utf8");

/** A colour, marks of direction, a separator of lines, invisible characters, a tag, a private character, a selector, a half of one. */
const attack =
  "\u001b[31m\u009b\u202e\u2066\u061c\u200e\u2028\u200b\u200c\u200d\u00ad\u034f\u3164\ufeff\u{e0041}\ue000\ufe0f";
const named = (name: string) => `${name}${attack}z`;
/** The hidden characters of a text, where lines and tabs are allowed. */
const hiddenIn = (text: string) =>
  [...text].filter((character) => /(?![\n\t])[\p{C}\p{Zl}\p{Zp}\p{DI}]/u.test(character));

const [number, category, text] = ["number", "category", "text"].map(named);

/** Writes a table, trains a model with a report, and returns all that the commands show and write of it, by name. */
function outputsOf(name: string, target: string, answerOf: (row: number) => string | number): Record<string, string> {
  const rows = Array.from({ length: 60 }, (_, row) => [
    (row * 7) % 11,
    named(`c${row % 3}`),
    `${named("word")} and ${row % 2 ? "good" : "bad"} things number ${row} of many that are ${named(`w${row}`)}`,
    answerOf(row),
  ]);
  const table = [[number, category, text, target], ...rows].map((row) => row.map((cell) => `"${cell}"`).join(","));
  writeFileSync(join(folder, `${name}.csv`), table.join("\n"));
  const outputs: Record<string, string> = {};
  const run = (label: string, ...args: string[]) => {
    const { code, stdout, stderr } = simdnet(folder, args);
    outputs[label] = stdout + stderr;
    return code;
  };
  const model = `${name}.safetensors`;
  const report = `${name}.html`;
  const training = ["train", `${name}.csv`, "-t", target, "--epochs", "2", "--hidden", "4", "-o", model];
  expect(run("train", ...training, "--report", report), outputs.train).toBe(0);
  outputs.report = read(report);
  const other = `other-${model}`;
  const {
    network,
    encoding,
    target: predicted,
    notes,
    history,
  } = Pipeline.fromBytes(readFileSync(join(folder, model)));
  const changed = { ...notes, file: named("file") };
  writeFileSync(
    join(folder, other),
    new Pipeline({ network, encoding, target: predicted, notes: changed, history }).toBytes(),
  );
  for (const [label, ...args] of [
    ["inspect", "inspect", other],
    ["inspect --json", "inspect", other, "--json"],
    ["compare", "compare", model, other],
    ["compare --json", "compare", model, other, "--json"],
    ["evaluate", "evaluate", model, `${name}.csv`],
    ["evaluate --json", "evaluate", model, `${name}.csv`, "--json"],
    ["predict --json", "predict", model, `${name}.csv`, "--json"],
    ["export --module", "export", other, "--module", `${name}.mjs`],
    ["export --worker", "export", other, "--worker", name],
  ]) {
    expect(run(label, ...args), outputs[label]).toBe(0);
  }
  outputs.module = read(`${name}.mjs`);
  for (const file of readdirSync(join(folder, name))) {
    if (!/\.(wasm|safetensors)$/.test(file)) outputs[file] = read(join(name, file));
  }
  expect(run("a column that is not there", "train", `${name}.csv`, "-t", named("other"))).toBe(1);
  writeFileSync(join(folder, "short.csv"), `"${named("only")}"\n1\n`);
  expect(run("a table without the columns", "predict", model, "short.csv")).toBe(1);
  writeFileSync(
    join(folder, "wrong.csv"),
    table
      .slice(0, 2)
      .join("\n")
      .replace('"0"', `"${named("wrong")}"`),
  );
  expect(run("a value that is no number", "predict", model, "wrong.csv")).toBe(1);
  expect(run("a file that is not there", "predict", model, named("no.csv"))).toBe(1);
  expect(run("an option that is not there", "train", `--${named("option")}`)).toBe(2);
  return outputs;
}

describe.each<[string, string, (row: number) => string | number]>([
  ["classes", named("class"), (row) => named(row % 2 ? "yes" : "no")],
  ["numbers", named("value"), (row) => (row % 2 ? 10 + row : row)],
])("hidden characters of a table whose target has %s", (name, target, answerOf) => {
  const outputs = outputsOf(name, target, answerOf);
  test.each(Object.keys(outputs))("are not in the output of %s", (label) => {
    expect(hiddenIn(outputs[label]).map((character) => character.codePointAt(0)!.toString(16))).toEqual([]);
  });

  test("are in the table: its texts are in the outputs, with what stands for them", () => {
    expect(outputs.report).toContain("number\ufffd[31m\ufffd");
    // In the axes of the pictures, not only in their labels.
    const texts = [...outputs.report.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
    expect(texts.some((text) => text.includes("\ufffd"))).toBe(true);
    for (const label of ["inspect --json", "module", "README.md"]) expect(outputs[label]).toMatch(/\\u202e|\ufffd/);
  });
});
