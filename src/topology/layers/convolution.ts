/**
 * Convolutions as operations: forward and backward, and the working space that they need. A transposed convolution is the gradient of the
 * input of the convolution that it transposes. The gradient of the kernel is in convolutionWeights.ts, because only training needs it.
 */

import { type Address, eachRow, none, type Operation, type Operations, op } from "../../kernels/operations.ts";
import type { Shape, WindowTable } from "./layer.ts";
import { type Geometry, type Windows, windowsOn } from "./window.ts";

/** A convolution: its windows, its filters, and its groups of channels. */
export interface ConvolutionShape {
  readonly geometry: Geometry;
  readonly filters: number;
  readonly groups: number;
}

/** Returns the shape of the kernel: [kernelHeight, kernelWidth, channels of a group, filters]. That of a sequence has no height. */
export function weightShapeOf({ geometry, filters, groups }: ConvolutionShape, isSequence: boolean): Shape {
  const { kernelHeight, kernelWidth, channels } = geometry;
  return [...(isSequence ? [] : [kernelHeight]), kernelWidth, channels / groups, filters];
}

/** Returns the fans of the kernel, as PyTorch counts them: the numbers that an output depends on, and that an input influences. */
export function fansOf({ geometry, filters, groups }: ConvolutionShape) {
  const taps = geometry.kernelHeight * geometry.kernelWidth;
  return { fanIn: (geometry.channels / groups) * taps, fanOut: (filters / groups) * taps };
}

/** The blocks that a convolution reads or writes. */
export interface ConvolutionBlocks {
  readonly elementBytes: number;
  readonly space: Address;
}

/** Returns the address of an element of a block. */
const elementAt = (block: Address, element: number, elementBytes: number) =>
  (block + element * elementBytes) as Address;

/** Returns the distance of neighbouring elements of the kernel, for each of its sides. */
function stridesOf({ geometry: { kernelWidth, channels }, filters, groups }: ConvolutionShape) {
  const weightColumn = (channels / groups) * filters;
  return { weightRow: kernelWidth * weightColumn, weightColumn, weightChannel: filters, weightFilter: 1 };
}

/** Returns the operation that convolves `input`. */
export function convolve(
  shape: ConvolutionShape,
  { elementBytes, space, ...blocks }: ConvolutionBlocks & Record<"input" | "weight" | "bias" | "output", Address>,
): Operation {
  const { geometry, filters, groups } = shape;
  const { input, weight, bias, output } = blocks;
  const outputSize = geometry.outputHeight * geometry.outputWidth * filters;
  const ofOutput = { output, outputPixel: filters, outputWrap: 0, outputSize };
  const ofBlocks = { input, weight, bias, space, ...ofOutput };
  return convolutionOf({ ...geometry, filters, groups, ...ofBlocks, ...stridesOf(shape) }, elementBytes);
}

/** Returns a convolution as an operation: a depthwise kernel for depthwise ones, Winograd's algorithm if the sizes suit it. */
function convolutionOf(fields: Operations["convolution"], elementBytes: number): Operation {
  const { groups, channels, filters } = fields;
  if (suitsDepthwise(channels, filters, groups)) return op("depthwiseConvolution", eachRow(), fields);
  if (!suitsWinograd(fields, filters, groups)) return op("convolution", eachRow(), fields);
  const tileRows = tileRowsOf(fields, channels + filters, elementBytes);
  return op("winogradConvolution", eachRow(), { ...fields, tileRows });
}

/**
 * Tells whether the kernels of depthwise convolutions compute these groups: groups of one channel, or of one filter. With more filters a
 * channel, or with few groups of many channels, products are faster.
 */
export function suitsDepthwise(channels: number, filters: number, groups: number): boolean {
  if (groups === 1) return false;
  return groups === channels ? filters <= 3 * groups : groups === filters && groups >= 8;
}

