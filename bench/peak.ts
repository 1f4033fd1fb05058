/** The machine's peak: what 128-bit vectors can do at most, measured in turn with what is compared with it. */
import { readFileSync } from "node:fs";
import type { Dtype } from "#dist/memory/kernels.js";
import type { Work } from "./harness.ts";

/** Vector operations of one round of the kernel: 8 steps of 12 chains. */
const operationsPerRound = 96;
const rounds = 20_000;

export function peakWork(dtype: Dtype): Work {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync("build/bench.wasm")));
  const kernels = exports as { peakF32: (rounds: number) => number; peakF64: (rounds: number) => number };
  const kernel = dtype === "float32" ? kernels.peakF32 : kernels.peakF64;
  const lanes = dtype === "float32" ? 4 : 2;
  return {
    name: `peak ${dtype}`,
    run: () => kernel(rounds),
    operations: operationsPerRound * rounds * lanes,
    check() {
      if (!Number.isFinite(kernel(1))) throw new Error("peak: not timed, its sum is not finite");
    },
  };
}
