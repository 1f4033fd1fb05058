/** Recurrent nodes: lengths, layouts, states, activations. */
import { expect, test } from "vitest";
import { gates, inputs, own, sizes } from "../gates.ts";
import { integers, node, read, refused, tensor, titles } from "../models.ts";

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

test("lengths that are an output, too, are refused", () => {
  const spec = {
    nodes: [own("LSTM", {}, "x w r b n -> _ y"), node("Cast", "n -> z", { to: 1 })],
    inputs: { ...inputs, n: ["batch"] },
    outputs: ["y", "z"],
    types: { n: 6 },
    tensors: gates(4),
  };
  const message =
    'fromOnnx, LSTM "y": got lengths that other nodes read, too, need an input that only gives the lengths';
  refused(spec, message, { sizes });
});

test("the batch comes first with layout 1", () => {
  const { inputs: ports } = read({
    nodes: [own("RNN", { layout: 1 }, "x w r b -> y")],
    inputs: { x: ["batch", 3, 1] },
    tensors: gates(1),
  });
  expect(ports[0].axes).toEqual([[-1], [0], [1]]);
});

const floats = (values: readonly number[]) => ({ floats: values });

test("activations take their numbers in order", () => {
  const attributes = {
    ...{ activations: ["HardSigmoid", "LeakyRelu", "Elu"] },
    ...{ activation_alpha: floats([0.25, 0.1, 0.5]), activation_beta: floats([0.4]) },
  };
  const { network } = read({ nodes: [own("LSTM", attributes)], inputs, tensors: gates(4) }, { sizes: { steps: 1 } });
  const all = network.layers.map(({ title }) => title);
  expect(all.filter((title) => title.startsWith("hardSigmoid"))).toHaveLength(3);
  expect(all.filter((title) => /elu/i.test(title))).toEqual(["leakyRelu(0.1)", "elu(0.5)"]);
});

test("states before the first step are inputs with the batch second", () => {
  const spec = {
    nodes: [own("RNN", {}, "x w r b _ h -> y")],
    inputs: { ...inputs, h: [1, "batch", 1] },
    tensors: gates(1),
  };
  const { network, inputs: ports } = read(spec, { sizes: { steps: 1 } });
  expect(ports.map(({ axes }) => axes)).toEqual([
    [[0], [-1], [1]],
    [[0], [-1], [1]],
  ]);
  const rows = [Float32Array.of(-300), Float32Array.of(0.05)] as const;
  const [answer] = network.predict(rows as never) as unknown as Float32Array;
  expect(answer).toBeCloseTo(Math.tanh(0.5), 6);
});

test("constant states are the same for each example, or refused", () => {
  const spec = (dims: number[], values: number[]) => ({
    nodes: [own("RNN", {}, "x w r b _ h -> y")],
    inputs,
    tensors: [...gates(1), tensor("h", dims, values)],
  });
  const one = read(spec([1, 2, 1], [0.05, 0.05]), { sizes: { steps: 1 } }).network;
  expect((one.predict(Float32Array.of(-300)) as Float32Array)[0]).toBeCloseTo(Math.tanh(0.5), 6);
  refused(spec([1, 2, 1], [0.05, 0.06]), "got states that differ between examples, need the same for each", { sizes });
  refused(spec([1, 1, 2], [1, 2]), "got states of 2 units, need 1", { sizes });
  refused(spec([2], [1, 2]), "got a state of 1 sides, need 3", { sizes });
});

test("all recurrent layers of sequences that differ in length take the lengths", () => {
  const second = node("Squeeze", "a one -> b");
  const spec = (names: string) => ({
    nodes: [own("RNN", {}, "x w r b n -> a"), second, own("RNN", {}, `b w r b2${names} -> _ y`)],
    inputs: { ...inputs, n: ["batch"] },
    types: { n: 6 },
    tensors: [...gates(1), tensor("b2", [1, 2], [1, 2]), integers("one", 1)],
  });
  expect(titles(spec(" n"), { sizes })).toEqual(["simpleRnn 1, sequences", "simpleRnn 1"]);
  refused(spec(""), 'RNN "y": got sequences that differ in length without their lengths, need sequence_lens', {
    sizes,
  });
});

test("both directions of sequences that differ in length are joined or taken apart, else refused", () => {
  const spec = (...nodes: ReturnType<typeof node>[]) => ({
    nodes: [own("RNN", { direction: "bidirectional" }, "x w r b n -> d"), ...nodes],
    inputs: { ...inputs, n: ["batch"] },
    types: { n: 6 },
    tensors: [...gates(1, 2), integers("shape", 0, 0, -1), integers("ones", 1, 1), integers("one", 1)],
  });
  const joined = spec(node("Transpose", "d -> t", { perm: [0, 2, 1, 3] }), node("Reshape", "t shape -> y"));
  expect(titles(joined, { sizes })).toEqual(["bidirectional simpleRnn 1, sequences, concatenate"]);
  const apart = spec(
    node("Split", "d ones -> a b", { axis: 1 }),
    ...["a", "b"].map((name) => node("Squeeze", `${name} one -> ${name}1`)),
    node("Sub", "a1 b1 -> y"),
  );
  expect(titles(apart, { sizes }).slice(-2)).toEqual(["split [1, 1]", "difference"]);
  refused(spec(node("Relu", "d -> y")), "got both directions of sequences that differ in length, need a Split", {
    sizes,
  });
});

test("refused are cells that no layers make", () => {
  const spec = (name: string, attributes: object, names?: string) => ({
    nodes: [own(name, attributes, names)],
    inputs,
    tensors: gates(name === "GRU" ? 3 : 4),
  });
  const refuse = (given: ReturnType<typeof spec>, message: string, steps = 3) =>
    refused(given, message, { sizes: { steps } });
  refuse(spec("GRU", {}), 'fromOnnx, GRU "y": got 513 steps of a cell that no layer computes, need at most 512', 513);
  refuse(spec("LSTM", { clip: { float: 1 } }), "got clip, need no limit of the cells");
  refuse(spec("LSTM", { activations: ["Tanh"] }), "got 1 activations, need 3");
  refuse(spec("GRU", { activations: ["Round", "Tanh"] }), "got the activation Round, need another");
  refuse(spec("LSTM", {}, "x w r b _ _ _ w -> y"), "got 4 peepholes, need 3");
  refuse(spec("LSTM", { hidden_size: 2 }), "got weights of other shapes, need W [1, 8, features], R [1, 8, 2]");
  const lengths = { ...spec("LSTM", {}, "x w r b n -> y"), tensors: [...gates(4), integers("n", 2)] };
  refuse(lengths, "got constant lengths that are not all steps, need lengths as an input");
  const ragged = { ...spec("GRU", {}, "x w r b n -> y"), inputs: { ...inputs, n: ["batch"] }, types: { n: 6 } };
  refused(ragged, "got lengths for a cell that no layer computes, need the usual activations", { sizes });
  refused(
    spec("LSTM", {}),
    'fromOnnx, input "x": got side 0 of unknown size, need sizes: { "steps": … } in the options',
  );
});
