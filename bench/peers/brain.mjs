/** brain.js: inference only, since every layer, even the last, has the same activation, and biases cannot be omitted. */
import brain from "brain.js";
import { peer, versionOf } from "./peer.mjs";

await peer({
  version: versionOf("brain.js"),
  cannot: {
    train: "one activation for all layers, squared error only",
    system: "always has biases, and updates after each example",
    matmul: "has no matrix product to call",
  },

  infer({ layers }) {
    const network = new brain.NeuralNetwork();
    network.fromJSON({
      type: "NeuralNetwork",
      sizes: [layers[0].fanIn, ...layers.map(({ fanOut }) => fanOut)],
      layers: [
        { weights: [], biases: [] },
        ...layers.map(({ weight, bias, fanIn, fanOut }) => ({
          weights: Array.from({ length: fanOut }, (_, o) =>
            Array.from({ length: fanIn }, (_, i) => weight[i * fanOut + o]),
          ),
          biases: [...bias],
        })),
      ],
      inputLookup: null,
      inputLookupLength: 0,
      outputLookup: null,
      outputLookupLength: 0,
      options: { inputSize: layers[0].fanIn, outputSize: layers.at(-1).fanOut, activation: "relu" },
      trainOpts: { ...network.trainOpts, activation: "relu" },
    });
    const width = layers[0].fanIn;
    return (inputs, rows) => {
      if (rows === 1) return network.run(inputs);
      const outputs = [];
      for (let row = 0; row < rows; row++)
        outputs.push(...network.run(inputs.subarray(row * width, (row + 1) * width)));
      return outputs;
    };
  },
  // Its last layer is also a relu.
  fix: (outputs) => outputs.map((value) => Math.max(0, value)),
});
