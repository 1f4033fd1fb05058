/** ONNX Runtime as native code, one thread. */
import * as ort from "onnxruntime-node";
import { onnxruntime } from "./onnxruntime.mjs";
import { versionOf } from "./peer.mjs";

const options = { executionProviders: ["cpu"], intraOpNumThreads: 1, interOpNumThreads: 1 };
await onnxruntime(ort, options, versionOf("onnxruntime-node"));
