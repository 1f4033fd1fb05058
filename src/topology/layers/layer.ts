/**
 * What a kind of layer is: one object that knows its shapes, its parameters, and the kernel calls of its forward and its
 * backward pass. A new kind is a new file with one such object; nothing else in the library asks for kinds by name.
 */

import type { Kernels } from "../../memory/kernels.ts";
import type { Initializer } from "../initializers.ts";

/** The shape of one example's value, without the batch. */
export type Shape = readonly number[];

/** A layer as plain data: its kind, its options, and perhaps a name. */
export interface LayerDescription {
  readonly kind: string;
  readonly name?: string;
}

export interface ParameterDescription {
  /** Unique in its layer: "weight", "bias". */
  readonly name: string;
  readonly shape: Shape;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly initializer: Initializer;
}

/** Where one use of a layer finds its data: addresses, one an input or a parameter, in the layer's order. */
export interface Site {
  readonly kernels: Kernels;
  /** The place of a kernel in the function table. */
  readonly tableIndex: (name: keyof Kernels) => number;
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
  readonly inputs: readonly number[];
  /** The same block as `output` unless the kind says `keepsPreactivation`. */
  readonly preactivation: number;
  readonly output: number;
  readonly parameters: readonly number[];
}

export interface BackwardSite extends Site {
  /** ∂loss/∂output; the backward calls may overwrite it with ∂loss/∂preactivation. */
  readonly outputGrad: number;
  /** Where to write ∂loss/∂input; undefined for an input whose gradient nobody needs. */
  readonly inputGrads: readonly (number | undefined)[];
  readonly parameterGrads: readonly number[];
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
  /** The shape of the output. @throws {RangeError} if the inputs do not suit the layer */
  outputShape(description: Description, inputShapes: readonly Shape[]): Shape;
  parameters(description: Description, inputShapes: readonly Shape[]): readonly ParameterDescription[];
  /** Whether the value before the nonlinearity is kept in a block of its own. */
  keepsPreactivation(description: Description): boolean;
  /** Overwrites the output. */
  forward(description: Description, site: Site): readonly Call[];
  /** Overwrites the gradients of the parameters and of the inputs. */
  backward(description: Description, site: BackwardSite): readonly Call[];
  /** The nonlinearity, if the layer is dense and this acts on each element alone: such layers can form a stack. */
  stacked?(description: Description): ElementwiseActivation | undefined;
  /** What the layer does, in a few words, for tables. */
  title(description: Description): string;
  /** What a file keeps of the description: all but how the parameters started. */
  toJSON(description: Description): Record<string, unknown>;
  /** The description that `json` was made from. @throws {RangeError | TypeError} if it is none */
  fromJSON(json: Record<string, unknown>): Description;
}

/** The elements of one example's value. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, side) => product * side, 1);
}
