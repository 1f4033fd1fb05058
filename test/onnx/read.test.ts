/** fromOnnx: its options, what it takes over from a graph, what can be trained, and what it refuses. */
import { describe, expect, test } from "vitest";
import { Network, Trainer } from "../../src/index.ts";
import { fromOnnx, toOnnx } from "../../src/onnx/index.ts";
import { encodeModel } from "../../src/onnx/protobuf.ts";
import { networks } from "./examples.ts";
import { type ModelSpec, modelOf, node, read, refused, tensor, titles, upTo } from "./models.ts";

const x = { x: ["batch", 2] };
const weight = tensor("w", [2, 2], upTo(4));
const gemm = { nodes: [node("Gemm", "x w -> y")], inputs: x, tensors: [weight] };

describe("options", () => {
  test("dtype: by default that of the weights and inputs", () => {
    expect(fromOnnx(modelOf(gemm)).dtype).toBe("float32");
    expect(fromOnnx(modelOf({ ...gemm, types: { x: 11 } })).dtype).toBe("float64");
    const network: Network<"float64"> = fromOnnx(modelOf(gemm), { dtype: "float64" });
    expect(network.predict(Float64Array.of(1, 1))).toEqual(Float64Array.of(4, 6));
  });

  test("constants: inputs that are weights", () => {
    const spec = { nodes: gemm.nodes, inputs: { ...x, w: [2, 2] } };
    expect(titles(spec, { constants: { w: { shape: [2, 2], values: upTo(4) } } })).toEqual([
      "dense 2, linear, no bias",
    ]);
    refused(
      spec,
      'got "w", which is computed from the network\'s inputs, need a constant (weights may be given in constants)',
    );
    refused(spec, 'fromOnnx: constants: got "v", need one of x, w', { constants: { v: { shape: [1], values: [1] } } });
    refused(spec, 'constants, "w": got 3 values, need 4, as its shape says', {
      constants: { w: { shape: [2, 2], values: [1, 2, 3] } },
    });
  });

  test("outputs: other values than the graph's", () => {
    const spec = { ...gemm, nodes: [...gemm.nodes, node("Relu", "y -> z"), node("Erf", "z -> e")] };
    expect(titles(spec, { outputs: ["z", "y"] })).toEqual(["dense 2, linear, no bias", "relu"]);
    refused(spec, 'fromOnnx: outputs: got "q", need one of e, y, z; did you mean "e"?', { outputs: ["q"] });
    refused(spec, "got outputs an array of 0, need an array of at least one name", { outputs: [] });
  });

  test("sizes: sides that the file only names", () => {
    const spec = { nodes: [node("Relu", "x -> y")], inputs: { x: ["batch", "steps", 2] } };
    expect(read(spec, { sizes: { steps: 5 } }).inputs[0].shape).toEqual([5, 2]);
    refused(spec, 'input "x": got side 1 of unknown size, need sizes: { "steps": … } in the options');
    refused(spec, 'sizes, "steps": got 0, need a whole number from 1', { sizes: { steps: 0 } });
  });

  test("limit: the numbers that constants may become", () => {
    const nodes = [node("ConstantOfShape", "s -> w"), node("Gemm", "x w -> y")];
    const spec: ModelSpec = {
      nodes,
      inputs: { x: ["batch", 3000] },
      tensors: [tensor("s", [2], [3000, 3000], "int64")],
    };
    refused(
      spec,
      'ConstantOfShape "w": got constants of 9000000 numbers, need at most 4194312 in all, or a larger limit in the options',
    );
    expect(read(spec, { limit: 1e7 }).network.parameterCount).toBe(9_000_000);
  });

  test("externalFile: a file with weights, which is read once", () => {
    const bytes = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);
    const external = (offset: number, dims: readonly number[], length: number) => ({
      ...{ dims, type: 1, location: 1 },
      external: Object.entries({ location: "w.data", offset: `${offset}`, length: `${length}` }).map(
        ([key, value]) => ({
          ...{ key, value },
        }),
      ),
    });
    const spec: ModelSpec = {
      nodes: [
        node("Constant", "-> v", { value: { tensor: external(16, [1, 2], 8) } }),
        node("MatMul", "x w -> a"),
        node("Add", "a v -> b"),
        node("ConstantOfShape", "two -> c", { value: { tensor: external(20, [1], 4) } }),
        node("Add", "b c -> y"),
      ],
      inputs: x,
      tensors: [{ name: "w", ...external(0, [2, 2], 16) }, tensor("two", [1], [2], "int64")],
    };
    const names: string[] = [];
    const externalFile = (name: string) => {
      names.push(name);
      return bytes;
    };
    const { network } = read(spec, { externalFile });
    expect(network.predict(Float32Array.of(1, 1))).toEqual(Float32Array.of(4 + 5 + 6, 6 + 6 + 6));
    expect(names).toEqual(["w.data"]);
    refused(gemm, "fromOnnx: got externalFile 5, need a function of a file's name", { externalFile: 5 as never });
  });

  test("others are refused", () => {
    expect(() => fromOnnx(modelOf(gemm), { size: 1 } as never)).toThrow(
      'fromOnnx option: got "size", need one of dtype, constants',
    );
    expect(() => fromOnnx("file" as never)).toThrow('fromOnnx: got "file", need a Uint8Array or an ArrayBuffer');
    expect(fromOnnx(modelOf(gemm).buffer).inputs).toBe(2);
  });
});

