import { expect, test } from "vitest";
import { adam, constant, dense, Network, Trainer } from "../../../src/index.ts";

test("constant(0.25) is a schedule of 0.25 at every count, as plain data with per", () => {
  const schedule = constant(0.25);
  expect([0, 1, 1e9].map((t) => schedule.at(t))).toEqual([0.25, 0.25, 0.25]);
  expect({ ...schedule }).toEqual({ kind: "constant", value: 0.25, per: "step" });
  expect(constant(0.25, { per: "epoch" }).per).toBe("epoch");
});

test("the same object is an initializer and a learning rate", () => {
  const both = constant(0.25);
  const network = new Network({ inputs: 2, layers: [dense(2, { weightInitializer: both, biasInitializer: both })] });
  expect(network.parameters.flatMap(({ values }) => [...values])).toEqual(new Array(6).fill(0.25));
  const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer: adam({ learningRate: both }) });
  const [record] = trainer.epochs([[1, 2]], [[0, 0]], { epochs: 1 });
  expect(record.learningRate).toBe(0.25);
});

test("what is no finite number is refused, and an option but per", () => {
  expect(() => constant(undefined as never)).toThrow("constant: value: got undefined, need a finite number");
  expect(() => constant(1, { every: 1 } as never)).toThrow('constant option: got "every", need per');
});
