/** ONNX Runtime; onnxruntime-web.mjs and onnxruntime-node.mjs choose its build. */
import { images, mlp, product } from "./onnx.mjs";
import { peer } from "./peer.mjs";

export async function onnxruntime({ InferenceSession, Tensor }, options, version) {
  const cannot = "inference only";
  await peer({
    version,
    cannot: { train: cannot, trainImages: cannot, system: cannot },

    async infer({ layers }) {
      const session = await InferenceSession.create(mlp(layers), options);
      const width = layers[0].fanIn;
      return async (inputs, rows) => {
        const x = new Tensor("float32", inputs, [rows, width]);
        return (await session.run({ x })).y.data;
      };
    },

    /** Images of one channel have the same layout in NHWC and NCHW. */
    async inferImages({ layers }) {
      const session = await InferenceSession.create(images(layers), options);
      const [{ side, channels }] = layers;
      return async (inputs, rows) => {
        const x = new Tensor("float32", inputs, [rows, channels, side, side]);
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