/** Tells whether Winograd's algorithm F(2×2, 3×3) computes these windows. Only sizes decide, because its bits differ. */
export function suitsWinograd(geometry: Geometry, filters: number, groups: number): boolean {
  const { kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = geometry;
  const isPlain = strideHeight * strideWidth * dilationHeight * dilationWidth * groups === 1;
  const least = Math.min(geometry.channels, filters);
  // Features are computed in whole vectors: 9 or 10 take as long as 12, so they gain nothing.
  const isWide = least >= 11 || (least >= 8 && (geometry.channels | filters) % 4 === 0);
  if (!isPlain || kernelHeight !== 3 || kernelWidth !== 3 || !isWide) return false;
  // An odd side is computed as the next even one. With few features the gain is smaller, so only little of this waste is allowed.
  const { outputHeight, outputWidth } = geometry;
  const computed = evenOf(outputHeight) * evenOf(outputWidth);
  return computed <= outputHeight * outputWidth * (least < 32 ? 1.2 : 1.5);
}

const evenOf = (side: number) => side + (side % 2);

/** Returns the number of elements of the vectors that hold `features` features. */
export function wideOf(features: number, elementBytes: number): number {
  const lanes = 16 / elementBytes;
  return Math.ceil(features / lanes) * lanes;
}

/** The bytes of transformed tiles that fit in a second-level cache beside everything else. */
const tileBytes = 2 ** 18;
/** The most tiles of a panel (panelDepth in assembly/products/panel.ts). */
export const mostTiles = 256;

/** Returns the number of rows of tiles that are transformed at a time. */
export function tileRowsOf({ outputHeight, outputWidth }: Geometry, features: number, elementBytes: number): number {
  const across = Math.ceil(outputWidth / 2);
  const tiles = Math.min(mostTiles, tileBytes / (16 * features * elementBytes));
  return Math.min(Math.ceil(outputHeight / 2), Math.max(1, Math.floor(tiles / across)));
}

/**
 * Returns the operations that convolve backwards: `output` is the gradient of the convolution's input, `input` that of its output. Every
 * element of the output is a sum over the windows that contain it.
 *
 * With windows `stride` apart, every stride-th element of the output uses the same elements of the kernel. Each such phase is a convolution
 * of its own, with a part of the kernel, read backwards.
 *
 * @param tables the tables of `phaseTables`, if sequences differ in length
 */
export function convolveBackward(
  shape: ConvolutionShape,
  { elementBytes, space, ...blocks }: ConvolutionBlocks & Record<"input" | "weight" | "bias" | "output", Address>,
  tables?: readonly Address[],
): Operation[] {
  const { geometry, filters, groups } = shape;
  const { height, width, channels, kernelHeight, kernelWidth } = geometry;
  const { input, weight, bias, output } = blocks;
  const strides = stridesOf(shape);
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, padTop, padLeft } = geometry;
  const rows = phasesOf(height, kernelHeight, strideHeight, dilationHeight, padTop);
  const columns = tables
    ? kernelPhases(kernelWidth, strideWidth, dilationWidth, tables.length).map((phase) => onLongest(phase, width))
    : phasesOf(width, kernelWidth, strideWidth, dilationWidth, padLeft);
  return rows.flatMap((row) =>
    columns.map((column, index) => {
      const first = row.element * strides.weightRow + column.element * strides.weightColumn;
      const ofWindows = {
        ...{ height: geometry.outputHeight, width: geometry.outputWidth, channels: filters },
        ...{ kernelHeight: row.size, kernelWidth: column.size, strideHeight: 1, strideWidth: 1 },
        ...{ dilationHeight: row.dilation, dilationWidth: column.dilation },
        ...{ padTop: row.before, padLeft: column.before, outputHeight: row.count, outputWidth: column.count },
        sequences: tables ? tables[index] : none,
      };
      const ofKernel = {
        weight: elementAt(weight, first, elementBytes),
        weightRow: -row.step * strides.weightRow,
        weightColumn: -column.step * strides.weightColumn,
        weightChannel: strides.weightFilter,
        weightFilter: strides.weightChannel,
      };
      const ofOutput = {
        output: elementAt(output, (row.first * width + column.first) * channels, elementBytes),
        outputPixel: strideWidth * channels,
        outputWrap: (strideHeight * width - column.count * strideWidth) * channels,
        outputSize: height * width * channels,
      };
      const all = { ...ofWindows, ...ofKernel, ...ofOutput, filters: channels, groups, input, bias, space };
      return convolutionOf(all, elementBytes);
    }),
  );
}

/** A part of a kernel: the elements that apply to every stride-th element of one side. */
interface KernelPhase {
  /** The first such element of the side, counted from the padding. */
  readonly offset: number;
  readonly stride: number;
  /** The first element of the kernel, and the step back to the next. */
  readonly element: number;
  readonly step: number;
  /** The number of elements of the kernel. */
  readonly size: number;
  /** The distance between the elements that they are multiplied by. */
  readonly dilation: number;
  /**
   * The distance from the first element of the kernel to the last of this part; undefined if no window contains such an element of the
   * side.
   */
  readonly distance: number | undefined;
}