describe("a network", () => {
  test("is trained like any other", async () => {
    const network = fromOnnx(toOnnx(networks[1].network("float32")));
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const inputs = Array.from({ length: 8 }, (_, row) => new Float32Array(network.inputs).fill(row / 8));
    const targets = inputs.map((_, row) => [row, -row, 1]);
    const { loss } = await trainer.fit(inputs, targets, { epochs: 30 });
    expect(loss.at(-1)).toBeLessThan(0.8 * loss[0]);
    expect(Network.fromBytes(network.toBytes()).predict(inputs[0])).toEqual(network.predict(inputs[0]));
  });

  test("leaves out inputs that no output needs, and has an output that is an input", () => {
    const spec = { nodes: [node("Identity", "x -> y")], inputs: { ...x, unused: ["batch", 3] } };
    expect(read(spec).inputs.map(({ name }) => name)).toEqual(["x"]);
    expect(titles(spec)).toEqual(["linear"]);
  });

  test("has images and sequences in our layout", () => {
    const image = read({
      nodes: [node("Relu", "x -> a"), node("MaxPool", "a -> y", { kernel_shape: [1, 1] })],
      inputs: { x: ["batch", 3, 4, 5] },
    });
    expect([image.inputs[0].shape, image.outputs[0].shape]).toEqual([
      [4, 5, 3],
      [4, 5, 3],
    ]);
    const turned = read({ nodes: [node("Transpose", "x -> y", { perm: [0, 2, 1] })], inputs: { x: ["batch", 3, 4] } });
    expect([turned.inputs[0].shape, turned.outputs[0].shape]).toEqual([
      [3, 4],
      [4, 3],
    ]);
  });
});

