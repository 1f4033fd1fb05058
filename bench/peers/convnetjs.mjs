/** ConvNetJS, one example at a time, in float64; pixels are in simdnet's order. It has no Adam, so Adam is hand-written. */
import convnetjs from "convnetjs";
import { adam } from "./loops.mjs";
import { peer, versionOf } from "./peer.mjs";

const { Net, Vol } = convnetjs;

const kinds = {
  conv: ({ filters, padding }) => ({ type: "conv", sx: 3, filters, stride: 1, pad: padding, activation: "relu" }),
  pool: () => ({ type: "pool", sx: 2, stride: 2 }),
  // It inserts the dense layer before its softmax.
  dense: ({ fanOut }) => ({ type: "softmax", num_classes: fanOut }),
};

function networkOf(layers) {
  const [{ side, channels }] = layers;
  const network = new Net();
  const described = layers.map((layer) => kinds[layer.kind](layer));
  network.makeLayers([{ type: "input", out_sx: side, out_sy: side, out_depth: channels }, ...described]);
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

function volumes(inputs, rows, { side, channels }) {
  const size = inputs.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    const volume = new Vol(side, side, channels, 0);
    volume.w.set(inputs.subarray(row * size, (row + 1) * size));
    return volume;
  });
}

await peer({
  version: versionOf("convnetjs"),

  trainImages({ rows, inputs, classes, layers, batchSize, ...options }) {
    const network = networkOf(layers);
    const parameters = network.getParamsAndGrads().map(({ params, grads }) => ({ values: params, grad: grads }));
    const update = adam(parameters, options);
    const examples = volumes(inputs, rows, layers[0]);
    return () => {
      let loss = 0;
      for (let from = 0; from < rows; from += batchSize) {
        const batch = examples.slice(from, from + batchSize);
        for (const [row, example] of batch.entries()) {
          network.forward(example, true);
          loss += network.backward(classes[from + row]);
        }
        // Its gradients are sums over the examples, and it does not clear them.
        for (const { grad } of parameters) for (let at = 0; at < grad.length; at++) grad[at] /= batch.length;
        update();
        for (const { grad } of parameters) grad.fill(0);
      }
      return loss / rows;
    };
  },

  /** The softmax, the last layer, is left out. */
  inferImages({ layers }) {
    const network = networkOf(layers);
    return (inputs, rows) => {
      const outputs = [];
      for (const example of volumes(inputs, rows, layers[0])) {
        network.forward(example, false);
        outputs.push(...network.layers.at(-2).out_act.w);
      }
      return outputs;
    };
  },
});
