import { describe, expect, test } from "vitest";
import {
  batchNorm,
  checkGradients,
  dense,
  flatten,
  groupNorm,
  input,
  layerNorm,
  Network,
  reshape,
  Trainer,
} from "../../../src/index.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { gradientBits, randomRows } from "../../training/problem.ts";

const close = tolerances.golden.float64;
const predict = (shape: number | number[], layer: ReturnType<typeof groupNorm>, rows: number[][]) =>
  new Network({ inputs: shape, layers: [layer, flatten()], dtype: "float64" }).predict(rows);

describe("normalizes", () => {
  test("each group of channels over all positions of an example, whatever other examples hold", () => {
    const root = Math.sqrt(3.5);
    // Two positions of four channels; the second pair of channels is ten times the first.
    const row = [1, 2, 10, 20, 3, 6, 30, 60];
    const expected = [-2, -1, -2, -1, 0, 3, 0, 3].map((x) => x / root);
    const [made] = predict([2, 4], groupNorm(2, { epsilon: 1e-12 }), [row, row.map(() => 5)]);
    expectClose(made, expected, close);
  });

  test("features alone as groups of features", () => {
    const [made] = predict(6, groupNorm(2, { epsilon: 1e-12 }), [[1, 2, 3, 40, 50, 60]]);
    const root = Math.sqrt(1.5);
    expectClose(made, [-root, 0, root, -root, 0, root], close);
  });

  test("as layerNorm does, with one group on features; as batchNorm does a batch of one, with groups of a channel", () => {
    const [row] = randomRows(1, 6, 3);
    const one = new Network({ inputs: 6, layers: [layerNorm()], dtype: "float64" });
    expectClose(predict(6, groupNorm(1), [row])[0], one.predict([row])[0], close);
    const batch = new Network({ inputs: [3, 2], layers: [batchNorm(), flatten()], dtype: "float64" });
    new Trainer(batch, { loss: "meanSquaredError" }).gradients([row], [row]);
    expectClose(predict([3, 2], groupNorm(2), [row])[0], batch.layers[1].activation, close);
  });

  test("[4, 4, 6] as [16, 6]: sides before the last are positions", () => {
    const rows = randomRows(3, 96, 1);
    expect(predict([4, 4, 6], groupNorm(3), rows)).toEqual(predict([16, 6], groupNorm(3), rows));
  });
});

test("a batch and its parts have the same bits, in prediction and in the gradients of each example", () => {
  const network = () => {
    const shape = input([7, 6]);
    const layers = [dense(6), groupNorm(3), flatten(), dense(2)];
    return new Network({ inputs: shape, outputs: layers.reduce((value, layer) => layer(value), shape), seed: 4 });
  };
  const rows = randomRows(9, 42, 5);
  const whole = network().predict(rows);
  for (const cut of [1, 4, 8]) {
    const apart = network();
    expect([...apart.predict(rows.slice(0, cut)), ...apart.predict(rows.slice(cut))]).toEqual(whole);
  }
  const targets = randomRows(9, 2, 6);
  const gradientsOf = (trainer: Trainer, at: number) => {
    trainer.gradients([rows[at]], [targets[at]]);
    return gradientBits(trainer.network);
  };
  const [small, large] = [network(), network()].map((each) => new Trainer(each, { loss: "meanSquaredError" }));
  large.gradients(rows, targets);
  for (const at of [8, 0]) expect(gradientsOf(large, at)).toBe(gradientsOf(small, at));
});

test("is trained on one example; a layer that is not trained keeps gain and shift and lets the gradient through", () => {
  for (const trainable of [true, false]) {
    const layers = [reshape([2, 2]), dense(4), groupNorm(2, { trainable }), flatten(), dense(1)];
    const network = new Network({ inputs: 4, layers, dtype: "float64", seed: 3 });
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const { worst } = checkGradients(trainer, [[1, 2, 4, -1]], [[1]]);
    expect(worst.relativeError, worst.name).toBeLessThan(1e-6);
    trainer.step([[1, 2, 4, -1]], [[1]]);
    const [, , weight, bias] = network.parameters;
    expect([weight.name, bias.name]).toEqual(["groupNorm1.weight", "groupNorm1.bias"]);
    expect([weight, bias].map(({ gradients }) => gradients!.every((value) => value !== 0))).toEqual([
      trainable,
      trainable,
    ]);
    expect(weight.values.every((value) => value === 1)).toBe(!trainable);
  }
});

test("a layer used twice adds the gradients of its uses", () => {
  const shape = input([3, 4]);
  const shared = groupNorm(2);
  const outputs = dense(1)(flatten()(shared(dense(4)(shared(shape)))));
  const trainer = new Trainer(new Network({ inputs: shape, outputs, dtype: "float64", seed: 2 }), {
    loss: "meanSquaredError",
  });
  const { worst } = checkGradients(trainer, randomRows(4, 12, 1), randomRows(4, 1, 2));
  expect(worst.relativeError, worst.name).toBeLessThan(1e-6);
});

test("goes through a file", () => {
  const network = new Network({ inputs: [3, 4], layers: [groupNorm(2, { epsilon: 0.1, name: "even" })] });
  network.parameters[0].values.set([1, 2, 3, 4]);
  const copy = Network.fromBytes(network.toBytes());
  expect(copy.layers[0].description).toEqual({ kind: "groupNorm", groups: 2, epsilon: 0.1, name: "even" });
  expect([copy.layers[0].title, copy.parameterCount]).toEqual(["group normalization 2", 8]);
  const rows = randomRows(2, 12, 1);
  expect(copy.predict(rows)).toEqual(network.predict(rows));
});

test.each([0, 1.5, -2, "2", undefined])("refuses %o groups", (groups) => {
  expect(() => groupNorm(groups as number)).toThrow(RangeError);
  expect(() => groupNorm(groups as number)).toThrow("need a whole number from 1 to 2147483647");
});

test("refuses channels that are no multiple of the groups, and several values", () => {
  const message = "groupNorm: got 4 groups for a value [5, 6], need a number that divides its 6 channels";
  expect(() => groupNorm(4)(input([5, 6]))).toThrow(new RangeError(message));
  expect(() => groupNorm(2)(input(4), input(4))).toThrow("groupNorm: got 2 values, need 1");
});
