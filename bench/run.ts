/** Runs the benchmarks and prints one table; with `--save name`, also writes bench/results/name.json. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import type { Dtype } from "#dist/memory/kernels.js";
import { matmulTimings } from "./matmul.bench.ts";
import { peak } from "./peak.ts";

mkdirSync("bench/results", { recursive: true });
const machine = { processor: cpus()[0].model, runtime: `Node ${process.version}`, v8: process.versions.v8 };
console.log(`${machine.processor}, ${machine.runtime}, one core\n`);

const results = (["float32", "float64"] satisfies Dtype[]).map((dtype) => {
  const peakBefore = peak(dtype);
  const timings = matmulTimings(dtype);
  // The machine may have been slower for a while: the better of two measurements is nearer to what it can do.
  const best = Math.max(peakBefore, peak(dtype));
  console.log(`${dtype}: peak ${gigaflops(best)} GFLOP/s`);
  for (const { name, operations, min, median, spread } of timings) {
    const [fastest, usual] = [operations / min, operations / median];
    const columns = [
      `${gigaflops(usual)} GFLOP/s`,
      `${percent(usual / best)} of peak`,
      `best ${percent(fastest / best)}`,
    ];
    console.log(
      `  ${name.padEnd(34)} ${columns.map((column) => column.padStart(15)).join(" ")}   ± ${percent(spread / 2)}`,
    );
  }
  console.log();
  return { dtype, peak: best, timings };
});

const save = process.argv.indexOf("--save");
if (save > 0) {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const file = `bench/results/${process.argv[save + 1]}.json`;
  writeFileSync(file, `${JSON.stringify({ machine, commit, results }, null, 2)}\n`);
  console.log(`saved ${file}`);
}

function gigaflops(operationsPerSecond: number): string {
  return (operationsPerSecond / 1e9).toFixed(1);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
