/** The public names of simdnet: everything that runs in memory. The names of each folder are in its index. */

export { type Divergence, DivergenceError } from "./errors.ts";
export type { ArrayOf, Bytes, Dtype, Values } from "./kernels/dtype.ts";
export { type Arithmetic, build } from "./kernels/instance.ts";
export * from "./pipeline/index.ts";
export { type GeneratorState, mt19937, pcg32, type RandomGenerator, type Shufflable } from "./random.ts";
export * from "./topology/index.ts";
export * from "./training/index.ts";
