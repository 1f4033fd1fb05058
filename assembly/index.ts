/** The module's exports. A kernel that is generic over its element type leaves as two: `nameF32` and `nameF64`. */

export { reluForward } from "./activation";
export { matmulBackwardInput, matmulBackwardWeight, matmulForward } from "./matmul";
export { scale } from "./reduce";

/** The first byte that the module does not use itself; it differs between the debug and the release build. */
export const heapBase: usize = __heap_base;
