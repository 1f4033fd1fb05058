/**
 * Two objects describe a kind of layer. A LayerKind knows shapes, parameters, blocks and the forward pass. A LayerTraining knows what
 * training adds; bundlers leave it out of a program that only predicts. A new kind is a new file with these two objects and a
 * row in kinds.ts and trainings.ts.
 */

import { type Address, eachRow, type Family, none, type Operation, type Work } from "../../kernels/operations.ts";
import type { Initializer } from "../initializers.ts";
import type { StepRule } from "./lengths.ts";

/**
 * The shape of one example's value, without the batch. The last side holds the features; the sides before it are positions. Every
 * kind of layer acts on the last side, at each position alike, unless it says otherwise.
 */
export type Shape = readonly number[];

/** The fields of every layer description: a layer as plain data. */
export interface DescriptionBase {
  readonly kind: string;
  /** Default its kind and position: "dense1", "dense2", … */
  readonly name?: string | undefined;
  /** True if training changes its parameters and statistics; default true. */
  readonly trainable?: boolean | undefined;
  /** The learning rate is multiplied by this for its parameters; default 1. */
  readonly learningRateFactor?: number | undefined;
}

export interface ParameterDescription {
  /** Unique in its layer: "weight", "bias". */
  readonly name: string;
  readonly shape: Shape;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly initializer: Initializer;
  /** True if l1 and l2 apply to it: the weights of products, neither biases nor the gains of normalizations. */
  readonly isWeight: boolean;
  /**
   * True of a table [rows, columns] whose gradient is 0 in all rows but those that a batch names. The layer adds to the gradient, and
   * marks these rows (BackwardSite.parameterMarks); the plan clears them before.
   */
  readonly isSparse?: boolean | undefined;
  /** The row of a table whose first values are 0, whatever the initializer says. */
  readonly zeroRow?: number | undefined;
  /** So many matrices lie side by side, and each gets first values of its own, with these fans. Default 1. */
  readonly parts?: number | undefined;
  /** Instead of `initializer`, one for each part. */
  readonly partInitializers?: readonly Initializer[] | undefined;
}

/** A tensor that a layer keeps beside its parameters: training changes it, but not by a gradient. */
export interface StatisticDescription {
  /** Unique in its layer: "runningMean". */
  readonly name: string;
  readonly shape: Shape;
  /** The first value of every element. */
  readonly value: number;
  /** The least value that an element may have, if there is one. */
  readonly minimum?: number | undefined;
}

/** Determines the random numbers of a pass: the same seed and step give the same numbers. */
export interface Draws {
  seed: number;
  step: number;
}

/** A block of memory that a use of a layer owns. */
export interface Block {
  readonly elements: number;
  /** `row`: elements for each row of a batch; `network`: elements in all. */
  readonly per: "row" | "network";
  /** Default the network's. */
  readonly type?: "float64" | "int32" | undefined;
  /** The first values of a block per network, or what returns them. */
  readonly values?: (readonly number[] | (() => ArrayLike<number>)) | undefined;
}

/** A use's blocks by their names; a block may be another name of the first input or of the output. */
export interface Blocks {
  /** Default the output. */
  readonly preactivation?: Block | "input" | "output" | undefined;
  readonly [name: string]: Block | WorkingSpace | WindowTable | "input" | "output" | undefined;
}

/** The windows of one sequence (assembly/convolution/geometry.ts). */
export interface SequenceWindows {
  /** Steps of padding before it. */
  readonly padLeft: number;
  /** Windows. */
  readonly outputWidth: number;
  /** Of an operation that writes every second step and so on, the first of them. */
  readonly firstOutput: number;
}

/** A table of how windows lie on each sequence of a batch, of a use whose first input's sequences differ in length. */
export interface WindowTable {
  readonly per: "sequence";
  /** Returns how they lie where the input's sequence has so many steps. */
  readonly windowsOn: (steps: number) => SequenceWindows;
  /** True of windows on the output's sequences, of an operation that writes what belongs to the input's. */
  readonly isBackward?: boolean | undefined;
}

/** Working space of 64-bit floats, which keeps nothing from one operation to the next and is the same for all layers. */
export interface WorkingSpace {
  readonly elements: number;
  readonly per: "operation";
}

/** Returns a block that holds a value of `shape` for each row. */
export const perRow = (shape: Shape): Block => ({ elements: sizeOf(shape), per: "row" });

/** Returns working space of so many bytes. */
export const spaceOf = (bytes: number): WorkingSpace => ({ elements: Math.ceil(bytes / 8), per: "operation" });

