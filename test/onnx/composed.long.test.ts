/**
 * Operators that become several layers, in ONNX Runtime: values of three spatial sides, windows with gaps, cells step by step, products. `npm run test:onnx`
 * installs ONNX Runtime; without it these tests are skipped.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { pcg32 } from "../../src/index.ts";
import { readModel } from "../../src/onnx/read.ts";
import type { TensorProto } from "../../src/onnx/schema.ts";
import { type ModelSpec, modelOf, node, tensor } from "./models.ts";
import { placesOf } from "./places.mjs";

const runtime = join(import.meta.dirname, "node_modules/onnxruntime-node");

interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}
interface Runtime {
  readonly InferenceSession: {
    create: (bytes: Uint8Array) => Promise<{ run: (feeds: object) => Promise<Record<string, Tensor>> }>;
  };
  readonly Tensor: new (type: string, data: Float32Array, dims: readonly number[]) => Tensor;
}

const generator = pcg32(20);
const sizeOf = (dims: readonly number[]) => dims.reduce((product, side) => product * side, 1);
const draws = (dims: readonly number[]) => Float32Array.from({ length: sizeOf(dims) }, () => 2 * generator.next() - 1);
const drawn = (name: string, ...dims: number[]): TensorProto => tensor(name, dims, draws(dims));

type Attributes = Parameters<typeof node>[2];
const one = (
  operator: string,
  dims: readonly number[],
  weights: readonly TensorProto[],
  attributes: Attributes = {},
): readonly [string, ModelSpec] => [
  `${operator} of ${dims.join(" ")}, ${JSON.stringify(attributes)}`,
  {
    nodes: [node(operator, `x ${weights.map(({ name }) => name).join(" ")} -> y`, attributes)],
    inputs: { x: ["batch", ...dims] },
    tensors: weights,
  },
];

const volume = [2, 5, 6, 4];
const weight = (...dims: number[]) => [drawn("w", ...dims), drawn("b", dims[0])];
const convolutions = [
  one("Conv", volume, weight(3, 2, 2, 3, 2)),
  one("Conv", volume, weight(3, 2, 2, 3, 2).slice(0, 1), { strides: [2, 2, 2], pads: [1, 1, 1, 0, 2, 1] }),
  one("Conv", volume, weight(4, 1, 2, 2, 2), { group: 2, dilations: [2, 1, 2], strides: [1, 3, 1] }),
  one("Conv", volume, weight(3, 2, 3, 1, 3), { strides: [3, 2, 1], dilations: [1, 2, 1], pads: [2, 0, 1, 1, 0, 1] }),
  one("Conv", volume, weight(3, 2, 3, 2, 2), { auto_pad: "SAME_UPPER", strides: [2, 2, 1] }),
];

/** The bias of a transposed convolution has its filters. */
const transposed = (filters: number, groups: number, ...size: number[]) => [
  drawn("w", 2, filters / groups, ...size),
  drawn("b", filters),
];
const transposedConvolutions = [
  one("ConvTranspose", volume, transposed(3, 1, 2, 3, 2)),
  one("ConvTranspose", volume, transposed(3, 1, 2, 3, 2).slice(0, 1), {
    strides: [2, 3, 2],
    pads: [1, 0, 1, 0, 2, 0],
  }),
  one("ConvTranspose", volume, transposed(4, 2, 2, 1, 3), { group: 2, strides: [3, 2, 1], output_padding: [1, 1, 0] }),
  one("ConvTranspose", volume, transposed(3, 1, 3, 2, 2), { dilations: [2, 2, 1], strides: [1, 1, 2] }),
];

