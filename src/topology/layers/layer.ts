/**
 * Two objects describe a kind of layer. A LayerKind knows shapes, parameters, blocks and the forward pass. A LayerTraining has the parts
 * for training; bundlers leave it out of a program that only predicts. A new kind is a new file with these two objects and a row in
 * kinds.ts and trainings.ts.
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
  /** The layer's name. Default its kind and position: "dense1", "dense2", … */
  readonly name?: string | undefined;
  /** True if training changes its parameters and statistics; default true. */
  readonly trainable?: boolean | undefined;
  /** The factor for the learning rate of its parameters; default 1. */
  readonly learningRateFactor?: number | undefined;
}

export interface ParameterDescription {
  /** Unique in its layer: "weight", "bias". */
  readonly name: string;
  readonly shape: Shape;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly initializer: Initializer;
  /** True if the penalties l1 and l2 apply to it. They apply to weights of products, but not to biases and the gains of normalizations. */
  readonly isWeight: boolean;
  /**
   * True for a table [rows, columns] whose gradient is 0 in all rows that the batch does not use. The layer adds to the gradient and marks
   * the used rows (BackwardSite.parameterMarks); the plan clears them beforehand.
   */
  readonly isSparse?: boolean | undefined;
  /** The row of a table whose first values are 0, whatever the initializer. */
  readonly zeroRow?: number | undefined;
  /** The number of matrices that are side by side. Each gets its own first values, with these fans. Default 1. */
  readonly parts?: number | undefined;
  /** An initializer for each part, instead of `initializer`. */
  readonly partInitializers?: readonly Initializer[] | undefined;
}

/** A tensor that a layer has besides its parameters. Training changes it without a gradient. */
export interface StatisticDescription {
  /** Unique in its layer: "runningMean". */
  readonly name: string;
  readonly shape: Shape;
  /** The first value of every element. */
  readonly value: number;
  /** The least value that an element may have, if there is one. */
  readonly minimum?: number | undefined;
}

/** The source of the random numbers of a pass: the same seed and step give the same numbers. */
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
  /** The first values of a block per network, or a function that returns them. */
  readonly values?: (readonly number[] | (() => ArrayLike<number>)) | undefined;
}

/** The blocks of a use by their names. A block may be another name of the first input or of the output. */
export interface Blocks {
  /** Default the output. */
  readonly preactivation?: Block | "input" | "output" | undefined;
  readonly [name: string]: Block | WorkingSpace | WindowTable | "input" | "output" | undefined;
}

/** The windows of one sequence (assembly/convolution/geometry.ts). */
export interface SequenceWindows {
  /** The number of padding steps before the sequence. */
  readonly padLeft: number;
  /** The number of windows. */
  readonly outputWidth: number;
  /** The first step to write, if the operation writes only every n-th step. */
  readonly firstOutput: number;
}

/** A table of the windows on each sequence of a batch, for a use whose first input has sequences of different lengths. */
export interface WindowTable {
  readonly per: "sequence";
  /** Returns the windows for a sequence of `steps` steps of the input. */
  readonly windowsOn: (steps: number) => SequenceWindows;
  /** True if the windows are on the output's sequences, and the operation writes for the input's. */
  readonly isBackward?: boolean | undefined;
}

/** Working space of 64-bit floats. All layers share it, and it keeps nothing from one operation to the next. */
export interface WorkingSpace {
  readonly elements: number;
  readonly per: "operation";
}

/** Returns a block that holds a value of `shape` for each row. */
export const perRow = (shape: Shape): Block => ({ elements: sizeOf(shape), per: "row" });

/** Returns working space of `bytes` bytes. */
export const spaceOf = (bytes: number): WorkingSpace => ({ elements: Math.ceil(bytes / 8), per: "operation" });

/** Returns working space: `rows` rows of a number for each column, padded to pairs. */
export function columnSums(rows: number, columns: number): WorkingSpace {
  return { elements: rows * 2 * Math.ceil(columns / 2), per: "operation" };
}

/** The shapes of one use: one for each input, and that of the output. */
export interface UseShapes {
  readonly elementBytes: number;
  readonly inputs: readonly Shape[];
  readonly output: Shape;
  /** True if the sequences of the first input differ in length. */
  readonly isRagged?: boolean | undefined;
}

