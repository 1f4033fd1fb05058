/** Recurrent layers: gates, biases, outputs. write.test.ts has whole networks of them. */
import { describe, expect, test } from "vitest";
import { gates, inputs, own, sizes } from "../gates.ts";
import { read, titles } from "../models.ts";

describe("the gates", () => {
  const parametersOf = (name: string, count: number, attributes = {}) => {
    const { network } = read({ nodes: [own(name, attributes)], inputs, tensors: gates(count) }, { sizes });
    return Object.fromEntries(network.parameters.map((each) => [each.name.split(".")[1], [...each.values]]));
  };

  test("of an LSTM, i o f c, become i f g o; its two biases one", () => {
    expect(parametersOf("LSTM", 4)).toEqual({
      weight: [1, 3, 4, 2],
      recurrentWeight: [10, 30, 40, 20],
      bias: [600, 1000, 1200, 800],
    });
  });

  test("of a GRU, z r h, become r z n; the candidate keeps a second bias", () => {
    expect(parametersOf("GRU", 3, { linear_before_reset: 1 })).toEqual({
      weight: [2, 1, 3],
      recurrentWeight: [20, 10, 30],
      bias: [700, 500, 300],
      candidateBias: [600],
    });
  });

  test("of a simple layer is one", () => {
    expect(parametersOf("RNN", 1)).toEqual({ weight: [1], recurrentWeight: [10], bias: [300] });
  });
});

describe("the output", () => {
  const titleOf = (names: string, outputs: string[], attributes = {}, directions = 1) =>
    titles({ nodes: [own("LSTM", attributes, names)], inputs, outputs, tensors: gates(4, directions) }, { sizes });

  test("has all steps, the last, or both", () => {
    expect(titleOf("x w r b -> y", ["y"])).toEqual(["lstm 1, sequences"]);
    expect(titleOf("x w r b -> _ h", ["h"])).toEqual(["lstm 1"]);
    expect(titleOf("x w r b -> y h", ["y", "h"])).toEqual(["lstm 1, sequences", "slice 2 to 3 of side 0", "flatten"]);
    expect(titleOf("x w r b -> y h", ["h", "y"], { direction: "reverse" })).toContain("lstm 1, sequences, reverse");
  });

  test("of both directions is one side until it is read apart", () => {
    const { network, outputs } = read(
      { nodes: [own("LSTM", { direction: "bidirectional" })], inputs, outputs: ["y"], tensors: gates(4, 2) },
      { sizes },
    );
    expect(network.layers[0].title).toBe("bidirectional lstm 1, sequences, concatenate");
    expect(outputs[0].shape).toEqual([3, 2, 1]);
  });
});
