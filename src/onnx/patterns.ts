/**
 * Finds operators that exporters write in parts, because the version of ONNX that they write has none of its own: gelu by Erf, attention by
 * products and softmax. A pattern is replaced by one node, with the operator of a later version or one of simdnet/onnx ("simdnet.Distance").
 */

import type { Constant } from "./constants.ts";
import { maskKind } from "./masks.ts";
import { Operator } from "./nodes.ts";
import type { AttributeProto } from "./schema.ts";

/** A number, a value ("x"), a constant ("#weight"), or an operator with its inputs; "Softmax:s" also binds the node itself. */
type Pattern = number | string | PatternNode;
/** The operator, a text, and its inputs. */
interface PatternNode extends ReadonlyArray<Pattern> {}

interface Binding {
  /** The names of values and constants. */
  readonly names: ReadonlyMap<string, string>;
  readonly nodes: ReadonlyMap<string, Operator>;
}

/** The questions that patterns ask of the graph. */
export interface Known {
  /** Returns the node that makes a value. */
  readonly makerOf: (name: string) => Operator | undefined;
  /** Returns a constant that is in the file. */
  readonly constantOf: (name: string) => Constant | undefined;
}

interface Rule {
  readonly pattern: Pattern;
  /** The operator that replaces it. */
  readonly operator: string;
  /** The names of its inputs in the pattern. */
  readonly inputs: readonly string[];
  /** Returns its attributes; undefined if the pattern does not fit after all. */
  readonly attributes?: (binding: Binding, known: Known) => readonly AttributeProto[] | undefined;
}

const int = (name: string, value: number): AttributeProto => ({ name, type: 2, int: value });
const ints = (name: string, values: readonly number[]): AttributeProto => ({ name, type: 7, ints: values });
const float = (name: string, value: number): AttributeProto => ({ name, type: 1, float: value });
const text = (name: string, value: string): AttributeProto => {
  return { name, type: 3, bytes: Uint8Array.from(value, (character) => character.charCodeAt(0)) };
};

/** Returns the only number of a constant. */
const numberOf = (name: string, { names }: Binding, { constantOf }: Known) =>
  constantOf(names.get(name) ?? name)?.uniform;

/** Returns the axes that a node reduces. */
function axesOf(node: Operator, { constantOf }: Known): readonly number[] | undefined {
  const own = node.ints("axes");
  if (own || node.inputs[1] === undefined) return own;
  const constant = constantOf(node.inputs[1]);
  return constant && constant.size <= 16 ? Array.from(constant.values) : undefined;
}

/** Returns the axes, if all these nodes reduce the same ones and keep them as sides of 1. */
function commonAxes(nodes: readonly string[], binding: Binding, known: Known): readonly number[] | undefined {
  const lists = nodes.map((name) => {
    const node = binding.nodes.get(name)!;
    return node.int("keepdims", 1) === 1 ? axesOf(node, known) : undefined;
  });
  const [first] = lists;
  return first && lists.every((list) => list?.join() === first.join()) ? first : undefined;
}

/** The three ways to multiply three factors. */
const products = (a: Pattern, b: Pattern, c: Pattern): Pattern[] => [
  ["Mul", ["Mul", a, b], c],
  ["Mul", a, ["Mul", b, c]],
  ["Mul", ["Mul", a, c], b],
];

const activations = (
  operator: string,
  patterns: readonly Pattern[],
  attributes: readonly AttributeProto[] = [],
): Rule[] => patterns.map((pattern) => ({ pattern, operator, inputs: ["x"], attributes: () => attributes }));

const squares = (value: Pattern): Pattern[] => [
  ["Pow", value, 2],
  ["Mul", value, value],
];

const cube: Pattern[] = [
  ["Pow", "x", 3],
  ["Mul", "x", ["Mul", "x", "x"]],
];

const gelu = activations("Gelu", [
  ...products("x", ["Add", ["Erf", ["Div", "x", Math.SQRT2]], 1], 0.5),
  ...products("x", ["Add", ["Erf", ["Mul", "x", Math.SQRT1_2]], 1], 0.5),
]);

const geluTanh = activations(
  "Gelu",
  cube.flatMap((third) => {
    const inner: Pattern = ["Mul", ["Add", "x", ["Mul", third, 0.044715]], Math.sqrt(2 / Math.PI)];
    return products("x", ["Add", ["Tanh", inner], 1], 0.5);
  }),
  [text("approximate", "tanh")],
);

