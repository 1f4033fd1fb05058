/**
 * Embeddings: look-up, gradient and update of a large table of which a batch uses some rows, compared with a small table that has only
 * these rows; float32.
 */
import type { Address } from "#dist/kernels/operations.js";
import { type Operation, op } from "#dist/kernels/operations.js";
import { pcg32 } from "#dist/random.js";
import { clearRows, embeddingBackward, embeddingForward } from "../test/reference/embedding/embedding.ts";
import { adagradStep } from "../test/reference/optimizers/adagrad.ts";
import { adamStep } from "../test/reference/optimizers/adam.ts";
import { sgdStep } from "../test/reference/optimizers/sgd.ts";
import { sparseAdamStep } from "../test/reference/optimizers/sparseAdam.ts";
import { type Bench, compare, measure, type Work } from "./harness.ts";
import { type Block, Scratch } from "./scratch.ts";

const [count, units, examples, steps] = [10_000, 64, 32, 100];
const [rate, beta1, beta2, epsilon] = [0.01, 0.9, 0.999, 1e-8];

/** A table, with the tokens that are looked up in it. */
interface Table {
  readonly name: string;
  readonly scratch: Scratch;
  readonly count: number;
  readonly tokens: readonly number[];
  readonly tokenBlock: Block;
  readonly parameters: Block;
  readonly gradients: Block;
  readonly states: readonly [Block, Block];
  /** The address of a byte for each row. */
  readonly marks: Address;
  /** 1 for each row that occurs. */
  readonly isMarked: readonly number[];
  readonly outputGrad: Block;
}

function tableOf(name: string, rows: number, tokens: readonly number[]): Table {
  const scratch = new Scratch("float32");
  const tokenBlock = scratch.zeros(tokens.length);
  const outputGrad = scratch.random(tokens.length * units);
  const [parameters, gradients] = [scratch.random(rows * units), scratch.zeros(rows * units)];
  const states = [scratch.zeros(rows * units), scratch.zeros(rows * units)] as const;
  const marks = scratch.space(rows);
  tokenBlock.view().set(tokens);
  const isMarked = Array.from({ length: rows }, () => 0);
  for (const token of tokens) isMarked[token] = 1;
  return { name, scratch, count: rows, tokens, tokenBlock, parameters, gradients, states, marks, isMarked, outputGrad };
}

/** Returns the rows of a block, of `units` numbers each. */
const rowsOf = ({ view }: Block): number[][] => {
  const values = view();
  return Array.from({ length: values.length / units }, (_, row) =>
    Array.from(values.subarray(row * units, (row + 1) * units)),
  );
};

/** A piece of work on a table. */
type WorkOn = (table: Table) => Work;

const lookUp: WorkOn = ({ name, scratch, count: rows, tokens, tokenBlock, parameters }) => {
  const output = scratch.zeros(tokens.length * units);
  const blocks = { tokens: tokenBlock.address, table: parameters.address, output: output.address };
  const fields = { ...blocks, count: rows, columns: units };
  return {
    name: `look-up, ${name}`,
    count: tokens.length,
    run: scratch.call("embeddingForward", fields, tokens.length),
    check: () => compare(name, output.view(), embeddingForward(tokens, rowsOf(parameters)).flat(), 0),
  };
};

const gradient: WorkOn = (table) => {
  const { name, tokens, gradients } = table;
  const expected = clearRows(
    rowsOf(gradients),
    table.isMarked.map(() => 1),
  ).map((row) => [...row]);
  embeddingBackward(tokens, rowsOf(table.outputGrad), expected);
  return {
    name: `gradient, ${name}`,
    count: tokens.length,
    run: table.scratch.program((batch) => gradientOf(table, batch), examples),
    check: () => compare(name, gradients.view(), expected.flat(), 1e-5),
  };
};

/** The operations of a plan's backward pass. */
function gradientOf({ tokenBlock, gradients, marks, outputGrad, ...table }: Table, batch: Address): Operation[] {
  const read = { batch, positions: steps, tokens: tokenBlock.address, count: table.count, padding: -1 };
  const blocks = { outputGrad: outputGrad.address, tableGrad: gradients.address, columns: units };
  const inAll = (work: number) => ({ per: "network", units: work }) as const;
  return [
    op("clearRows", inAll(table.count), { gradient: gradients.address, marks, columns: units }),
    op("embeddingBackward", inAll(units), { ...read, ...blocks }),
    op("markRows", inAll(table.count), { ...read, marks }),
  ];
}

