import { describe, expect, test } from "vitest";
import { Network, type Shape } from "../../../src/index.ts";
import {
  channelsFirstOrder,
  type ForeignTensor,
  foreignLayers,
  foreignName,
  foreignPlaces,
  foreignShape,
  foreignTensors,
  isFactor,
  splitStackedName,
} from "../../../src/topology/layers/foreign.ts";
import { sizeOf } from "../../../src/topology/layers/layer.ts";
import { graphOf, layers } from "../../cases.ts";

/** The place of `index` in a row-major tensor of `shape`. */
const at = (shape: Shape, index: readonly number[]) => index.reduce((place, i, side) => place * shape[side] + i, 0);

/** The place of each number of ours in theirs. */
const placesIn = (foreign: Omit<ForeignTensor, "name">, ours: Shape, order?: readonly number[]) => [
  ...foreignPlaces(foreign, ours, order),
];

/** The only form of a kind's tensors in a library. */
const formOf = (kind: string, library: "pytorch" | "keras") => {
  const [form] = [foreignLayers[kind][library]!].flat();
  return form as Readonly<Record<string, ForeignTensor>>;
};

/** Every place of a shape. */
function* placesOf(shape: Shape): Generator<number[]> {
  for (let index = 0; index < sizeOf(shape); index++) {
    const place: number[] = [];
    let rest = index;
    for (const side of shape.toReversed()) {
      place.unshift(rest % side);
      rest = Math.floor(rest / side);
    }
    yield place;
  }
}

describe("a foreign tensor", () => {
  test.each<[string, ForeignTensor, Shape, Shape, (ours: number[]) => number[]]>([
    ["bias", { name: "bias" }, [5], [5], ([o]) => [o]],
    ["dense weight [out, in]", { name: "weight", sides: [1, 0] }, [3, 5], [5, 3], ([i, o]) => [o, i]],
    [
      "weight of a convolution [out, in/g, kh, kw]",
      { name: "weight", sides: [3, 2, 0, 1] },
      [2, 3, 4, 5],
      [5, 4, 2, 3],
      ([y, x, i, o]) => [o, i, y, x],
    ],
    [
      "weight of a convolution of steps [out, in/g, k]",
      { name: "weight", sides: [2, 1, 0] },
      [2, 4, 5],
      [5, 4, 2],
      ([k, i, o]) => [o, i, k],
    ],
    [
      "weight of a depthwise convolution [in·m, 1, kh, kw]",
      formOf("depthwiseConv2d", "pytorch").weight,
      [2, 3, 4, 5],
      [20, 1, 2, 3],
      ([y, x, c, m]) => [5 * c + m, 0, y, x],
    ],
    [
      "weight of a transposed convolution [in, out/g, kh, kw]",
      { name: "weight", sides: [3, 2, 0, 1] },
      [2, 3, 4, 5],
      [5, 4, 2, 3],
      ([y, x, o, i]) => [i, o, y, x],
    ],
    [
      "weight of a depthwise convolution [c·m, 1, kh, kw]",
      { name: "weight", sides: [2, 3, 0, 1], shape: ([h, w, c, m]) => [c * m, 1, h, w] },
      [2, 3, 4, 5],
      [20, 1, 2, 3],
      ([y, x, c, m]) => [c * 5 + m, 0, y, x],
    ],
    [
      "second of three weights of attention that lie in one tensor [3 out, in]",
      { name: "in_proj_weight", sides: [1, 0], part: { index: 1, count: 3 } },
      [4, 5],
      [15, 4],
      ([i, o]) => [5 + o, i],
    ],
    [
      "third of three biases of attention that lie in one tensor [3 out]",
      { name: "in_proj_bias", part: { index: 2, count: 3 } },
      [5],
      [15],
      ([o]) => [10 + o],
    ],
  ])("%s has its shape and its numbers at their places", (_, foreign, ours, theirs, place) => {
    expect(foreignShape(foreign, ours)).toEqual(theirs);
    const values = placesIn(foreign, ours);
    for (const index of placesOf(ours)) expect(values[at(ours, index)]).toBe(at(theirs, place(index)));
  });

  test("of one number in each side is that number", () => {
    expect(placesIn({ sides: [3, 2, 0, 1] }, [1, 1, 1, 1])).toEqual([0]);
  });

  test("has its rows in another order, if features have", () => {
    expect(placesIn({ sides: [1, 0] }, [3, 2], [2, 0, 1])).toEqual([2, 5, 0, 3, 1, 4]);
    expect(placesIn({}, [3], [2, 0, 1])).toEqual([2, 0, 1]);
  });
});

