import { describe, expect, test } from "vitest";
import {
  attention,
  dense,
  flatten,
  input,
  type LayerDescription,
  type LoadOptions,
  layerNorm,
  lstm,
  type NamedTensor,
  Network,
  readSafetensors,
  rmsNorm,
} from "../../src/index.ts";
import { parameterBits, randomRows } from "../training/problem.ts";

const networkOf = (inputs: number | number[], layers: LayerDescription[], seed = 1) =>
  new Network({ inputs, layers, dtype: "float64", seed });

/** A network's tensors in PyTorch, whose modules have the names of its layers until they are renamed. */
const tensorsOf = (network: Network, rename: (name: string) => string = (name) => name) =>
  readSafetensors(network.toBytes({ layout: "pytorch" })).map((tensor) => ({ ...tensor, name: rename(tensor.name) }));
const renaming = (names: Record<string, string>) => (name: string) =>
  name.replace(/^[^.]+/, (layer) => names[layer] ?? layer);
const sorted = (tensors: readonly NamedTensor[]) => tensors.toSorted((a, b) => (a.name < b.name ? -1 : 1));

const loads = (network: Network, tensors: readonly NamedTensor[], options: Partial<LoadOptions> = {}) => {
  network.load(tensors, { from: "pytorch", ...options });
  return parameterBits(network);
};

describe("layers of the same names", () => {
  const layers = () => [dense(2, { name: "first" }), dense(2, { name: "second" })];
  const [source, other] = [networkOf(2, layers()), networkOf(2, layers(), 2)];

  test.each(["module.", "model/", "_orig_mod.module.", ""])(
    "belong together behind the path %j, in any order",
    (path) => {
      const tensors = tensorsOf(source, (name) => path + name).toReversed();
      expect(loads(other, tensors)).toBe(parameterBits(source));
    },
  );

  test("do not, if one has another path", () => {
    const tensors = sorted(tensorsOf(source, (name) => (name.startsWith("first") ? `a.${name}` : name)));
    expect(() => loads(other, tensors)).toThrow(
      'load: got "a.first" and "second" in alphabetical order, each of which fits first and second, need the option names',
    );
  });

  test("may be a part of the network's, if the rest may be absent", () => {
    const norms = networkOf(4, [layerNorm({ name: "norm" }), dense(3, { name: "last" })]);
    const tensors = tensorsOf(norms).filter(({ name }) => name.startsWith("last"));
    expect(loads(norms, tensors)).toBe(parameterBits(norms));
  });
});

describe("layers of other names", () => {
  test("belong together in the order of the file", () => {
    const layers = [dense(3), dense(3)];
    const [source, other] = [networkOf(3, layers), networkOf(3, layers, 2)];
    const tensors = tensorsOf(source, renaming({ dense1: "stem", dense2: "head" }));
    expect(loads(other, tensors)).toBe(parameterBits(source));
  });

  test("in alphabetical order belong together by their shapes, and by their numbers if those are the same", () => {
    /** PyTorch's TransformerEncoderLayer, twice. */
    const encoder = (index: number) => [
      attention({ heads: 2, name: `attention${index}` }),
      layerNorm({ name: `first${index}` }),
      dense(5, { name: `wide${index}` }),
      dense(4, { name: `narrow${index}` }),
      layerNorm({ name: `second${index}` }),
    ];
    const layers = [...encoder(0), ...encoder(1), flatten(), dense(2, { name: "last" })];
    const [source, other] = [networkOf([3, 4], layers), networkOf([3, 4], layers, 2)];
    for (const { values } of source.parameters) values.set(randomRows(1, values.length, 5)[0]);
    const names: Record<string, string> = { attention: "self_attn", first: "norm1", wide: "linear1" };
    Object.assign(names, { narrow: "linear2", second: "norm2" });
    const tensors = tensorsOf(source, (name) =>
      name
        .replace(/^([a-z]+)(\d)\./, (_, word, index) => `encoder.layers.${index}.${names[word]}.`)
        .replace("last", "head"),
    );
    expect(loads(other, sorted(tensors))).toBe(parameterBits(source));
  });

  test("in alphabetical order are refused if they could be exchanged, unless names differ in numbers alone", () => {
    const layers = [dense(3), dense(3)];
    const [source, other] = [networkOf(3, layers), networkOf(3, layers, 2)];
    const before = parameterBits(other);
    const named = (...names: string[]) => sorted(tensorsOf(source, renaming({ dense1: names[0], dense2: names[1] })));
    const message =
      'load: got "head" and "stem" in alphabetical order, each of which fits dense1 and dense2, need the option names';
    expect(() => loads(other, named("stem", "head"))).toThrow(message);
    const withoutBias = named("stem", "head").filter(({ name }) => name !== "stem.bias");
    expect(() => loads(other, withoutBias)).toThrow(message);
    expect(parameterBits(other)).toBe(before);
    for (const names of [
      ["dense_1", "dense_2"],
      ["net.2", "net.10"],
      ["fc1", "fc2"],
    ]) {
      expect(loads(other, named(...names))).toBe(parameterBits(source));
    }
    expect(loads(other, named("stem", "head"), { names: { stem: "dense1", head: "dense2" } })).toBe(
      parameterBits(source),
    );
  });

  test("without a number and with one are in order in Keras, which counts from the second, not in PyTorch", () => {
    const layers = [dense(3, { bias: false }), dense(3, { bias: false })];
    const [source, other] = [networkOf(3, layers), networkOf(3, layers, 2)];
    const named = ["conv2d/kernel", "conv2d_1/kernel"].map((name, index) => ({ ...source.parameters[index], name }));
    other.load(named, { from: "keras" });
    expect(parameterBits(other)).toBe(parameterBits(source));
    const tensors = sorted(tensorsOf(source, renaming({ dense1: "fc1", dense2: "fc" })));
    expect(() => loads(other, tensors)).toThrow('load: got "fc" and "fc1" in alphabetical order');
  });

  test("that cannot be exchanged come in alphabetical order, too: one has no bias here", () => {
    const layers = [dense(3, { bias: false }), dense(3)];
    const [source, other] = [networkOf(3, layers), networkOf(3, layers, 2)];
    const tensors = sorted(tensorsOf(source, renaming({ dense1: "stem", dense2: "head" })));
    expect(loads(other, tensors)).toBe(parameterBits(source));
  });

  test("of this library have the order of its layers, whatever their names", () => {
    const named = (...names: string[]) =>
      networkOf(
        3,
        names.map((name) => dense(3, { name })),
      );
    const [source, other] = [named("a", "b"), named("x", "y")];
    other.load(readSafetensors(source.toBytes()));
    expect(parameterBits(other)).toBe(parameterBits(source));
  });

  test("that fit in no order are refused as those in order", () => {
    const other = networkOf(3, [dense(4), dense(5)]);
    const tensors = tensorsOf(networkOf(3, [dense(4), dense(6)]), renaming({ dense1: "0", dense2: "1" }));
    expect(() => loads(other, tensors)).toThrow('load: got "1.weight" as [6, 4], need it as [5, 4] for dense2.weight');
  });
});

