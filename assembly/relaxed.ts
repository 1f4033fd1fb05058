/**
 * The products alone, with fused multiply-add (relaxed SIMD): a module on the memory and the function table of prediction.ts.
 * Its own data lie before that module's (asconfig.json: memoryBase).
 */
export { matmulBackwardInput, matmulBackwardWeight, matmulForward } from "./matmul";

/** The first byte behind the module's own data. */
export const relaxedEnd: usize = __heap_base;
