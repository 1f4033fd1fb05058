/** The records of convolutions, which their kernels share with those of Winograd's algorithm. */
import { Batch } from "../program/batch";
import { firstWindowOf, Geometry } from "./geometry";

/**
 * The record of a convolution. Its geometry is that of the images that it reads, and of the pixels of the output that it writes: all
 * of them, or every n-th of a line. Padding may be negative: then windows begin within the image.
 *
 * The kernel's element (row, column, channel, filter) is at weight + row · weightRow + column · weightColumn + channel ·
 * weightChannel + filter · weightFilter, so that it may also be read backwards, with channels and filters exchanged. One of
 * weightChannel and weightFilter is 1.
 */
@unmanaged
export class Convolution extends Geometry {
  /** [rows, height, width, channels] */
  input: usize;
  /** The kernel's first element; channels are those of a group. */
  weight: usize;
  /** [filters], or 0 for none. */
  bias: usize;
  /** The first pixel of the output that is written, of the first row; a pixel has `filters` elements. */
  output: usize;
  filters: i32;
  /** The channels of a group are convolved with its filters only. */
  groups: i32;
  weightRow: i32;
  weightColumn: i32;
  weightChannel: i32;
  weightFilter: i32;
  /** Elements from a pixel that is written to the next. */
  outputPixel: i32;
  /** Elements from the end of a line that is written to the next line, beyond that of a pixel. */
  outputWrap: i32;
  /** Elements from an example's output to the next, unless sequences differ in length. */
  outputSize: i32;
  /** Working space (src/topology/layers/convolution.ts says how much). */
  space: usize;
}

/** @inline Returns how many elements lie before the first that is written of row `row`. */
export function outputOf(args: Convolution, row: i32): usize {
  return args.sequences ? <usize>(firstWindowOf(args, row) * args.filters) : <usize>(row * args.outputSize);
}

@unmanaged
export class ConvolutionBackwardWeight extends Geometry {
  batch: Batch;
  /** [rows, height, width, channels] */
  input: usize;
  /** [rows, outputHeight, outputWidth, filters] */
  outputGrad: usize;
  /** [kernelHeight, kernelWidth, channels / groups, filters] */
  weightGrad: usize;
  filters: i32;
  groups: i32;
  /** Working space (src/topology/layers/convolution.ts says how much). */
  space: usize;
}
