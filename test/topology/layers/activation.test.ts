import { expect, test } from "vitest";
import { activation, dense, leakyRelu, Network, Trainer } from "../../../src/index.ts";
import { type ActivationName, activationKinds } from "../../../src/topology/activations.ts";
import { randomRows } from "../../training/problem.ts";

const names = Object.keys(activationKinds) as ActivationName[];
const [inputs, targets] = [randomRows(6, 3, 1), randomRows(6, 4, 2)];

test.each(names)("%s behind a dense layer is that in a dense layer, forward and backward, to the bit", (name) => {
  const options = { inputs: 3, dtype: "float64", seed: 2 } as const;
  const weightInitializer = dense(4, { activation: name }).weightInitializer;
  const within = new Network({ ...options, layers: [dense(4, { activation: name })] });
  const behind = new Network({ ...options, layers: [dense(4, { weightInitializer }), activation(name)] });
  const results = [within, behind].map((network) => {
    const loss = new Trainer(network, { loss: "meanSquaredError" }).gradients(inputs, targets);
    const gradients = network.parameters.map((parameter) => Array.from(parameter.gradients!));
    return { loss, gradients, predictions: network.predict(inputs) };
  });
  expect(results[1]).toEqual(results[0]);
  expect(Array.from(behind.layers[1].preactivation)).toEqual(Array.from(behind.layers[0].activation));
});

test("softmax is over the last side of a shape", () => {
  const network = new Network({ inputs: [2, 3], layers: [activation("softmax")], dtype: "float64" });
  const made = network.predict([1, 2, 3, 5, 5, 5]);
  expect(made.slice(3)).toEqual([1 / 3, 1 / 3, 1 / 3]);
  expect(made[0] + made[1] + made[2]).toBeCloseTo(1, 14);
});

test("goes through a file with its parameter, and is refused if it is none", () => {
  const network = new Network({ inputs: 2, layers: [activation(leakyRelu({ slope: 0.3 }), { name: "bend" })] });
  const [layer] = Network.fromBytes(network.toBytes()).layers;
  expect([layer.name, layer.title, layer.parameterCount]).toEqual(["bend", "leakyRelu(0.3)", 0]);
  expect(() => activation("rellu" as never)).toThrow('activation: got "rellu", need one of linear');
  expect(() => activation("relu", { trainable: true } as never)).toThrow('activation option: got "trainable"');
});
