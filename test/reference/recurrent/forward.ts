/** Slow twin of assembly/recurrent/forward.ts: each sequence alone, step by step, with the roundings of the kernels. */
import { BlockSum, blockTerms } from "../products/product.ts";

type Map = (values: readonly number[]) => readonly number[];

/** What is not the twin's: how the type rounds, and its exponentials, which have twins of their own. */
export interface Arithmetic {
  readonly round: (x: number) => number;
  readonly sigmoid: Map;
  readonly tanh: Map;
}

export interface Sequences {
  readonly lengths: readonly number[];
  readonly isReverse: boolean;
}

/** Returns for each sequence the places of its steps in the order in which they are read. */
export function placesOf({ lengths, isReverse }: Sequences): number[][] {
  let end = 0;
  return lengths.map((length) => {
    end += length;
    const places = Array.from({ length }, (_, step) => end - length + step);
    return isReverse ? places.reverse() : places;
  });
}

/** row · matrix, each sum in the order of the row and in blocks. */
export function rowTimes(round: Arithmetic["round"], row: readonly number[], matrix: readonly number[][]): number[] {
  return matrix[0].map((_, column) => {
    const sum = new BlockSum(round);
    for (const [k, x] of row.entries()) sum.add(Math.floor(k / blockTerms), round(x * matrix[k][column]));
    return sum.value;
  });
}

/** a · b + c, element by element, rounded twice. */
export const addProducts = (
  round: Arithmetic["round"],
  a: readonly number[],
  b: readonly number[],
  c: readonly number[],
) => a.map((x, index) => round(round(x * b[index]) + c[index]));

/** a + b, element by element. */
export const sums = (round: Arithmetic["round"], a: readonly number[], b: readonly number[]) =>
  a.map((x, index) => round(x + b[index]));

/** h, and c of an LSTM. */
export interface State {
  readonly hidden: readonly number[];
  readonly cell?: readonly number[];
}

/** A step's gates, one after the other, its state, and what the way back needs beside these. */
export interface Step extends State {
  readonly gates: readonly number[];
  readonly cellTanh?: readonly number[];
  readonly hiddenPart?: readonly number[];
}

/** One step: of x · weight + bias, h · recurrentWeight, and the state before. */
export type Cell = (arithmetic: Arithmetic, input: readonly number[], product: number[], before: State) => Step;

/**
 * @param inputs x · weight + bias at each place
 * @param states of each sequence, before its first step
 * @returns steps by their places, and of each sequence the state after its last
 */
export function recurrentForward(
  arithmetic: Arithmetic,
  sequences: Sequences,
  inputs: readonly number[][],
  recurrentWeight: readonly number[][],
  states: readonly State[],
  cell: Cell,
): { steps: Step[]; last: State[] } {
  const steps: Step[] = [];
  const last = placesOf(sequences).map((places, sequence) => {
    let state = states[sequence];
    for (const place of places) {
      const product = rowTimes(arithmetic.round, state.hidden, recurrentWeight);
      steps[place] = cell(arithmetic, inputs[place], product, state);
      state = steps[place];
    }
    return state;
  });
  return { steps, last };
}
