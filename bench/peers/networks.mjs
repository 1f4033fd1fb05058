/** The networks of the workloads, with their parameters: for simdnet, and as ONNX files. */
import { conv2d, dense, flatten, fromValues, lstm, maxPool2d, Network } from "../../dist/index.js";

/** Returns a network of dense layers: relu between them, linear after the last. */
export function networkOf(layers) {
  return new Network({
    inputs: layers[0].fanIn,
    layers: layers.map(({ fanOut, weight, bias }, index) =>
      dense(fanOut, {
        activation: index < layers.length - 1 ? "relu" : "linear",
        ...parametersOf({ weight, bias }),
      }),
    ),
  });
}

const parametersOf = ({ weight, bias }) => ({
  weightInitializer: fromValues(weight),
  biasInitializer: fromValues(bias),
});

/** The layers that images.mjs describes. */
const imageKinds = {
  conv: (layer) =>
    conv2d(layer.filters, 3, {
      padding: layer.padding ? "same" : "valid",
      activation: "relu",
      ...parametersOf(layer),
    }),
  pool: () => maxPool2d(),
  dense: (layer) => [flatten(), dense(layer.fanOut, parametersOf(layer))],
};

/** Returns a network of these layers. */
export function imageNetworkOf(layers) {
  const [{ side, channels }] = layers;
  return new Network({
    inputs: [side, side, channels],
    layers: layers.flatMap((layer) => imageKinds[layer.kind](layer)),
  });
}

/** Returns a network of an LSTM and a dense layer. */
export function sequenceNetworkOf([recurrent, last]) {
  const { steps, features, units, recurrentWeight } = recurrent;
  const options = { ...parametersOf(recurrent), recurrentWeightInitializer: fromValues(recurrentWeight) };
  const layers = [lstm(units, options), dense(last.fanOut, parametersOf(last))];
  return new Network({ inputs: [steps, features], layers });
}
