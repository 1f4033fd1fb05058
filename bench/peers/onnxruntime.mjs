/** ONNX Runtime; onnxruntime-web.mjs and onnxruntime-node.mjs choose its build. */
import { mlp, product } from "./onnx.mjs";
import { peer } from "./peer.mjs";

export async function onnxruntime({ InferenceSession, Tensor }, options, version) {
  const cannot = "inference only";
  await peer({
    version,
    cannot: { train: cannot, system: cannot },

    async infer({ layers }) {
      const session = await InferenceSession.create(mlp(layers), options);
      const width = layers[0].fanIn;
      return async (inputs, rows) => {
        const x = new Tensor("float32", inputs, [rows, width]);
        return (await session.run({ x })).y.data;
      };
    },

    async matmul(a, b, size) {
      const session = await InferenceSession.create(product(size), options);
      const feeds = { a: new Tensor("float32", a, [size, size]), b: new Tensor("float32", b, [size, size]) };
      return { run: async () => (await session.run(feeds)).y.data };
    },
  });
}
