/** ONNX Runtime in WebAssembly: SIMD, one thread. */
import * as ort from "onnxruntime-web";
import { onnxruntime } from "./onnxruntime.mjs";
import { versionOf } from "./peer.mjs";

ort.env.wasm.numThreads = 1;
await onnxruntime(ort, { executionProviders: ["wasm"] }, versionOf("onnxruntime-web"));
