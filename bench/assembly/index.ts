/** Kernels that only the benchmarks need; never part of the package. */

export { peak } from "./peak";