/** The addresses of the data of one use of a layer: one for each input, parameter or statistic, in the layer's order. */
export interface Site {
  readonly elementBytes: number;
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
  readonly outputShapes: readonly Shape[];
  readonly inputs: readonly Address[];
  /** The offsets of each input's sequences (assembly/program/sequences.ts); `none` if all of them have the full length. */
  readonly offsets: readonly Address[];
  /** True if its rows are steps of sequences of different lengths; then its shapes lack their first side. */
  readonly actsOnSteps: boolean;
  /** For each input, the record of the batch of its steps if its sequences differ in length, else that of the batch. */
  readonly stepBatches: readonly Address[];
  /** The same for the output. */
  readonly outputBatch: Address;
  /** The only output, or the first. */
  readonly output: Address;
  readonly outputs: readonly Address[];
  /** The use's own blocks by their names. */
  readonly blocks: Readonly<Record<string, Address>>;
  readonly parameters: readonly Address[];
  readonly statistics: readonly Address[];
}

/** Returns `units` of work for each step of an input's sequences. */
export function eachStep({ offsets, stepBatches, inputShapes }: Site, units = 1, input = 0): Work {
  if (offsets[input] === none) return eachRow(inputShapes[input][0] * units);
  return { ...eachRow(units), batch: stepBatches[input] };
}

/** Returns a value's shape for operations on each row of `outputBatch`: the output's shape, or that of one of its steps. */
export const rowShapeOf = ({ offsets, outputShape }: Site): Shape =>
  offsets[0] === none ? outputShape : outputShape.slice(1);

/** Returns operations whose rows belong to another batch. */
export const countedIn = (batch: Address, operations: readonly Operation[]): readonly Operation[] =>
  operations.map((operation) =>
    operation.work.per === "row" ? { ...operation, work: { ...operation.work, batch } } : operation,
  );

/**
 * Returns the fields of an operation over all steps of an input's sequences: a batch, and the operation's rows for each row of the batch.
 */
export function stepsOf({ offsets, stepBatches, inputShapes }: Site, input = 0) {
  return { batch: stepBatches[input], positions: offsets[input] === none ? inputShapes[input][0] : 1 };
}

/**
 * Returns the pieces that the first input consists of: rows of the batch, or steps if sequences differ in length.
 *
 * @returns the shape of one piece, and a unit of work for each
 */
export function piecesOf({ offsets: [offsets], stepBatches, inputShapes: [shape] }: Site): {
  shape: Shape;
  work: Work;
} {
  if (offsets === none) return { shape, work: eachRow() };
  return { shape: shape.slice(1), work: { ...eachRow(), batch: stepBatches[0] } };
}

/** The same for a plan for training. */
export interface TrainingSite extends Site {
  /** The record of the numbers that change from batch to batch. */
  readonly batch: Address;
  /** True if the pass is for training and changes the parameters. */
  readonly isTrained: boolean;
  /** A number that differs between the uses of layers in a network, except for rearrangements. */
  readonly position: number;
}

export interface BackwardSite extends TrainingSite {
  /** ∂loss/∂output; the backward operations may overwrite it. With several outputs, it is that of the first. */
  readonly outputGrad: Address;
  readonly outputGrads: readonly Address[];
  /** The addresses for ∂loss/∂input; undefined for an input whose gradient is not needed. */
  readonly inputGrads: readonly (Address | undefined)[];
  /** The addresses for ∂loss/∂parameter; all undefined in a frozen layer. */
  readonly parameterGrads: readonly (Address | undefined)[];
  /** The addresses of the marks of sparse parameters, a byte for each row (assembly/embedding/rows.ts). */
  readonly parameterMarks: readonly (Address | undefined)[];
}

