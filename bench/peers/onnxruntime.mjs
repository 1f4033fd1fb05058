/** ONNX Runtime; onnxruntime-web.mjs and onnxruntime-node.mjs choose its build. */
import { images, mlp, product, sequences } from "./onnx.mjs";
import { peer } from "./peer.mjs";

export async function onnxruntime({ InferenceSession, Tensor }, options, version) {
  const cannot = "inference only";
  /** @param shape that of an example */
  const predict = async (file, shape) => {
    const session = await InferenceSession.create(file, options);
    return async (inputs, rows) => {
      const input = new Tensor("float32", inputs, [rows, ...shape]);
      return (await session.run({ input })).output.data;
    };
  };
  await peer({
    version,
    cannot: { train: cannot, trainImages: cannot, trainSequences: cannot, system: cannot },

    infer: ({ layers }) => predict(mlp(layers), [layers[0].fanIn]),

    inferImages({ layers }) {
      const [{ side, channels }] = layers;
      return predict(images(layers), [side, side, channels]);
    },

    inferSequences({ layers }) {
      const [{ steps, features }] = layers;
      return predict(sequences(layers), [steps, features]);
    },

    async matmul(a, b, size) {
      const session = await InferenceSession.create(product(size), options);
      const feeds = { a: new Tensor("float32", a, [size, size]), b: new Tensor("float32", b, [size, size]) };
      return { run: async () => (await session.run(feeds)).output.data };
    },
  });
}
