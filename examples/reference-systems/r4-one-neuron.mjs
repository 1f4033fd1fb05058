// One neuron, and two experiments on the length of its training.
//
//   node examples/reference-systems/r4-one-neuron.mjs [answers.svg]
import { dense, mt19937, Network, sgd, squaredError, Trainer, uniform } from "simdnet";

const inputs = [
  [1, 1, 1],
  [1, 0, 1],
  [0, 0, 1],
  [0, 1, 1],
];
const targets = [[1], [1], [0], [0]];
const question = [1, 0, 0];

/** Returns a fresh neuron after the given number of updates, each on all four examples. */
function trainedNeuron(iterations) {
  const neuron = new Network({
    inputs: 3,
    layers: [dense(1, { activation: "sigmoid", bias: false, weightInitializer: uniform(-1, 1) })],
    dtype: "float64",
    seed: mt19937(1),
  });
  const trainer = new Trainer(neuron, {
    loss: squaredError({ reduction: "sum" }),
    optimizer: sgd({ learningRate: 0.5 }), // rate 1 on half the squared error
  });
  for (let iteration = 0; iteration < iterations; iteration++) trainer.step(inputs, targets);
  return neuron;
}

const answer = (neuron) => neuron.predict(question)[0];

console.log("weights at the start:", ...trainedNeuron(0).parameters[0].values);
const neuron = trainedNeuron(5000);
console.log("weights after 5000 iterations:", ...neuron.parameters[0].values);
console.log(`answer to ${question}:`, answer(neuron));

console.log("\nExperiment 1: the answer after 10, 20, ... 990 iterations");
const points = [];
for (let iterations = 10; iterations < 1000; iterations += 10) {
  const output = answer(trainedNeuron(iterations));
  points.push({ iterations, output });
  console.log(String(iterations).padStart(4), "·".repeat(Math.round(400 * (output - 0.84))), output);
}

console.log("\nExperiment 2: how many iterations an answer of 0.999 needs");
let counter = 10;
let output = 0;
while (output < 0.999) {
  output = answer(trainedNeuron(counter));
  counter += 10; // so the counter ends one interval after the sufficient training
}
console.log(`${counter - 10} iterations give ${output}; the counter ends at ${counter}`);

const [path] = process.argv.slice(2);
if (path) {
  const { writeFigure } = await import("./figure.mjs");
  const needed = { iterations: counter - 10, output };
  await writeFigure(path, {
    title: `The answer to ${question} by how long the neuron was trained`,
    layer: [
      {
        data: { values: points },
        mark: { type: "line", strokeWidth: 2, color: "#0072b2" },
        encoding: {
          x: { field: "iterations", type: "quantitative" },
          y: { field: "output", type: "quantitative", title: "answer", scale: { zero: false } },
        },
      },
      {
        data: { values: [needed] },
        mark: { type: "point", filled: true, size: 70, color: "#d55e00" },
        encoding: { x: { field: "iterations", type: "quantitative" }, y: { field: "output", type: "quantitative" } },
      },
      {
        data: {
          values: [{ ...needed, text: `0.999 after ${needed.iterations} iterations; the counter ends at ${counter}` }],
        },
        mark: { type: "text", align: "right", dy: 18, fontSize: 12, color: "#d55e00" },
        encoding: {
          x: { field: "iterations", type: "quantitative" },
          y: { field: "output", type: "quantitative" },
          text: { field: "text" },
        },
      },
    ],
  });
}
