/**
 * Trains on each table and tests on rows that were kept apart, beside one network alone and scikit-learn's models on the same rows: `npm run bench:tables`, or
 * `npm run bench:tables -- concrete ames` for some tables.
 *
 *   --seeds n     the number of splits of each table; default 3
 *   --save name   also writes bench/results/name.json
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { pcg32 } from "../../dist/index.js";
import { linesOf, tables } from "./tables.mjs";

const { values: options, positionals } = parseArgs({
  options: { seeds: { type: "string", default: "3" }, save: { type: "string" } },
  allowPositionals: true,
});
const seeds = Number(options.seeds);
const unknown = positionals.find((name) => !tables.some((table) => table.name === name));
if (unknown) throw new RangeError(`got ${unknown}, need some of ${tables.map(({ name }) => name).join(", ")}`);
const chosen = tables.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

const command = join(import.meta.dirname, "../../dist/cli/main.js");
const testShare = 0.2;
const room = mkdtempSync(join(tmpdir(), "simdnet-tables-"));
const [train, test, model] = ["train.csv", "test.csv", "model.safetensors"].map((name) => join(room, name));

/** A process of Python that trains scikit-learn's models. */
const peer = spawn("/usr/bin/python3", [join(import.meta.dirname, "scikit_learn.py")], {
  stdio: ["pipe", "pipe", "inherit"],
  // One thread, like simdnet.
  env: { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
});
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
const nextAnswer = async () => JSON.parse((await answers.next()).value);
const { version } = await nextAnswer();

/** Runs the command and returns its JSON. It may end with a remark on the standard error. */
const simdnet = (...args) =>
  JSON.parse(execFileSync(process.execPath, [command, ...args, "--json"], { stdio: ["ignore", "pipe", "ignore"] }));

/** Writes the training and the test rows of a split. @returns the number of rows of each */
function writeSplit({ names, rows }, most, seed) {
  const shuffled = pcg32(seed)
    .shuffle([...rows])
    .slice(0, most);
  const count = Math.round(shuffled.length * testShare);
  for (const [file, part] of [
    [test, shuffled.slice(0, count)],
    [train, shuffled.slice(count)],
  ]) {
    writeFileSync(file, `${[names, ...part].join("\n")}\n`);
  }
  return { train: shuffled.length - count, test: count };
}

/** The options of one network without ranges of numbers, as all trainings were before there were ensembles. */
const alone = ["--ensemble", "1", "--bins", "0"];

/** Trains and tests simdnet. @param more options */
function own({ target, task }, seed, more) {
  const began = performance.now();
  const chosenTask = task === "number" ? "regression" : "classification";
  const trained = ["--target", target, "--task", chosenTask, "--test", "0", "--seed", seed, "--output", model, ...more];
  simdnet("train", train, ...trained.map(String));
  const seconds = (performance.now() - began) / 1000;
  const score = simdnet("evaluate", model, test);
  const { r2, accuracy, crossEntropy } = score;
  return task === "number" ? { r2, seconds } : { accuracy, crossEntropy, seconds };
}

const results = [];
try {
  for (const table of chosen) {
    const lines = linesOf(table);
    const runs = [];
    let rows;
    for (let seed = 0; seed < seeds; seed++) {
      rows = writeSplit(lines, table.most, seed);
      peer.stdin.write(`${JSON.stringify({ train, test, target: table.target, task: table.task, seed })}\n`);
      const peers = await nextAnswer();
      runs.push({ simdnet: own(table, seed, []), alone: own(table, seed, alone), ...peers });
    }
    const { name, task } = table;
    results.push({ name, task, rows, models: summaryOf(runs) });
    show(results.at(-1));
  }
} finally {
  peer.stdin.end();
  rmSync(room, { recursive: true });
}

/** Returns the mean of each score over the seeds, and half of the interval that holds it with a chance of 95 %. */
function summaryOf(runs) {
  const each = (record, map) =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
  return each(runs[0], (scores, model) =>
    each(scores, (_, score) => {
      const values = runs.map((run) => run[model][score]);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
      const half = values.length < 2 ? null : student(values.length - 1) * Math.sqrt(variance / values.length);
      return { mean: rounded(mean), half: half === null ? null : rounded(half) };
    }),
  );
}

function rounded(value) {
  return Number(value.toPrecision(4));
}

/** Returns the quantile of Student's distribution that leaves out 2.5 % at either end. */
function student(freedom) {
  return [12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262][freedom - 1] ?? 1.96 + 2.4 / freedom;
}

function show({ name, task, rows, models }) {
  const score = task === "number" ? "r2" : "accuracy";
  const texts = Object.entries(models).map(([model, scores]) => {
    const { mean, half } = scores[score];
    const more = scores.crossEntropy ? ` (${scores.crossEntropy.mean})` : "";
    return `${model} ${mean}${half === null ? "" : ` ± ${half}`}${more} ${scores.seconds.mean.toFixed(1)} s`;
  });
  console.log(`${name.padEnd(14)}${String(rows.train).padStart(6)}  ${texts.join("  ")}`);
}

if (options.save) {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const machine = { processor: cpus()[0].model, runtime: `Node ${process.version}` };
  const file = `bench/results/${options.save}.json`;
  writeFileSync(
    file,
    `${JSON.stringify({ machine, commit, seeds, scikitLearn: version, tables: results }, null, 2)}\n`,
  );
}
