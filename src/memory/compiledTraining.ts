/** The compiled modules of training, likewise: in a file of its own, since a program that only predicts has no use for it. */

import { relaxed, training } from "../../build/module.js";
import { decode } from "./decode.ts";

let trainingModule: WebAssembly.Module | undefined;
let relaxedModule: WebAssembly.Module | undefined;

/** @internal What trainers need beside the core: assembly/training.ts. */
export function compiledTraining(): WebAssembly.Module {
  trainingModule ??= new WebAssembly.Module(decode(training));
  return trainingModule;
}

/** @internal Products with fused multiply-add, where the runtime has relaxed SIMD: assembly/relaxed.ts. */
export function compiledRelaxed(): WebAssembly.Module {
  relaxedModule ??= new WebAssembly.Module(decode(relaxed));
  return relaxedModule;
}
