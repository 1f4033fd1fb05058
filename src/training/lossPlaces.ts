/** The places in memory that a loss of a batch reads and writes. */

import type { Values } from "../kernels/dtype.ts";
import type { Address } from "../kernels/operations.ts";
import type { Sequences } from "../topology/sequences.ts";

/** The addresses of the blocks of a batch that a loss reads and writes. */
export interface LossPlaces {
  /** The record of the batch whose rows are those of the output. */
  readonly batch: Address;
  readonly outputAddress: Address;
  readonly targetAddress: Address;
  readonly outputGradAddress: Address;
  /** A LossResult of assembly/losses/output.ts. */
  readonly result: Address;
  /** Present for losses that prepare their batches. */
  readonly prepared: PreparedPlaces | undefined;
  /** The sequences whose steps are the rows, if they differ in length. */
  readonly sequences: Sequences | undefined;
  /** The places of all outputs, these among them, for a loss of several outputs. */
  readonly all: readonly LossPlaces[];
}

/** The addresses of weights, and of prepared targets and weights. */
export interface PreparedPlaces {
  /** [rows]; and one for each class, or those of 0 and of 1. */
  readonly exampleWeights: Address;
  readonly classWeights: Address;
  /** [rows, positions, outputs] */
  readonly targets: Address;
  /** A weight for each term, or for each position; as large as the targets. */
  readonly weights: Address;
  /** Present for losses that weigh each term by itself. */
  readonly terms: TermPlaces | undefined;
}

/** The addresses of targets and weights if each term has its own weight. */
export interface TermPlaces {
  /** The weights as they were given. */
  readonly givenAddress: Address;
  /** The targets with 0 for those that are missing, and the weights with 0 for these. */
  readonly targetsAddress: Address;
  readonly weightsAddress: Address;
}

/** The blocks of a batch that a loss reads and writes: their addresses, and views of those that JavaScript prepares. */
export interface LossBlocks extends LossPlaces {
  readonly prepared: PreparedBlocks | undefined;
}

export interface PreparedBlocks extends PreparedPlaces {
  /** Writes the weights of the sequences as those of their steps, which are `exampleWeights`; present if the rows are steps. */
  readonly spread: (() => void) | undefined;
  readonly terms: TermBlocks | undefined;
}

export interface TermBlocks extends TermPlaces {
  /** The targets, and the weights of rows and of terms, as they were given. */
  readonly source: Values;
  readonly rowWeights: Values;
  readonly given: Values;
  readonly targets: Values;
  readonly weights: Values;
}
