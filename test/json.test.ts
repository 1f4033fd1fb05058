/** JSON.stringify of an object of the package gives what makes the object again, or refuses and names what does. */
import { describe, expect, test } from "vitest";
import { encodeRecords } from "../src/data/index.ts";
import {
  checkpoint,
  dense,
  earlyStopping,
  input,
  inputGradients,
  lstm,
  mt19937,
  Network,
  Pipeline,
  pcg32,
  Trainer,
} from "../src/index.ts";

const encoding = encodeRecords([{ size: 1 }, { size: 3 }]);
const newNetwork = () => new Network({ inputs: 1, layers: [dense(2, { activation: "softmax" })] });
const target = { kind: "classes", name: "kind", classes: ["a", "b"] } as const;

describe("JSON.stringify refuses", () => {
  const kept = "the trainer's toBytes(), which keeps the states of its callbacks";
  test.each<[string, object, string]>([
    ["trainer", new Trainer(newNetwork(), { loss: "categoricalCrossEntropy" }), "toBytes() and Trainer.fromBytes()"],
    ["pipeline", new Pipeline({ network: newNetwork(), encoding, target }), "toBytes() and Pipeline.fromBytes()"],
    ["stream", new Network({ inputs: [4, 2], layers: [lstm(2)] }).stream(), "[...stream.state], which JSON keeps"],
    ["value", dense(2)(input(3)), "the network that is made of it, which JSON keeps"],
    ["earlyStopping", earlyStopping(), kept],
    ["checkpoint", checkpoint(() => {}), kept],
  ])("a %s", (who, object, need) => {
    expect(() => JSON.stringify({ object })).toThrow(
      new TypeError(`${who}: got a call of toJSON, as JSON.stringify makes it, need ${need}`),
    );
  });
});

test.each([pcg32, mt19937])("JSON.stringify of %o gives its state", (make) => {
  const [generator, copy] = [make(5), make(6)];
  generator.normal();
  copy.state = JSON.parse(JSON.stringify(generator));
  expect([copy.normal(), copy.next(), copy.next()]).toEqual([generator.normal(), generator.next(), generator.next()]);
});

describe("the JSON of a network instead of a network", () => {
  const json = JSON.parse(JSON.stringify(newNetwork()));
  test.each<[string, () => unknown]>([
    ["trainer", () => new Trainer(json, { loss: "categoricalCrossEntropy" })],
    ["pipeline: network", () => new Pipeline({ network: json, encoding, target })],
    ["inputGradients", () => inputGradients(json, [[1]])],
    ["copyFrom", () => newNetwork().copyFrom(json)],
  ])("%s: is refused, and the message names what makes one of it", (who, act) => {
    expect(act).toThrow(
      new TypeError(`${who}: got an object, need a Network: Network.fromJSON makes one of what toJSON gave`),
    );
  });
});