/** Returns working space: `rows` rows of a number for each column, padded to pairs. */
export function columnSums(rows: number, columns: number): WorkingSpace {
  return { elements: rows * 2 * Math.ceil(columns / 2), per: "operation" };
}

/** The shapes of one use: one an input, and the output's. */
export interface UseShapes {
  readonly elementBytes: number;
  readonly inputs: readonly Shape[];
  readonly output: Shape;
  /** True if the sequences of the first input differ in length. */
  readonly isRagged?: boolean | undefined;
}

/** The addresses of the data of one use of a layer: one an input, a parameter or a statistic, in the layer's order. */
export interface Site {
  readonly elementBytes: number;
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
  readonly outputShapes: readonly Shape[];
  readonly inputs: readonly Address[];
  /** Where each input's sequences lie (assembly/program/sequences.ts); `none` if all of them have all steps. */
  readonly offsets: readonly Address[];
  /** True if its rows are steps of sequences that differ in length, so that its shapes are without their first side. */
  readonly actsOnSteps: boolean;
  /** The record of the batch that the steps of each input's sequences are, if they differ in length; else that of the batch. */
  readonly stepBatches: readonly Address[];
  /** The same of the output's. */
  readonly outputBatch: Address;
  /** The only output, or the first. */
  readonly output: Address;
  readonly outputs: readonly Address[];
  /** The use's own blocks, by their names. */
  readonly blocks: Readonly<Record<string, Address>>;
  readonly parameters: readonly Address[];
  readonly statistics: readonly Address[];
}

/** Returns `units` of work for each step of an input's sequences. */
export function eachStep({ offsets, stepBatches, inputShapes }: Site, units = 1, input = 0): Work {
  if (offsets[input] === none) return eachRow(inputShapes[input][0] * units);
  return { ...eachRow(units), batch: stepBatches[input] };
}

/** Returns a value's shape as operations see it that act on each row of `outputBatch`: the output's, or that of one of its steps. */
export const rowShapeOf = ({ offsets, outputShape }: Site): Shape =>
  offsets[0] === none ? outputShape : outputShape.slice(1);

/** Returns operations whose rows are those of another batch. */
export const countedIn = (batch: Address, operations: readonly Operation[]): readonly Operation[] =>
  operations.map((operation) =>
    operation.work.per === "row" ? { ...operation, work: { ...operation.work, batch } } : operation,
  );

/** Returns the fields of an operation over all steps of an input's sequences: a batch, and rows of the operation for each of its own. */
export function stepsOf({ offsets, stepBatches, inputShapes }: Site, input = 0) {
  return { batch: stepBatches[input], positions: offsets[input] === none ? inputShapes[input][0] : 1 };
}

/**
 * Returns what lies in the first input one after the other: rows of the batch or, of sequences that differ in length, steps.
 *
 * @returns the shape of one, and a unit of work for each
 */
export function piecesOf({ offsets: [offsets], stepBatches, inputShapes: [shape] }: Site): {
  shape: Shape;
  work: Work;
} {
  if (offsets === none) return { shape, work: eachRow() };
  return { shape: shape.slice(1), work: { ...eachRow(), batch: stepBatches[0] } };
}

/** The same in a plan for training. */
export interface TrainingSite extends Site {
  /** The record of what changes from batch to batch. */
  readonly batch: Address;
  /** True if the pass is one of training and changes the parameters. */
  readonly isTrained: boolean;
  /** Differs between the uses of layers in a network that are no rearrangements. */
  readonly position: number;
}

export interface BackwardSite extends TrainingSite {
  /** ∂loss/∂output; the backward operations may overwrite it. Of several outputs, that of the first. */
  readonly outputGrad: Address;
  readonly outputGrads: readonly Address[];
  /** The addresses for ∂loss/∂input; undefined for an input whose gradient nobody needs. */
  readonly inputGrads: readonly (Address | undefined)[];
  /** The addresses for ∂loss/∂parameter; all of them undefined in a layer that is not trained. */
  readonly parameterGrads: readonly (Address | undefined)[];
  /** The addresses of the marks of those that are sparse, a byte a row (assembly/embedding/rows.ts). */
  readonly parameterMarks: readonly (Address | undefined)[];
}

