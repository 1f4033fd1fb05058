/** Runs the operations of attention on arrays: of several examples, each a matrix of the columns of all heads. */
import type { Dtype } from "../../../src/kernels/dtype.ts";
import { elementBytes } from "../../../src/kernels/dtype.ts";
import { attentionBytes } from "../../../src/topology/layers/attention.ts";
import { attentionBackwardBytes } from "../../../src/topology/layers/attentionTraining.ts";
import type { Factor, Matrix } from "../../reference/attention/attention.ts";
import { keptElements } from "../../reference/regularization/dropout.ts";
import { random, roundTo, rowsOf, Scratch } from "../scratch.ts";

export interface Shape {
  /** Steps of an example's queries and keys, at most. */
  readonly querySteps: number;
  readonly keySteps: number;
  readonly heads: number;
  readonly keyUnits: number;
  readonly isCausal?: boolean;
  readonly rate?: number;
}

/** Examples of one shape, or with fewer steps. */
export interface Examples {
  readonly query: readonly Matrix[];
  readonly key: readonly Matrix[];
  readonly value: readonly Matrix[];
  readonly outputGrad: readonly Matrix[];
}

export const key = { seed: 5, step: 7, stream: 3 } as const;

/**
 * Shapes with every number of steps and of columns from 1 to 67, of several heads; then with more keys and more columns than a panel has
 * steps, and with a last block of queries that is full, and one of a single query.
 */
export function shapesUpTo(most: number): Shape[] {
  const counts = Array.from({ length: most }, (_, index) => index + 1);
  return [
    ...counts.map((n) => ({ querySteps: 1 + (n % 7), keySteps: n, heads: 1 + (n % 3), keyUnits: 1 + (n % 10) })),
    ...counts.map((n) => ({ querySteps: n, keySteps: 1 + (n % 19), heads: 2, keyUnits: 1 + (n % 5) })),
    ...counts.map((n) => ({ querySteps: 3, keySteps: 1 + (n % 9), heads: 1 + (n % 2), keyUnits: n })),
    { querySteps: 64, keySteps: 2, heads: 1, keyUnits: 3 },
    { querySteps: 65, keySteps: 270, heads: 1, keyUnits: 5 },
    { querySteps: 2, keySteps: 3, heads: 1, keyUnits: 270 },
  ];
}

/** Draws examples. @param lengths steps of each example's queries and keys; default all of one example */
export function draw(
  dtype: Dtype,
  { querySteps, keySteps, heads, keyUnits }: Shape,
  lengths: readonly (readonly [number, number])[] = [[querySteps, keySteps]],
  seed = 1,
): Examples {
  const columns = heads * keyUnits;
  const of = (place: 0 | 1, which: number) =>
    lengths.map((steps, row) => {
      const values = random(steps[place] * columns, seed + 17 * row + which).map((x) => 2 * x);
      return rowsOf(roundTo(dtype, values), columns);
    });
  return { query: of(0, 1), key: of(1, 2), value: of(1, 3), outputGrad: of(0, 4) };
}

/** What dropout multiplies the weights of an example by. */
export function factorOf(row: number, { querySteps, keySteps, heads, rate = 0 }: Shape): Factor {
  const size = heads * querySteps * keySteps;
  const kept = keptElements((row + 1) * size, rate, key.seed, key.step, key.stream).slice(row * size);
  return (head, query, at) => Number(kept[(head * querySteps + query) * keySteps + at]) / (1 - rate);
}

export class Attention {
  readonly #scratch: Scratch;

  constructor(readonly dtype: Dtype) {
    this.#scratch = new Scratch(dtype);
  }

  /** @param isPacked whether offsets say where the examples lie; they must then have their own lengths */
  forward(
    examples: Pick<Examples, "query" | "key" | "value">,
    shape: Shape,
    { isPacked = false, keeps = true }: { isPacked?: boolean; keeps?: boolean } = {},
  ): { output: number[]; statistics: number[] } {
    const scratch = this.#scratch;
    const { query, key: keys, value } = examples;
    const { keySteps, heads, keyUnits, rate = 0 } = shape;
    const output = scratch.output(query.flat(2).length);
    const statistics = scratch.output(2 * query.flat().length * heads);
    const space = scratch.doubles(Math.ceil(attentionBytes(keySteps, keyUnits, elementBytes[this.dtype]) / 8)).address;
    const inputs = {
      query: scratch.input(query.flat(2)),
      key: scratch.input(keys.flat(2)),
      value: scratch.input(value.flat(2)),
    };
    const outputs = { output: output.address, statistics: keeps ? statistics.address : 0, space };
    const fields = { ...inputs, ...outputs, ...this.#sizes(examples, shape, isPacked), stream: key.stream, rate };
    scratch.run("attentionForward", fields, query.length * heads, { rows: query.length, ...key });
    const result = {
      output: Array.from(scratch.read(output)),
      statistics: keeps ? Array.from(scratch.read(statistics)) : [],
    };
    scratch.expectIntact();
    return result;
  }

  output(...args: Parameters<Attention["forward"]>): number[] {
    return this.forward(...args).output;
  }

  /** @param inPlace whether the gradients take the places of the values that they are of */
  backward(
    examples: Examples,
    shape: Shape,
    { isPacked = false, inPlace = false }: { isPacked?: boolean; inPlace?: boolean } = {},
  ): { queryGrad: number[]; keyGrad: number[]; valueGrad: number[] } {
    const saved = this.forward(examples, shape, { isPacked }).statistics;
    const scratch = this.#scratch;
    const { keySteps, heads, keyUnits, rate = 0 } = shape;
    const values = [examples.query, examples.key, examples.value].map((matrices) => matrices.flat(2));
    const grads = values.map((each) => scratch.output(inPlace ? each : each.length));
    const [queryGrad, keyGrad, valueGrad] = grads.map(({ address }) => address);
    const [query, keys, value] = values.map((each, index) => (inPlace ? grads[index].address : scratch.input(each)));
    const outputGrad = scratch.input(examples.outputGrad.flat(2));
    const bytes = attentionBackwardBytes(keySteps, keyUnits, elementBytes[this.dtype]);
    const space = scratch.doubles(Math.ceil(bytes / 8)).address;
    const blocks = { query, key: keys, value, statistics: scratch.input(saved), outputGrad, space };
    const sizes = this.#sizes(examples, shape, isPacked);
    const fields = { ...blocks, queryGrad, keyGrad, valueGrad, ...sizes, stream: key.stream, rate };
    scratch.run("attentionBackward", fields, examples.query.length * heads, {
      rows: examples.query.length,
      ...key,
    });
    const [ofQuery, ofKey, ofValue] = grads.map((block) => Array.from(scratch.read(block)));
    scratch.expectIntact();
    return { queryGrad: ofQuery, keyGrad: ofKey, valueGrad: ofValue };
  }

  #sizes(
    { query, key: keys }: Pick<Examples, "query" | "key">,
    { querySteps, keySteps, heads, keyUnits, isCausal = false }: Shape,
    isPacked: boolean,
  ) {
    const offsetsOf = (matrices: readonly Matrix[]) => {
      const offsets = [0];
      for (const matrix of matrices) offsets.push(offsets.at(-1)! + matrix.length);
      const { address } = this.#scratch.doubles(Math.ceil(offsets.length / 2));
      this.#scratch.arena.integers(address, offsets.length).set(offsets);
      return address;
    };
    const [queryOffsets, keyOffsets] = isPacked ? [query, keys].map(offsetsOf) : [0, 0];
    return { queryOffsets, keyOffsets, querySteps, keySteps, heads, keyUnits, isCausal: Number(isCausal) };
  }
}
