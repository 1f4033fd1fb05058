/** Reads reviews: the shipped sentences, Stanford's folder aclImdb, or Kaggle's file IMDB Dataset.csv. */
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { streamCsv } from "simdnet/data";
import { Mistake } from "../shared/command.mjs";

const sentences = new URL("../data/sentence-polarity.tsv.gz", import.meta.url);

/**
 * @param path a folder aclImdb, a file of Kaggle's, or undefined for the sentences that ship
 * @returns `train` and `test`, lists of `{ text, liked }` with `liked` 1 or 0
 * @throws {Mistake} if it is something else
 */
export async function load(path) {
  if (path === undefined) return everyTenth(sentencesOf(gunzipSync(readFileSync(sentences)).toString()));
  if (!existsSync(path)) throw new Mistake(`${path}: there is no such file or folder`);
  return statSync(path).isDirectory() ? folder(path) : lastHalf(await kaggle(path));
}

/** Divides the training reviews: the last ones are for validation. */
export function splitReviews({ train, test }, heldOut) {
  const cut = Math.max(train.length - heldOut, Math.ceil(train.length / 2));
  return { train: train.slice(0, cut), validation: train.slice(cut), test };
}

/** Parses lines of `label TAB text`. */
export function sentencesOf(text) {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => ({
    liked: line.startsWith("pos") ? 1 : 0,
    text: cleanText(line.slice(line.lastIndexOf("\t") + 1)),
  }));
}

/** Every tenth sentence of each label is for the test. */
function everyTenth(reviews) {
  const isTest = (index) => Math.floor(index / 2) % 10 === 0;
  return { train: reviews.filter((_, index) => !isTest(index)), test: reviews.filter((_, index) => isTest(index)) };
}

/** Kaggle's file does not divide training and test; its reviews are in random order. */
function lastHalf(reviews) {
  const half = Math.ceil(reviews.length / 2);
  return { train: reviews.slice(0, half), test: reviews.slice(half) };
}

function folder(path) {
  const part = (name) => {
    const labels = ["pos", "neg"].map((label) => {
      const place = join(path, name, label);
      if (!existsSync(place))
        throw new Mistake(`${path}: got a folder without ${name}/${label}, need aclImdb with train and test`);
      const files = readdirSync(place).filter((file) => file.endsWith(".txt"));
      if (files.length === 0) throw new Mistake(`${place}: got no .txt files, need reviews`);
      return files.map((file) => ({
        liked: label === "pos" ? 1 : 0,
        text: cleanText(readFileSync(join(place, file), "utf8")),
      }));
    });
    return alternate(...labels);
  };
  return { train: part("train"), test: part("test") };
}

/** Takes one of each list in turn, so that the last ones are from both. */
function alternate(one, other) {
  const longest = Math.max(one.length, other.length);
  return Array.from({ length: longest }, (_, index) => [one[index], other[index]])
    .flat()
    .filter(Boolean);
}

/** Reads a thousand rows at a time: the whole text would fill half of the memory that training needs. */
async function kaggle(path) {
  const kinds = { review: "category", sentiment: "category" };
  const columns = Object.keys(kinds);
  const reviews = [];
  for await (const { review, sentiment } of rowsOf(path, { columns, kinds, rows: 1000 })) {
    for (const [row, answer] of sentiment.entries()) {
      const liked = { positive: 1, negative: 0 }[answer];
      if (liked === undefined) {
        throw new Mistake(`${path}, row ${reviews.length}: got sentiment ${answer}, need positive or negative`);
      }
      reviews.push({ liked, text: cleanText(review[row] ?? "") });
    }
  }
  return reviews;
}

async function* rowsOf(path, options) {
  try {
    yield* streamCsv(createReadStream(path), options);
  } catch (error) {
    throw error instanceof RangeError ? new Mistake(`${path}: ${error.message}`) : error;
  }
}

/** Copies the text, because a part of a text would keep the whole in memory. */
const cleanText = (text) => Buffer.from(text.replaceAll("<br />", " ").trim()).toString();
