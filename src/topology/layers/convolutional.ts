/** The parts that layers of convolutions share: their options, and their kinds except the convolution itself. */

import { convolution } from "../../../build/convolution.js";
import { checkInteger, plural } from "../../errors.ts";
import { type Address, none, type Operation } from "../../kernels/operations.ts";
import { activationForward } from "../activations.ts";
import { type ConvolutionShape, fansOf, someTable } from "./convolution.ts";
import { countedIn, type LayerKind, perRow, rowShapeOf, type Shape, spaceOf } from "./layer.ts";
import { shownShape } from "./shape.ts";
import type { Layer } from "./value.ts";
import {
  type WeightedDescription,
  type WeightedOptions,
  weightAndBias,
  weightedOptions,
  weightedTitle,
} from "./weighted.ts";
import {
  checkPadding,
  checkSize,
  type SpatialSides,
  spatialShape,
  type Windows,
  windowBlocks,
  windowRule,
} from "./window.ts";

/** The options of all convolutions. */
export interface ConvolutionalOptions<Sizes, Paddings> extends WeightedOptions {
  /** The elements from one window to the next. Default 1. */
  readonly stride?: Sizes | undefined;
  /** The zeros around the input. Default "valid": none. */
  readonly padding?: Paddings | undefined;
  /** The distance between the elements of a window. Default 1. */
  readonly dilation?: Sizes | undefined;
}

/** The option of grouped convolutions. */
export interface GroupsOption {
  /** The number of groups of channels. Each group is convolved with its share of the filters. Default 1. */
  readonly groups?: number | undefined;
}

/** A convolution as plain data. Its sizes are lists with a number for each side. */
export interface ConvolutionalDescription extends WeightedDescription {
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: Windows["padding"];
  readonly dilation: readonly number[];
}

/** A grouped convolution as plain data. */
export interface GroupedDescription extends ConvolutionalDescription {
  readonly filters: number;
  readonly groups: number;
}

/**
 * Returns the part of a description that all such layers share.
 *
 * @param names the layer's own options
 * @throws {RangeError | TypeError} if an option is unknown or does not fit
 */
export function convolutionalOptions(
  who: string,
  sides: SpatialSides,
  kernelSize: unknown,
  options: ConvolutionalOptions<unknown, unknown>,
  names: readonly string[],
): Omit<ConvolutionalDescription, "kind"> {
  const size = checkSize(`${who}: kernelSize`, kernelSize, sides);
  const common = weightedOptions(who, options, names);
  const { stride = 1, padding = "valid", dilation = 1 } = options;
  return {
    ...{ kernelSize: size, stride: checkSize(`${who}: stride`, stride, sides) },
    ...{ padding: checkPadding(who, padding, sides), dilation: checkSize(`${who}: dilation`, dilation, sides) },
    ...common,
  };
}

/** Returns the filters and groups of a layer. @throws {RangeError} if either is below 1, or if filters are not a multiple of groups */
export function groupedOptions(who: string, filters: number, { groups = 1 }: GroupsOption) {
  checkInteger(`${who}: filters`, filters, 1, 2 ** 31 - 1);
  checkInteger(`${who}: groups`, groups, 1, filters);
  if (filters % groups !== 0) {
    throw new RangeError(
      `${who}: got ${plural(filters, "filter")} for ${groups} groups, need a multiple of the groups`,
    );
  }
  return { filters, groups };
}

/** @throws {RangeError} if the channels of a value are not a multiple of the groups */
export function checkChannels(who: string, shape: Shape, groups: number): void {
  const channels = shape[shape.length - 1];
  if (channels % groups === 0) return;
  const got = `a value ${shownShape(shape)} of ${plural(channels, "channel")} for ${groups} groups`;
  throw new RangeError(`${who}: got ${got}, need a multiple of the groups`);
}

