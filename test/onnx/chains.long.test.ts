/**
 * Chains of operators with sizes, axes, constants and attributes drawn at random, in ONNX Runtime. `npm run test:onnx` installs it; without it these
 * tests are skipped. SIMDNET_CASES sets the number of chains, SIMDNET_SEED their seed.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pcg32 } from "../../src/index.ts";
import { readModel } from "../../src/onnx/read.ts";
import type { NodeProto, TensorProto } from "../../src/onnx/schema.ts";
import { type Attribute, integers, modelOf, node, tensor } from "./models.ts";
import { placesOf } from "./places.mjs";

const runtime = join(import.meta.dirname, "node_modules/onnxruntime-node");
const cases = Number(process.env.SIMDNET_CASES ?? 1500);
const examples = 2;

interface Tensor {
  readonly data: Float32Array;
}
interface Runtime {
  readonly InferenceSession: {
    create: (
      bytes: Uint8Array,
      options: object,
    ) => Promise<{ run: (feeds: object) => Promise<Record<string, Tensor>> }>;
  };
  readonly Tensor: new (type: string, data: Float32Array, dims: readonly number[]) => Tensor;
}

const generator = pcg32(Number(process.env.SIMDNET_SEED ?? 1));
const whole = (least: number, most: number) => least + Math.floor((most - least + 1) * generator.next());
const isDrawn = (share: number) => generator.next() < share;
const pick = <Item>(...items: Item[]): Item => items[whole(0, items.length - 1)];
const sizeOf = (dims: readonly number[]) => dims.reduce((product, side) => product * side, 1);

/** A value of the graph, and its sides behind the batch. */
interface Made {
  readonly name: string;
  readonly dims: readonly number[];
}

/** A graph that grows by one operator after the other. */
class Graph {
  readonly nodes: NodeProto[] = [];
  readonly tensors: TensorProto[] = [];

  add(operator: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const name = `v${this.nodes.length}`;
    this.nodes.push(node(operator, `${inputs.join(" ")} -> ${name}`, attributes));
    return name;
  }

  /** Adds a constant. @param draw returns each of its numbers; default −1 to 1 */
  reals(dims: readonly number[], draw = (_index: number) => 2 * generator.next() - 1): string {
    const values = Array.from({ length: sizeOf(dims) }, (_, index) => draw(index));
    return this.#constant(tensor(`c${this.tensors.length}`, dims, values));
  }

  integers(...values: number[]): string {
    return this.#constant(integers(`c${this.tensors.length}`, ...values));
  }

  #constant(made: TensorProto): string {
    this.tensors.push(made);
    return made.name!;
  }
}

/** Adds an operator to a graph; undefined if it does not fit the value. */
type Step = (graph: Graph, value: Made) => Made | undefined;

const axisIn = (dims: readonly number[]) => whole(0, dims.length - 1);
/** Returns the sides of a constant that is broadcast to a value. */
function partOf(dims: readonly number[]): readonly number[] {
  const full = [1, ...dims.map((side) => (isDrawn(0.5) ? side : 1))];
  return full.slice(whole(0, full.length));
}
const isImage = ({ dims }: Made) => dims.length >= 2 && dims.length <= 4 && dims.slice(1).every((side) => side >= 2);
const windows = (sides: readonly number[], least: number) => ({
  kernel_shape: sides.map((side) => whole(least, Math.min(3, side))),
  strides: sides.map(() => whole(1, 2)),
  before: sides.map(() => whole(0, 1)),
  after: sides.map(() => whole(0, 1)),
});

const same =
  (add: (graph: Graph, value: Made) => string): Step =>
  (graph, value) => ({ name: add(graph, value), dims: value.dims });

