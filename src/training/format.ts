/** The types of targets, and the format of the examples that suit a network and its losses. */

import type { Dtype, Values } from "../kernels/dtype.ts";
import type { Shape } from "../topology/layers/layer.ts";
import type { LeastSteps } from "../topology/layers/lengths.ts";
import type { Reader } from "../topology/reader.ts";
import type { FlatRows, TokenCounts } from "../topology/rows.ts";
import type { LengthsSource } from "../topology/sequences.ts";
import type { Heads } from "./heads.ts";
import type { BoundLoss } from "./objective.ts";

/** A flat row of an example's targets, or targets nested by the output's shape; null for a missing target. */
export type TargetRow = readonly (number | null)[] | FlatRows | readonly TargetRow[];

/**
 * Rows of all numbers of the output, flat or nested by its shape; or class numbers, one a position, nested by the sides of the output's shape
 * before the last. If there is one number an example, class or value, targets may be a list of numbers. With `missingTargets: true`, NaN and
 * null are missing targets.
 */
export type Targets = readonly TargetRow[] | FlatRows | readonly (number | null)[];

/** The format of the targets of one output. */
export interface TargetFormat {
  readonly shape: Shape;
  /** The input and the rule that the lengths of its sequences follow from, if they differ. */
  readonly lengths: LengthsSource | undefined;
  /** The positions of a row, and the numbers at each position. A row is an example, or a step of sequences that differ in length. */
  readonly positions: number;
  readonly outputs: number;
  /** The loss for targets that are rows, and the loss for class numbers. One of them may be undefined. */
  readonly rowLoss: BoundLoss | undefined;
  readonly classLoss: BoundLoss | undefined;
  /** The weights of classes, if they have some. */
  readonly classWeights: Values | undefined;
}

/** The format of the examples of a trainer. */
export interface ExampleFormat {
  readonly dtype: Dtype;
  /** The shape and the numbers of each input, and the fewest steps of its sequences if they differ in length. */
  readonly inputs: readonly Shape[];
  readonly features: readonly number[];
  readonly least: readonly (LeastSteps | undefined)[];
  /** The tokens among the numbers of each input, if there are some. */
  readonly tokens: readonly (TokenCounts | undefined)[];
  /** One format for each output. */
  readonly targets: readonly TargetFormat[];
  /** One loss of all outputs, without targets, instead of the losses in `targets`. */
  readonly joint: Heads | undefined;
  /** True if numbers that are not finite are refused. */
  readonly validate: boolean;
  /** Keeps apart the calls of one trainer that read examples. */
  readonly reader: Reader;
  /** True if a target may be NaN or null; true if weights may be negative. */
  readonly missingTargets: boolean;
  readonly signedWeights: boolean;
}
