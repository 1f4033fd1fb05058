/** The project on sentiment, run as a user runs it, on a few reviews. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const programOf = (name: string) =>
  fileURLToPath(new URL(`../../examples/projects/sentiment/${name}.mjs`, import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sentiment-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (name: string, ...args: string[]) =>
  execFileSync(process.execPath, [programOf(name), ...args], { cwd: folder, encoding: "utf8" });
const { load, splitReviews } = await import(
  new URL("../../examples/projects/sentiment/load.mjs", import.meta.url).href
);

/** Reviews whose sentiment one word says. */
const reviewsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const liked = index % 2 === 0;
    return { liked, text: `film ${index % 7},<br />"${liked ? "wonderful" : "dreadful"}" as scene ${index % 5} is` };
  });

describe("aclImdb", () => {
  beforeAll(() => {
    for (const part of ["train", "test"]) {
      for (const label of ["pos", "neg"]) {
        const place = join(folder, "aclImdb", part, label);
        mkdirSync(place, { recursive: true });
        const reviews = reviewsOf(40).filter(({ liked }) => liked === (label === "pos"));
        for (const [index, { text }] of reviews.entries()) writeFileSync(join(place, `${index}_8.txt`), text);
      }
    }
  });

  test("is read, and the model answers for a text and for lines of the standard input", () => {
    const printed = run("train", "aclImdb", "--epochs", "1");
    expect(printed).toContain("20 reviews to learn from, 20 to choose the epoch, 40 to test");
    expect(printed).toContain("\nRight of 40 test reviews:\n");
    expect(printed).toMatch(/^ {2}always the same answer +50\.0 %$/m);
    for (const what of ["a bag of words.*", "the LSTM, after epoch 1 of 1"]) {
      expect(printed).toMatch(new RegExp(`^  ${what} +\\d+\\.\\d %$`, "m"));
    }
    expect(readdirSync(join(folder, "sentiment-results")).sort()).toEqual([
      "model.safetensors",
      "page.html",
      "try.html",
    ]);
    const page = readFileSync(join(folder, "sentiment-results/page.html"), "utf8");
    expect(page).toContain("What each word did");
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    const answer = /^liked it: (yes|no), (\d+\.\d) %$/;
    const spoken = run("predict", "sentiment-results/model.safetensors", "a wonderful film").trim();
    expect(spoken).toMatch(answer);
    const typed = execFileSync(process.execPath, [programOf("predict"), "sentiment-results/model.safetensors"], {
      cwd: folder,
      encoding: "utf8",
      input: "a wonderful film\n",
    });
    expect(typed).toContain(spoken);
    // As a missing text has in a table.
    const empty = run("predict", "sentiment-results/model.safetensors", "").trim();
    expect(empty).toMatch(
      /^liked it: (yes|no), \d+\.\d % \(there are no words: the answer is the same for every empty/,
    );
  });
});

test("reads Kaggle's file, whose texts have commas, quotes and line breaks", async () => {
  const reviews = reviewsOf(60);
  const lines = reviews.map(
    ({ liked, text }) => `"${text.replaceAll('"', '""')}\n more",${liked ? "positive" : "negative"}`,
  );
  const path = join(folder, "IMDB Dataset.csv");
  writeFileSync(path, `review,sentiment\n${lines.join("\n")}\n`);
  const { train, validation, test: tested } = splitReviews(await load(path), 2500);
  expect([train, validation, tested].map(({ length }) => length)).toEqual([15, 15, 30]);
  expect(tested[0]).toEqual({ liked: 1, text: 'film 2, "wonderful" as scene 0 is\n more' });
  expect([...train, ...validation, ...tested].map(({ liked }) => liked === 1)).toEqual(
    reviews.map(({ liked }) => liked),
  );
});

test.each<[string, string | undefined, string]>([
  ["nowhere", undefined, "nowhere: there is no such file or folder"],
  ["empty/", undefined, "empty/: got a folder without train/pos, need aclImdb with train and test"],
  ["other.csv", "text,label\na,1\n", 'other.csv: streamCsv columns: got "review", need one of text, label'],
  ["wrong.csv", "review,sentiment\nfine,good\n", "wrong.csv, row 0: got sentiment good, need positive or negative"],
])("refuses %s in a sentence", async (name, content, message) => {
  const path = join(folder, name);
  if (name.endsWith("/")) mkdirSync(path);
  if (content !== undefined) writeFileSync(path, content);
  await expect(load(path)).rejects.toThrow(message);
});

test("says what is wrong, and ends with code 1", () => {
  const { status, stderr } = spawnSync(process.execPath, [programOf("predict"), "nowhere.safetensors", "fine"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([1, "nowhere.safetensors: there is no such file\n"]);
});