const steps: Readonly<Record<string, Step>> = {
  combined: same((graph, { name, dims }) => {
    const inputs = [name, graph.reals(partOf(dims))];
    return graph.add(pick("Add", "Sub", "Mul", "Max", "Min"), isDrawn(0.5) ? inputs : inputs.reverse());
  }),
  divided: same((graph, { name, dims }) =>
    graph.add("Div", [name, graph.reals(partOf(dims), () => 0.5 + generator.next())]),
  ),
  withItself: same((graph, { name }) =>
    graph.add(pick("Add", "Sub", "Mul", "Max", "Min", "Sum", "Mean"), [name, graph.add("Tanh", [name])]),
  ),
  activated: same((graph, { name }) =>
    graph.add(pick("Relu", "Sigmoid", "Softplus", "Abs", "Neg", "Exp", "Elu", "Selu", "HardSigmoid"), [name]),
  ),
  power: same((graph, { name }) => graph.add("Pow", [name, graph.reals([], () => whole(1, 3))])),
  clipped: same((graph, { name }) => {
    const [least, most] = [graph.reals([], () => pick(-0.5, -20, 0)), graph.reals([], () => pick(0.3, 25))];
    return graph.add("Clip", pick([name, least, most], [name, least], [name, "_", most]));
  }),
  sloped: same((graph, { name, dims }) => {
    const channels = [dims[0], ...dims.slice(1).map(() => 1)];
    return graph.add("PRelu", [name, graph.reals(pick([], [1], channels), () => generator.next())]);
  }),
  softmax: same((graph, { name, dims }) =>
    graph.add(pick("Softmax", "LogSoftmax"), [name], { axis: pick(-1, 1 + axisIn(dims)) }),
  ),
  normalized: same((graph, { name, dims }) => {
    const axis = 1 + axisIn(dims);
    const own = dims.slice(axis - 1);
    return graph.add("LayerNormalization", [name, graph.reals(own), graph.reals(own)], { axis });
  }),
  batchNorm: same((graph, { name, dims: [channels] }) => {
    const rows = [0, 1, 2].map(() => graph.reals([channels]));
    const variance = graph.reals([channels], () => 0.5 + generator.next());
    return graph.add("BatchNormalization", [name, ...rows, variance]);
  }),
  unit: same((graph, { name, dims }) => graph.add("LpNormalization", [name], { axis: 1 + axisIn(dims), p: 2 })),
  reduced(graph, { name, dims }) {
    const drawn = dims.flatMap((_, axis) => (isDrawn(0.5) ? [axis + 1] : []));
    const axes = drawn.length > 0 ? drawn : [dims.length];
    const keepdims = whole(0, 1);
    const operator = pick("ReduceMean", "ReduceMax", "ReduceMin", "ReduceSum", "ReduceL1", "ReduceL2");
    const isInput = operator === "ReduceSum";
    const inputs = isInput ? [name, graph.integers(...axes)] : [name];
    const left = dims.flatMap((side, axis) => (axes.includes(axis + 1) ? (keepdims ? [1] : []) : [side]));
    return { name: graph.add(operator, inputs, { keepdims, ...(!isInput && { axes }) }), dims: left };
  },
  turned(graph, { name, dims }) {
    const left = dims.map((_, axis) => axis + 1);
    const order = dims.map(() => left.splice(whole(0, left.length - 1), 1)[0]);
    return { name: graph.add("Transpose", [name], { perm: [0, ...order] }), dims: order.map((axis) => dims[axis - 1]) };
  },
  reshaped(graph, { name, dims }) {
    const size = sizeOf(dims);
    const divisors = Array.from({ length: size }, (_, index) => index + 1).filter((each) => size % each === 0);
    const divisor = pick(...divisors);
    const made = pick([size], [divisor, size / divisor], [divisor, 1, size / divisor]);
    return { name: graph.add("Reshape", [name, graph.integers(pick(0, -1), ...made)]), dims: made };
  },
  sliced(graph, { name, dims }) {
    const axis = axisIn(dims);
    const step = pick(1, 1, 2, -1);
    const start = whole(0, dims[axis] - 1);
    const end = step > 0 ? whole(start + 1, dims[axis]) : -dims[axis] - 1;
    const count = step > 0 ? Math.ceil((end - start) / step) : start + 1;
    const bounds = [start, end, axis + 1, step].map((each) => graph.integers(each));
    return { name: graph.add("Slice", [name, ...bounds]), dims: dims.with(axis, count) };
  },
  gathered(graph, { name, dims }) {
    const axis = axisIn(dims);
    const places = Array.from({ length: whole(1, 3) }, () => whole(-dims[axis], dims[axis] - 1));
    const made = graph.add("Gather", [name, graph.integers(...places)], { axis: axis + 1 });
    return { name: made, dims: dims.with(axis, places.length) };
  },
  joined(graph, { name, dims }) {
    const axis = axisIn(dims);
    const made = graph.add("Concat", [name, graph.add("Sigmoid", [name]), name], { axis: axis + 1 });
    return { name: made, dims: dims.with(axis, 3 * dims[axis]) };
  },
  repeated(graph, { name, dims }) {
    const counts = dims.map(() => whole(1, 2));
    const made = graph.add("Tile", [name, graph.integers(1, ...counts)]);
    return { name: made, dims: dims.map((side, axis) => side * counts[axis]) };
  },
  padded(graph, { name, dims }) {
    const mode = pick("constant", "edge", "reflect");
    const most = (side: number) => (mode === "reflect" ? Math.min(2, side - 1) : 2);
    const [before, after] = [0, 1].map(() => dims.map((side) => whole(0, most(side))));
    const filler = mode === "constant" ? [graph.reals([])] : [];
    const made = graph.add("Pad", [name, graph.integers(0, ...before, 0, ...after), ...filler], { mode });
    return { name: made, dims: dims.map((side, axis) => side + before[axis] + after[axis]) };
  },
  product(graph, { name, dims }) {
    const [units, last] = [whole(1, 4), dims.length - 1];
    if (last > 0 && isDrawn(0.2)) {
      return {
        name: graph.add("MatMul", [graph.reals([units, dims[last - 1]]), name]),
        dims: dims.with(last - 1, units),
      };
    }
    return { name: graph.add("MatMul", [name, graph.reals([dims[last], units])]), dims: dims.with(last, units) };
  },
  gemm(graph, { name, dims }) {
    if (dims.length !== 1) return undefined;
    const [units, transB] = [whole(1, 4), whole(0, 1)];
    const weight = graph.reals(transB ? [units, dims[0]] : [dims[0], units]);
    const bias = graph.reals(pick([], [1], [1, 1], [units], [1, units]));
    const made = graph.add("Gemm", [name, weight, bias], { transB, alpha: { float: pick(1, 0.5) } });
    return { name: made, dims: [units] };
  },
  convolved(graph, value) {
    if (!isImage(value)) return undefined;
    const [channels, ...sides] = value.dims;
    const group = pick(1, channels);
    const filters = group * whole(1, 2);
    const { kernel_shape, strides, before, after } = windows(sides, 1);
    const weight = graph.reals([filters, channels / group, ...kernel_shape]);
    const inputs = [value.name, weight, graph.reals([filters])];
    const made = graph.add("Conv", inputs, { group, kernel_shape, strides, pads: [...before, ...after] });
    const dims = sides.map((side, axis) =>
      Math.floor((side + before[axis] + after[axis] - kernel_shape[axis]) / strides[axis] + 1),
    );
    return { name: made, dims: [filters, ...dims] };
  },
  pooled(graph, value) {
    if (!isImage(value)) return undefined;
    const [channels, ...sides] = value.dims;
    const { kernel_shape, strides, before, after } = windows(sides, 2);
    const operator = pick("MaxPool", "AveragePool");
    const counts: Record<string, Attribute> = operator === "MaxPool" ? {} : { count_include_pad: whole(0, 1) };
    const made = graph.add(operator, [value.name], { kernel_shape, strides, pads: [...before, ...after], ...counts });
    const dims = sides.map((side, axis) =>
      Math.floor((side + before[axis] + after[axis] - kernel_shape[axis]) / strides[axis] + 1),
    );
    return { name: made, dims: [channels, ...dims] };
  },
};

