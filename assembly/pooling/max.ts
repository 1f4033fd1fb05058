/**
 * The maximum of each window of an image, channel by channel. Padding counts as -∞. Nothing is kept for the way back: the window is
 * compared with its maximum again, which is faster than to store where it was.
 *
 * Ties      0 and -0 are equal. The gradient goes to the first of equal maxima in row-major order. NaN counts as largest, so that
 *           a network that diverges is noticed; the gradient then goes to the first NaN (PyTorch's to the last).
 * Source    ours; conventions are PyTorch's.
 */
import { acrossOf, firstPixelOf, firstWindowOf, Geometry, padLeftOf, widthOf } from "../convolution/geometry";
import { isAligned, laneCount, splat } from "../vector/lanes";
import {
  areCovering,
  areDisjoint,
  arePoolable,
  lastChannels,
  loadChannels,
  stepOf,
  storeChannels,
  windowEnd,
  windowStart,
} from "./window";

/** Returns whether windows are 2 × 2, none of them overlaps another or padding, and pixels have a vector of channels. */
function areSquares<T extends number>(windows: Geometry): bool {
  const isSquare = windows.kernelHeight == 2 && windows.kernelWidth == 2;
  const isBeside = windows.strideHeight == 2 && windows.strideWidth == 2;
  const isBefore = windows.padTop == 0 && windows.padLeft == 0;
  const isWithin = 2 * windows.outputHeight <= windows.height && 2 * windows.outputWidth <= windows.width;
  return isSquare && isBeside && isBefore && isWithin && windows.channels >= laneCount<T>();
}

@final
@unmanaged
export class MaxPoolForward extends Geometry {
  /** [rows, height, width, channels] */
  input: usize;
  /** [rows, outputHeight, outputWidth, channels] */
  output: usize;
}

/**
 * output = the maximum of each window.
 *
 * Range     rows.
 * Writes    output (overwritten).
 * Requires  both blocks on 16 bytes; an element of the image in each window; dilations of 1. Of sequences that differ in length one
 *           window, on all steps.
 * Numerics  exact. NaN wherever a window has one. Of 0 and -0 the first in row-major order.
 */
export function maxPoolForward<T extends number>(args: MaxPoolForward, begin: i32, end: i32): void {
  assert(end > begin && args.channels > 0, "rows and channels must be positive");
  assert(arePoolable(args), "each window must have an element, and no gaps");
  assert(isAligned(args.input | args.output), "blocks start on 16 bytes");
  const pixel = <usize>args.channels * sizeof<T>();
  const isSquares = areSquares<T>(args);
  for (let row = begin; row < end; row++) {
    const input = args.input + <usize>firstPixelOf(args, row) * pixel;
    const output = args.output + <usize>firstWindowOf(args, row) * pixel;
    if (isSquares) squareMaxima<T>(args, input, output);
    else if (args.channels >= laneCount<T>()) maxima<T>(args, row, input, output, true);
    else maxima<T>(args, row, input, output, false);
  }
}

/** @inline Returns all ones where x is NaN. */
function isUnordered<T extends number>(x: v128): v128 {
  return v128.ne<T>(x, x);
}

/** @inline The maxima of any windows on image `row`, which is at `input`. `v128.max` keeps NaN, but is many instructions; all ones are NaN, too. */
function maxima<T extends number>(args: MaxPoolForward, row: i32, input: usize, output: usize, isWide: bool): void {
  const width = widthOf(args, row);
  const padLeft = padLeftOf(args, row);
  const across = acrossOf(args, row);
  const pixel = <usize>args.channels * sizeof<T>();
  const line = <usize>width * pixel;
  const step = stepOf<T>(isWide);
  const last = pixel - step;
  for (let y = 0; y < args.outputHeight; y++) {
    const top = windowStart(y, args.strideHeight, args.padTop);
    const lines = windowEnd(y, args.strideHeight, args.padTop, args.kernelHeight, args.height) - top;
    const topLine = input + <usize>top * line;
    for (let x = 0; x < across; x++) {
      const left = windowStart(x, args.strideWidth, padLeft);
      const columns = windowEnd(x, args.strideWidth, padLeft, args.kernelWidth, width) - left;
      const run = <usize>columns * pixel;
      const window = topLine + <usize>left * pixel;
      for (let channel: usize = 0; ; channel = min(channel + step, last)) {
        let largest = splat<T>(-Infinity);
        let unordered = splat<T>(0);
        let start = window + channel;
        for (let rest = lines; rest > 0; rest--) {
          const stop = start + run;
          for (let at = start; at < stop; at += pixel) {
            const element = loadChannels<T>(isWide, at);
            largest = v128.pmax<T>(largest, element);
            unordered = v128.or(unordered, isUnordered<T>(element));
          }
          start += line;
        }
        storeChannels<T>(isWide, output + channel, v128.or(largest, unordered));
        if (channel == last) break;
      }
      output += pixel;
    }
  }
}

