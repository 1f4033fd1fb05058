// A first neural network in three steps: build it, train it, test it.
import { dense, mt19937, Network, sgd, squaredError, Trainer, uniform } from "simdnet";

// The task: the answer is 1 if exactly one of the first two inputs is 1. The third input is always 1.
const inputs = [
  [0, 0, 1],
  [0, 1, 1],
  [1, 0, 1],
  [1, 1, 1],
];
const targets = [[0], [1], [1], [0]];

// 1. Build the network: three inputs, four hidden units, one output. The weights start at random, between -1 and 1.
const sigmoid = { activation: "sigmoid", bias: false, weightInitializer: uniform(-1, 1) };
const layers = [dense(4, sigmoid), dense(1, sigmoid)];
const network = new Network({ inputs: 3, layers, dtype: "float64", seed: mt19937(1) });

// 2. Train it: look at all four examples, change the weights a little to reduce the error, and repeat this 60 000 times.
const loss = squaredError({ reduction: "sum" });
const optimizer = sgd({ learningRate: 0.5 });
const trainer = new Trainer(network, {
  loss,
  optimizer,
  batchSize: "full",
  shuffle: false,
  metrics: ["meanAbsoluteError"],
});
await trainer.fit(inputs, targets, {
  epochs: 60_000,
  every: 10_000,
  onEpoch: ({ epoch, metrics }) => console.log(`error after ${epoch - 1} updates: ${metrics.meanAbsoluteError}`),
});

// 3. Test it.
for (const [index, example] of inputs.entries()) {
  const [answer] = network.predict(example);
  console.log(`${example} should be ${targets[index]}, is ${answer.toFixed(4)}`);
}
