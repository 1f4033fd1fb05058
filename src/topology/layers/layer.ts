/**
 * What a kind of layer is: one object that knows its shapes, its parameters, and the kernel calls of its forward and its
 * backward pass. A new kind is a new file with one such object; nothing else in the library asks for kinds by name.
 */

import type { Family } from "../../../build/kernels.js";
import type { Kernels } from "../../kernels/instance.ts";
import type { Initializer } from "../initializers.ts";

/**
 * The shape of one example's value, without the batch. The last side holds the features; the sides before it are positions. Every
 * kind of layer acts on the last side, at each position alike, unless it says otherwise.
 */
export type Shape = readonly number[];

/** A layer as plain data: its kind and its options. */
export interface LayerDescription {
  readonly kind: string;
  /** Default its kind and position: "dense1", "dense2", … */
  readonly name?: string;
  /** Whether training changes its parameters; default true. */
  readonly trainable?: boolean;
  /** What the learning rate is multiplied by for its parameters; default 1. */
  readonly learningRateFactor?: number;
}

export interface ParameterDescription {
  /** Unique in its layer: "weight", "bias". */
  readonly name: string;
  readonly shape: Shape;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly initializer: Initializer;
  /** Whether l1 and l2 apply to it: the weights of products, neither biases nor the gains of normalizations. */
  readonly isWeight: boolean;
}

/** What a layer keeps beside its parameters: training changes it, but not by a gradient. */
export interface StatisticDescription {
  /** Unique in its layer: "runningMean". */
  readonly name: string;
  readonly shape: Shape;
  /** What every element is at first. */
  readonly value: number;
  /** What none is below, if there is such a number. */
  readonly minimum?: number;
}

/** What decides about random numbers that a pass needs: the same seed and step, the same numbers. */
export interface Draws {
  seed: number;
  step: number;
}

/** Where one use of a layer finds its data: addresses, one an input, a parameter or a statistic, in the layer's order. */
export interface Site {
  readonly kernels: Kernels;
  readonly elementBytes: number;
  /** The place of a kernel in the function table. */
  readonly tableIndex: (name: keyof Kernels) => number;
  /** Writes 32-bit integers into a block that lasts as long as the plan. Returns its address. */
  readonly integers: (values: readonly number[]) => number;
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
  readonly inputs: readonly number[];
  /** The block that the kind's `preactivation` says. */
  readonly preactivation: number;
  readonly output: number;
  readonly parameters: readonly number[];
  readonly statistics: readonly number[];
  /** Whether training changes the parameters. */
  readonly isTrained: boolean;
  /** As many elements as the kind's `scratch` says; they last from the forward pass to the backward pass. */
  readonly scratch: number;
  /** Read when a call is made, as it changes from step to step. */
  readonly draws: Draws;
  /** Differs between the uses of layers in a network that are no rearrangements. */
  readonly position: number;
}

export interface BackwardSite extends Site {
  /** ∂loss/∂output; the backward calls may overwrite it. */
  readonly outputGrad: number;
  /** Where to write ∂loss/∂input; undefined for an input whose gradient nobody needs. */
  readonly inputGrads: readonly (number | undefined)[];
  /** Where to write ∂loss/∂parameter; all of them undefined in a layer that is not trained. */
  readonly parameterGrads: readonly (number | undefined)[];
}

/** One kernel call, for a batch of `rows` examples. */
export type Call = (rows: number) => void;

/** The kernels of a nonlinearity, none if it is the identity, and their parameter. */
export interface ElementwiseActivation {
  readonly forward?: keyof Kernels;
  readonly backward?: keyof Kernels;
  readonly parameter: number;
}

export interface LayerKind<Description extends LayerDescription = LayerDescription> {
  /** The family of its kernels, beside the core and what every trainer needs. */
  readonly family?: Family;
  /** The shape of the output. @throws {RangeError} if the inputs, or their number, do not suit the layer */
  outputShape(description: Description, inputShapes: readonly Shape[]): Shape;
  /** None if it is left out. */
  parameters?(description: Description, inputShapes: readonly Shape[]): readonly ParameterDescription[];
  /** None if it is left out. */
  statistics?(description: Description, inputShapes: readonly Shape[]): readonly StatisticDescription[];
  /** Where the value before the nonlinearity is: in a block of its own, or, as by default, in that of the output. */
  preactivation?(description: Description): "own" | "input" | "output";
  /** Elements to keep from the forward pass to the backward pass, whatever the number of rows; none if it is left out. */
  scratch?(description: Description, inputShapes: readonly Shape[]): number;
  /** Overwrites the output. */
  forward(description: Description, site: Site): readonly Call[];
  /** The same in training, where that differs. */
  forwardTraining?(description: Description, site: Site): readonly Call[];
  /** What a step changes after the optimizer has: statistics, by what the pass has seen, and parameters that are bounded. */
  afterUpdate?(description: Description, site: Site): readonly Call[];
  /** Overwrites the gradients of the parameters and of the inputs. */
  backward(description: Description, site: BackwardSite): readonly Call[];
  /** True of a layer that only moves numbers. It may stand between any two others without a change of what they draw. */
  readonly isRearrangement?: boolean;
  /** Whether training draws random numbers for it. */
  readonly isRandom?: boolean;
  /** Rows that a batch must have for training; 1 if it is left out. */
  leastRows?(inputShapes: readonly Shape[]): number;
  /** The nonlinearity, if the layer is dense and this acts on each element alone: such layers can form a stack. */
  stacked?(description: Description): ElementwiseActivation | undefined;
  /** What the layer does, in a few words, for tables. */
  title(description: Description): string;
  /** What a file keeps of the kind's own options: all but how the parameters started. */
  toJSON(description: Description): Record<string, unknown>;
  /** The description that `json` was made from. @throws {RangeError | TypeError} if it is none */
  fromJSON(json: Record<string, unknown>): Description;
}

/** The elements of one example's value. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, side) => product * side, 1);
}