const centred: Pattern = ["Sub", "x", ["ReduceMean:mean", "x"]];
const normalized: Pattern[] = squares(centred).map((square) => [
  "Div",
  centred,
  ["Sqrt", ["Add", ["ReduceMean:variance", square], "#epsilon"]],
]);

/** Returns the attributes of a normalization over axes. */
const overAxes =
  (...nodes: string[]) =>
  (binding: Binding, known: Known) => {
    const axes = commonAxes(nodes, binding, known);
    const epsilon = numberOf("#epsilon", binding, known);
    return axes && epsilon !== undefined ? [ints("axes", axes), float("epsilon", epsilon)] : undefined;
  };

const layerNorm: Rule[] = [
  ...normalized.map((pattern): Rule => {
    const inputs = ["x", "#weight", "#bias"];
    const whole: Pattern = ["Add", ["Mul", pattern, "#weight"], "#bias"];
    return { pattern: whole, operator: "simdnet.LayerNormalization", inputs, attributes: overAxes("mean", "variance") };
  }),
  ...normalized.map((pattern): Rule => {
    return { pattern, operator: "simdnet.LayerNormalization", inputs: ["x"], attributes: overAxes("mean", "variance") };
  }),
];

const rmsNorm: Rule[] = squares("x").flatMap((square) => {
  const root: Pattern = ["Sqrt", ["Add", ["ReduceMean:square", square], "#epsilon"]];
  const quotients: Pattern[] = [
    ["Div", "x", root],
    ["Mul", "x", ["Reciprocal", root]],
    ["Mul", "x", ["Div", 1, root]],
  ];
  const attributes = overAxes("square");
  return quotients.map((quotient): Rule => {
    const pattern: Pattern = ["Mul", quotient, "#weight"];
    return { pattern, operator: "simdnet.RMSNormalization", inputs: ["x", "#weight"], attributes };
  });
});

/** Groups are the second side of a reshaped value, and each is normalized by itself. */
const groupNorm: Rule[] = ["shape", "#shape"].map((shape) => ({
  pattern: [
    "Add",
    [
      "Mul",
      ["Reshape", ["InstanceNormalization:norm", ["Reshape:groups", "x", "#groups"], "#ones", "#zeros"], shape],
      "#weight",
    ],
    "#bias",
  ],
  operator: "GroupNormalization",
  inputs: ["x", "#weight", "#bias"],
  attributes(binding, known) {
    const groups = known.constantOf(binding.names.get("#groups")!);
    const isPlain = numberOf("#ones", binding, known) === 1 && numberOf("#zeros", binding, known) === 0;
    if (!isPlain || groups?.size !== 3) return undefined;
    const epsilon = binding.nodes.get("norm")!.float("epsilon", 1e-5);
    return [int("num_groups", groups.values[1]), float("epsilon", epsilon)];
  },
}));

/** The same over the steps of sequences that differ in length, of which masks say which count. */
const ownParts: Pattern = ["Reshape:groups", ["Where", "seen", "x", 0], "#groups"];
const ownCount: Pattern = ["Mul", ["Unsqueeze", "counts", "#axes"], "#share"];
const ownCentred: Pattern = ["Sub", ownParts, ["Div", ["ReduceSum:mean", ownParts], ownCount]];
const ownSteps: Pattern = ["Where", "seenParts", ownCentred, 0];
const ownVariance: Pattern = ["Div", ["ReduceSum:variance", ["Mul", ownSteps, ownSteps]], ownCount];
const ownNormal: Pattern = ["Div", ownCentred, ["Sqrt", ["Add", ownVariance, "#epsilon"]]];

const raggedGroupNorm: Rule = {
  pattern: ["Add", ["Mul", ["Reshape", ownNormal, "#shape"], "#weight"], "#bias"],
  operator: "simdnet.GroupNormalization",
  inputs: ["x", "#weight", "#bias", "seen", "seenParts", "counts"],
  attributes(binding, known) {
    const groups = known.constantOf(binding.names.get("#groups")!);
    const epsilon = numberOf("#epsilon", binding, known);
    const fits = commonAxes(["mean", "variance"], binding, known)?.join() === "1,3";
    const share = groups?.values[3];
    if (!fits || groups?.size !== 4 || epsilon === undefined || numberOf("#share", binding, known) !== share)
      return undefined;
    return [int("num_groups", groups.values[2]), float("epsilon", epsilon)];
  },
};

const least = (pattern: Pattern, bound: number): Pattern[] => [
  ["Clip", pattern, bound],
  ["Max", pattern, bound],
];

