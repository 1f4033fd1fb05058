/** Models as ONNX files, made by onnx-proto. */
import proto from "onnx-proto";
import { channelsFirst } from "./images.mjs";

const { onnx } = proto;
const float = onnx.TensorProto.DataType.FLOAT;

const valueInfo = (name, ...shape) => ({
  name,
  type: {
    tensorType: {
      elemType: float,
      shape: { dim: shape.map((size) => (typeof size === "string" ? { dimParam: size } : { dimValue: size })) },
    },
  },
});

const model = (graph) =>
  onnx.ModelProto.encode({ irVersion: 8, opsetImport: [{ domain: "", version: 17 }], graph }).finish();

/** Returns relu(… x · weight + bias …): Gemm and Relu nodes, with the last layer linear. */
export function mlp(layers) {
  const nodes = layers.flatMap((_, index) => {
    const last = index === layers.length - 1;
    const output = last ? "y" : `sum${index}`;
    const input = index === 0 ? "x" : `hidden${index - 1}`;
    const gemm = { opType: "Gemm", input: [input, `weight${index}`, `bias${index}`], output: [output] };
    return last ? [gemm] : [gemm, { opType: "Relu", input: [output], output: [`hidden${index}`] }];
  });
  const tensor = (name, dims, values) => ({ name, dims, dataType: float, floatData: [...values] });
  return model({
    name: "mlp",
    node: nodes,
    initializer: layers.flatMap(({ fanIn, fanOut, weight, bias }, index) => [
      tensor(`weight${index}`, [fanIn, fanOut], weight),
      tensor(`bias${index}`, [fanOut], bias),
    ]),
    input: [valueInfo("x", "rows", layers[0].fanIn)],
    output: [valueInfo("y", "rows", layers.at(-1).fanOut)],
  });
}

/** Returns the layers that images.mjs describes, on NCHW images: Conv, Relu, MaxPool, and at the end Flatten and Gemm. */
export function images(layers) {
  const tensor = (name, dims, values) => ({ name, dims, dataType: float, floatData: [...values] });
  const [node, initializer] = [[], []];
  let input = "x";
  const push = (opType, output, parameters = [], attribute = []) => {
    node.push({ opType, input: [input, ...parameters], output: [output], attribute });
    input = output;
  };
  const { INTS } = onnx.AttributeProto.AttributeType;
  const sizes = (name, ...ints) => ({ name, type: INTS, ints });
  for (const [index, layer] of layers.entries()) {
    const { kind, padding, weight, bias } = layer;
    const parameters = [`weight${index}`, `bias${index}`];
    if (kind === "conv") {
      const { filters, channels } = layer;
      initializer.push(tensor(parameters[0], [filters, channels, 3, 3], channelsFirst.conv(layer, weight)));
      push("Conv", `sum${index}`, parameters, [sizes("pads", padding, padding, padding, padding)]);
      push("Relu", `relu${index}`);
    } else if (kind === "pool") {
      push("MaxPool", `pool${index}`, [], [sizes("kernel_shape", 2, 2), sizes("strides", 2, 2)]);
    } else {
      initializer.push(tensor(parameters[0], [layer.fanIn, layer.fanOut], channelsFirst.dense(layer, weight)));
      push("Flatten", "row");
      push("Gemm", "y", parameters);
    }
    if (bias) initializer.push(tensor(parameters[1], [bias.length], bias));
  }
  const { side, channels } = layers[0];
  return model({
    ...{ name: "images", node, initializer },
    input: [valueInfo("x", "rows", channels, side, side)],
    output: [valueInfo("y", "rows", layers.at(-1).fanOut)],
  });
}

export function product(size) {
  return model({
    name: "product",
    node: [{ opType: "MatMul", input: ["a", "b"], output: ["y"] }],
    input: [valueInfo("a", size, size), valueInfo("b", size, size)],
    output: [valueInfo("y", size, size)],
  });
}
