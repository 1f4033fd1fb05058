/** simdnet, through its public interface; the products run through the operation that networks use. */
import { readFileSync } from "node:fs";
import { adam, dense, fromValues, Network, sgd, squaredError, Trainer } from "../../dist/index.js";
import { batchIntegers, inAll, none, op } from "../../dist/kernels/operations.js";
import { Arena } from "../../dist/memory/arena.js";
import { Program } from "../../dist/topology/program.js";
import { imageNetworkOf, networkOf, sequenceNetworkOf } from "./networks.mjs";
import { peer } from "./peer.mjs";

/** Trains epochs without shuffling. */
function training(network, { inputs, classes, batchSize, epochs, learningRate, betas, epsilon }) {
  const optimizer = adam({ learningRate, betas, epsilon });
  const trainer = new Trainer(network, { loss: "softmaxCrossEntropy", optimizer, batchSize, shuffle: false });
  const records = trainer.epochs(inputs, classes, { epochs });
  return () => records.next().value.loss;
}

await peer({
  version: JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version,

  train: (work) => training(networkOf(work.layers), work),
  trainImages: (work) => training(imageNetworkOf(work.layers), work),
  trainSequences: (work) => training(sequenceNetworkOf(work.layers), work),

  infer({ layers }) {
    const network = networkOf(layers);
    return (inputs) => network.predict(inputs);
  },

  inferImages({ layers }) {
    const network = imageNetworkOf(layers);
    return (inputs) => network.predict(inputs);
  },

  inferSequences({ layers }) {
    const network = sequenceNetworkOf(layers);
    return (inputs) => network.predict(inputs);
  },

  system({ inputs, targets, weights }) {
    const layers = weights.map((weight) =>
      dense(weight[0].length, { activation: "sigmoid", bias: false, weightInitializer: fromValues(weight.flat()) }),
    );
    const network = new Network({ inputs: 3, layers, dtype: "float64" });
    // ½ Σ(y − ŷ)² at rate 1 is Σ(y − ŷ)² at rate ½.
    const options = {
      loss: squaredError({ reduction: "sum" }),
      optimizer: sgd({ learningRate: 0.5 }),
      batchSize: "full",
    };
    const trainer = new Trainer(network, { ...options, shuffle: false });
    return {
      iterate(epochs) {
        for (const _ of trainer.epochs(inputs, targets, { epochs, every: epochs }));
      },
      error: () => network.predict(inputs).reduce((sum, [y], row) => sum + Math.abs(targets[row][0] - y), 0) / 4,
    };
  },

  matmul(a, b, size) {
    const arena = new Arena("float32");
    const [x, w, y] = [a, b, a].map((values) => arena.allocate(values.length));
    arena.view(x, a.length).set(a);
    arena.view(w, b.length).set(b);
    const fields = { input: x, weight: w, bias: none, output: y, fanIn: size, fanOut: size };
    const program = Program.of(arena, arena.allocateIntegers(batchIntegers), [op("denseForward", inAll(size), fields)]);
    return {
      run: () => program.run(1, { seed: 0, step: 0 }),
      read: () => arena.view(y, a.length),
    };
  },
});
