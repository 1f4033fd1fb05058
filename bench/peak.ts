/** The machine's peak: what 128-bit vectors can do at most, measured in the run in which it is compared with. */
import { readFileSync } from "node:fs";
import type { Dtype } from "#dist/memory/kernels.js";
import { time } from "./harness.ts";

/** Vector operations of one round of the kernel: 8 steps of 12 chains. */
const operationsPerRound = 96;
const rounds = 20_000;

/** @returns floating-point operations a second, by the fastest sample */
export function peak(dtype: Dtype): number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync("build/bench.wasm")));
  const kernels = exports as { peakF32: (rounds: number) => number; peakF64: (rounds: number) => number };
  const kernel = dtype === "float32" ? kernels.peakF32 : kernels.peakF64;
  const lanes = dtype === "float32" ? 4 : 2;
  const check = () => {
    if (!Number.isFinite(kernel(1))) throw new Error("peak: not timed, its sum is not finite");
  };
  const { min } = time({ name: `peak ${dtype}`, run: () => kernel(rounds), check });
  return (operationsPerRound * rounds * lanes) / min;
}
