/** The optimizers' updates, compared with plain loops. */
import type { Address } from "#dist/kernels/operations.js";
import { adamStep } from "../test/reference/optimizers/adam.ts";
import { momentumStep, sgdStep } from "../test/reference/optimizers/sgd.ts";
import { type Bench, compare, measure, type Work } from "./harness.ts";
import { loop } from "./javascript.ts";
import { dtypes, Scratch } from "./scratch.ts";

/** The parameters of 784-128-10. */
const count = 101_770;

/** Parameters, gradients, and two blocks of optimizer state. */
type Four<T> = readonly [T, T, T, T];

interface Update {
  readonly name: string;
  /** Returns the function that is timed. */
  readonly prepare: (scratch: Scratch, addresses: Four<Address>) => () => void;
  /** The update of one parameter in JavaScript: p, g, m, v at i. */
  readonly body: string;
  readonly twin: (values: Four<number[]>) => void;
}

const [rate, momentum, beta1, beta2, epsilon, step] = [0.01, 0.9, 0.9, 0.999, 1e-8, 1];

const updates: readonly Update[] = [
  {
    name: "sgd",
    prepare: (scratch, [parameters, gradients]) =>
      scratch.update("sgdStep", { parameters, gradients, weightDecay: 0 }, count, rate),
    body: `p[i] -= ${rate} * g[i];`,
    twin: ([p, g]) => sgdStep(p, g, rate, 0),
  },
  {
    name: "momentum",
    prepare: (scratch, [parameters, gradients, velocity]) =>
      scratch.update("momentumStep", { parameters, gradients, velocity, momentum, weightDecay: 0 }, count, rate),
    body: `const velocity = ${momentum} * m[i] + g[i]; m[i] = velocity; p[i] -= ${rate} * velocity;`,
    twin: ([p, g, m]) => momentumStep(p, g, m, rate, momentum, 0),
  },
  {
    name: "adam",
    prepare(scratch, [parameters, gradients, firstMoment, secondMoment]) {
      const blocks = { parameters, gradients, firstMoment, secondMoment };
      return scratch.update("adamStep", { ...blocks, beta1, beta2, epsilon, weightDecay: 0 }, count, rate);
    },
    body: `
      const gradient = g[i];
      const first = ${beta1} * m[i] + ${1 - beta1} * gradient;
      const second = ${beta2} * v[i] + ${1 - beta2} * gradient * gradient;
      m[i] = first;
      v[i] = second;
      p[i] -= ${rate / (1 - beta1 ** step)} * first / (Math.sqrt(second * ${1 / (1 - beta2 ** step)}) + ${epsilon});`,
    twin: ([p, g, m, v]) => adamStep(p, g, m, v, step, rate, beta1, beta2, epsilon, 0),
  },
];

export function optimizer(rounds: number): Bench[] {
  return dtypes.map((dtype) => ({
    title: `optimizers, ${count.toLocaleString("en")} parameters, ${dtype}`,
    unit: "ns/parameter",
    versus: "JavaScript",
    *rows() {
      for (const update of updates) yield measure(...works(new Scratch(dtype), update), rounds);
    },
  }));
}

/** Returns the kernel and the loop in JavaScript. */
function works(scratch: Scratch, { name, prepare, body, twin }: Update): [Work, Work] {
  const { tolerance } = scratch;
  const blocks = [scratch.random(count), scratch.random(count), scratch.zeros(count), scratch.zeros(count)] as const;
  const addresses = blocks.map(({ address }) => address) as unknown as Four<Address>;
  const arrays = blocks.map(({ view }) => view().slice());
  const expected = blocks.map(({ view }) => Array.from(view())) as unknown as Four<number[]>;
  twin(expected);
  const javascript = loop(["p", "g", "m", "v"], body);
  return [
    {
      name,
      count,
      run: prepare(scratch, addresses),
      check: () => compare(name, blocks[0].view(), expected[0], tolerance),
    },
    {
      name: `${name} in JavaScript`,
      count,
      run: () => javascript(...arrays),
      check: () => compare(`${name} in JavaScript`, arrays[0], expected[0], tolerance),
    },
  ];
}
