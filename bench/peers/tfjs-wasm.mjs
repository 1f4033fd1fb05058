/** TensorFlow.js on its WebAssembly backend: SIMD, one thread. */
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { tensorflow } from "./tfjs.mjs";

setThreadsCount(1);
await tensorflow("wasm");
