/** Exports the part of the library that the Worker needs. The build makes one file of it, which loads the .wasm files beside it. */

export { predictorOf } from "./predictor.ts";