export interface LayerKind<Description extends DescriptionBase = DescriptionBase> {
  /** The family of its kernels, besides the core and the kernels of every trainer. */
  readonly family?: Family | undefined;
  /** Returns the shape of the output. Default that of the only input. @throws {RangeError} if the inputs or their number do not fit */
  outputShape?(description: Description, inputShapes: readonly Shape[]): Shape;
  /** Returns the shapes of several outputs, instead of `outputShape`. */
  outputShapes?(description: Description, inputShapes: readonly Shape[]): readonly Shape[];
  /** Returns the parameters. Default none. */
  parameters?(description: Description, inputShapes: readonly Shape[]): readonly ParameterDescription[];
  /** Returns the statistics. Default none. */
  statistics?(description: Description, inputShapes: readonly Shape[]): readonly StatisticDescription[];
  /** Returns the blocks of a use besides the output. Default none. */
  blocks?(description: Description, shapes: UseShapes): Blocks;
  /** Returns the operations that overwrite the output. */
  forward(description: Description, site: Site): readonly Operation[];
  /**
   * Returns the handling of sequences of different lengths. With "steps", the layer treats each step alike, so it sees a batch of steps,
   * and shapes without their first side. With "tokens" it does the same, and a step may be one number. The other layers look at whole
   * sequences. With "kept", the output has the lengths of the first input; with "ended", it is not a sequence; with a rule, its lengths
   * follow from the first input's by the rule. A kind that omits this, or returns undefined, needs sequences of one length.
   */
  sequences?(
    description: Description,
    inputShapes: readonly Shape[],
  ): "steps" | "tokens" | "kept" | "ended" | StepRule | undefined;
  /** The reason why a kind needs sequences of one length: "it makes one row of all steps". */
  readonly oneLength?: string | undefined;
  /** Returns the streaming of a kind that looks at whole sequences, but never at later steps. */
  streaming?(description: Description): Streaming<Description> | undefined;
  /** True for a layer that only moves numbers. Inserting it between two others does not change their random numbers. */
  readonly isRearrangement?: boolean | undefined;
  /** True if the output consists of the inputs' numbers or of values between them: it turns probabilities into probabilities. */
  readonly keepsRange?: boolean | undefined;
  /**
   * Returns the number of tokens, for a kind that reads token numbers: whole numbers from 0 to below this. It may read an input of the
   * network, or a rearrangement of one, so that invalid tokens are refused before anything runs (tokens.ts).
   */
  tokens?(description: Description): number;
  /** The names of options that change how the layer is trained, and not what it computes in prediction. */
  readonly trainingOptions?: readonly string[] | undefined;
  /** Says in a few words what the layer does, for tables. */
  title(description: Description): string;
  /** Returns the kind's own options for a file. Default all of them. */
  toJSON?(description: Description): Record<string, unknown>;
  /** Returns the description that `json` was made from. @throws {RangeError | TypeError} if it is not valid */
  fromJSON(json: Record<string, unknown>): Description;
}

/** A kind of layer in a stream (stream.ts). Each pass sees one step; the layer's own blocks keep its state. */
export interface Streaming<Description extends DescriptionBase = DescriptionBase> {
  blocks(description: Description, shapes: UseShapes): Blocks;
  /** The names of the blocks that keep the state. Before the first step they are zeros. */
  readonly keeps: readonly string[];
  /** The same as the kind's. The `step` of the steps' batch is the number of earlier steps. */
  forward(description: Description, site: Site): readonly Operation[];
  /** True if the kind takes no more steps than the shape has. */
  readonly isBounded?: boolean | undefined;
}

/** The operations and blocks that training adds to a kind of layer. */
export interface LayerTraining<Description extends DescriptionBase = DescriptionBase> {
  /** The family of the kernels that training adds, besides the core and the kernels of every trainer. */
  readonly family?: Family | undefined;
  /** Returns the blocks that a use needs in training only. Default none. */
  blocks?(
    description: Description,
    shapes: UseShapes,
  ): Readonly<Record<string, Block | WorkingSpace | WindowTable | undefined>>;
  /** Returns the operations that overwrite the output; only present if training differs from prediction. */
  forward?(description: Description, site: TrainingSite): readonly Operation[];
  /** Returns the operations that overwrite the gradients of the parameters and of the inputs. */
  backward(description: Description, site: BackwardSite): readonly Operation[];
  /**
   * True if the backward operations in all, not those for each row, only write gradients of parameters, and read blocks that no operation of
   * another layer changes after them. Several threads then run them last, together with those of other layers.
   */
  readonly hasIndependentParameters?: boolean | undefined;
  /** Returns the operations after the optimizer's update: they change statistics, by the values of the pass, and bounded parameters. */
  afterUpdate?(description: Description, site: TrainingSite): readonly Operation[];
  /** True if training draws random numbers for the layer. */
  readonly isRandom?: boolean | undefined;
  /** The positions that the first input must have in all rows of a batch together. Default 1. */
  readonly leastPositions?: number | undefined;
  /** The training of a frozen layer, if it keeps more than its parameters: its statistics. */
  readonly frozen?: LayerTraining<Description> | undefined;
  /** The training for the gradients of inputs, where layers compute as in prediction. Default `frozen`. */
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
