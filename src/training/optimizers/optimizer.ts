/**
 * The parts of an optimizer: plain data, and one object with its blocks and its operation. A new optimizer is a new file
 * with such an object and a row in kinds.ts; nothing else in the library knows optimizers by name.
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
  /** A number or a schedule. Each optimizer states its default. */
  readonly learningRate?: LearningRate | undefined;
  /** weightDecay · parameter is added to each gradient, also of biases; adamW and lion apply it differently. Each optimizer states its default. */
  readonly weightDecay?: number | undefined;
}

/** The arguments of every operation of an update. */
export interface UpdateSite {
  /** The fields that all records have. */
  readonly fields: Fields;
  /** The addresses of the blocks that the kind has asked for. */
  readonly states: readonly Address[];
  /** A unit for each element, or for each row of a table. */
  readonly work: Work;
}

/** The fields of Update in assembly/program/step.ts. */
type Fields = Pick<Operations["sgdStep"], "now" | "parameters" | "gradients" | "factor">;

/** The fields of a table, of which only marked rows have a gradient other than 0. */
export interface TableSite extends UpdateSite {
  readonly fields: Fields & Pick<Operations["sgdRows"], "marks" | "columns">;
}

/** NAdam's numbers for a step, which counts from 1: its momentum, the next step's, and the product of all up to this one. */
export type Momenta = (step: number) => readonly [momentum: number, next: number, product: number];

/**
 * The contents of a block, which decide what numbers a file may have there. A first moment is a mean of gradients whose squares are finite, too. A
 * second moment is a mean or a sum that is never below 0. A velocity is any finite number.
 */
export type StateBlock = "firstMoment" | "secondMoment" | "velocity";

/** A limit of the numbers of a block, given those of another block. */
export interface StateLimit {
  readonly block: number;
  readonly by: number;
  /** Returns the largest size of a number whose counterpart in the other block is `value`. */
  most(value: number): number;
}

export interface OptimizerKind<Description extends Optimizer = Optimizer> {
  /** Returns the optimizer with these options. @throws {RangeError | TypeError} if one is unknown or out of range */
  make(options: Omit<Description, "name">): Description;
  /** Returns its blocks, each as long as the parameters' block and zero at first. */
  stateBlocks(description: Description): readonly StateBlock[];
  /** Returns the limits of the numbers in its blocks after `steps` updates. Default no limits. */
  limits?(description: Description, dtype: Dtype, steps: number): readonly StateLimit[];
  /** Returns the operation that changes parameters and blocks. Vectors whose new numbers would not be finite stay as they are. */
  update(description: Description, site: UpdateSite): Operation;
  /** Returns the operation that changes only the marked rows of a table; undefined, the default, if the optimizer also changes other rows. */
  updateTable?(description: Description, site: TableSite): Operation | undefined;
  /** Returns the momenta that its operations read. */
  momenta?(description: Description): Momenta;
}