/** The parts in which kinds of convolutions differ. */
export interface Convolving<Description> {
  /** The options in a file besides the kernel's size, the activation and the bias. */
  readonly names: readonly (keyof Description & string)[];
  /**
   * Returns the layer's convolution for a value of this shape.
   *
   * @param sequences the table of windows, if sequences differ in length
   */
  shapeOf(description: Description, shape: Shape, sequences?: Address): ConvolutionShape;
  outputShape(shape: ConvolutionShape): Shape;
  weightShape(shape: ConvolutionShape, description: Description): Shape;
  /** Returns the bytes of working space that it needs. */
  bytes(shape: ConvolutionShape, elementBytes: number): number;
  convolve(
    shape: ConvolutionShape,
    blocks: { readonly elementBytes: number } & Record<"space" | "input" | "weight" | "bias" | "output", Address>,
  ): readonly Operation[];
  /** Returns the words of the title after the windows. */
  said(description: Description): readonly (string | false)[];
  /** Makes a layer from the options in a file. */
  make(kept: Record<string, never>): Layer<Description & { readonly kind: string }>;
}

/** Returns the windows of a convolution. */
export const windowsOf = ({ kernelSize, stride, dilation, padding }: ConvolutionalDescription): Windows => ({
  ...{ size: kernelSize, stride, dilation, padding },
});

const shownSize = (size: readonly number[]) => size.join("×");
const shownSteps = (name: string, size: readonly number[]) =>
  size.some((step) => step > 1) && `${name} ${shownSize(size)}`;

/** Returns the kind of layers that convolve over one or two spatial sides. */
export function convolutionalKind<Description extends ConvolutionalDescription & { readonly filters?: number }>(
  who: string,
  sides: SpatialSides,
  own: Convolving<Description>,
): LayerKind<Description> {
  const kept = ["kernelSize", "activation", "bias", ...own.names] as (keyof Description & string)[];
  return {
    family: convolution,

    sequences: (description) => (sides === 1 ? windowRule(windowsOf(description)) : undefined),

    outputShape(description, inputShapes) {
      return own.outputShape(own.shapeOf(description, spatialShape(who, inputShapes, sides)));
    },

    parameters(description, [inputShape]) {
      const shape = own.shapeOf(description, inputShape);
      const features = own.outputShape(shape)[sides];
      return weightAndBias(description, own.weightShape(shape, description), features, fansOf(shape));
    },

    blocks(description, { inputs: [inputShape], output, elementBytes, isRagged }) {
      const shape = own.shapeOf(description, inputShape, isRagged ? someTable : none);
      return {
        preactivation: description.activation.name === "linear" ? "output" : perRow(output),
        space: spaceOf(own.bytes(shape, elementBytes)),
        ...windowBlocks(windowsOf(description), isRagged),
      };
    },

    forward(description, site) {
      const { elementBytes, inputShapes, inputs, blocks, output, parameters, outputBatch } = site;
      const [input] = inputs;
      const [weight, bias = none] = parameters;
      const { preactivation, space, windows } = blocks;
      const addresses = { elementBytes, space, input, weight, bias, output: preactivation };
      const activation = activationForward(description.activation, rowShapeOf(site), { input: preactivation, output });
      return [
        ...own.convolve(own.shapeOf(description, inputShapes[0], windows), addresses),
        ...countedIn(outputBatch, activation),
      ];
    },

    trainingOptions: ["maxNorm"],

    title(description) {
      const { filters, kernelSize, stride, padding, dilation } = description;
      const said = [
        `${who} ${filters === undefined ? "" : `${filters}, `}${shownSize(kernelSize)}`,
        shownSteps("stride", stride),
        padding !== "valid" && (typeof padding === "string" ? padding : `padding ${padding.join(" ")}`),
        shownSteps("dilation", dilation),
        ...own.said(description),
      ];
      return `${said.filter(Boolean).join(", ")}${weightedTitle(description)}`;
    },

    toJSON: (description) => Object.fromEntries(kept.map((name) => [name, description[name]])),
    fromJSON: (json) => own.make(json as Record<string, never>),
  };
}
