/** The element-wise functions that take time in networks, compared with plain loops that call Math. */

import type { Address } from "#build/kernels.js";
import { gelus } from "../test/reference/activations/gelu.ts";
import { rectifiers } from "../test/reference/activations/piecewise.ts";
import { activations, type Twin } from "../test/reference/activations/smooth.ts";
import { type Bench, compare, measure, type Work } from "./harness.ts";
import { loop } from "./javascript.ts";
import { dtypes, Scratch } from "./scratch.ts";

/** The size of a batch of preactivations; input and output fit in the cache. */
const [rows, columns] = [32, 128];
const count = rows * columns;
/** Preactivations are in [-4, 4). */
const scale = 4;

/** x: preactivation, y: activation, g: gradient of the output, out: the result. */
type Blocks = Readonly<Record<"x" | "y" | "g" | "out", Address>>;

interface Operation {
  readonly name: string;
  /** Returns a function that runs the operation on these blocks. */
  readonly call: (scratch: Scratch, blocks: Blocks) => () => void;
  /** The result for the elements x, y and g, in JavaScript. */
  readonly expression: string;
  readonly twin: (x: number, g: number) => number;
  /** The goal in nanoseconds an element, float32. */
  readonly goal?: number;
}

const twins: Readonly<Record<string, Twin>> = { ...activations, ...gelus, ...rectifiers };

function forward(name: string, expression: string, goal?: number): Operation {
  const operation = `${name}Forward` as "sigmoidForward";
  const call: Operation["call"] = (scratch, { x, out }) =>
    scratch.call(operation, { input: x, output: out, columns, parameter: 0 }, rows);
  return { name, call, expression, twin: (x) => twins[name].forward(x, 0), goal };
}

function backward(name: string, expression: string): Operation {
  const operation = `${name}Backward` as "sigmoidBackward";
  const call: Operation["call"] = (scratch, { x, y, g, out }) => {
    const fields = { preactivation: x, activation: y, outputGrad: g, inputGrad: out };
    return scratch.call(operation, { ...fields, columns, parameter: 0 }, rows);
  };
  return { name: `${name} backward`, call, expression, twin: (x, g) => g * twins[name].derivative(x, 0) };
}

const root = Math.sqrt(2 / Math.PI);
const operations: readonly Operation[] = [
  {
    name: "exp",
    call({ kernels }, { x, out }) {
      return () => kernels.expMap(x, out, count);
    },
    expression: "Math.exp(x)",
    twin: Math.exp,
    goal: 0.8,
  },
  forward("sigmoid", "1 / (1 + Math.exp(-x))", 1),
  backward("sigmoid", "g * y * (1 - y)"),
  forward("tanh", "Math.tanh(x)", 1.6),
  backward("tanh", "g * (1 - y * y)"),
  forward("relu", "x > 0 ? x : 0"),
  backward("relu", "y > 0 ? g : 0"),
  forward("silu", "x / (1 + Math.exp(-x))"),
  forward("geluTanh", `0.5 * x * (1 + Math.tanh(${root} * (x + 0.044715 * x * x * x)))`),
];

export function elementwise(rounds: number): Bench[] {
  return dtypes.map((dtype) => ({
    title: `element-wise, ${rows} × ${columns}, ${dtype}`,
    unit: "ns/element",
    versus: "JavaScript",
    *rows() {
      for (const operation of operations) yield measure(...works(new Scratch(dtype), operation), rounds);
    },
  }));
}

/** Returns the kernel and the loop in JavaScript. */
function works(scratch: Scratch, { name, call, expression, twin, goal }: Operation): [Work, Work] {
  const { dtype, tolerance } = scratch;
  const [x, g] = [scratch.random(count, scale), scratch.random(count)];
  const [y, out] = [scratch.zeros(count), scratch.zeros(count)];
  const activation = twins[name.split(" ")[0]];
  if (activation) y.view().set(x.view().map((value) => activation.forward(value, 0)));

  const [xs, ys, gs, outs] = [x, y, g, out].map(({ view }) => view().slice());
  const javascript = loop(
    ["outs", "xs", "ys", "gs"],
    `const x = xs[i], y = ys[i], g = gs[i]; outs[i] = ${expression};`,
  );
  const expected = () => Array.from(xs, (value, index) => twin(value, gs[index]));
  return [
    {
      name,
      count,
      goal: dtype === "float32" ? goal : undefined,
      run: call(scratch, { x: x.address, y: y.address, g: g.address, out: out.address }),
      check: () => compare(name, out.view(), expected(), tolerance),
    },
    {
      name: `${name} in JavaScript`,
      count,
      run: () => javascript(outs, xs, ys, gs),
      check: () => compare(`${name} in JavaScript`, outs, expected(), tolerance),
    },
  ];
}
