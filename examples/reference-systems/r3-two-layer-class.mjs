// A two-layer network as a class, with a choice of its five parts, and the graph of its loss.
//
//   node examples/reference-systems/r3-two-layer-class.mjs [loss.svg]
import { dense, mt19937, Network, sgd, squaredError, Trainer, uniform } from "simdnet";

class NeuralNetwork {
  /**
   * inputs      features of one example
   * hidden      one { units, activation } for each hidden layer
   * outputs     one { units, activation }
   * parameters  options of every layer: with or without biases, and the initializers
   */
  constructor({ inputs, hidden, outputs, parameters, seed }) {
    const layers = [...hidden, outputs].map(({ units, activation }) => dense(units, { activation, ...parameters }));
    this.network = new Network({ inputs, layers, dtype: "float64", seed });
    this.trainer = new Trainer(this.network, {
      loss: squaredError({ reduction: "sum" }),
      optimizer: sgd({ learningRate: 1 }),
    });
  }

  /** Trains on all examples at once, and returns the loss before each update. */
  train(examples, targets, iterations) {
    return Array.from({ length: iterations }, () => this.trainer.step(examples, targets));
  }

  /** Returns the outputs of the last forward pass. */
  get outputs() {
    return [...this.network.layers.at(-1).activation];
  }
}

const examples = [
  [0, 0, 1],
  [0, 1, 1],
  [1, 0, 1],
  [1, 1, 1],
];
const targets = [[0], [1], [1], [0]];

const points = [];
for (const seed of [0, 1]) {
  const network = new NeuralNetwork({
    inputs: 3,
    hidden: [{ units: 4, activation: "sigmoid" }],
    outputs: { units: 1, activation: "sigmoid" },
    parameters: { bias: false, weightInitializer: uniform(0, 1) },
    seed: mt19937(seed),
  });
  const losses = network.train(examples, targets, 1500);

  points.push(...losses.map((loss, index) => ({ seed: `seed ${seed}`, iteration: index + 1, loss })));
  console.log(`seed ${seed}: loss per iteration`);
  for (let iteration = 0; iteration < losses.length; iteration += 100) {
    const bar = "█".repeat(Math.round(50 * losses[iteration]));
    console.log(`${String(iteration).padStart(5)} ${losses[iteration].toFixed(4)} ${bar}`);
  }
  console.log("last loss:", losses.at(-1));
  console.log("outputs:", ...network.outputs);
}

const [path] = process.argv.slice(2);
if (path) {
  const { writeFigure } = await import("./figure.mjs");
  await writeFigure(path, {
    title: "The loss before each update",
    data: { values: points },
    mark: { type: "line", strokeWidth: 2 },
    encoding: {
      x: { field: "iteration", type: "quantitative" },
      y: { field: "loss", type: "quantitative", title: "sum of squared errors" },
      color: { field: "seed", type: "nominal", scale: { range: ["#0072b2", "#d55e00"] } },
    },
  });
}