/** The maxima of 2 × 2 windows beside each other: three times as fast without loops over the window. */
function squareMaxima<T extends number>(args: MaxPoolForward, input: usize, output: usize): void {
  const pixel = <usize>args.channels * sizeof<T>();
  const line = <usize>args.width * pixel;
  const last = pixel - 16;
  for (let lines = args.outputHeight; lines > 0; lines--) {
    let window = input;
    for (let columns = args.outputWidth; columns > 0; columns--) {
      for (let channel: usize = 0; ; channel = min(channel + 16, last)) {
        const upper = window + channel;
        const lower = upper + line;
        const a = v128.load(upper);
        const b = v128.load(upper + pixel);
        const c = v128.load(lower);
        const d = v128.load(lower + pixel);
        const largest = v128.pmax<T>(v128.pmax<T>(a, b), v128.pmax<T>(c, d));
        const unorderedAbove = v128.or(isUnordered<T>(a), isUnordered<T>(b));
        const unorderedBelow = v128.or(isUnordered<T>(c), isUnordered<T>(d));
        v128.store(output + channel, v128.or(largest, v128.or(unorderedAbove, unorderedBelow)));
        if (channel == last) break;
      }
      output += pixel;
      window += 2 * pixel;
    }
    input += 2 * line;
  }
}

@final
@unmanaged
export class MaxPoolBackward extends Geometry {
  /** [rows, height, width, channels] */
  input: usize;
  /** [rows, outputHeight, outputWidth, channels], of the forward pass. */
  output: usize;
  /** [rows, outputHeight, outputWidth, channels] */
  outputGrad: usize;
  /** [rows, height, width, channels] */
  inputGrad: usize;
}

/**
 * inputGrad = Σ outputGrad over the windows of which an element is the maximum.
 *
 * Range     rows.
 * Writes    inputGrad (overwritten).
 * Requires  as maxPoolForward, whose output is `output`.
 * Numerics  the sums of elements in several windows are in T, in the row-major order of the windows.
 */
export function maxPoolBackward<T extends number>(args: MaxPoolBackward, begin: i32, end: i32): void {
  assert(end > begin && args.channels > 0, "rows and channels must be positive");
  assert(arePoolable(args), "each window must have an element, and no gaps");
  assert(isAligned(args.input | args.output | args.outputGrad | args.inputGrad), "blocks start on 16 bytes");
  const pixel = <usize>args.channels * sizeof<T>();
  const isDisjoint = areDisjoint(args);
  const isSquares = areSquares<T>(args);
  for (let row = begin; row < end; row++) {
    const first = <usize>firstPixelOf(args, row) * pixel;
    const input = args.input + first;
    const offset = <usize>firstWindowOf(args, row) * pixel;
    const isWritten = isDisjoint && areCovering(args, row);
    if (!isWritten) memory.fill(args.inputGrad + first, 0, <usize>(args.height * widthOf(args, row)) * pixel);
    if (isSquares) squareGradients<T>(args, input, offset);
    else if (args.channels >= laneCount<T>()) gradients<T>(args, row, input, offset, isDisjoint, true);
    else gradients<T>(args, row, input, offset, isDisjoint, false);
  }
}

/** @inline Returns all ones where x is the maximum: equal to it, or NaN. */
function isLargest<T extends number>(x: v128, maximum: v128): v128 {
  return v128.or(v128.eq<T>(x, maximum), isUnordered<T>(x));
}

