/**
 * The sum or the mean of each window of an image, channel by channel, and the way back: average pooling, and upsampling that repeats
 * each pixel, which goes the other way. Padding does not count.
 */
import { acrossOf, firstPixelOf, firstWindowOf, Geometry, padLeftOf, widthOf } from "../convolution/geometry";
import { isAligned, laneCount } from "../vector/lanes";
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

@final
@unmanaged
export class WindowSums extends Geometry {
  /** [rows, height, width, channels] */
  image: usize;
  /** [rows, outputHeight, outputWidth, channels] */
  sums: usize;
  /** 1: a mean, over the elements that a window has of the image; 0: a sum. */
  isMean: i32;
}

/**
 * sums = Σ image over each window, or that divided by the window's elements.
 *
 * Range     rows.
 * Writes    sums (overwritten).
 * Requires  both blocks on 16 bytes; an element of the image in each window; dilations of 1.
 * Numerics  f64 sums in row-major order, rounded once to T. NaN and infinities stay in the windows and the channel that have them.
 */
export function sumWindows<T extends number>(args: WindowSums, begin: i32, end: i32): void {
  assert(end > begin && args.channels > 0, "rows and channels must be positive");
  assert(arePoolable(args), "each window must have an element, and no gaps");
  assert(isAligned(args.image | args.sums), "blocks start on 16 bytes");
  const pixel = <usize>args.channels * sizeof<T>();
  for (let row = begin; row < end; row++) {
    const image = args.image + <usize>firstPixelOf(args, row) * pixel;
    const sums = args.sums + <usize>firstWindowOf(args, row) * pixel;
    if (args.channels >= laneCount<T>()) sumImage<T>(args, row, image, sums, true);
    else sumImage<T>(args, row, image, sums, false);
  }
}

/** @inline Returns the upper two of four f32 as f64. */
function promoteHigh(vector: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(vector, vector, 2, 3, 2, 3));
}

/** @inline The sums of image `row`, which is at `image`. The sums of four f32 are two vectors of f64. */
function sumImage<T extends number>(args: WindowSums, row: i32, image: usize, sums: usize, isWide: bool): void {
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
    const topLine = image + <usize>top * line;
    for (let x = 0; x < across; x++) {
      const left = windowStart(x, args.strideWidth, padLeft);
      const columns = windowEnd(x, args.strideWidth, padLeft, args.kernelWidth, width) - left;
      const run = <usize>columns * pixel;
      const window = topLine + <usize>left * pixel;
      const divisor = f64x2.splat(args.isMean ? <f64>lines * <f64>columns : 1);
      for (let channel: usize = 0; ; channel = min(channel + step, last)) {
        let low = f64x2.splat(0);
        let high = f64x2.splat(0);
        let start = window + channel;
        for (let rest = lines; rest > 0; rest--) {
          const stop = start + run;
          for (let at = start; at < stop; at += pixel) {
            const element = loadChannels<T>(isWide, at);
            low = f64x2.add(low, sizeof<T>() == 8 ? element : f64x2.promote_low_f32x4(element));
            if (sizeof<T>() == 4 && isWide) high = f64x2.add(high, promoteHigh(element));
          }
          start += line;
        }
        let sum = f64x2.div(low, divisor);
        if (sizeof<T>() == 4) {
          sum = f32x4.demote_f64x2_zero(sum);
          if (isWide) {
            const upper = f32x4.demote_f64x2_zero(f64x2.div(high, divisor));
            sum = v128.shuffle<i64>(sum, upper, 0, 2);
          }
        }
        storeChannels<T>(isWide, sums + channel, sum);
        if (channel == last) break;
      }
      sums += pixel;
    }
  }
}

/**
 * image = Σ sums over the windows that an element is in, each divided by its elements if it is a mean: the transpose of sumWindows.
 *
 * Range     rows.
 * Writes    image (overwritten).
 * Requires  as sumWindows.
 * Numerics  in T. The sums of elements in several windows are in the row-major order of the windows.
 */
export function spreadWindows<T extends number>(args: WindowSums, begin: i32, end: i32): void {
  assert(end > begin && args.channels > 0, "rows and channels must be positive");
  assert(arePoolable(args), "each window must have an element, and no gaps");
  assert(isAligned(args.image | args.sums), "blocks start on 16 bytes");
  const pixel = <usize>args.channels * sizeof<T>();
  const isDisjoint = areDisjoint(args);
  for (let row = begin; row < end; row++) {
    const image = args.image + <usize>firstPixelOf(args, row) * pixel;
    const sums = args.sums + <usize>firstWindowOf(args, row) * pixel;
    const isWritten = isDisjoint && areCovering(args, row);
    if (!isWritten) memory.fill(image, 0, <usize>(args.height * widthOf(args, row)) * pixel);
    if (args.channels >= laneCount<T>()) spreadImage<T>(args, row, image, sums, isDisjoint, true);
    else spreadImage<T>(args, row, image, sums, isDisjoint, false);
  }
}

/** @inline The spread of image `row`: written where windows are disjoint, else added. */
function spreadImage<T extends number>(
  args: WindowSums,
  row: i32,
  image: usize,
  sums: usize,
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
  for (let y = 0; y < args.outputHeight; y++) {
    const top = windowStart(y, args.strideHeight, args.padTop);
    const lines = windowEnd(y, args.strideHeight, args.padTop, args.kernelHeight, args.height) - top;
    const topLine = image + <usize>top * line;
    for (let x = 0; x < across; x++) {
      const left = windowStart(x, args.strideWidth, padLeft);
      const columns = windowEnd(x, args.strideWidth, padLeft, args.kernelWidth, width) - left;
      const run = <usize>columns * pixel;
      const window = topLine + <usize>left * pixel;
      const divisor = v128.splat<T>(args.isMean ? <T>lines * <T>columns : <T>1);
      for (let channel: usize = 0; ; channel = min(channel + step, last)) {
        let part = v128.div<T>(loadChannels<T>(isWide, sums + channel), divisor);
        if (channel == last) part = v128.and(part, added);
        let start = window + channel;
        for (let rest = lines; rest > 0; rest--) {
          const stop = start + run;
          for (let at = start; at < stop; at += pixel) {
            const sum = isDisjoint ? part : v128.add<T>(loadChannels<T>(isWide, at), part);
            storeChannels<T>(isWide, at, sum);
          }
          start += line;
        }
        if (channel == last) break;
      }
      sums += pixel;
    }
  }
}
