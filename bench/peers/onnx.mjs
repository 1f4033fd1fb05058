/** Models as ONNX files, made by onnx-proto. */
import proto from "onnx-proto";

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

/** relu(… x · weight + bias …): Gemm and Relu nodes, the last layer linear. */
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

export function product(size) {
  return model({
    name: "product",
    node: [{ opType: "MatMul", input: ["a", "b"], output: ["y"] }],
    input: [valueInfo("a", size, size), valueInfo("b", size, size)],
    output: [valueInfo("y", size, size)],
  });
}
