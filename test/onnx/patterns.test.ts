/** What exporters write in parts becomes one layer. */
import { describe, expect, test } from "vitest";
import { Constant } from "../../src/onnx/constants.ts";
import { Operator } from "../../src/onnx/nodes.ts";
import { simplified } from "../../src/onnx/patterns.ts";
import { integers, node, tensor, titles } from "./models.ts";

const scalar = (name: string, value: number) => tensor(name, [], [value]);
const x = { x: ["batch", 4] };

describe("activations", () => {
  test.each([
    [
      "gelu, as PyTorch writes it",
      ["Div x s -> a", "Erf a -> b", "Add b one -> c", "Mul x c -> d", "Mul d half -> y"],
      "gelu",
    ],
    [
      "gelu, with its factors in another order",
      ["Mul x r -> a", "Erf a -> b", "Add one b -> c", "Mul half x -> d", "Mul d c -> y"],
      "gelu",
    ],
    [
      "gelu by tanh",
      [
        "Pow x three -> p",
        "Mul p k -> a",
        "Add x a -> b",
        "Mul b q -> c",
        "Tanh c -> d",
        "Add d one -> e",
        "Mul x half -> f",
        "Mul f e -> y",
      ],
      "geluTanh",
    ],
    ["silu", ["Sigmoid x -> a", "Mul x a -> y"], "silu"],
    ["mish", ["Softplus x -> a", "Tanh a -> b", "Mul x b -> y"], "mish"],
    ["hardSwish", ["Add x three -> a", "Clip a zero six -> b", "Mul x b -> c", "Div c six -> y"], "hardSwish"],
    ["softsign", ["Abs x -> a", "Add one a -> b", "Div x b -> y"], "softsign"],
  ])("%s", (_, lines, title) => {
    const nodes = lines.map((line) => node(line.split(" ")[0], line.slice(line.indexOf(" "))));
    const numbers = {
      s: Math.SQRT2,
      r: Math.SQRT1_2,
      one: 1,
      half: 0.5,
      three: 3,
      zero: 0,
      six: 6,
      k: 0.044715,
      q: Math.sqrt(2 / Math.PI),
    };
    const tensors = Object.entries(numbers).map(([name, value]) => scalar(name, value));
    expect(titles({ nodes, inputs: x, tensors })).toEqual([title]);
  });

  test("another number leaves the parts as they are", () => {
    const nodes = [node("Sigmoid", "x -> a"), node("Mul", "a a -> y")];
    expect(titles({ nodes, inputs: x })).toEqual(["sigmoid", "product"]);
  });
});

describe("normalizations", () => {
  const row = (name: string) => tensor(name, [4], [1, 2, 3, 4]);
  const common = [scalar("eps", 1e-3), scalar("two", 2), row("w"), row("b")];

  test("layer normalization, with and without weights", () => {
    const parts = [
      node("ReduceMean", "x -> m", { axes: [-1] }),
      node("Sub", "x m -> d"),
      node("Pow", "d two -> q"),
      node("ReduceMean", "q -> v", { axes: [-1] }),
      node("Add", "v eps -> e"),
      node("Sqrt", "e -> r"),
      node("Div", "d r -> n"),
    ];
    const weighted = [...parts, node("Mul", "n w -> s"), node("Add", "s b -> y")];
    expect(titles({ nodes: weighted, inputs: x, tensors: common })).toEqual(["layer normalization"]);
    expect(titles({ nodes: parts, inputs: x, tensors: common })).toEqual(["layer normalization"]);
  });

  test("root mean square normalization", () => {
    const nodes = [
      node("Mul", "x x -> q"),
      node("ReduceMean", "q -> v", { axes: [-1] }),
      node("Add", "v eps -> e"),
      node("Sqrt", "e -> r"),
      node("Reciprocal", "r -> i"),
      node("Mul", "x i -> n"),
      node("Mul", "w n -> y"),
    ];
    expect(titles({ nodes, inputs: x, tensors: common })).toEqual(["root mean square normalization"]);
  });

  test("the norm of rows, with its least length", () => {
    const nodes = [node("ReduceL2", "x -> n", { axes: [1] }), node("Clip", "n least -> c"), node("Div", "x c -> y")];
    expect(titles({ nodes, inputs: x, tensors: [scalar("least", 1e-12)] })).toEqual(["unit norm"]);
  });

  test("group normalization, as PyTorch writes it", () => {
    const nodes = [
      node("Reshape", "x groups -> g"),
      node("InstanceNormalization", "g ones zeros -> n"),
      node("Shape", "x -> s"),
      node("Reshape", "n s -> o"),
      node("Mul", "o w -> p"),
      node("Add", "p b -> y"),
    ];
    const of = (name: string) => tensor(name, [4, 1, 1], [1, 2, 3, 4]);
    const tensors = [
      integers("groups", 0, 2, -1),
      tensor("ones", [2], [1, 1]),
      tensor("zeros", [2], [0, 0]),
      of("w"),
      of("b"),
    ];
    expect(titles({ nodes, inputs: { x: ["batch", 4, 3, 3] }, tensors })).toEqual(["group normalization 2"]);
  });
});

test("a node of another domain is no part of a pattern", () => {
  const maker = new Operator({ ...node("Sigmoid", "x -> a"), domain: "other" }, 17);
  const last = new Operator(node("Mul", "x a -> y"), 17);
  const known = { makerOf: (name: string) => (name === "a" ? maker : undefined), constantOf: () => undefined };
  expect(simplified(last, known)).toBe(last);
  const own = {
    ...known,
    makerOf: (name: string) => (name === "a" ? new Operator(node("Sigmoid", "x -> a"), 17) : undefined),
  };
  expect(simplified(last, own).name).toBe("Swish");
  expect(simplified(last, { ...own, constantOf: () => new Constant([], { fill: 1 }) })).toBe(last);
});