const unitNorm: Rule[] = least(["ReduceL2:norm", "x"], 1e-12).flatMap((length) => {
  const patterns: Pattern[] = [
    ["Div", "x", length],
    ["Div", "x", ["Expand", length, "shape"]],
    ["Div", "x", ["Expand", length, "#shape"]],
  ];
  return patterns.map(
    (pattern): Rule => ({
      pattern,
      operator: "LpNormalization",
      inputs: ["x"],
      attributes(binding, known) {
        const axes = commonAxes(["norm"], binding, known);
        return axes?.length === 1 ? [int("axis", axes[0])] : undefined;
      },
    }),
  );
});

/** Returns the axis and whether it stays, for a comparison along one axis. */
const overAxis =
  (...nodes: string[]) =>
  (binding: Binding, known: Known) => {
    const lists = nodes.map((name) => axesOf(binding.nodes.get(name)!, known));
    const [axes] = lists;
    if (axes?.length !== 1 || lists.some((list) => list?.join() !== axes.join())) return undefined;
    return [int("axis", axes[0]), int("keepdims", binding.nodes.get(nodes[0])!.int("keepdims", 1))];
  };

const distance: Rule = {
  pattern: ["ReduceL2:norm", ["Sub", "a", "b"]],
  operator: "simdnet.Distance",
  inputs: ["a", "b"],
  attributes: overAxis("norm"),
};

const dot: Rule = {
  pattern: ["ReduceSum:sum", ["Mul", "a", "b"]],
  operator: "simdnet.Dot",
  inputs: ["a", "b"],
  attributes: overAxis("sum"),
};

const cosine: Rule[] = least(["ReduceL2:first", "a"], 1e-8).flatMap((first) =>
  least(["ReduceL2:second", "b"], 1e-8).map(
    (second): Rule => ({
      pattern: ["Div", ["ReduceSum:sum", ["Mul", "a", "b"]], ["Mul", first, second]],
      operator: "simdnet.Cosine",
      inputs: ["a", "b"],
      attributes: overAxis("sum", "first", "second"),
    }),
  ),
);

/** A projection to heads: x · weight + bias, as [batch, heads, steps, keyUnits]. */
const heads = (name: string, value: string, hasBias: boolean): Pattern => {
  const product: Pattern = ["MatMul", value, `#${name}Weight`];
  return [`Transpose:${name}Sides`, ["Reshape", hasBias ? ["Add", product, `#${name}Bias`] : product, `#${name}Shape`]];
};

/** Attention of several heads with projections before and after it. */
const attention: Rule[] = [true, false].flatMap((hasBias) =>
  ["Mul", "Div"].flatMap((factor) =>
    [true, false].flatMap((isMasked) =>
      [true, false].map((isHidden): Rule => {
        const scores: Pattern = ["MatMul", heads("query", "x", hasBias), heads("key", "y", hasBias)];
        const scaled: Pattern = [factor, scores, "#scale"];
        // Keys behind the ends of sequences do not count.
        const seen: Pattern = isHidden ? ["Where", "seen", scaled, "#hidden"] : scaled;
        const weights: Pattern = ["Softmax:softmax", isMasked ? ["Add", seen, "#mask"] : seen];
        const mixed: Pattern = ["MatMul", weights, heads("value", "y", hasBias)];
        const joined: Pattern = ["Reshape", ["Transpose:outputSides", mixed], "#outputShape"];
        const product: Pattern = ["MatMul", joined, "#outputWeight"];
        const names = ["query", "key", "value", "output"];
        return {
          pattern: hasBias ? ["Add", product, "#outputBias"] : product,
          operator: "simdnet.Attention",
          inputs: [
            ...["x", "y"],
            ...names.map((name) => `#${name}Weight`),
            ...names.map((name) => (hasBias ? `#${name}Bias` : "")),
            ...[isMasked ? "#mask" : "", isHidden ? "seen" : ""],
          ],
          attributes: (binding, known) => attentionAttributes(binding, known, factor === "Div"),
        };
      }),
    ),
  ),
);

