/**
 * The functions that other kernels are made of, as kernels of their own, for tests and benchmarks: a module on the memory of the
 * first. No package holds it.
 */

export { erfMap, expMap, expm1Map, log1pMap, logMap } from "./vector/transcendental";

/** The first byte behind the module's own data. */
export const elementaryEnd: usize = __heap_base;
