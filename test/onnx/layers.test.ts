/** The nodes of layers: few transposes, parameters once, and operators of the version. write.test.ts and runtime.long.test.ts run all of them. */
import { describe, expect, test } from "vitest";
import {
  add,
  batchNorm,
  conv1d,
  conv2d,
  dense,
  dropout,
  flatten,
  gru,
  input,
  type LayerDescription,
  lstm,
  maxPool2d,
  Network,
  unitNorm,
} from "../../src/index.ts";
import { layerWriters, padsOf } from "../../src/onnx/layers.ts";
import { decodeModel } from "../../src/onnx/protobuf.ts";
import { readTensor } from "../../src/onnx/tensors.ts";
import { toOnnx } from "../../src/onnx/write.ts";
import { layers as cases } from "../cases.ts";

const graphOf = (network: Network, opset?: number) => decodeModel("test", toOnnx(network, { opset })).graph!;
const operatorsOf = (network: Network) => graphOf(network).nodes!.map(({ operator }) => operator);
const list = (inputs: number | readonly number[], ...layers: LayerDescription[]) => new Network({ inputs, layers });

test("every kind of layer has its nodes", () => {
  const used = new Set(
    cases.flatMap(({ inputs, hidden }) => {
      const first = input(inputs);
      return new Network({ inputs: first, outputs: hidden(first, "tanh") }).layers.map(
        ({ description }) => description.kind,
      );
    }),
  );
  expect([...used].filter((kind) => !Object.hasOwn(layerWriters, kind))).toEqual([]);
  expect(Object.keys(layerWriters).filter((kind) => !used.has(kind as LayerDescription["kind"]))).toEqual([]);
});

describe("transposes", () => {
  test("a network of images has one, at its input", () => {
    const network = list(
      [8, 8, 3],
      conv2d(4, 3),
      batchNorm(),
      maxPool2d(),
      conv2d(4, 3, { activation: "relu" }),
      flatten(),
      dropout(0.5),
      dense(2),
    );
    const operators = [
      "Transpose",
      "Conv",
      "BatchNormalization",
      "MaxPool",
      "Conv",
      "Relu",
      "Flatten",
      "Dropout",
      "Gemm",
    ];
    expect(operatorsOf(network)).toEqual(operators);
  });

  test("recurrent layers one after the other have one before them", () => {
    expect(operatorsOf(list([5, 2], lstm(3, { returnSequences: true }), gru(2)))).toEqual([
      "Transpose",
      "LSTM",
      "Squeeze",
      "GRU",
      "Squeeze",
    ]);
    expect(operatorsOf(list([5, 2], conv1d(3, 2), lstm(2)))).toEqual([
      "Transpose",
      "Conv",
      "Transpose",
      "LSTM",
      "Squeeze",
    ]);
  });

  test("features alone have none", () => {
    expect(operatorsOf(list(3, dense(2), batchNorm(), unitNorm()))).toEqual([
      "Gemm",
      "BatchNormalization",
      "ReduceL2",
      "Max",
      "Div",
    ]);
  });
});

test("a layer that is used twice has its tensors once", () => {
  const value = input(3);
  const shared = dense(3);
  const { nodes, initializers } = graphOf(
    new Network({ inputs: value, outputs: add(shared(value), shared(shared(value))) }),
  );
  expect(nodes!.filter(({ operator }) => operator === "Gemm").map(({ name }) => name)).toEqual([
    "dense1",
    "dense1_2",
    "dense1_3",
  ]);
  expect(initializers!.map(({ name }) => name)).toEqual(["dense1.weight", "dense1.bias"]);
});

test("the rows of a weight behind an image follow its channels", () => {
  const network = list([1, 2, 2], conv2d(2, 1), flatten(), dense(1));
  network.parameters.find(({ name }) => name === "dense1.weight")!.values.set([1, 2, 3, 4]);
  const tensor = graphOf(network).initializers!.find(({ name }) => name === "dense1.weight")!;
  expect([...readTensor("test", tensor).values]).toEqual([1, 3, 2, 4]);
});

test("the gates of an LSTM are i o f c, those of a GRU z r h", () => {
  const gates = (network: Network, kind: string) => {
    const [weight] = network.parameters;
    weight.values.set(weight.values.map((_, index) => index + 1));
    const tensor = graphOf(network).initializers!.find(({ name }) => name === `${kind}1.weight`)!;
    return [...readTensor("test", tensor).values];
  };
  expect(gates(list([2, 1], lstm(1)), "lstm")).toEqual([1, 4, 2, 3]);
  expect(gates(list([2, 1], gru(1)), "gru")).toEqual([2, 1, 3]);
});

test("padding by name is written in numbers", () => {
  const use = { inputs: [{ shape: [4, 5, 1] }] } as never;
  const windows = { size: [3, 2], stride: [2, 1], dilation: [1, 1] };
  expect(padsOf(use, { ...windows, padding: "same" })).toEqual([0, 0, 1, 1]);
  expect(padsOf(use, { ...windows, padding: "valid" })).toEqual([0, 0, 0, 0]);
  expect(padsOf(use, { size: [3], stride: [1], dilation: [2], padding: "causal" })).toEqual([4, 0]);
});

test("axes of reductions are an attribute until version 18", () => {
  const axesOf = (opset: number) => graphOf(list(3, unitNorm()), opset).nodes![0];
  expect([axesOf(17).inputs!.length, axesOf(18).inputs!.length]).toEqual([1, 2]);
});
