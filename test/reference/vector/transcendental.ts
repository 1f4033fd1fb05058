/** The slow twins of assembly/vector/transcendental.ts, by the names of the kernels. */
import { erf } from "./erf.ts";
import { exp, expm1, log, log1p } from "./exponential.ts";

export const twins = {
  expMap: (input: readonly number[]) => input.map(exp),
  expm1Map: (input: readonly number[]) => input.map(expm1),
  logMap: (input: readonly number[]) => input.map(log),
  log1pMap: (input: readonly number[]) => input.map(log1p),
  erfMap: (input: readonly number[]) => input.map(erf),
};
