/**
 * What an optimizer is: plain data, and one object that knows what it remembers and its operation. A new one is a new file
 * with such an object and a row in kinds.ts; nothing else in the library asks for optimizers by name.
 */

import type { Dtype } from "../../kernels/dtype.ts";
import type { Address, Operation, Operations, Work } from "../../kernels/operations.ts";
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

/** What every operation of an update is given. */
export interface UpdateSite {
  /** What all of its records have. */
  readonly fields: Fields;
  /** Where the blocks lie that the kind has asked for. */
  readonly states: readonly Address[];
  /** A unit for each element, or for each row of a table. */
  readonly work: Work;
}

/** The fields of assembly/program/update.ts. */
type Fields = Pick<Operations["sgdStep"], "now" | "parameters" | "gradients" | "factor">;

/** Of a table, of which only marked rows have a gradient that is not 0. */
export interface TableSite extends UpdateSite {
  readonly fields: Fields & Pick<Operations["sgdRows"], "marks" | "columns">;
}

/** NAdam's numbers for a step, which counts from 1: its momentum, the next step's, and the product of all up to this one. */
export type Momenta = (step: number) => readonly [momentum: number, next: number, product: number];

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

export interface OptimizerKind<Description extends Optimizer = Optimizer> {
  /** The description of these options. @throws {RangeError | TypeError} if one is unknown or out of range */
  make(options: Omit<Description, "name">): Description;
  /** Returns the blocks as long as the parameters' that it remembers, zero at first. */
  stateBlocks(description: Description): readonly StateBlock[];
  /** Returns how large training makes what is remembered, in so many steps. Default no limits. */
  limits?(description: Description, dtype: Dtype, steps: number): readonly StateLimit[];
  /** Returns what changes parameters and blocks; where a new number would not be finite, their vectors stay as they are. */
  update(description: Description, site: UpdateSite): Operation;
  /** Returns what changes the marked rows of a table alone; undefined, as by default, if the optimizer also changes other rows. */
  updateTable?(description: Description, site: TableSite): Operation | undefined;
  /** Returns the momenta that its operations read. */
  momenta?(description: Description): Momenta;
}
