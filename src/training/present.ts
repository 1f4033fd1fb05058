/** Copies of the outputs and targets of a batch whose targets are not missing, for metrics. */

import type { Values } from "../kernels/dtype.ts";
import type { Arena } from "../memory/arena.ts";
import type { Accumulator, MeasuredBlocks, Tally } from "./accumulators.ts";

export class Present {
  readonly #arena: Arena;
  readonly #outputs: number;
  readonly #targetColumns: number;

  /** @param outputs numbers of the output at each position. @param targetColumns numbers of the targets there */
  constructor(arena: Arena, outputs: number, targetColumns: number) {
    this.#arena = arena;
    this.#outputs = outputs;
    this.#targetColumns = targetColumns;
  }

  /** Copies the positions of which no target is missing. @returns their number */
  rows(blocks: MeasuredBlocks, count: number): number {
    const [width, columns] = [this.#outputs, this.#targetColumns];
    const { output, targets, outputCopy, targetCopy } = this.#views(blocks, count);
    let copied = 0;
    for (let row = 0; row < count; row++) {
      const target = targets.subarray(row * columns, (row + 1) * columns);
      if (target.some((value) => Number.isNaN(value))) continue;
      targetCopy.set(target, copied * columns);
      outputCopy.set(output.subarray(row * width, (row + 1) * width), copied * width);
      copied++;
    }
    return copied;
  }

  /** Copies the numbers of one column whose targets are not missing. @returns their number */
  column(blocks: MeasuredBlocks, count: number, column: number): number {
    const { output, targets, outputCopy, targetCopy } = this.#views(blocks, count);
    let copied = 0;
    for (let row = 0; row < count; row++) {
      const target = targets[row * this.#targetColumns + column];
      if (Number.isNaN(target)) continue;
      targetCopy[copied] = target;
      outputCopy[copied] = output[row * this.#outputs + column];
      copied++;
    }
    return copied;
  }

  /** Returns the blocks of the copies. */
  static blocksOf(blocks: MeasuredBlocks): MeasuredBlocks {
    // The loss needs its prepared targets and weights no more when metrics are computed.
    const { weights: outputAddress, targets: targetAddress } = blocks.copies!;
    return { ...blocks, outputAddress, targetAddress };
  }

  #views({ outputAddress, targetAddress, copies }: MeasuredBlocks, count: number): Record<View, Values> {
    const [outputs, targets] = [count * this.#outputs, count * this.#targetColumns];
    return {
      output: this.#arena.view(outputAddress, outputs),
      targets: this.#arena.view(targetAddress, targets),
      outputCopy: this.#arena.view(copies!.weights, outputs),
      targetCopy: this.#arena.view(copies!.targets, targets),
    };
  }
}

type View = "output" | "targets" | "outputCopy" | "targetCopy";

/** A metric of each column by itself. Its value is the mean over the columns that have targets. */
export class ColumnMean implements Accumulator {
  readonly columns: readonly Tally[];

  constructor(columns: readonly Tally[]) {
    this.columns = columns;
  }

  begin(): void {
    for (const column of this.columns) column.begin();
  }

  /** Adds rows of one column. */
  add(blocks: MeasuredBlocks, rows: number, column = 0): void {
    this.columns[column].add(blocks, rows);
  }

  value(): number {
    const seen = this.columns.filter(({ rows }) => rows > 0);
    return seen.reduce((sum, column) => sum + (column.value() as number), 0) / seen.length;
  }

  get state(): readonly number[] {
    return this.columns.flatMap(({ state }) => state);
  }

  fits(state: readonly number[]): boolean {
    return state.length === this.columns.length * this.columns[0].state.length;
  }

  set state(state: readonly number[]) {
    const { length } = this.columns[0].state;
    this.columns.forEach((column, index) => {
      column.state = state.slice(index * length, (index + 1) * length);
    });
  }
}
