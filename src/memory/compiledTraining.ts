/** The compiled modules of training, likewise: in a file of its own, since a program that only predicts has no use for it. */

import { relaxed, training } from "../../build/module.js";
import { decode } from "./decode.ts";
import type { Dtype } from "./dtype.ts";

const trainingModules: { [dtype in Dtype]?: WebAssembly.Module } = {};
const relaxedModules: typeof trainingModules = {};

/** @internal What trainers need beside the core: assembly/training.ts. */
export function compiledTraining(dtype: Dtype): WebAssembly.Module {
  trainingModules[dtype] ??= new WebAssembly.Module(decode(training, dtype));
  return trainingModules[dtype];
}

/** @internal Products with fused multiply-add, where the runtime has relaxed SIMD: assembly/relaxed.ts. */
export function compiledRelaxed(dtype: Dtype): WebAssembly.Module {
  relaxedModules[dtype] ??= new WebAssembly.Module(decode(relaxed, dtype));
  return relaxedModules[dtype];
}
