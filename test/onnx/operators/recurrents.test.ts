/** Recurrent layers: gates, biases, directions, lengths. write.test.ts has whole networks of them. */
import { describe, expect, test } from "vitest";
import { integers, node, read, refused, tensor, titles, upTo } from "../models.ts";

/** One feature, one unit: each gate has one row. */
const gates = (count: number, directions = 1) => [
  tensor("w", [directions, count, 1], upTo(directions * count)),
  tensor(
    "r",
    [directions, count, 1],
    upTo(directions * count).map((value) => 10 * value),
  ),
  tensor(
    "b",
    [directions, 2 * count],
    upTo(2 * directions * count).map((value) => 100 * value),
  ),
];
const inputs = { x: ["steps", "batch", 1] };
const sizes = { steps: 3 };
const own = (name: string, attributes = {}, names = "x w r b -> y") =>
  node(name, names, { hidden_size: 1, ...attributes });

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

test("lengths are those of the input's sequences", () => {
  const spec = {
    nodes: [own("RNN", {}, "x w r b n -> _ y")],
    inputs: { ...inputs, n: ["batch"] },
    types: { n: 6 },
    tensors: gates(1),
  };
  const { network } = read(spec, { sizes });
  const values = (...steps: number[]) => Float32Array.from(steps);
  const all = network.predict(values(0.1, 0.2, 9), { lengths: [2] }) as Float32Array;
  const short = read({ ...spec, inputs: { x: [2, "batch", 1], n: ["batch"] } }).network;
  expect([...all]).toEqual([...(short.predict(values(0.1, 0.2)) as Float32Array)]);
});

test("the batch comes first with layout 1", () => {
  const { inputs: ports } = read({
    nodes: [own("RNN", { layout: 1 }, "x w r b -> y")],
    inputs: { x: ["batch", 3, 1] },
    tensors: gates(1),
  });
  expect(ports[0].axes).toEqual([[-1], [0], [1]]);
});

test("refused are cells that we do not have", () => {
  const spec = (name: string, attributes: object, names?: string) => ({
    nodes: [own(name, attributes, names)],
    inputs,
    tensors: gates(name === "GRU" ? 3 : 4),
  });
  const refuse = (given: ReturnType<typeof spec>, message: string) => refused(given, message, { sizes });
  refuse(spec("GRU", {}), 'fromOnnx, GRU "y": got linear_before_reset 0, need 1');
  refuse(spec("LSTM", { clip: { float: 1 } }), "got clip, need no limit of the cells");
  refuse(spec("LSTM", { input_forget: 1 }), "got input_forget, need a forget gate of its own");
  refuse(spec("LSTM", {}, "x w r b _ w -> y"), "got initial_h, need states that begin as zeros");
  refuse(spec("LSTM", { hidden_size: 2 }), "got weights of other shapes, need W [1, 8, features], R [1, 8, 2]");
  const lengths = { ...spec("LSTM", {}, "x w r b n -> y"), tensors: [...gates(4), integers("n", 2)] };
  refuse(lengths, "got constant lengths that are not all steps, need lengths as an input");
  refused(
    spec("LSTM", {}),
    'fromOnnx, input "x": got side 0 of unknown size, need sizes: { "steps": … } in the options',
  );
});
