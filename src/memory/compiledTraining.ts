/** The compiled modules of training, likewise: in a file of its own, since a program that only predicts has no use for it. */

import { training } from "../../build/module.js";
import { decode } from "./decode.ts";
import type { Dtype } from "./dtype.ts";

const modules: { [dtype in Dtype]?: WebAssembly.Module } = {};

/** @internal What trainers need beside the core: assembly/training.ts. */
export function compiledTraining(dtype: Dtype): WebAssembly.Module {
  modules[dtype] ??= new WebAssembly.Module(decode(training, dtype));
  return modules[dtype];
}
