/** What targets are, and what reading examples needs to know of a network and of its losses. */

import type { Dtype, Values } from "../kernels/dtype.ts";
import type { Shape } from "../topology/layers/layer.ts";
import type { LeastSteps } from "../topology/layers/lengths.ts";
import type { Reader } from "../topology/reader.ts";
import type { FlatRows, TokenCounts } from "../topology/rows.ts";
import type { LengthsSource } from "../topology/sequences.ts";
import type { Heads } from "./heads.ts";
import type { BoundLoss } from "./objective.ts";

/** A flat row of an example's targets, or targets nested as the output's shape is; null for one that is missing. */
export type TargetRow = readonly (number | null)[] | FlatRows | readonly TargetRow[];

/**
 * Rows of all numbers of the output, or the same nested as its shape is; or class numbers, one a position, nested as the output's
 * sides before the last are. Where there is one number an example, class or value, it may be a list of numbers. With
 * `missingTargets: true`, NaN and null are missing targets.
 */
export type Targets = readonly TargetRow[] | FlatRows | readonly (number | null)[];

/** What reading targets needs to know of an output and of its loss. */
export interface TargetFormat {
  readonly shape: Shape;
  /** Where the lengths of its sequences come from, if they differ. */
  readonly lengths: LengthsSource | undefined;
  /** The positions of a row, and the numbers at each. A row is an example, or a step of sequences that differ in length. */
  readonly positions: number;
  readonly outputs: number;
  /** The loss for targets that are rows, and the one for class numbers; one of them may be missing. */
  readonly rowLoss: BoundLoss | undefined;
  readonly classLoss: BoundLoss | undefined;
  /** The weights of classes. */
  readonly classWeights: Values | undefined;
}

/** What reading examples needs to know of the network and of its losses. */
export interface ExampleFormat {
  readonly dtype: Dtype;
  /** The shape of each input, its numbers, and the fewest steps of its sequences, if they differ in length. */
  readonly inputs: readonly Shape[];
  readonly features: readonly number[];
  readonly least: readonly (LeastSteps | undefined)[];
  /** The tokens among the numbers of each input, where there are some. */
  readonly tokens: readonly (TokenCounts | undefined)[];
  /** One for each output. */
  readonly targets: readonly TargetFormat[];
  /** Instead of the losses there, one of all outputs, which has no targets. */
  readonly joint: Heads | undefined;
  /** Whether numbers that are not finite are refused. */
  readonly validate: boolean;
  /** Keeps the calls of one trainer apart that read examples. */
  readonly reader: Reader;
  /** Whether a target may be NaN, or null, and whether weights may be negative. */
  readonly missingTargets: boolean;
  readonly signedWeights: boolean;
}
