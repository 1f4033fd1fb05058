// Three layers without biases: 3 inputs, 4 sigmoid units, 1 sigmoid unit, trained on four examples.
import { dense, mt19937, Network, sgd, squaredError, Trainer, uniform } from "simdnet";

const inputs = [
  [0, 0, 1],
  [0, 1, 1],
  [1, 0, 1],
  [1, 1, 1],
];
const targets = [[0], [1], [1], [0]];

const sigmoid = { activation: "sigmoid", bias: false, weightInitializer: uniform(-1, 1) };
const network = new Network({
  inputs: 3,
  layers: [dense(4, sigmoid), dense(1, sigmoid)],
  dtype: "float64",
  seed: mt19937(1),
});
const trainer = new Trainer(network, {
  loss: squaredError({ reduction: "sum" }),
  optimizer: sgd({ learningRate: 0.5 }), // rate 1 on half the squared error
  batchSize: "full",
  shuffle: false,
  metrics: ["meanAbsoluteError"],
});

for (const { epoch, metrics } of trainer.epochs(inputs, targets, { epochs: 60_000, every: 10_000 })) {
  console.log(`iteration ${epoch - 1}: mean absolute error ${metrics.meanAbsoluteError}`);
}

// The outputs of the last forward pass, before the last update.
console.log("outputs:", ...network.layers[1].activation);
