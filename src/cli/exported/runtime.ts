/** Exports what the Worker needs of the library. The build makes one file of it, which has its kernels from the .wasm files beside it. */

export { predictorOf } from "./predictor.ts";
