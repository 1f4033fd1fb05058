/** A frozen layer stays as it is, bit for bit, whatever touches parameters: updates, penalties, limits, statistics. */
import { describe, expect, it } from "vitest";
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  batchNorm,
  dense,
  embedding,
  flatten,
  lion,
  Network,
  nadam,
  type Optimizer,
  rmsprop,
  sgd,
  sparseAdam,
  Trainer,
  type TrainerOptions,
} from "../../src/index.ts";

const tokens = Array.from({ length: 24 }, (_, row) => [row % 5, (3 * row) % 5]);
const targets = tokens.map(([a, b]) => [a - b, 1]);

/** Weights far above their limit, so that a limit would change them. */
const made = () =>
  new Network({
    inputs: [2],
    layers: [
      embedding(5, 3),
      flatten(),
      dense(4, { maxNorm: 1, activation: "tanh" }),
      batchNorm(),
      dense(3, { maxNorm: 1 }),
      dense(2),
    ],
    seed: 3,
  });

const tensorsOf = ({ parameters, statistics }: Network, isFrozen: boolean) =>
  [...parameters, ...statistics]
    .filter(({ name }) => name.startsWith("dense3.") !== isFrozen)
    .map(({ name, values }) => `${name} ${[...values].join()}`)
    .join("\n");

const optimizers: [string, Optimizer][] = [
  ["sgd with momentum and decay", sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.1 })],
  ["adam", adam({ learningRate: 0.1, weightDecay: 0.1 })],
  ["adamW", adamW({ learningRate: 0.1, weightDecay: 0.1 })],
  ["nadam", nadam({ learningRate: 0.1, weightDecay: 0.1 })],
  ["adamax", adamax({ learningRate: 0.1, weightDecay: 0.1 })],
  ["adagrad", adagrad({ learningRate: 0.1, weightDecay: 0.1 })],
  ["adadelta", adadelta({ learningRate: 1, weightDecay: 0.1 })],
  ["rmsprop", rmsprop({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.1 })],
  ["lion", lion({ learningRate: 0.1, weightDecay: 0.1 })],
  ["sparseAdam", sparseAdam({ learningRate: 0.1 })],
];
const regularizations: [string, Partial<TrainerOptions>][] = [
  ["", {}],
  [", l1, l2 and limits of the gradients", { l1: 0.1, l2: 0.1, clipNorm: 0.5, clipValue: 0.2 }],
];

describe("layers that are frozen in the middle of a training stay as they are, and the others move:", () => {
  for (const [name, optimizer] of optimizers) {
    for (const [with_, regularization] of regularizations) {
      it(name + with_, async () => {
        const network = made();
        const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer, batchSize: 8, ...regularization });
        await trainer.fit(tokens, targets, { epochs: 2 });
        for (const layer of network.layers.slice(0, -1)) layer.trainable = false;
        // Beyond every limit.
        for (const { name: each, values } of network.parameters) if (each === "dense2.weight") values.fill(9);
        const [frozen, moving] = [tensorsOf(network, true), tensorsOf(network, false)];
        await trainer.fit(tokens, targets, { epochs: 2, validationSplit: 0.25 });
        trainer.step(tokens, targets);
        expect(tensorsOf(network, true)).toBe(frozen);
        expect(tensorsOf(network, false)).not.toBe(moving);
        for (const layer of network.layers) layer.trainable = true;
        trainer.step(tokens, targets);
        expect(tensorsOf(network, true)).not.toBe(frozen);
      });
    }
  }
});
