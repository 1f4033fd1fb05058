/** The gradients of a layer of attention; against PyTorch's they are in attention.test.ts. */
import { describe, expect, test } from "vitest";
import {
  type AttentionOptions,
  adam,
  attention,
  checkGradients,
  dense,
  flatten,
  input,
  inputGradients,
  Network,
  Trainer,
} from "../../../src/index.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { gradientBits, randomRows } from "../../training/problem.ts";

const [steps, features] = [7, 6];
const rows = randomRows(4, steps * features, 3);

/** A network of one layer of attention between dense layers. */
function around(own: AttentionOptions, dtype: Network["dtype"] = "float64"): Network {
  const layers = [dense(features, { activation: "tanh" }), attention(own), dense(2), flatten()];
  return new Network({ inputs: [steps, features], layers, dtype, seed: 5 });
}

/** Fails if a gradient is not its central differences; that of a bias of keys is 0, and its differences are rounding. */
function expectRight({ parameters }: ReturnType<typeof checkGradients>): void {
  for (const { name, relativeError, gradient, difference } of parameters) {
    if (name.endsWith("keyBias")) {
      expect(gradient).toBe(0);
      expect(Math.abs(difference)).toBeLessThan(1e-9);
    } else expect(relativeError, name).toBeLessThan(1e-6);
  }
}

describe("gradients are the central differences", () => {
  test.each<[string, AttentionOptions]>([
    ["heads narrower together than the features", { heads: 2, keyUnits: 1 }],
    ["wider ones", { heads: 2, keyUnits: 5 }],
    ["causal and dropout", { heads: 2, causal: true, dropout: 0.3 }],
  ])("of %s", (_, own) => {
    const trainer = new Trainer(around(own), { loss: "meanSquaredError" });
    expectRight(checkGradients(trainer, rows, randomRows(4, 2 * steps, 4)));
  });

  test("of a layer used twice, on one value twice, and on two of different steps and features", () => {
    const [first, second] = [input([3, 4]), input([5, 6])];
    const shared = attention({ heads: 2, keyUnits: 3 });
    const own = dense(4)(first);
    const twice = shared(shared(own), own);
    const outputs = flatten()(attention({ heads: 2 })(twice, dense(3)(second)));
    const network = new Network({ inputs: [first, second], outputs, dtype: "float64", seed: 2 });
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    expectRight(checkGradients(trainer, [randomRows(4, 12, 1), randomRows(4, 30, 2)], randomRows(4, 12, 3)));
  });

  test("of a layer that is not trained, which keeps its parameters and lets the gradient through", () => {
    const network = around({ heads: 2, trainable: false });
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const targets = randomRows(4, 2 * steps, 4);
    expectRight(checkGradients(trainer, rows, targets));
    const before = network.parameters.map(({ values }) => values.slice());
    trainer.step(rows, targets);
    network.parameters.forEach(({ name, values }, index) => {
      expect(values.join() === before[index].join(), name).toBe(name.startsWith("attention1"));
    });
  });

  test("of inputs, where nothing is dropped", () => {
    const network = around({ heads: 2, dropout: 0.5 });
    const [row] = rows;
    const [found] = inputGradients(network, [row], { output: 3 }) as number[][];
    const expected = row.map((x, index) => {
      const [above, below] = [1e-5, -1e-5].map((h) => network.predict([row.with(index, x + h)])[0][3]);
      return (above - below) / 2e-5;
    });
    expectClose(found, expected, tolerances.difference.float64);
  });
});

test.each(["float32", "float64"] as const)(
  "the gradients of an example have the same bits behind any batch, in %s",
  (dtype) => {
    const own = { heads: 2, causal: true };
    const targets = randomRows(4, 2 * steps, 6);
    const [small, large] = [0, 1].map(() => new Trainer(around(own, dtype), { loss: "meanSquaredError" }));
    large.gradients(rows, targets);
    for (const at of [3, 0]) {
      small.gradients([rows[at]], [targets[at]]);
      large.gradients([rows[at]], [targets[at]]);
      expect(gradientBits(large.network)).toBe(gradientBits(small.network));
    }
  },
);

test("drops weights in training alone, anew at every step, the same for the same seed", () => {
  const lossesOf = (seed: number) => {
    const trainer = new Trainer(around({ heads: 2, dropout: 0.5 }), {
      loss: "meanSquaredError",
      optimizer: adam(),
      seed,
    });
    return [0, 1].map(() => trainer.gradients(rows, randomRows(4, 2 * steps, 6)));
  };
  expect(lossesOf(1)).toEqual(lossesOf(1));
  expect(lossesOf(1)).not.toEqual(lossesOf(2));
  expect(around({ heads: 2, dropout: 0.5 }).predict(rows)).toEqual(around({ heads: 2 }).predict(rows));
});
