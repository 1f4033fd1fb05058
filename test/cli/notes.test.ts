import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { marksOf } from "../../src/cli/encode.ts";
import { missingMarks } from "../../src/cli/marks.ts";
import { type Notes, notesOf } from "../../src/cli/notes.ts";
import { transformFromJSON } from "../../src/data/index.ts";
import { Pipeline } from "../../src/index.ts";
import { fixture, simdnet, temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const train = (...args: string[]) => {
  expect(simdnet(folder, ["train", ...args, "--epochs", "2", "--missing", "-,?"]).code).toBe(0);
  return Pipeline.fromBytes(readFileSync(join(folder, "model.safetensors")));
};
const model = train(fixture("penguins.csv"), "-t", "Species");
const noted = (notes: Record<string, unknown>) => {
  const { network, columns, target } = model;
  const encoding = transformFromJSON({ kind: "encodeRecords", columns: [...columns], ignored: [] });
  return new Pipeline({ network, encoding, target, notes });
};

test("the notes of a training are read back", () => {
  expect(notesOf(model)).toMatchObject({ file: "penguins.csv", settings: { patience: 20 }, test: { kind: "classes" } });
  expect(notesOf(train(fixture("diabetes.csv"), "-t", "progression"))?.test.kind).toBe("number");
});

test("what stands for a missing value is what did in training, or the usual marks", () => {
  expect(marksOf(model, model.target.name)).toEqual(new Set([...missingMarks, "-", "?"]));
  expect(marksOf(noted({ question: { missing: 7 } }), model.target.name)).toBe(missingMarks);
});

test("what others have noted is none of it", () => {
  const notes = model.notes as object as Notes;
  const strange: object[] = [
    {},
    { settings: "mine", rows: 100 },
    { test: { accuracy: 0.9 } },
    { ...notes, settings: { ...notes.settings, optimizer: "magic" } },
    { ...notes, test: { ...notes.test, kind: "number" } },
    { ...notes, rows: { ...notes.rows, test: -1 } },
  ];
  for (const given of strange) expect(notesOf(noted(given as Record<string, unknown>))).toBeUndefined();
});