/** @inline The gradients of any windows on image `row`: written where windows are disjoint, else added. @param offset of the row's output */
function gradients<T extends number>(
  args: MaxPoolBackward,
  row: i32,
  input: usize,
  offset: usize,
  isDisjoint: bool,
  isWide: bool,
): void {
  const width = widthOf(args, row);
  const padLeft = padLeftOf(args, row);
  const across = acrossOf(args, row);
  const pixel = <usize>args.channels * sizeof<T>();
  const line = <usize>width * pixel;
  const step = stepOf<T>(isWide);
  const last = pixel - step;
  // What two vectors have in common is written twice, but added once.
  const added = isDisjoint ? i64x2.splat(-1) : lastChannels<T>(args.channels);
  const toGrad = args.inputGrad - args.input;
  let output = args.output + offset;
  let outputGrad = args.outputGrad + offset;
  for (let y = 0; y < args.outputHeight; y++) {
    const top = windowStart(y, args.strideHeight, args.padTop);
    const lines = windowEnd(y, args.strideHeight, args.padTop, args.kernelHeight, args.height) - top;
    const topLine = input + <usize>top * line;
    for (let x = 0; x < across; x++) {
      const left = windowStart(x, args.strideWidth, padLeft);
      const columns = windowEnd(x, args.strideWidth, padLeft, args.kernelWidth, width) - left;
      const run = <usize>columns * pixel;
      const window = topLine + <usize>left * pixel;
      for (let channel: usize = 0; ; channel = min(channel + step, last)) {
        const maximum = loadChannels<T>(isWide, output + channel);
        let gradient = loadChannels<T>(isWide, outputGrad + channel);
        if (channel == last) gradient = v128.and(gradient, added);
        let start = window + channel;
        for (let rest = lines; rest > 0; rest--) {
          const stop = start + run;
          for (let at = start; at < stop; at += pixel) {
            const isFound = isLargest<T>(loadChannels<T>(isWide, at), maximum);
            let sum = v128.and(gradient, isFound);
            gradient = v128.andnot(gradient, isFound);
            if (!isDisjoint) sum = v128.add<T>(loadChannels<T>(isWide, at + toGrad), sum);
            storeChannels<T>(isWide, at + toGrad, sum);
          }
          start += line;
        }
        if (channel == last) break;
      }
      output += pixel;
      outputGrad += pixel;
    }
  }
}

/** The gradients of 2 × 2 windows beside each other. @param offset of the row's output */
function squareGradients<T extends number>(args: MaxPoolBackward, input: usize, offset: usize): void {
  const pixel = <usize>args.channels * sizeof<T>();
  const line = <usize>args.width * pixel;
  const last = pixel - 16;
  const toGrad = args.inputGrad - args.input;
  let output = args.output + offset;
  let outputGrad = args.outputGrad + offset;
  for (let lines = args.outputHeight; lines > 0; lines--) {
    let window = input;
    for (let columns = args.outputWidth; columns > 0; columns--) {
      for (let channel: usize = 0; ; channel = min(channel + 16, last)) {
        const upper = window + channel;
        const lower = upper + line;
        const maximum = v128.load(output + channel);
        let gradient = v128.load(outputGrad + channel);
        let isFound = isLargest<T>(v128.load(upper), maximum);
        v128.store(upper + toGrad, v128.and(gradient, isFound));
        gradient = v128.andnot(gradient, isFound);
        isFound = isLargest<T>(v128.load(upper + pixel), maximum);
        v128.store(upper + pixel + toGrad, v128.and(gradient, isFound));
        gradient = v128.andnot(gradient, isFound);
        isFound = isLargest<T>(v128.load(lower), maximum);
        v128.store(lower + toGrad, v128.and(gradient, isFound));
        gradient = v128.andnot(gradient, isFound);
        isFound = isLargest<T>(v128.load(lower + pixel), maximum);
        v128.store(lower + pixel + toGrad, v128.and(gradient, isFound));
        if (channel == last) break;
      }
      output += pixel;
      outputGrad += pixel;
      window += 2 * pixel;
    }
    input += 2 * line;
  }
}
