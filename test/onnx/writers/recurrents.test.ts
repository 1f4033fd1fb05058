/** The nodes of recurrent layers. */
import { expect, test } from "vitest";
import { bidirectional, gru, lstm, type Network, simpleRnn } from "../../../src/index.ts";
import { graphOf, list, numbersOf, operatorsOf } from "../written.ts";

test("the gates of an LSTM are i o f c, those of a GRU z r h", () => {
  const gates = (network: Network, kind: string) => {
    const [weight] = network.parameters;
    weight.values.set(weight.values.map((_, index) => index + 1));
    return numbersOf(network, `${kind}1.weight`);
  };
  expect(gates(list([2, 1], lstm(1)), "lstm")).toEqual([1, 4, 2, 3]);
  expect(gates(list([2, 1], gru(1)), "gru")).toEqual([2, 1, 3]);
});

test("a GRU's second bias is that of its candidate; all others are zeros", () => {
  const network = list([2, 1], gru(1));
  const values = (name: string) => network.parameters.find((each) => each.name === `gru1.${name}`)!.values;
  values("bias").set([1, 2, 3]);
  values("candidateBias").set([4]);
  expect(numbersOf(network, "gru1.bias")).toEqual([2, 1, 3, 0, 0, 4]);
});

test("an output that nobody needs has no name", () => {
  const outputs = (network: Network) => graphOf(network).nodes!.find(({ operator }) => operator === "RNN")!.outputs!;
  expect(outputs(list([2, 1], simpleRnn(1)))[0]).toBe("");
  expect(outputs(list([2, 1], simpleRnn(1, { returnSequences: true })))).toHaveLength(1);
});

test("both directions are joined, or combined", () => {
  const joined = (merge: "concatenate" | "average") => operatorsOf(list([2, 1], bidirectional(lstm(1), { merge })));
  expect(joined("concatenate")).toEqual(["Transpose", "LSTM", "Transpose", "Reshape"]);
  expect(joined("average")).toEqual(["Transpose", "LSTM", "Split", "Squeeze", "Squeeze", "Add", "Mul"]);
});