/** An optimizer's update. */
interface Update {
  readonly name: string;
  /** Returns the function that is timed. */
  readonly prepare: (table: Table) => () => void;
  readonly twin: (values: readonly number[][][], isMarked: readonly number[]) => void;
}

/** Returns the update of the whole table by the twin of a kernel that takes flat blocks. */
const flatTwin =
  (step: (...blocks: number[][]) => void): Update["twin"] =>
  (values) => {
    values[0].forEach((_, row) => {
      step(...values.map((block) => block[row]));
    });
  };

/** Returns Adam's options and blocks. */
function momentsOf({ parameters, gradients, states }: Table) {
  const [firstMoment, secondMoment] = states.map(({ address }) => address);
  const blocks = { parameters: parameters.address, gradients: gradients.address, firstMoment, secondMoment };
  return { ...blocks, beta1, beta2, epsilon };
}

const updates: readonly Update[] = [
  {
    name: "sgd",
    prepare: ({ scratch, parameters: { address: parameters }, gradients: { address: gradients }, marks, count }) =>
      scratch.update("sgdRows", { parameters, gradients, marks, columns: units }, count, rate),
    twin: flatTwin((p, g) => sgdStep(p, g, rate, 0)),
  },
  {
    name: "adagrad",
    prepare({ scratch, parameters, gradients, states: [squareSum], marks, count }) {
      const blocks = { parameters: parameters.address, gradients: gradients.address, squareSum: squareSum.address };
      const fields = { ...blocks, learningRateDecay: 0, epsilon, marks, columns: units };
      return scratch.update("adagradRows", fields, count, rate);
    },
    twin: flatTwin((p, g, s) => adagradStep(p, g, s, rate, epsilon, 0)),
  },
  {
    name: "sparseAdam",
    prepare: (table) =>
      table.scratch.update(
        "sparseAdamStep",
        { ...momentsOf(table), marks: table.marks, columns: units },
        table.count,
        rate,
      ),
    twin: ([p, g, m, v], isMarked) => sparseAdamStep(p, g, m, v, isMarked, 1, rate, beta1, beta2, epsilon),
  },
  {
    name: "adam, all rows",
    prepare: (table) =>
      table.scratch.update("adamStep", { ...momentsOf(table), weightDecay: 0 }, table.count * units, rate),
    twin: flatTwin((p, g, m, v) => adamStep(p, g, m, v, 1, rate, beta1, beta2, epsilon, 0)),
  },
];

/** Returns the gradient and, if wanted, the update after it. */
const update =
  ({ name: optimizer, prepare, twin }: Update, isWithGradient: boolean): WorkOn =>
  (table) => {
    const { name, scratch, parameters, gradients, states } = table;
    const backward = scratch.program((batch) => gradientOf(table, batch), examples);
    const step = prepare(table);
    // Zeros that stay zeros would be the fastest case.
    backward();
    const values = [parameters, gradients, ...states].map(rowsOf);
    twin(values, table.isMarked);
    return {
      name: `${isWithGradient ? "gradient and " : ""}${optimizer}, ${name}`,
      count: table.tokens.length,
      run() {
        if (isWithGradient) backward();
        step();
      },
      check: () => compare(name, parameters.view(), values[0].flat(), 1e-5),
    };
  };

/** Returns the tokens of a batch, and the same for a table that has only their rows, in the order of the first. */
function tables(): [Table, Table] {
  const random = pcg32(1);
  const tokens = Array.from({ length: examples * steps }, () => Math.floor(count * random.next()));
  const rows = [...new Set(tokens)].sort((a, b) => a - b);
  const places = new Map(rows.map((row, place) => [row, place]));
  const few = tokens.map((token) => places.get(token)!);
  return [tableOf(`${count} × ${units}`, count, tokens), tableOf(`${rows.length} × ${units}`, rows.length, few)];
}

export function embedding(rounds: number): Bench[] {
  const works = [lookUp, gradient, ...updates.flatMap((each) => [update(each, false), update(each, true)])];
  return [
    {
      title: `embedding ${count} × ${units}, batch ${examples} × ${steps} tokens, float32`,
      unit: "ns/token",
      versus: "small",
      *rows() {
        for (const work of works) {
          const [large, small] = tables().map(work);
          yield measure({ ...large, ...(!large.name.includes("all rows") && { goalRatio: 1 / 3 }) }, small, rounds);
        }
      },
    },
  ];
}
