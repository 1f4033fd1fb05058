/** Programs for the first prediction in a fresh process: 10-32-16-2, relu, in each JavaScript peer. Run in bench/peers. */
const inputs = "Array.from({ length: 10 }, (_, index) => index / 10)";

const onnx = (name, options) => `
  import * as ort from "${name}";
  import { readFileSync } from "node:fs";
  if ("${name}" === "onnxruntime-web") ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(readFileSync(process.env.MODEL), ${JSON.stringify(options)});
  const input = new ort.Tensor("float32", Float32Array.from(${inputs}), [1, 10]);
  (await session.run({ input })).output.data;`;

const tfjs = (backend) => `
  import * as tf from "@tensorflow/tfjs";
  ${backend === "wasm" ? 'import "@tensorflow/tfjs-backend-wasm";' : ""}
  await tf.setBackend("${backend}");
  const [relu, linear] = ["relu", undefined];
  const layers = [[32, relu], [16, relu], [2, linear]].map(([units, activation], index) =>
    tf.layers.dense({ units, activation, inputShape: index === 0 ? [10] : undefined }));
  tf.sequential({ layers }).predict(tf.tensor2d(${inputs}, [1, 10])).dataSync();`;

/** By peer, the text of a module. It ends its process, because some peers keep handles open. */
export const programs = {
  simdnet: `
    import { dense, Network } from "../../dist/index.js";
    const [first, second] = [32, 16].map((units) => dense(units, { activation: "relu" }));
    new Network({ inputs: 10, layers: [first, second, dense(2)] }).predict(${inputs});`,
  "tfjs-wasm": tfjs("wasm"),
  "tfjs-cpu": tfjs("cpu"),
  "jax-js": `
    import { defaultDevice, init, nn, numpy as np } from "@jax-js/jax";
    await init("wasm");
    defaultDevice("wasm");
    const [w1, w2, w3] = [[10, 32], [32, 16], [16, 2]].map((shape) => np.ones(shape));
    const x = np.array(Float32Array.from(${inputs})).reshape([1, 10]);
    await np.matmul(nn.relu(np.matmul(nn.relu(np.matmul(x, w1)), w2)), w3).data();`,
  "onnxruntime-web": onnx("onnxruntime-web", { executionProviders: ["wasm"] }),
  "onnxruntime-node": onnx("onnxruntime-node", { intraOpNumThreads: 1, interOpNumThreads: 1 }),
  "brain.js": `
    import brain from "brain.js";
    const network = new brain.NeuralNetwork({ inputSize: 10, hiddenLayers: [32, 16], outputSize: 2, activation: "relu" });
    network.initialize();
    network.run(${inputs});`,
};