test("a GRU of Keras has its gates in the order z r h; elements that are none of theirs have no place", () => {
  const [pytorch, keras] = [formOf("gru", "pytorch"), formOf("gru", "keras")];
  expect(placesIn(keras.weight, [2, 6])).toEqual([2, 3, 0, 1, 4, 5, 8, 9, 6, 7, 10, 11]);
  const terms = (tensors: ForeignTensor | readonly ForeignTensor[]) => [tensors].flat();
  expect(terms(pytorch.bias).map((each) => placesIn(each, [6]))).toEqual([
    [0, 1, 2, 3, 4, 5],
    [0, 1, 2, 3, -1, -1],
  ]);
  expect(terms(keras.bias).map((each) => foreignShape(each, [6]))).toEqual([
    [2, 6],
    [2, 6],
  ]);
  expect(foreignShape(pytorch.candidateBias, [2])).toEqual([6]);
  expect(foreignShape(keras.candidateBias, [2])).toEqual([2, 6]);
});

test("a name of Keras is that of the layer, not of its cell", () => {
  expect(foreignName("model/lstm_1/lstm_cell/kernel")).toBe("model/lstm_1/kernel");
  expect(foreignName("gru.gru_cell.recurrent_kernel")).toBe("gru.recurrent_kernel");
  expect(foreignName("bidirectional_2/forward_gru_1/gru_cell/bias")).toBe("bidirectional_2/forward_bias");
  expect(foreignName("a.bidirectional.backward_own.simple_rnn_cell.kernel")).toBe("a.bidirectional.backward_kernel");
  for (const name of ["dense/kernel", "lstm_cell/kernel", "my_lstm_cell/dense/kernel"])
    expect(foreignName(name)).toBe(name);
});

test("[height, width, channels] is flattened with the channels first", () => {
  const shape = [2, 3, 4];
  const order = channelsFirstOrder(shape);
  for (const [y, x, c] of placesOf(shape)) expect(order[at(shape, [y, x, c])]).toBe(at([4, 2, 3], [c, y, x]));
  expect(channelsFirstOrder([3, 2])).toEqual([0, 3, 1, 4, 2, 5]);
  expect(channelsFirstOrder([2, 2, 1])).toEqual([0, 1, 2, 3]);
});

test("every kind that has tensors has a row, with each of its tensors, in both libraries", () => {
  const views = layers.flatMap((each) => new Network(graphOf(each, "tanh", "linear")).engine.graph.layers);
  const missing = views.flatMap((layer) =>
    [...layer.parameters, ...layer.statistics].flatMap(({ name }) =>
      (["pytorch", "keras"] as const)
        .filter((library) => !foreignTensors(layer, library).some((form) => form[name]))
        .map((library) => `${layer.description.kind} ${name} ${library}`),
    ),
  );
  expect(missing).toEqual([]);
});

test.each([
  ["rnn.weight_ih_l0", "rnn.weight_ih_l0", 0],
  ["weight_hh_l1", "weight_hh_l0", 1],
  ["a.b.bias_ih_l12_reverse", "a.b.bias_ih_l0_reverse", 12],
  ["rnn.weight_hr_l1", "rnn.weight_hr_l1", 0],
  ["rnnweight_ih_l1", "rnnweight_ih_l1", 0],
  ["rnn.weight_ih_l1.x", "rnn.weight_ih_l1.x", 0],
  ["weight", "weight", 0],
])("%s is %s of layer %d of a stack", (name, first, level) =>
  expect(splitStackedName(name)).toEqual({ name: first, level }),
);

test.each([
  "conv.weight_g",
  "weight_v",
  "a.b.weight_orig",
  "conv.weight_u",
  "conv.parametrizations.weight.original0",
  "parametrizations.weight.0._u",
])("%s is a factor of a weight", (name) => expect(isFactor(name)).toBe(true));

test.each(["conv.weight", "conv.weight_hh_l0", "conv.weight_gain", "parametrizations"])("%s is none", (name) =>
  expect(isFactor(name)).toBe(false),
);