describe("refused is", () => {
  test.each([
    [
      "an operator without a counterpart",
      { nodes: [node("LRN", "x -> y")] },
      'fromOnnx, LRN "y": got an operator that no layer computes',
    ],
    [
      "an operator of another domain",
      { nodes: [{ ...node("Relu", "x -> y"), domain: "mine" }] },
      'got an operator of "mine", need one of ONNX\'s own',
    ],
    [
      "one of this room's own names",
      { nodes: [node("simdnet.Distance", "x x -> y")] },
      '"simdnet.Distance" "y": got an operator that ONNX does not have',
    ],
    ["a later version", { opset: 99 }, "fromOnnx: got version 99 of ONNX's operators, need 1 to 25"],
    [
      "a value that nobody makes",
      { nodes: [node("Add", "x z -> y")] },
      'Add "y": got the value "z", which no earlier node makes, need nodes in order',
    ],
    [
      "a graph without inputs",
      { nodes: [node("Relu", "w -> y")], tensors: [weight] },
      "fromOnnx: got no input that an output needs, need one",
    ],
    [
      "a constant output",
      { nodes: [node("Relu", "x -> z"), node("Identity", "w -> y")], tensors: [weight], outputs: ["z", "y"] },
      'got constants as the output "y"',
    ],
    ["two tensors of one name", { tensors: [weight, weight] }, 'fromOnnx: got two tensors "w", need one'],
    [
      "an infinite weight",
      { ...gemm, tensors: [tensor("w", [2, 2], [1, 2, Number.POSITIVE_INFINITY, 4])] },
      '"y.weight": got Infinity at 2, need finite numbers',
    ],
    ["texts as inputs", { types: { x: 8 } }, 'input "x": got texts, need numbers: float, uint8'],
    ["complex numbers", { types: { x: 14 } }, 'input "x": got numbers of type 14 of ONNX, need numbers: float'],
    ["sparse tensors", { graph: { sparse: [{}] } }, "fromOnnx: got sparse tensors, need dense ones"],
    [
      "a product with the number of examples",
      {
        nodes: [node("Shape", "x -> s"), node("Cast", "s -> c", { to: 1 }), node("Mul", "x c -> y")],
      },
      'fromOnnx, Mul "y": got the number of examples beside a value, need it in shapes alone',
    ],
    [
      "what only the layer refuses",
      { nodes: [node("Split", "x s -> y z", { axis: 1 })], tensors: [tensor("s", [2], [1, 2], "int64")] },
      'fromOnnx, Split "y": split: got sizes that add up to 3 for a value [2], need 2 in all',
    ],
  ] as [string, Partial<ModelSpec>, string][])("%s", (_, spec, message) => {
    refused({ nodes: [node("Relu", "x -> y")], inputs: x, ...spec }, message);
  });

  test("a file without a graph, a version, or with functions", () => {
    const opsets = [{ domain: "", version: 17 }];
    expect(() => fromOnnx(encodeModel({ opsets }))).toThrow("fromOnnx: got a file without a graph, need one");
    expect(() => fromOnnx(encodeModel({ graph: {} }))).toThrow(
      "got a file that does not say its version of ONNX's operators",
    );
    const adam = { ...node("Adam", "x -> y"), domain: "ai.onnx.preview.training" };
    expect(() => fromOnnx(encodeModel({ graph: { nodes: [adam] } }))).toThrow(
      'fromOnnx, Adam "y": got an operator of "ai.onnx.preview.training", need one of ONNX\'s own',
    );
    expect(() => fromOnnx(encodeModel({ opsets, graph: {}, functions: [{}] }))).toThrow(
      "got a file with functions of its own, need none",
    );
    expect(() => fromOnnx(Uint8Array.of(1, 2, 3))).toThrow("fromOnnx: got 3 bytes that are not an ONNX file");
  });
});

describe("a small file that asks for much", () => {
  const huge = { x: ["batch", 2 ** 30] };
  test.each([
    [
      "a product with a number",
      { nodes: [node("Mul", "x c -> y")], tensors: [tensor("c", [], [2])] },
      "got constants of 2147483648 numbers",
    ],
    [
      "a normalization",
      { nodes: [node("LayerNormalization", "x w -> y")], tensors: [tensor("w", [1], [1])] },
      "got constants of",
    ],
    [
      "a product",
      { nodes: [node("Gemm", "x w -> y")], tensors: [weight] },
      "got a weight of 2 rows for 1073741824 features",
    ],
    [
      "every second place",
      {
        nodes: [node("Slice", "x b e a s -> y")],
        tensors: ["b", "e", "a", "s"].map((name, index) =>
          tensor(name, [1], [[0], [2 ** 40], [1], [2]][index], "int64"),
        ),
      },
      "got 536870912 places, need at most 65536",
    ],
    [
      "an edge",
      { nodes: [node("Pad", "x p -> y", { mode: "edge" })], tensors: [tensor("p", [4], [0, 1, 0, 0], "int64")] },
      "got 1073741825 places",
    ],
  ] as [string, Partial<ModelSpec>, string][])("is refused at once: %s", (_, spec, message) => {
    refused({ nodes: [], inputs: huge, ...spec }, message);
  });
});