describe("one layer under two names", () => {
  const value = input(3);
  const twice = dense(3, { name: "twice" });
  const outputs = dense(1, { name: "last" })(twice(twice(value)));
  const make = (seed: number) => new Network({ inputs: value, outputs, dtype: "float64", seed });
  const source = make(1);
  const names = { a: "twice", b: "twice", head: "last" };
  const tensors = readSafetensors(source.toBytes({ layout: "pytorch", names }));

  test("is one layer, by order and by names", () => {
    expect(tensors.map(({ name }) => name)).toEqual(
      ["a", "b", "head"].flatMap((name) => [`${name}.weight`, `${name}.bias`]),
    );
    expect(loads(make(2), tensors)).toBe(parameterBits(source));
    expect(loads(make(2), tensors, { names })).toBe(parameterBits(source));
    expect(loads(make(2), sorted(tensors))).toBe(parameterBits(source));
  });

  test("is two layers if there are two, with the same numbers", () => {
    const two = networkOf(3, [dense(3), dense(3), dense(1)]);
    loads(two, tensors);
    const [first, , second] = two.parameters.map(({ values }) => values);
    expect(second).toEqual(first);
  });

  test.each<[string, (tensor: NamedTensor) => NamedTensor]>([
    ["another number", (tensor) => ({ ...tensor, values: Float64Array.from(tensor.values, (value) => value + 1) })],
    ["another shape", (tensor) => ({ ...tensor, shape: [9, 1] })],
  ])("is refused if its tensors have %s", (_, change) => {
    const other = make(2);
    const changed = tensors.map((tensor) => (tensor.name === "b.weight" ? change(tensor) : tensor));
    expect(() => loads(other, changed, { names })).toThrow(
      'load: got "twice" twice in names, need each layer once; only the same tensors may have several names',
    );
    expect(() => loads(other, changed)).toThrow('load: got tensors of 3 layers ("a", "b", "head"), need those of 2');
    const missing = tensors.filter(({ name }) => name !== "b.bias");
    expect(() => loads(other, missing, { names })).toThrow('got "twice" twice in names');
  });
});

describe("a layer's forms", () => {
  test("are those of MultiheadAttention and of four Linears, whose biases may be absent one by one", () => {
    const layers = [attention({ heads: 2 })];
    const [source, other] = [networkOf([3, 4], layers), networkOf([3, 4], layers, 2)];
    const own = (name: string) => source.parameters.find((each) => each.name === `attention1.${name}`)!;
    own("keyBias").values.fill(0);
    const transposed = ({ shape: [rows, columns], values }: ReturnType<typeof own>) =>
      Float64Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]);
    const tensors = ["query", "key", "value", "output"].flatMap((name): NamedTensor[] => {
      const path = `layer.self_attn.${name === "output" ? "out" : name[0]}_proj`;
      const weight = own(`${name}Weight`);
      const bias = own(`${name}Bias`);
      return [
        { name: `${path}.weight`, shape: weight.shape.toReversed(), values: transposed(weight) },
        ...(name === "key" ? [] : [{ name: `${path}.bias`, shape: bias.shape, values: bias.values }]),
      ];
    });
    expect(loads(other, tensors)).toBe(parameterBits(source));
    const without = tensors.filter(({ name }) => !name.endsWith("v_proj.weight"));
    expect(() => loads(other, without)).toThrow(
      'load: got no v_proj.weight of "layer.self_attn", need it as [4, 4] for attention1.valueWeight',
    );
  });

  test("are scale and gamma of Keras's two normalizations by the root mean square", () => {
    const network = networkOf(3, [rmsNorm()]);
    for (const [index, name] of ["scale", "gamma"].entries()) {
      const tensor = { name: `norm/${name}`, shape: [3], values: Float64Array.of(index, 2, 3) };
      network.load([tensor], { from: "keras" });
      expect([...network.parameters[0].values]).toEqual([index, 2, 3]);
    }
  });
});

test("a stack comes by its shapes, too, level by level", () => {
  const long = { returnSequences: true };
  const layers = [dense(2), lstm(2, long), lstm(2)];
  const [source, other] = [networkOf([3, 2], layers), networkOf([3, 2], layers, 2)];
  const names = { rnn: "lstm1", stem: "dense1" };
  const tensors = sorted(readSafetensors(source.toBytes({ layout: "pytorch", names })));
  expect(loads(other, tensors)).toBe(parameterBits(source));
});