export interface LayerKind<Description extends DescriptionBase = DescriptionBase> {
  /** The family of its kernels, beside the core and what every trainer needs. */
  readonly family?: Family | undefined;
  /** The shape of the output; that of the only input if it is left out. @throws {RangeError} if the inputs, or their number, do not suit */
  outputShape?(description: Description, inputShapes: readonly Shape[]): Shape;
  /** Instead, the shapes of several outputs. */
  outputShapes?(description: Description, inputShapes: readonly Shape[]): readonly Shape[];
  /** None if it is left out. */
  parameters?(description: Description, inputShapes: readonly Shape[]): readonly ParameterDescription[];
  /** None if it is left out. */
  statistics?(description: Description, inputShapes: readonly Shape[]): readonly StatisticDescription[];
  /** The blocks of a use beside the output; none if it is left out. */
  blocks?(description: Description, shapes: UseShapes): Blocks;
  /** Overwrites the output. */
  forward(description: Description, site: Site): readonly Operation[];
  /**
   * What it does with sequences that differ in length: "steps", it acts on each step alike, so it sees a batch of steps, and shapes without
   * their first side; "tokens", the same, and a step may be one number; "kept" and "ended", it looks at whole sequences, and its output
   * has the lengths of the first input, or is no sequence; a rule, likewise, and the output's lengths are made of the first input's. A kind
   * that leaves it out, or returns nothing, needs one length.
   */
  sequences?(
    description: Description,
    inputShapes: readonly Shape[],
  ): "steps" | "tokens" | "kept" | "ended" | StepRule | undefined;
  /** Says why a kind needs sequences of one length: "it makes one row of all steps". */
  readonly oneLength?: string | undefined;
  /** Of a kind that looks at whole sequences, but at no step's later ones: how it takes one step after the other. */
  streaming?(description: Description): Streaming<Description> | undefined;
  /** True of a layer that only moves numbers. It may stand between any two others without a change of what they draw. */
  readonly isRearrangement?: boolean | undefined;
  /** True if the output has numbers of the inputs or what lies between them: of probabilities it makes probabilities. */
  readonly keepsRange?: boolean | undefined;
  /**
   * Returns how many tokens there are, of a kind that reads token numbers: whole numbers from 0 up to that. It may read an input of the
   * network, or a rearrangement of one, so that what is no token is refused before anything runs (tokens.ts).
   */
  tokens?(description: Description): number;
  /** The names of options that change how the layer is trained, and not what it computes in prediction. */
  readonly trainingOptions?: readonly string[] | undefined;
  /** Says in a few words what the layer does, for tables. */
  title(description: Description): string;
  /** Returns the kind's own options as a file keeps them; all of them if it is left out. */
  toJSON?(description: Description): Record<string, unknown>;
  /** Returns the description that `json` was made from. @throws {RangeError | TypeError} if it is none */
  fromJSON(json: Record<string, unknown>): Description;
}

/** A kind of layer in a stream (stream.ts). Each pass sees one step; the layer's own blocks keep its state. */
export interface Streaming<Description extends DescriptionBase = DescriptionBase> {
  blocks(description: Description, shapes: UseShapes): Blocks;
  /** The names of the blocks that keep something. Before the first step they are zeros. */
  readonly keeps: readonly string[];
  /** As the kind's. The `step` of the steps' batch is the number of steps before. */
  forward(description: Description, site: Site): readonly Operation[];
  /** True of a kind that knows no more steps than the shape has. */
  readonly isBounded?: boolean | undefined;
}

/** The operations and blocks that training adds to a kind of layer. */
export interface LayerTraining<Description extends DescriptionBase = DescriptionBase> {
  /** The family of the kernels that training adds, beside the core and what every trainer needs. */
  readonly family?: Family | undefined;
  /** The blocks that a use needs in training only; none if it is left out. */
  blocks?(
    description: Description,
    shapes: UseShapes,
  ): Readonly<Record<string, Block | WorkingSpace | WindowTable | undefined>>;
  /** Overwrites the output; given only if training does it differently from prediction. */
  forward?(description: Description, site: TrainingSite): readonly Operation[];
  /** Overwrites the gradients of the parameters and of the inputs. */
  backward(description: Description, site: BackwardSite): readonly Operation[];
  /** Changes statistics, by the values of the pass, and bounded parameters, after the optimizer's update. */
  afterUpdate?(description: Description, site: TrainingSite): readonly Operation[];
  /** True if training draws random numbers for the layer. */
  readonly isRandom?: boolean | undefined;
  /** Positions that the first input must have in all rows of a batch together; 1 if it is left out. */
  readonly leastPositions?: number | undefined;
  /** Instead, the training of a layer that is not trained, if such a layer keeps more than its parameters: its statistics. */
  readonly frozen?: LayerTraining<Description> | undefined;
  /** Instead, where layers compute as in prediction, for the gradients of inputs; default `frozen`. */
  readonly predicting?: LayerTraining<Description> | undefined;
}

/** Returns the number of elements of one example's value. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** Returns the number of elements of one example's values, or of tensors, together. */
export function sizesOf(tensors: readonly { readonly shape: Shape }[]): number {
  return tensors.reduce((count, { shape }) => count + sizeOf(shape), 0);
}
