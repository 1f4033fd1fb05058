/**
 * A second module: the products alone, with fused multiply-add (relaxed SIMD), on the memory and the function table of an
 * instance of index.ts. Its own data begin at `memoryBase` (relaxed.json), behind that module's; blocks begin behind both.
 */
export { matmulBackwardInput, matmulBackwardWeight, matmulForward } from "./matmul";

/** The first byte that neither module uses itself. */
export const heapBase: usize = __heap_base;
