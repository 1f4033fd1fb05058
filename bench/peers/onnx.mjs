/** The networks of the workloads as ONNX files, by simdnet's own exporter. */
import { toOnnx } from "../../dist/onnx/index.js";
import { encodeModel } from "../../dist/onnx/protobuf.js";
import { imageNetworkOf, networkOf, sequenceNetworkOf } from "./networks.mjs";

export const mlp = (layers) => toOnnx(networkOf(layers));
export const images = (layers) => toOnnx(imageNetworkOf(layers));
export const sequences = (layers) => toOnnx(sequenceNetworkOf(layers));

/** Returns the product of two inputs, which no network is. */
export function product(size) {
  const float = 1;
  const matrix = (name) => {
    return { name, type: { tensor: { type: float, shape: { dims: [{ value: size }, { value: size }] } } } };
  };
  return encodeModel({
    irVersion: 8,
    opsets: [{ domain: "", version: 17 }],
    graph: {
      name: "product",
      nodes: [{ operator: "MatMul", inputs: ["a", "b"], outputs: ["output"] }],
      inputs: [matrix("a"), matrix("b")],
      outputs: [matrix("output")],
    },
  });
}
