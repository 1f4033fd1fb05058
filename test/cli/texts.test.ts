/** Tables with texts, through the executable: trained, resumed, predicted from and exported. */
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { predictorOf } from "../../src/cli/exported/predictor.ts";
import { parseCsv } from "../../src/data/index.ts";
import { Pipeline } from "../../src/index.ts";
import { begun, fixture, simdnet, temporaryFolder, trained } from "./command.ts";

const folder = temporaryFolder();
const reviews = fixture("reviews.csv");
const { records } = parseCsv(readFileSync(reviews, "utf8"));
const read = (name: string) => readFileSync(join(folder, name));
const pipelineOf = (name: string) => Pipeline.fromBytes(read(name));
const run = (...args: string[]) => {
  const { code, stdout, stderr } = simdnet(folder, args);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
};

/** The reviews beside stars, which say half of it, and a place; some values are missing. */
const mixed = records.map(({ review, sentiment }, row) => ({
  review: row % 17 === 0 ? null : review,
  stars: row % 13 === 0 ? null : (sentiment === "positive" ? 2 : 0) + (row % 4),
  place: row % 11 === 0 ? null : "ab"[row % 2],
  sentiment,
}));
const quoted = (value: unknown) => (value === null ? "" : JSON.stringify(value).replaceAll('\\"', '""'));
const csvOf = (rows: readonly object[]) =>
  [Object.keys(rows[0]).join(), ...rows.map((row) => Object.values(row).map(quoted).join())].join("\n");
writeFileSync(join(folder, "mixed.csv"), csvOf(mixed));

const mean = run("train", reviews, "-t", "sentiment", "-o", "mean.safetensors");
run("train", "mixed.csv", "-t", "sentiment", "-o", "mixed.safetensors", "--epochs", "30");

describe("simdnet train", () => {
  test("finds that a column is a text, and learns from the mean of its words: at least 90 % of the rows held out", () => {
    for (const line of [
      /^Inputs {6}1 column → 1 text$/m,
      /^ {2}review +text +389 words known, up to 24 of each text$/m,
      /^Network {5}32 → 1 sigmoid \(two classes/m,
      /^ +texts: a row of 32 for each word, then the mean of these rows$/m,
    ]) {
      expect(mean).toMatch(line);
    }
    expect(Number(/accuracy ([\d.]+) %/.exec(mean)![1])).toBeGreaterThanOrEqual(90);
    const titles = pipelineOf("mean.safetensors").network.layers.map(({ title }) => title);
    expect(titles).toEqual(["embedding 391 × 32, padding 0", "global average pool", "dropout 0.1", "dense 1, sigmoid"]);
  });

  test("has an LSTM read the words if asked, and says so of the model", () => {
    const args = [reviews, "-t", "sentiment", "--text", "lstm", "-o", "lstm.safetensors", "--hidden", "8"];
    const { settings, test: score } = trained(folder, [...args, "--learning-rate", "0.003", "--epochs", "20"]);
    expect([settings.text, settings.hidden]).toEqual(["lstm", [8]]);
    expect(score.accuracy).toBeGreaterThanOrEqual(0.8);
    expect(pipelineOf("lstm.safetensors").network.layers[1].title).toBe("lstm 32");
    expect(run("inspect", "lstm.safetensors")).toMatch(/^From {8}1 column, 1 text$/m);
    expect(run("compare", "mean.safetensors", "lstm.safetensors")).toMatch(/^ +texts +1 +1$/m);
  });

  test("takes texts, numbers and categories together, with what is missing", () => {
    const model = pipelineOf("mixed.safetensors");
    expect(model.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ["review", "text"],
      ["stars", "number"],
      ["place", "encodeCategories"],
    ]);
    expect(model.encoding.inputs.map(({ columns }) => columns)).toEqual([["stars", "place"], ["review"]]);
    const right = model.predict(mixed).filter(({ prediction }, row) => prediction === mixed[row].sentiment);
    expect(right.length / mixed.length).toBeGreaterThan(0.9);
    const { stdout } = simdnet(folder, ["evaluate", "mixed.safetensors", "mixed.csv", "--json"]);
    expect(JSON.parse(stdout).right).toBe(right.length);
  });

  test("leaves texts out that --ignore names, or --categories calls categories", () => {
    const args = ["mixed.csv", "-t", "sentiment", "--epochs", "1", "-o", "none.safetensors"];
    for (const [option, why] of [
      ["--ignore", "as --ignore says"],
      ["--categories", undefined],
    ] as const) {
      const { notUsed, settings } = trained(folder, [...args, option, "review"]);
      expect([notUsed.review, settings.text, settings.hidden]).toEqual([why, undefined, [64, 32]]);
    }
  });

  test("interrupted, goes on to the same bits", async () => {
    const options = ["mixed.csv", "-t", "sentiment", "--epochs", "120", "--patience", "120"];
    const training = begun(folder, ["train", ...options, "-o", "stopped.safetensors"]);
    const ended = once(training, "exit");
    await new Promise<void>((resolve) => {
      training.stdout.on("data", (text) => String(text).includes("Training") && setTimeout(resolve, 100));
    });
    training.kill("SIGINT");
    expect(await ended).toEqual([130, null]);
    expect(readdirSync(folder).some((name) => /^stopped\.\w+\.checkpoint\.safetensors$/.test(name))).toBe(true);
    run("train", "mixed.csv", "--resume", "-o", "stopped.safetensors");
    run("train", ...options, "-o", "whole.safetensors");
    expect(read("stopped.safetensors")).toEqual(read("whole.safetensors"));
  });
});