function attentionAttributes(binding: Binding, known: Known, isDivided: boolean): AttributeProto[] | undefined {
  const { nodes, names } = binding;
  const sides = (name: string) => nodes.get(`${name}Sides`)!.ints("perm")?.join();
  const isInOrder =
    ["query", "value", "output"].every((name) => sides(name) === "0,2,1,3") && sides("key") === "0,2,3,1";
  const axis = nodes.get("softmax")!.int("axis", -1);
  const shape = known.constantOf(names.get("#queryShape")!);
  const scale = numberOf("#scale", binding, known);
  if (!isInOrder || (axis !== -1 && axis !== 3) || shape?.size !== 4 || scale === undefined) return undefined;
  // The layer divides by the root of the units. Another factor, and a mask of another kind, is for the product of values.
  const units = shape.values[3];
  const mask = known.constantOf(names.get("#mask") ?? "");
  const isUsual = Math.abs((isDivided ? 1 / scale : scale) * Math.sqrt(units) - 1) <= 1e-3;
  const least = names.has("#hidden") ? numberOf("#hidden", binding, known) : -1e9;
  if (!isUsual || !(least! <= -1e4) || maskKind(mask, mask?.dims.at(-1) ?? 0) === "other") return undefined;
  return [int("heads", shape.values[2])];
}

const rules: readonly Rule[] = [
  ...gelu,
  ...geluTanh,
  ...activations("Swish", [["Mul", "x", ["Sigmoid", "x"]]]),
  ...activations("Mish", [["Mul", "x", ["Tanh", ["Softplus", "x"]]]]),
  ...activations("HardSwish", [
    ["Div", ["Mul", "x", ["Clip", ["Add", "x", 3], 0, 6]], 6],
    ["Mul", "x", ["Div", ["Clip", ["Add", "x", 3], 0, 6], 6]],
  ]),
  ...activations("Softsign", [["Div", "x", ["Add", ["Abs", "x"], 1]]]),
  ...attention,
  ...groupNorm,
  raggedGroupNorm,
  ...layerNorm,
  ...rmsNorm,
  ...unitNorm,
  ...cosine,
  distance,
  dot,
];

const commutative = new Set(["Add", "Mul", "Max"]);

/** Returns the binding with a pattern matched to a value; undefined if it does not match. */
function match(pattern: Pattern, name: string, binding: Binding, known: Known): Binding | undefined {
  if (typeof pattern === "number") {
    const value = known.constantOf(name)?.uniform;
    return value !== undefined && Math.abs(value - pattern) <= 1e-4 * Math.abs(pattern) ? binding : undefined;
  }
  if (typeof pattern === "string") {
    if (pattern.startsWith("#") !== (known.constantOf(name) !== undefined)) return undefined;
    const bound = binding.names.get(pattern);
    if (bound !== undefined) return bound === name ? binding : undefined;
    return { ...binding, names: new Map(binding.names).set(pattern, name) };
  }
  const node = known.makerOf(name);
  return node && matchNode(pattern, node, binding, known);
}

function matchNode(pattern: PatternNode, node: Operator, binding: Binding, known: Known): Binding | undefined {
  const [head, ...inputs] = pattern;
  const [operator, label] = (head as string).split(":");
  if (node.name !== operator || node.domain !== "" || node.inputs.length < inputs.length) return undefined;
  const own = label === undefined ? binding : { ...binding, nodes: new Map(binding.nodes).set(label, node) };
  const inOrder = (given: readonly string[]) =>
    inputs.reduce((bound: Binding | undefined, input, index) => bound && match(input, given[index], bound, known), own);
  const made = inOrder(node.inputs);
  if (made || !commutative.has(operator) || node.inputs.length !== 2) return made;
  return inOrder(node.inputs.toReversed());
}

/** The operators that a pattern may end with, each with its rules. */
const rulesByOperator = new Map<string, Rule[]>();

function rulesFor(operator: string): readonly Rule[] {
  if (rulesByOperator.size === 0) {
    for (const rule of rules) {
      const [head] = ((rule.pattern as PatternNode)[0] as string).split(":");
      rulesByOperator.set(head, [...(rulesByOperator.get(head) ?? []), rule]);
    }
  }
  return rulesByOperator.get(operator) ?? [];
}

/** Returns the node that replaces a pattern that ends with `node`, or `node` itself. */
export function simplified(node: Operator, known: Known): Operator {
  for (const { pattern, operator, inputs, attributes } of rulesFor(node.name)) {
    const binding = matchNode(pattern as PatternNode, node, { names: new Map(), nodes: new Map() }, known);
    const own = binding && (attributes ? attributes(binding, known) : []);
    if (!own) continue;
    const names = inputs.map((name) => (name === "" ? "" : binding.names.get(name)!));
    const made = { operator, inputs: names, outputs: node.outputs, attributes: own };
    return new Operator({ ...made, ...(node.title !== undefined && { name: node.title }) }, node.version);
  }
  return node;
}
