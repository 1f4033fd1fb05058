/** toygrad: ConvNetJS's layers in float32, one example at a time; pixels are in simdnet's order. */
import { NeuralNetwork, Tensor, Trainers } from "toygrad";
import { peer, versionOf } from "./peer.mjs";

const kinds = {
  conv: ({ filters, padding }) => [{ type: "conv", sx: 3, filters, stride: 1, pad: padding }, { type: "relu" }],
  pool: () => [{ type: "pool", sx: 2, stride: 2 }],
  dense: ({ fanOut }) => [{ type: "dense", filters: fanOut }],
};

function networkOf(layers) {
  const [{ side, channels }] = layers;
  const described = layers.flatMap((layer) => kinds[layer.kind](layer));
  const network = new NeuralNetwork({
    layers: [{ type: "input", sx: side, sy: side, sz: channels }, ...described, { type: "softmax" }],
  });
  const weighted = layers.filter(({ weight }) => weight);
  for (const [index, layer] of network.layers.filter(({ filters }) => filters).entries()) {
    const { weight, bias } = weighted[index];
    layer.biases.w.set(bias);
    layer.filters.forEach(({ w }, filter) => {
      for (let at = 0; at < w.length; at++) w[at] = weight[at * bias.length + filter];
    });
  }
  return network;
}

const tensors = (inputs, rows, { side, channels }) =>
  Array.from({ length: rows }, (_, row) => {
    const size = inputs.length / rows;
    return new Tensor(side, side, channels, inputs.slice(row * size, (row + 1) * size));
  });

await peer({
  version: versionOf("toygrad"),

  trainImages({ rows, inputs, classes, layers, batchSize, learningRate, betas: [beta1, beta2], epsilon }) {
    const trainer = new Trainers.Adam(networkOf(layers), { batchSize, beta1, beta2 });
    const examples = tensors(inputs, rows, layers[0]);
    let steps = 0;
    return () => {
      let loss = 0;
      for (const [row, example] of examples.entries()) {
        if (row % batchSize === 0) {
          // Its Adam multiplies by the corrections, where others divide by them, and it counts examples as steps. This compensates for it:
          steps++;
          const [ours1, ours2] = [1 - beta1 ** steps, 1 - beta2 ** steps];
          const [its1, its2] = [1 - beta1 ** (steps * batchSize), 1 - beta2 ** (steps * batchSize)];
          trainer.learningRate = (learningRate * Math.sqrt(ours2 * its2)) / (ours1 * its1);
          trainer.eps = epsilon * Math.sqrt(ours2 * its2);
        }
        loss += trainer.train(example, classes[row]).cost;
      }
      return loss / rows;
    };
  },

  /** The softmax, the last layer, is left out. */
  inferImages({ layers }) {
    const network = networkOf(layers);
    return (inputs, rows) => {
      const outputs = [];
      for (const example of tensors(inputs, rows, layers[0])) {
        network.forward(example, false);
        outputs.push(...network.layers.at(-2).ot.w);
      }
      return outputs;
    };
  },
});
