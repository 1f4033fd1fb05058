/** Runs the benchmarks and prints one table; with `--save name`, also writes bench/results/name.json. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import type { Dtype } from "#dist/memory/kernels.js";
import { compareSpeed, rounds } from "./harness.ts";
import { matmulWorks } from "./matmul.bench.ts";
import { peakWork } from "./peak.ts";

mkdirSync("bench/results", { recursive: true });
const machine = { processor: cpus()[0].model, runtime: `Node ${process.version}`, v8: process.versions.v8 };
console.log(`${machine.processor}, ${machine.runtime}, one core\n`);

const results = (["float32", "float64"] satisfies Dtype[]).map((dtype) => {
  console.log(`${dtype}${" ".repeat(21)}best GFLOP/s   of peak   median (quartiles) of ${rounds} rounds`);
  const comparisons = matmulWorks(dtype).map((work) => {
    const comparison = compareSpeed(work, peakWork(dtype));
    const { name, rate, peak, shares } = comparison;
    const [lower, median, upper] = [0.25, 0.5, 0.75].map((part) => percent(shares[Math.round(part * (rounds - 1))]));
    const best = [(rate / 1e9).toFixed(1).padStart(6), percent(rate / peak).padStart(10)].join("");
    console.log(`  ${name.padEnd(32)}${best.padStart(14)}   ${median.padStart(6)} (${lower}–${upper})`);
    return comparison;
  });
  console.log();
  return { dtype, comparisons };
});

const save = process.argv.indexOf("--save");
if (save > 0) {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const file = `bench/results/${process.argv[save + 1]}.json`;
  writeFileSync(file, `${JSON.stringify({ machine, commit, results }, null, 2)}\n`);
  console.log(`saved ${file}`);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