describe("simdnet predict", () => {
  const said = (line: string) => {
    const { probabilities, predicted_sentiment: prediction, unseen } = JSON.parse(line);
    return { prediction, probabilities, ...(unseen && { unseen }) };
  };

  test("says of a table what the pipeline does, to the bit", () => {
    const rows = [...mixed.slice(1, 40), { review: "…", stars: 1, place: "a", sentiment: "" }];
    writeFileSync(join(folder, "rows.csv"), csvOf(rows));
    const { stdout, stderr } = simdnet(folder, ["predict", "mixed.safetensors", "rows.csv", "--json"]);
    expect(stderr).toBe('note: review: 1 text without a word that the model knows, in line 41 "…"\n');
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map(said)).toEqual(pipelineOf("mixed.safetensors").predict(rows));
  });

  test("says of one text the same, whatever stands in it", () => {
    const text = 'dull; "slow", bad\nand too | long';
    const wanted = pipelineOf("mean.safetensors").predict(text);
    expect(said(run("predict", "mean.safetensors", "--text", text, "--json"))).toEqual(wanted);
    const beside = pipelineOf("mixed.safetensors").predict({ review: "-", stars: null, place: null });
    const dash = simdnet(folder, ["predict", "mixed.safetensors", "--text", "-", "--json"]);
    expect(said(dash.stdout)).toEqual(beside);
    expect(dash.stderr).toContain("1 text without a word that the model knows");
    const several = run("predict", "mean.safetensors", "--text", text, "--text", "dull", "--json").trim().split("\n");
    expect(several).toHaveLength(2);
    expect(said(several[0])).toEqual(wanted);
    expect(run("predict", "mean.safetensors", "--text", "a, b")).toMatch(/^review,predicted_\S+\n"a, b",\w+,/);
  });

  test("an empty text is a missing one by every way, and whoever asks is told", async () => {
    const model = pipelineOf("mean.safetensors");
    const wanted = model.predict({ review: null });
    run("export", "mean.safetensors", "--module", "empty.mjs");
    const { predict } = await import(/* @vite-ignore */ pathToFileURL(join(folder, "empty.mjs")).href);
    const worker = predictorOf(read("mean.safetensors"));
    writeFileSync(join(folder, "empty.csv"), "id,review\n1,\n2,NA\n3,  \n4,good\n");
    const note = "without a value that the model reads; the answer is the same for all such rows\n";
    for (const [args, rows] of [
      [["empty.csv"], 3],
      [["--text", "", "--text", "  ", "--text", "NA", "--text", "good"], 3],
    ] as const) {
      const { code, stdout, stderr } = simdnet(folder, ["predict", "mean.safetensors", ...args, "--json"]);
      const answers = stdout.trim().split("\n").map(said);
      expect(answers).toEqual([...Array(rows).fill(wanted), model.predict("good")]);
      expect([code, stderr]).toEqual([0, expect.stringContaining(`${rows} rows ${note}`)]);
    }
    const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    for (const record of ["", "  ", "NA", { review: "" }, { review: null }, { review: "NA" }, {}]) {
      expect([model.predict(record), predict(record), worker.predict(worker.parse(text(record)))]).toEqual([
        wanted,
        wanted,
        wanted,
      ]);
    }
  });

  test.each<[string[], number, string]>([
    [["mean.safetensors", "mixed.csv", "--text", "a"], 2, "got both a table and --text, need one of them"],
    [["none.safetensors", "--text", "a"], 1, "--text: the model needs one column of texts, it has none"],
  ])("refuses %j with a sentence", (args, exitCode, message) => {
    const { code, stderr } = simdnet(folder, ["predict", ...args]);
    expect([code, stderr]).toEqual([exitCode, expect.stringContaining(message)]);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe("simdnet export", () => {
  const load = async (name: string) => {
    run("export", `${name}.safetensors`, "--module", `${name}.mjs`);
    return import(/* @vite-ignore */ pathToFileURL(join(folder, `${name}.mjs`)).href);
  };

  test.each(["lstm", "mixed"])("makes a module that answers as the pipeline does, to the bit: %s", async (name) => {
    const { predict, columns } = await load(name);
    expect(columns[0]).toEqual({ name: "review", kind: "text" });
    expect(predict(mixed)).toEqual(pipelineOf(`${name}.safetensors`).predict(mixed));
  });

  test("makes a module and a Worker that take texts for records", async () => {
    const model = pipelineOf("mean.safetensors");
    const texts = ["a warm and funny film", "", "unheard"];
    const wanted = model.predict(texts.map((review) => ({ review })));
    const { predict } = await load("mean");
    const { predict: answer } = predictorOf(read("mean.safetensors"));
    for (const each of [predict, answer, model.predict.bind(model)]) {
      expect(each(texts)).toEqual(wanted);
      expect(each(texts[0])).toEqual(wanted[0]);
      expect(() => each(7)).toThrow("predict: got 7 at row 0, need an object with a value for each column");
    }
    expect(() => pipelineOf("mixed.safetensors").predict("good")).toThrow(
      'predict: got "good" at row 0, need an object',
    );
    const [, example, said] = /predict\((".*")\)\n\/\/ {3}\/\/ (.*)/.exec(String(read("mean.mjs")))!;
    expect(predict(JSON.parse(example))).toEqual(JSON.parse(said));
    expect(run("export", "mixed.safetensors", "--worker", "worker")).toContain("worker");
    expect(String(read("worker/README.md"))).toContain("- `review`: a text of any length, read word by word");
  });
});
