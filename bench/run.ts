/**
 * Runs the benchmarks and prints a table for each: `npm run bench`, or `npm run bench -- matmul elementwise` for some suites.
 *
 *   --rounds n    the number of timings of each, in turn with the work for comparison; default 11
 *   --save name   also writes bench/results/name.json
 *
 * Cliffs are printed, but do not fail the run: on a shared machine, another program may have caused one.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { attention } from "./attention.bench.ts";
import { convolution, convolutionRelaxed } from "./convolution.bench.ts";
import { elementwise } from "./elementwise.bench.ts";
import { embedding } from "./embedding.bench.ts";
import { growth, imageGrowth } from "./growth.bench.ts";
import type { Bench, Suite } from "./harness.ts";
import { images, imagesRelaxed } from "./images.bench.ts";
import { matmul, relaxed } from "./matmul.bench.ts";
import { optimizer } from "./optimizer.bench.ts";
import { parts } from "./parts.bench.ts";
import { pooling } from "./pooling.bench.ts";
import { recurrent } from "./recurrent.bench.ts";
import {
  cliffs,
  figure,
  goalText,
  megabytes,
  type Results,
  type Row,
  ratioFigure,
  type Table,
  versusTitle,
} from "./results.ts";
import { softmax } from "./softmax.bench.ts";
import { steps } from "./steps.bench.ts";
import { threads } from "./threads.bench.ts";

const suites: Readonly<Record<string, Suite>> = {
  matmul,
  relaxed,
  elementwise,
  softmax,
  convolution,
  convolutionRelaxed,
  pooling,
  embedding,
  attention,
  optimizer,
  steps,
  parts,
  images,
  imagesRelaxed,
  recurrent,
  threads,
  growth,
  imageGrowth,
};

const { values: options, positionals } = readArguments();
const rounds = Number(options.rounds);
if (!(Number.isInteger(rounds) && rounds > 0)) refuse(`--rounds: got ${options.rounds}, need a whole number above 0`);
const unknown = positionals.find((name) => !Object.hasOwn(suites, name));
if (unknown !== undefined) refuse(`got ${unknown}, need some of ${Object.keys(suites).join(" ")}`);

const machine = { processor: cpus()[0].model, runtime: `Node ${process.version}`, v8: process.versions.v8 };
console.log(`${machine.processor}, ${machine.runtime}, ${rounds} rounds\n`);
const chosen = positionals.length > 0 ? positionals : Object.keys(suites);
const results = Object.fromEntries(chosen.map((name) => [name, suites[name](rounds).map(run)]));
for (const name of ["growth", "imageGrowth"]) {
  for (const cliff of results[name]?.flatMap(cliffs) ?? []) console.log(`cliff: ${cliff}`);
}
if (options.save) save(options.save, results);

/** Measures a table and prints each row when it is ready. */
function run(bench: Bench): Table {
  const spread = "median (quartiles)";
  print([bench.title, bench.unit, spread, versusTitle(bench.versus), spread, "goal"]);
  const rows: Row[] = [];
  for (const row of bench.rows()) {
    const cells = [figure(bench, row), ratioFigure(bench, row)].flatMap(({ best, median, quartiles }) => [
      best,
      `${median} (${quartiles})`,
    ]);
    print([`  ${row.name}`, ...cells, goalText(bench, row)]);
    rows.push(row);
  }
  const memory = bench.memory?.();
  for (const { name, bytes, goal } of memory ?? []) {
    console.log(`  ${name.padEnd(50)} ${megabytes(bytes).padStart(12)}, goal ≤ ${megabytes(goal)}`);
  }
  const table = { ...bench, rows, memory };
  console.log();
  return table;
}

function print([name, best, spread, ratio, ratioSpread, goal]: readonly string[]): void {
  const figures = [best.padStart(12), spread.padStart(28), ratio.padStart(19), ratioSpread.padStart(24)];
  console.log(name.padEnd(52), ...figures, goal.padStart(10));
}

function save(name: string, suites: Results["suites"]): void {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const date = new Date().toISOString().slice(0, 10);
  const file = `bench/results/${name}.json`;
  mkdirSync("bench/results", { recursive: true });
  const saved: Results = { machine, commit, date, rounds, suites };
  writeFileSync(file, `${JSON.stringify(saved, shortenSeconds)}\n`);
  console.log(`saved ${file}`);
}

/** Rounds seconds to four digits; counts are whole. */
function shortenSeconds(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}

function readArguments() {
  try {
    const options = { rounds: { type: "string", default: "11" }, save: { type: "string" } } as const;
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    return refuse(
      `${(error as Error).message}. Suites: ${Object.keys(suites).join(" ")}; options: --rounds n, --save name`,
    );
  }
}

function refuse(message: string): never {
  console.error(message);
  process.exit(1);
}