const pools = [
  one("MaxPool", [2, 9], [], { kernel_shape: [3], dilations: [2], strides: [2], pads: [2, 1] }),
  one("MaxPool", [2, 9], [], { kernel_shape: [2], dilations: [4], strides: [3], pads: [1, 1], ceil_mode: 1 }),
  one("MaxPool", [2, 7, 8], [], { kernel_shape: [3, 2], dilations: [2, 3], pads: [2, 1, 2, 1] }),
  one("MaxPool", [2, 7, 8], [], { kernel_shape: [2, 3], dilations: [1, 2], strides: [2, 3] }),
  one("MaxPool", volume, [], { kernel_shape: [2, 3, 2], strides: [2, 1, 2], pads: [1, 1, 0, 0, 1, 1] }),
  one("MaxPool", volume, [], { kernel_shape: [2, 3, 2], dilations: [2, 2, 1], strides: [1, 2, 1], ceil_mode: 1 }),
  one("AveragePool", volume, [], { kernel_shape: [2, 3, 2], strides: [2, 1, 2], pads: [1, 1, 0, 0, 1, 1] }),
  one("AveragePool", volume, [], { kernel_shape: [3, 2, 2], pads: [1, 1, 0, 1, 0, 1], count_include_pad: 1 }),
  one("AveragePool", [2, 9], [], { kernel_shape: [3], strides: [2], pads: [1, 1], count_include_pad: 1 }),
  one("AveragePool", [2, 8, 9], [], {
    ...{ kernel_shape: [3, 3], strides: [2, 2], pads: [1, 0, 1, 0], count_include_pad: 1, ceil_mode: 1 },
  }),
];

const cell = (
  name: string,
  gates: number,
  direction: string,
  attributes: Attributes = {},
  { states = 0, peepholes = false, outputs = "y h", given = "" } = {},
): readonly [string, ModelSpec] => {
  const ways = direction === "bidirectional" ? 2 : 1;
  const [units, features, rows] = [3, 4, gates * 3];
  const weights = [drawn("w", ways, rows, features), drawn("r", ways, rows, units), drawn("b", ways, 2 * rows)];
  const first = ["h0", "c0"].slice(0, states).map((state) => drawn(state, ways, 1, units));
  const isLstm = name === "LSTM";
  const stateNames = isLstm ? ["h0", "c0"] : ["h0"];
  const names = ["x w r b _", ...stateNames.map((state, index) => (index < states || given ? state : "_"))];
  if (peepholes) weights.push(drawn("p", ways, 3 * units));
  const inputNames = `${names.join(" ")}${peepholes ? " p" : ""}`.replace(/[ _]+$/, "");
  return [
    `${name}, ${direction}, ${JSON.stringify(attributes)}, ${states} states${given}, to ${outputs}`,
    {
      nodes: [node(name, `${inputNames} -> ${outputs}`, { hidden_size: units, direction, ...attributes })],
      inputs: {
        x: [5, "batch", features],
        ...(given && { h0: [ways, "batch", units], c0: [ways, "batch", units] }),
      },
      outputs: outputs.split(" ").filter((output) => output !== "_"),
      tensors: [...weights, ...first],
    },
  ];
};
const cells = [
  cell("GRU", 3, "forward"),
  cell("GRU", 3, "bidirectional"),
  cell("GRU", 3, "reverse", { linear_before_reset: 1 }, { states: 1 }),
  cell("RNN", 1, "bidirectional", { activations: ["Relu", "Tanh"] }),
  cell("RNN", 1, "forward", { activations: ["LeakyRelu"], activation_alpha: { floats: [0.3] } }, { states: 1 }),
  cell("LSTM", 4, "bidirectional", {}, { states: 2, outputs: "y h c" }),
  cell("LSTM", 4, "reverse", {}, { outputs: "_ _ c" }),
  cell("LSTM", 4, "forward", {}, { outputs: "y h c", given: ", given" }),
  cell("LSTM", 4, "bidirectional", {}, { given: ", given" }),
  cell("LSTM", 4, "forward", {}, { peepholes: true, states: 2 }),
  cell("LSTM", 4, "forward", {
    activations: ["HardSigmoid", "Tanh", "Tanh"],
    activation_alpha: { floats: [0.25] },
    activation_beta: { floats: [0.4] },
  }),
];

