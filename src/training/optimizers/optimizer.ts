/**
 * What an optimizer is: plain data, and one object that knows what it remembers and its kernel call. A new one is a new file
 * with such an object and a row in kinds.ts; nothing else in the library asks for optimizers by name.
 */

import type { Dtype } from "../../kernels/dtype.ts";
import type { Kernels } from "../../kernels/instance.ts";
import type { LearningRate } from "../schedules/kinds.ts";

/** An optimizer as plain data: its name, and every option it has. */
export interface Optimizer {
  readonly name: string;
  readonly learningRate: LearningRate;
  readonly weightDecay: number;
}

/** The options of every optimizer. */
export interface OptimizerOptions {
  /** A number or a schedule; each optimizer says its default. */
  readonly learningRate?: LearningRate | undefined;
  /** weightDecay · parameter is added to each gradient, biases included; adamW and lion say what they do instead. Each optimizer says its default. */
  readonly weightDecay?: number | undefined;
}

/** Where an update finds its data: the addresses of blocks of `count` elements. */
export interface UpdateSite {
  readonly kernels: Kernels;
  readonly parameters: number;
  readonly gradients: number;
  /** As many as the kind has said. */
  readonly states: readonly number[];
  readonly count: number;
}

/** Where an update of a table [rows, columns] finds its data, of which only marked rows have a gradient that is not 0. */
export interface TableSite extends UpdateSite {
  /** The address of the marks, a byte a row. */
  readonly marks: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * What a block remembers of each parameter, which says what numbers a file may have there: of a first moment, a mean of gradients whose
 * squares are finite too; of a second moment, a mean or a sum that is never below 0; of a velocity, any finite number.
 */
export type StateBlock = "firstMoment" | "secondMoment" | "velocity";

/** How large the numbers of a block can be, given those of another block. */
export interface StateLimit {
  readonly block: number;
  readonly by: number;
  /** Returns the largest size of a number whose counterpart in the other block is `value`. */
  most(value: number): number;
}

/** The kernel call of one update, whose `step` counts from 1. It gives 0 if a new number would not have been finite, else 1. */
export type Update = (step: number, learningRate: number) => number;

export interface OptimizerKind<Description extends Optimizer = Optimizer> {
  /** The description of these options. @throws {RangeError | TypeError} if one is unknown or out of range */
  make(options: Omit<Description, "name">): Description;
  /** Returns the blocks as long as the parameters' that it remembers, zero at first. */
  stateBlocks(description: Description): readonly StateBlock[];
  /** Returns how large training makes what is remembered, in so many steps. Default no limits. */
  limits?(description: Description, dtype: Dtype, steps: number): readonly StateLimit[];
  update(description: Description, site: UpdateSite): Update;
  /** Returns the update of a table's marked rows alone; undefined, as by default, if the optimizer also changes other rows. */
  updateTable?(description: Description, site: TableSite): Update | undefined;
}
