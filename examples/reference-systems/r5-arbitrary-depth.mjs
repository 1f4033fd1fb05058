// A network of any depth as a class with an open state: weights, biases, z, activations and derivatives of each layer.
import { dense, fromValues, mt19937, Network, sgd, squaredError, Trainer, uniform } from "simdnet";

class NN {
  constructor(inputNeurons = 2, hiddenNeurons = [3, 3], outputNeurons = 1, seed = 1) {
    const random = uniform(0, 1);
    const layers = [...hiddenNeurons, outputNeurons].map((units) =>
      dense(units, { activation: "sigmoid", weightInitializer: random, biasInitializer: random }),
    );
    this.network = new Network({ inputs: inputNeurons, layers, dtype: "float64", seed: mt19937(seed) });
    this.trainer = new Trainer(this.network, {
      loss: squaredError({ reduction: "sum" }),
      optimizer: sgd({ learningRate: 0.5 }),
    });
  }

  forward = (example) => this.network.predict(example);
  backward = (example, target) => this.trainer.gradients([example], [target]);
  train = (example, target, iterations) => {
    for (let iteration = 0; iteration < iterations; iteration++) this.trainer.step([example], [target]);
  };

  get z() {
    return this.network.layers.map((layer) => layer.preactivation);
  }
  get activations() {
    return this.network.layers.map((layer) => layer.activation);
  }
  get weights() {
    return this.#parameters("weight").map((parameter) => parameter.values);
  }
  get biases() {
    return this.#parameters("bias").map((parameter) => parameter.values);
  }
  get weightDerivatives() {
    return this.#parameters("weight").map((parameter) => parameter.gradients);
  }
  get biasDerivatives() {
    return this.#parameters("bias").map((parameter) => parameter.gradients);
  }
  #parameters(kind) {
    return this.network.parameters.filter(({ name }) => name.endsWith(`.${kind}`));
  }
}

// One neuron by hand: the sigmoid of 0.5·0.4 + 0.3·0.7 + 0.2·0.2.
const byHand = dense(1, { activation: "sigmoid", bias: false, weightInitializer: fromValues([0.4, 0.7, 0.2]) });
const neuron = new Network({ inputs: 3, layers: [byHand], dtype: "float64" });
console.log("one neuron:", ...neuron.predict([0.5, 0.3, 0.2]));

const nn = new NN(2, [3, 3], 1);
function show(name, perLayer) {
  for (const [layer, values] of perLayer.entries()) console.log(`${name} ${layer + 1}:`, ...values);
}

console.log("output:", ...nn.forward([0.5, 0.3]));
show("weights", nn.weights);
show("biases", nn.biases);
show("z", nn.z);
show("activations", nn.activations);

console.log("loss:", nn.backward([0.5, 0.3], [0.2]));
show("weight derivatives", nn.weightDerivatives);
show("bias derivatives", nn.biasDerivatives);

nn.train([0.5, 0.3], [0.2], 1000);
console.log("output after 1000 iterations:", ...nn.forward([0.5, 0.3]));
