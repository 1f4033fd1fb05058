/** `simdnet/onnx`: networks as ONNX files, both ways. */

export { type FromOnnxOptions, fromOnnx, type OnnxConstant } from "./read.ts";
export { type ToOnnxOptions, toOnnx } from "./write.ts";