/** The elements of a side of one length to which a part of the kernel applies. */
interface Phase extends Pick<KernelPhase, "element" | "step" | "size" | "dilation"> {
  readonly first: number;
  readonly count: number;
  /** The number of zeros before the side. */
  readonly before: number;
}

/** Returns the first `count` parts of a kernel. */
function kernelPhases(size: number, stride: number, dilation: number, count: number): KernelPhase[] {
  const divisor = greatestDivisor(stride, dilation);
  const step = stride / divisor;
  return Array.from({ length: count }, (_, offset) => {
    // The first element of the kernel that applies to these elements of the side, if there is one.
    const least = Array.from({ length: step }, (_, element) => element).find(
      (element) => element < size && (element * dilation) % stride === offset,
    );
    // No window contains these elements. A window of one element in the padding represents this.
    if (least === undefined) {
      return { offset, stride, element: 0, step, size: 1, dilation: 1, distance: undefined };
    }
    const elements = Math.floor((size - 1 - least) / step) + 1;
    const element = least + (elements - 1) * step;
    const distance = least * dilation;
    return { offset, stride, element, step, size: elements, dilation: dilation / divisor, distance };
  });
}

/** Returns the elements of a side, after `pad` of padding, to which a part of the kernel applies. */
function elementsOfPhase({ offset, stride, size, dilation, distance }: KernelPhase, length: number, pad: number) {
  const first = (((offset - pad) % stride) + stride) % stride;
  const count = Math.max(Math.floor((length - 1 - first) / stride) + 1, 0);
  const before = distance === undefined ? count : (size - 1) * dilation - (first + pad - distance) / stride;
  return { first, count, before };
}

/** Returns a phase of sequences of up to `length` steps. A table has its place in each sequence. */
function onLongest({ element, step, size, dilation, stride }: KernelPhase, length: number): Phase {
  return { first: 0, count: Math.ceil(length / stride), element, step, size, dilation, before: 0 };
}

/** Returns the tables of the phases for sequences of up to `length` steps. */
export function phaseTables(windows: Windows, length: number): WindowTable[] {
  const [size] = windows.size;
  const [stride] = windows.stride;
  const [dilation] = windows.dilation;
  // There are never more phases than elements of the longest sequence and its padding. Shorter ones do not have more.
  const most = length + windowsOn(windows, 0, length).before;
  return kernelPhases(size, stride, dilation, Math.min(stride, most)).map((phase) => ({
    per: "sequence",
    isBackward: true,
    windowsOn(steps) {
      const { first, count, before } = elementsOfPhase(phase, steps, windowsOn(windows, 0, steps).before);
      return { padLeft: before, outputWidth: count, firstOutput: first };
    },
  }));
}