/** @param shapes of the inputs a, b, c, without the batch */
const several = (
  title: string,
  shapes: readonly (readonly number[])[],
  nodes: ModelSpec["nodes"],
  tensors: readonly TensorProto[] = [],
  opset = 17,
): readonly [string, ModelSpec] => {
  const inputs = Object.fromEntries(shapes.map((dims, index) => ["abc"[index], ["batch", ...dims]]));
  return [title, { nodes, inputs, tensors, opset }];
};
const attended = (mask: readonly number[], ...between: ModelSpec["nodes"]) =>
  several(
    `attention with a mask [${mask.join(", ")}]`,
    [
      [2, 3, 4],
      [2, 5, 4],
      [2, 5, 4],
    ],
    [
      node("Transpose", "b -> t", { perm: [0, 1, 3, 2] }),
      node("MatMul", "a t -> s"),
      node("Add", "s m -> n"),
      ...between,
      node("Softmax", "n -> p"),
      node("MatMul", "p c -> y"),
    ],
    [drawn("m", ...mask)],
  );
const version23 = (title: string, sides: readonly number[], attributes: Attributes, mask?: TensorProto) =>
  several(
    `Attention, ${title}`,
    [sides, sides, sides],
    [node("Attention", `a b c${mask ? " m" : ""} -> y`, attributes)],
    mask ? [mask] : [],
    23,
  );
const products = [
  several(
    "a product of two values",
    [
      [3, 4],
      [4, 2],
    ],
    [node("MatMul", "a b -> y")],
  ),
  several(
    "a product of two values with heads on one side",
    [
      [2, 3, 4],
      [1, 4, 5],
    ],
    [node("MatMul", "a b -> y")],
  ),
  several("a matrix before a value", [[2, 4, 3]], [node("MatMul", "w a -> y")], [drawn("w", 5, 4)]),
  attended([3, 5]),
  attended([2, 1, 5]),
  attended([2, 3, 5]),
  version23("three sides, two heads", [5, 6], { q_num_heads: 2, kv_num_heads: 2 }),
  version23("causal, a factor", [2, 5, 3], { is_causal: 1, scale: { float: 0.3 } }),
  version23("a mask", [2, 5, 3], {}, drawn("m", 5, 5)),
  version23("a mask, causal", [5, 6], { q_num_heads: 3, kv_num_heads: 3, is_causal: 1 }, drawn("m", 3, 5, 5)),
];

describe.skipIf(!existsSync(runtime))("ONNX Runtime gives the same answers to 1e-5", () => {
  let ort: Runtime;
  beforeAll(() => {
    ort = createRequire(import.meta.url)(runtime) as Runtime;
  });

  test.each([...convolutions, ...transposedConvolutions, ...pools, ...cells, ...products])("%s", async (_, spec) => {
    const rows = 2;
    // ONNX Runtime takes states of as many examples as there are.
    const tensors = spec.tensors!.map((each) => {
      if (each.name !== "h0" && each.name !== "c0") return each;
      const [ways, , units] = each.dims!;
      const own = new Float32Array(each.raw!.slice().buffer);
      const all = Float32Array.from({ length: ways * rows * units }, (_each, index) => {
        return own[Math.floor(index / (rows * units)) * units + (index % units)];
      });
      return tensor(each.name, [ways, rows, units], all);
    });
    const bytes = modelOf({ ...spec, tensors });
    const { network, inputs, outputs } = readModel(bytes);
    const given = Object.entries(spec.inputs).map(([name, sides]) => {
      const dims = sides.map((side) => (side === "batch" ? rows : (side as number)));
      return { name, dims, values: draws(dims) };
    });
    const session = await ort.InferenceSession.create(bytes);
    const feeds = given.map(({ name, dims, values }) => [name, new ort.Tensor("float32", values, dims)]);
    const results = await session.run(Object.fromEntries(feeds));
    const examples = inputs.map((port) => {
      const { values } = given.find(({ name }) => name === port.name)!;
      return Float32Array.from(placesOf(port, values.length), (place) => values[place]);
    });
    const predict = network.predict as (examples: unknown) => Float32Array | Float32Array[];
    const answers = [predict.call(network, examples.length === 1 ? examples[0] : examples)].flat() as Float32Array[];
    for (const [index, port] of outputs.entries()) {
      const { data, dims } = results[port.name];
      expect(answers[index].length, dims.join()).toBe(data.length);
      placesOf(port, data.length).forEach((place, at) => {
        expect(Math.abs(answers[index][at] - data[place]), `${port.name} ${place}`).toBeLessThan(1e-5);
      });
    }
  });
});
