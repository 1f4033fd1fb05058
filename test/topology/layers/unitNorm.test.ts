import { expect, test } from "vitest";
import { checkGradients, dense, Network, Trainer, unitNorm } from "../../../src/index.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { randomRows } from "../../training/problem.ts";

test("each row, or each place of a shape, has length 1, whatever other rows hold; zeros stay zeros", () => {
  const alone = new Network({ inputs: 2, layers: [unitNorm()], dtype: "float64" });
  expectClose(
    alone
      .predict([
        [3, 4],
        [0, 0],
        [-30, 40],
      ])
      .flat(),
    [0.6, 0.8, 0, 0, -0.6, 0.8],
    tolerances.golden.float64,
  );
  const shaped = new Network({ inputs: [2, 2], layers: [unitNorm()], dtype: "float64" });
  expect(shaped.engine.graph.outputs[0].shape).toEqual([2, 2]);
  expectClose(shaped.predict([3, 4, 0.5, 0]), [0.6, 0.8, 1, 0], tolerances.golden.float64);
});

test("gradients differ from central differences by less than 1e-7, and nothing is computed where nobody needs it", () => {
  const network = new Network({ inputs: [2, 3], layers: [dense(4), unitNorm(), dense(2)], dtype: "float64", seed: 2 });
  const trainer = new Trainer(network, { loss: "meanSquaredError" });
  expect(checkGradients(trainer, randomRows(5, 6, 1), randomRows(5, 4, 2)).worst.relativeError).toBeLessThan(1e-7);
  const first = new Network({ inputs: 3, layers: [unitNorm(), dense(2)] });
  new Trainer(first, { loss: "meanSquaredError" });
  const names = first.engine.trainingPlan(1).backward.operations.map(({ name }) => name);
  expect(names).not.toContain("unitNormBackward");
});

test("goes through a file, and has no options but a name", () => {
  const network = new Network({ inputs: 3, layers: [unitNorm({ name: "one" })] });
  const copy = Network.fromBytes(network.toBytes());
  expect(copy.layers[0].description).toEqual({ kind: "unitNorm", name: "one" });
  expect([copy.layers[0].title, copy.parameterCount]).toEqual(["unit norm", 0]);
  expect(copy.predict([3, -1, 2])).toEqual(network.predict([3, -1, 2]));
  expect(() => unitNorm({ epsilon: 1 } as never)).toThrow('unitNorm option: got "epsilon", need name');
});