/** Returns a chain of up to four operators, and the sides of its input. */
function drawnChain() {
  const inputDims = Array.from({ length: whole(1, 4) }, () => whole(1, 6));
  const graph = new Graph();
  const names: string[] = [];
  let value: Made = { name: "x", dims: inputDims };
  for (const count = whole(1, 4); names.length < count; ) {
    const name = pick(...Object.keys(steps));
    const made = steps[name](graph, value);
    if (!made) continue;
    names.push(name);
    value = made;
    // Long values say no more than short ones.
    if (sizeOf(value.dims) > 2000 || value.dims.length === 0) break;
  }
  const spec = { nodes: graph.nodes, tensors: graph.tensors, inputs: { x: ["batch", ...inputDims] } };
  return { bytes: modelOf({ ...spec, outputs: [value.name] }), names, inputDims, output: value.name };
}

/** Returns the answer of a network in ONNX's order. */
function answerOf(bytes: Uint8Array, data: Float32Array): Float32Array {
  const { network, inputs, outputs } = readModel(bytes);
  const rows = Float32Array.from(placesOf(inputs[0], data.length), (place) => data[place]);
  const answer = network.predict(rows) as Float32Array;
  const made = new Float32Array(answer.length);
  placesOf(outputs[0], answer.length).forEach((place, index) => {
    made[place] = answer[index];
  });
  return made;
}

describe.skipIf(!existsSync(runtime))("chains of operators", () => {
  test(`agree with ONNX Runtime, ${cases} times`, async () => {
    const { InferenceSession, Tensor } = createRequire(import.meta.url)(runtime) as Runtime;
    const used = new Set<string>();
    for (let index = 0; index < cases; index++) {
      const { bytes, names, inputDims, output } = drawnChain();
      const data = Float32Array.from({ length: examples * sizeOf(inputDims) }, () => 3 * generator.next() - 1.5);
      const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
      const feeds = { x: new Tensor("float32", data, [examples, ...inputDims]) };
      const { data: wanted } = (await session.run(feeds))[output];
      const got = answerOf(bytes, data);
      const title = `chain ${index}: ${names.join(", ")} of [${inputDims.join(", ")}]`;
      expect(got.length, title).toBe(wanted.length);
      const largest = wanted.reduce((most, each) => Math.max(most, Number.isFinite(each) ? Math.abs(each) : 0), 0);
      got.forEach((value, place) => {
        if (Object.is(value, wanted[place]) || value === wanted[place]) return;
        expect(Math.abs(value - wanted[place]), title).toBeLessThan(1e-5 + 2e-4 * largest);
      });
      for (const name of names) used.add(name);
    }
    expect([...used].sort()).toEqual(Object.keys(steps).sort());
  }, 600_000);
});
