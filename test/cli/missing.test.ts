/** The same row gives the same bits by every way: a CSV file, a JSON file, a Pipeline, an exported module and a Worker. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { predictorOf } from "../../src/cli/exported/predictor.ts";
import { encodeRecords } from "../../src/data/index.ts";
import {
  concatenate,
  dense,
  embedding,
  globalAveragePool,
  input,
  Network,
  Pipeline,
  type Prediction,
} from "../../src/index.ts";
import { simdnet, temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);

interface Ways {
  /** The predictions for a table as CSV, through the command. */
  csv(text: string): Prediction[];
  /** The predictions for records, by the name of each other way. */
  json(records: unknown): Record<string, unknown>;
}

async function waysOf(name: string): Promise<Ways> {
  const model = `${name}.safetensors`;
  const bytes = readFileSync(join(folder, model));
  const pipeline = Pipeline.fromBytes(bytes);
  const worker = predictorOf(bytes);
  expect(simdnet(folder, ["export", model, "--module", `${name}.mjs`]).code).toBe(0);
  const module = await import(/* @vite-ignore */ pathToFileURL(join(folder, `${name}.mjs`)).href);
  return {
    csv(text) {
      write("rows.csv", text);
      const { code, stdout, stderr } = simdnet(folder, ["predict", model, "rows.csv", "--json"]);
      expect(code, stderr).toBe(0);
      return stdout
        .trimEnd()
        .split("\n")
        .map((line) => {
          const { predicted_y: prediction, probabilities } = JSON.parse(line);
          return { prediction, probabilities };
        });
    },
    json(records) {
      write("rows.json", JSON.stringify(records));
      const file = readFileSync(join(folder, "rows.json"));
      const answers: Record<string, unknown> = {
        pipeline: pipeline.predict(records as never),
        "JSON file": pipeline.predict(JSON.parse(String(file))),
        module: module.predict(records),
        worker: worker.predict(worker.parse(new Uint8Array(file))),
      };
      // A table has no column for what was never seen.
      return Object.fromEntries(Object.entries(answers).map(([way, answer]) => [way, withoutUnseen(answer)]));
    },
  };
}

const withoutUnseen = (answer: unknown) =>
  JSON.parse(JSON.stringify(answer, (name, value) => (name === "unseen" ? undefined : value)));

/** Lines of a table, and for each the records of the same meaning. */
const same: [line: string, records: object[]][] = [
  [
    "red,5,true,good words",
    [
      { colour: "red", size: 5, member: true, note: "good words" },
      { colour: "red", size: 5, member: "true", note: "good words" },
    ],
  ],
  [",5,true,good words", ["", "  ", null].map((colour) => ({ colour, size: 5, member: true, note: "good words" }))],
  [",5,true,good words", [{ size: 5, member: true, note: "good words" }]],
  [
    "red,,true,bad words",
    ["", " ", null, undefined, Number.NaN].map((size) => ({ colour: "red", size, member: true, note: "bad words" })),
  ],
  ["red,7,,bad words", ["", null, undefined].map((member) => ({ colour: "red", size: 7, member, note: "bad words" }))],
  ["red,7,false,", ["", " ", null, undefined].map((note) => ({ colour: "red", size: 7, member: false, note }))],
  [",5,,", [{ size: 5 }, { size: 5, other: "x" }, { size: 5, colour: "", member: "", note: "" }]],
  [",,,", [{}, { colour: null }, { colour: "", size: "", member: "", note: "" }]],
];
const head = "colour,size,member,note";

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, row) => ({
    colour: ["red", "blue", "green"][row % 3],
    size: row % 7,
    member: row % 2 === 0,
    note: row % 4 < 2 ? `good words of row ${row}` : `bad words of row ${row} that are many`,
    y: row % 2 ? "yes" : "no",
  }));

/** Trained by the command; its table has marks of missing values. */
let trained: Ways;
/** Made by the library, without any mark. */
let made: Ways;
beforeAll(async () => {
  const lines = rowsOf(120).map((row, index) => {
    const marked = { ...row, ...(index % 10 === 0 && { colour: "?" }), ...(index % 11 === 0 && { size: "-1" }) };
    return Object.values(marked).join(",");
  });
  write("t.csv", [`${head},y`, ...lines].join("\n"));
  const options = ["-t", "y", "--missing", "-1", "--epochs", "2", "--hidden", "4", "-o", "trained.safetensors"];
  const { code, stderr } = simdnet(folder, ["train", "t.csv", ...options]);
  expect([code, stderr]).toEqual([0, ""]);
  trained = await waysOf("trained");

  const records = rowsOf(24);
  const encoding = encodeRecords(records, { ignore: ["y"], texts: { note: {} }, minimumCount: 1 });
  const [values, note] = encoding.inputs.map(({ shape, variableLength }) => input(shape, { variableLength }));
  const words = globalAveragePool()(embedding(encoding.vocabularies.note.size, 4, { padding: 0 })(note));
  const outputs = dense(2, { activation: "softmax" })(concatenate(values, words));
  const network = new Network({ inputs: [values, note], outputs, seed: 3 });
  const target = { kind: "classes", name: "y", classes: ["no", "yes"] } as const;
  write("made.safetensors", new Pipeline({ network, encoding, target }).toBytes());
  made = await waysOf("made");
}, 60_000);

describe.each<[string, () => Ways]>([
  ["a model that the command has trained", () => trained],
  ["a pipeline of the library", () => made],
])("%s", (_, ways) => {
  test("reads a missing value alike by every way", () => {
    const expected = ways().csv([head, ...same.map(([line]) => line)].join("\n"));
    // Nearly every line has an answer of its own, so that a column that is not read would show.
    expect(new Set(expected.map((answer) => JSON.stringify(answer))).size).toBeGreaterThanOrEqual(same.length - 2);
    same.forEach(([, records], index) => {
      const wanted = records.map(() => expected[index]);
      for (const [way, answers] of Object.entries(ways().json(records))) expect(answers, way).toEqual(wanted);
      for (const record of records)
        for (const [way, answer] of Object.entries(ways().json(record))) expect(answer, way).toEqual(expected[index]);
    });
  });

  test("takes a table without a column as records without a key", () => {
    const wanted = ways().csv("colour,size,note\nred,5,good words\n,6,\n");
    const records = [
      { colour: "red", size: 5, note: "good words" },
      { colour: "", size: 6 },
    ];
    for (const [way, answers] of Object.entries(ways().json(records))) expect(answers, way).toEqual(wanted);
  });

  test("refuses what has none of its columns, and a name that is nearly one of them", () => {
    for (const [name, message] of [
      ["else", 'got "else", need some of'],
      ["colours", 'got "colours", need one of colour'],
    ]) {
      expect(() => ways().csv(`${name}\n1\n`)).toThrow(message);
      expect(() => ways().json({ [name]: "red" })).toThrow(message);
    }
  });
});

test("marks of missing values in the table that the command has trained on are missing by every way", () => {
  const expected = trained.csv(`${head}\n?,5,true,good\nNA,5,true,good\nred,-1,true,good\nred,?,true,null\n`);
  const gaps = trained.csv(`${head}\n,5,true,good\n,5,true,good\nred,,true,good\nred,,true,\n`);
  expect(expected).toEqual(gaps);
  const records = [
    { colour: "?", size: 5, member: true, note: "good" },
    { colour: "NA", size: 5, member: true, note: "good" },
    { colour: "red", size: -1, member: true, note: "good" },
    { colour: "red", size: "?", member: true, note: "null" },
  ];
  for (const [way, answers] of Object.entries(trained.json(records))) expect(answers, way).toEqual(expected);
});
