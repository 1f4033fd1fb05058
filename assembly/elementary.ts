/** The functions that other kernels are made of, as kernels of their own, for tests and benchmarks. No package holds this family. */

export { stridedProduct } from "./products/strided";
export { runPart } from "./program/part";
export { erfMap, expMap, expm1Map, log1pMap, logMap } from "./vector/transcendental";
