/** The machine's peak: the most that 128-bit vectors can do, measured in turn with the work that is compared with it. */
import { readFileSync } from "node:fs";
import type { Dtype } from "#dist/kernels/dtype.js";
import type { Work } from "./harness.ts";

/** The vector operations of one step of the kernel: one in each chain. */
const chains = 12;
const steps = 160_000;

export function peakWork(dtype: Dtype): Work {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync("build/bench.wasm")));
  const kernels = exports as { peakF32: (...numbers: number[]) => number; peakF64: (...numbers: number[]) => number };
  const kernel = dtype === "float32" ? kernels.peakF32 : kernels.peakF64;
  const lanes = dtype === "float32" ? 4 : 2;
  return {
    name: `peak ${dtype}`,
    run: () => kernel(steps, 0.999999, 0.000001),
    count: chains * steps * lanes,
    check() {
      if (!Number.isFinite(kernel(1, 0.999999, 0.000001))) throw new Error("peak: not timed, its sum is not finite");
    },
  };
}
