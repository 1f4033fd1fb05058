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
import { layerWriters } from "../../src/onnx/layers.ts";
import { layers as cases } from "../cases.ts";
import { raggedNetworks } from "./examples.ts";
import { graphOf, list, operatorsOf } from "./written.ts";

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

test("every kind that sees several steps is in a network of sequences that differ in length", () => {
  const seen = new Set(
    raggedNetworks.flatMap(({ network }) => network("float32").layers.map(({ description }) => description.kind)),
  );
  // What these do to a step does not depend on others.
  const alone = ["activation", "dropout", "positionalEncoding", "positionEmbedding", "simpleRnn", "averagePool1d"];
  const wide = cases.flatMap(({ inputs, hidden }) => {
    const first = input(inputs);
    const { nodes } = new Network({ inputs: first, outputs: hidden(first, "tanh") }).engine.graph;
    return nodes.flatMap(({ layer, inputs: values }) => {
      const shapes = values.map(({ shape }) => shape);
      const how = shapes[0].length === 2 ? layer.kind.sequences?.(layer.description, shapes) : undefined;
      return how === undefined || how === "steps" || how === "tokens" ? [] : [layer.description.kind];
    });
  });
  expect([...new Set(wide)].filter((kind) => !seen.has(kind as never) && !alone.includes(kind))).toEqual([]);
});