/** Returns the phases of a side of `length` elements. */
export function phasesOf(length: number, size: number, stride: number, dilation: number, pad: number): Phase[] {
  return kernelPhases(size, stride, dilation, Math.min(stride, length + pad)).flatMap((phase) => {
    const { first, count, before } = elementsOfPhase(phase, length, pad);
    const { element, step, size: elements, dilation: spread } = phase;
    return count > 0 ? [{ first, count, element, step, size: elements, dilation: spread, before }] : [];
  });
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/** Bytes of a panel's step (assembly/products/panel.ts). */
const panelStep = 64;

/**
 * Returns the number of elements in the part of a padded image that windows cover, or 0 if they are all within the image.
 *
 * @param isSpread whether the part is copied even without padding
 */
export function coveredElements(
  geometry: Geometry,
  groups: number,
  isSpread = groups > 1 || geometry.sequences !== none,
): number {
  const { height, width, channels, padTop, padLeft } = geometry;
  const lines =
    (geometry.outputHeight - 1) * geometry.strideHeight + (geometry.kernelHeight - 1) * geometry.dilationHeight + 1;
  const columns =
    (geometry.outputWidth - 1) * geometry.strideWidth + (geometry.kernelWidth - 1) * geometry.dilationWidth + 1;
  const isCopied = isSpread || padTop !== 0 || padLeft !== 0 || lines > height || columns > width;
  return isCopied ? (lines * columns * channels) / groups : 0;
}

/** Returns the bytes of working space that a convolution needs. */
function bytesOf({ name, fields }: Operation, elementBytes: number): number {
  if (name === "convolution") return convolutionBytes(fields as Operations["convolution"], elementBytes);
  if (name === "depthwiseConvolution") return depthwiseBytes(fields as Operations["convolution"], elementBytes);
  const winograd = fields as Operations["winogradConvolution"];
  const { channels, filters } = winograd;
  const panels = Math.ceil(filters / (4 * (16 / elementBytes))) * channels * panelStep;
  return 16 * panels + Math.max(9 * panels, tileSpace(winograd, elementBytes));
}

/**
 * Returns the bytes that Winograd's algorithm needs for an image: the image between zeros, an even output or gradient, the transformed
 * tiles.
 */
export function tileSpace(
  fields: Operations["winogradConvolution" | "winogradBackwardWeight"],
  elementBytes: number,
): number {
  const [channels, filters] = [wideOf(fields.channels, elementBytes), wideOf(fields.filters, elementBytes)];
  const [outputHeight, outputWidth] = [evenOf(fields.outputHeight), evenOf(fields.outputWidth)];
  const isOdd = outputHeight !== fields.outputHeight || outputWidth !== fields.outputWidth;
  const image = coveredElements({ ...fields, channels, outputHeight, outputWidth }, 1, channels !== fields.channels);
  const even = isOdd || filters !== fields.filters ? outputHeight * outputWidth * filters : 0;
  const tiles = 16 * fields.tileRows * (outputWidth / 2) * (channels + filters);
  // There is a gap after each plane of the tiles and of their products.
  return (image + even + tiles) * elementBytes + 32 * 64;
}

/** Returns the bytes of panels, a padded image and narrow pixels. */
function convolutionBytes(fields: Operations["convolution"], elementBytes: number): number {
  const { groups, kernelHeight, kernelWidth, outputHeight, outputWidth } = fields;
  const filters = fields.filters / groups;
  const lanes = 16 / elementBytes;
  const isNine = kernelHeight === 3 && (kernelWidth * fields.channels) / groups === 3;
  const bands = groups * Math.ceil(filters / ((isNine ? 2 : 4) * lanes));
  const panels = bands * kernelHeight * kernelWidth * (fields.channels / groups) * panelStep;
  const narrow = filters < lanes ? 16 + outputHeight * outputWidth * 16 : 0;
  return panels + coveredElements(fields, groups) * elementBytes + 16 + narrow;
}

/**
 * Returns the bytes of a depthwise operation: its vectors at each place of a window, the list of the places, and a ring of padded lines.
 */
export function depthwiseBytes(
  fields: Geometry & Pick<ConvolutionShape, "filters" | "groups">,
  elementBytes: number,
): number {
  const { channels, filters, groups, kernelHeight, kernelWidth, outputWidth } = fields;
  const pair = 32 / elementBytes;
  const planes = channels / groups;
  // The bias is one more place. The gradient of the kernel takes three places at a time.
  const places = kernelHeight * kernelWidth * planes + 2;
  const pixel = Math.max(filters, pair) * elementBytes;
  const lines = (kernelHeight - 1) * fields.dilationHeight + 1;
  const columns = (outputWidth - 1) * fields.strideWidth + (kernelWidth - 1) * fields.dilationWidth + 1;
  // A range of filters may be narrower than a vector.
  const narrow = outputWidth * 32;
  return places * (Math.ceil(filters / pair) * 32 + 4) + 16 + narrow + lines * planes * columns * pixel;
}

/** Stands for a table of windows when only the need for space is computed. */
export const someTable = 1 as Address;

/** Stand for blocks when only the need for space is computed. */
const nowhere = { input: none, weight: none, bias: none, output: none, space: none };

/** Returns the bytes of working space that `convolve` needs. */
export function convolveBytes(shape: ConvolutionShape, elementBytes: number): number {
  return bytesOf(convolve(shape, { elementBytes, ...nowhere }), elementBytes);
}

/** Returns the bytes of working space that `convolveBackward` needs. */
export function convolveBackwardBytes(
  shape: ConvolutionShape,
  elementBytes: number,
  tables?: readonly Address[],
): number {
  const operations = convolveBackward(shape, { elementBytes, ...nowhere }, tables);
  return operations.reduce((most, operation) => Math.max(most, bytesOf(operation, elementBytes)), 0);
}
