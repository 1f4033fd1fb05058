/**
 * Winograd's convolution F(2×2, 3×3): a tile of 2 × 2 outputs takes 16 products instead of 36. Input tiles of 4 × 4 and kernels are
 * transformed, the products are 16 matrix products over all tiles, and their results are transformed back.
 *
 * An odd height or width of the output is computed as the next even one, beside the output. So are filters that are no whole vectors. The
 * copy of an image pads its channels to whole vectors.
 *
 * Requires  a kernel of 3 × 3 without stride, dilation and groups; at least as many channels and filters as a vector has lanes.
 * Source    Lavin & Gray 2016, Fast Algorithms for Convolutional Neural Networks.
 */
import { packColumns, panelAt, panelDepth, panelStep } from "../products/panel";
import { isAligned, laneCount, splat, storeLanes } from "../vector/lanes";
import { bandColumns, bandCount, columnBand, pixelBand, vectorCount } from "./bands";
import { copyPadded, copyPixels } from "./image";
import { packWeights } from "./packing";
import { Convolution, ConvolutionBackwardWeight } from "./records";

@final
@unmanaged
export class WinogradConvolution extends Convolution {
  /** Rows of tiles that are transformed at a time. */
  tileRows: i32;
}

@final
@unmanaged
export class WinogradBackwardWeight extends ConvolutionBackwardWeight {
  /** Rows of tiles that are transformed at a time; their tiles are at most a panel's steps. */
  tileRows: i32;
}

/** Bytes between the ends of planes, so that 16 planes do not share sets of the cache. */
const planeGap: usize = 64;

/** @inline The next even number. */
function evenOf(side: i32): i32 {
  return (side + 1) & ~1;
}

/** @inline Elements of the vectors that hold so many features. */
function wideOf<T extends number>(features: i32): i32 {
  return (features + laneCount<T>() - 1) & -laneCount<T>();
}

/** @inline Bytes of a plane: an element for each tile and feature. */
function planeBytes<T extends number>(tiles: i32, features: i32): usize {
  return <usize>(tiles * features) * sizeof<T>() + planeGap;
}

/**
 * Does the same as `convolution` by Winograd's algorithm.
 *
 * Range     rows.
 * Writes    output (overwritten); the working space. It may not alias an input.
 * Requires  see above; every block on 16 bytes but weight, which is on an element.
 * Numerics  other sums than the plain ones, in an order that depends on sizes alone; as accurate, as they are shorter.
 */
export function winogradConvolution<T extends number>(args: WinogradConvolution, begin: i32, end: i32): void {
  const channels = args.channels;
  const filters = args.filters;
  const height = evenOf(args.outputHeight);
  const width = evenOf(args.outputWidth);
  assert(end > begin && channels > 0 && filters > 0, "sizes must be positive");
  assert(min(channels, filters) >= laneCount<T>(), "channels and filters must be at least a vector");
  assert(isAligned(args.input | args.bias | args.output | args.space), "blocks start on 16 bytes");
  const inputPixel = <usize>channels * sizeof<T>();
  const pixel = <usize>wideOf<T>(channels) * sizeof<T>();
  const outputPixel = <usize>wideOf<T>(filters) * sizeof<T>();
  const outputLine = <usize>width * outputPixel;
  const isOdd = height != args.outputHeight || width != args.outputWidth;
  const isBeside = isOdd || filters != wideOf<T>(filters);
  const lines = height + 2;
  const columns = width + 2;
  const isPadded = args.padTop != 0 || args.padLeft != 0 || lines > args.height || columns > args.width;
  const copies = isPadded || pixel != inputPixel;
  const line = <usize>(copies ? columns : args.width) * pixel;
  const across = width >> 1;
  const down = height >> 1;
  const tileRows = min(args.tileRows, down);
  const bandBytes = <usize>channels * panelStep;
  const kernelBytes = <usize>bandCount<T>(filters, 4) * bandBytes;
  const kernels = args.space;
  const padded = kernels + 16 * kernelBytes;
  const even = padded + (copies ? <usize>lines * line : 0);
  const tiles = even + (isBeside ? <usize>height * outputLine : 0);
  const products = tiles + 16 * planeBytes<T>(tileRows * across, wideOf<T>(channels));
  // The plain panels lie where the tiles come to lie.
  packWeights<T>(args, channels, filters, 4, padded);
  transformKernels<T>(padded, filters, channels, kernels, kernelBytes);
  if (copies) memory.fill(padded, 0, <usize>lines * line);
  const inputRow = <usize>(args.height * args.width) * inputPixel;
  let input = args.input + <usize>begin * inputRow;
  const outputRow = <usize>(args.outputHeight * args.outputWidth * filters) * sizeof<T>();
  let output = args.output + <usize>begin * outputRow;
  for (let row = begin; row < end; row++) {
    if (copies) copyPadded<T>(args, input, args.width, args.padLeft, padded, lines, columns, pixel, 0, channels);
    const image = copies ? padded : input;
    let target = isBeside ? even : output;
    for (let top = 0; top < down; top += tileRows) {
      const rows = min(tileRows, down - top);
      const count = rows * across;
      const tilePlane = planeBytes<T>(count, wideOf<T>(channels));
      const productPlane = planeBytes<T>(count, wideOf<T>(filters));
      transformInput<T>(image + <usize>(2 * top) * line, line, pixel, rows, across, tiles, tilePlane);
      for (let plane: usize = 0; plane < 16; plane++) {
        let panel = kernels + plane * kernelBytes;
        const c = products + plane * productPlane;
        for (let left = 0, band = 0; left < filters; left += band) {
          band = bandColumns<T>(filters, left, 4);
          for (let k = 0; k < channels; k += panelDepth) {
            pixelBand<T>(
              vectorCount<T>(band),
              tiles + plane * tilePlane + <usize>k * sizeof<T>(),
              pixel,
              0,
              0,
              1,
              panel + <usize>k * panelStep,
              min(panelDepth, channels - k),
              c + <usize>left * sizeof<T>(),
              outputPixel,
              0,
              <usize>(band - laneCount<T>()) * sizeof<T>(),
              count,
              count,
              0,
              k > 0,
            );
          }
          panel += bandBytes;
        }
      }
      transformOutput<T>(products, productPlane, args.bias, target, outputLine, outputPixel, rows, across);
      target += <usize>(2 * rows) * outputLine;
    }
    if (isBeside) {
      const toPixel = <usize>filters * sizeof<T>();
      for (let y = 0; y < args.outputHeight; y++) {
        const to = output + <usize>(y * args.outputWidth) * toPixel;
        copyPixels<T>(even + <usize>y * outputLine, outputPixel, to, toPixel, args.outputWidth, filters);
      }
    }
    input += inputRow;
    output += outputRow;
  }
}

/**
 * Does the same as `convolutionBackwardWeight` by Winograd's algorithm.
 *
 * Range     filters.
 * Writes    weightGrad (overwritten); the working space. It may not alias an input.
 * Requires  see above; every block on 16 bytes.
 * Numerics  other sums than the plain ones, in an order that depends on sizes alone.
 */
export function winogradBackwardWeight<T extends number>(args: WinogradBackwardWeight, begin: i32, end: i32): void {
  const channels = args.channels;
  const filters = end - begin;
  const height = evenOf(args.outputHeight);
  const width = evenOf(args.outputWidth);
  const batch = args.batch.rows;
  assert(end > begin && batch > 0 && channels > 0, "sizes must be positive");
  assert(channels >= laneCount<T>(), "channels must be at least a vector");
  assert(isAligned(args.input | args.outputGrad | args.weightGrad | args.space), "blocks start on 16 bytes");
  const inputPixel = <usize>channels * sizeof<T>();
  const pixel = <usize>wideOf<T>(channels) * sizeof<T>();
  const gradPixel = <usize>args.filters * sizeof<T>();
  const part = wideOf<T>(filters);
  const partPixel = <usize>part * sizeof<T>();
  const isOdd = height != args.outputHeight || width != args.outputWidth;
  // An odd gradient, or one of filters that are no whole vectors, is copied between zeros, the filters of the part alone.
  const isBeside = isOdd || filters != part;
  const sourcePixel = isBeside ? partPixel : gradPixel;
  const sourceLine = <usize>width * sourcePixel;
  const lines = height + 2;
  const columns = width + 2;
  const isPadded = args.padTop != 0 || args.padLeft != 0 || lines > args.height || columns > args.width;
  const copies = isPadded || pixel != inputPixel;
  const line = <usize>(copies ? columns : args.width) * pixel;
  const across = width >> 1;
  const down = height >> 1;
  const tileRows = min(args.tileRows, down);
  const sums = args.space;
  const sumPlane = <usize>channels * partPixel;
  const padded = sums + 16 * sumPlane;
  const even = padded + (copies ? <usize>lines * line : 0);
  const tiles = even + (isBeside ? <usize>height * sourceLine : 0);
  const gradients = tiles + 16 * planeBytes<T>(tileRows * across, wideOf<T>(channels));
  const panel = panelAt(0);
  if (copies) memory.fill(padded, 0, <usize>lines * line);
  if (isBeside) memory.fill(even, 0, <usize>height * sourceLine);
  const inputRow = <usize>(args.height * args.width) * inputPixel;
  const gradRow = <usize>(args.outputHeight * args.outputWidth) * gradPixel;
  let input = args.input;
  let grad = args.outputGrad + <usize>begin * sizeof<T>();
  for (let row = 0; row < batch; row++) {
    if (copies) copyPadded<T>(args, input, args.width, args.padLeft, padded, lines, columns, pixel, 0, channels);
    const image = copies ? padded : input;
    let source = grad;
    if (isBeside) {
      for (let y = 0; y < args.outputHeight; y++) {
        const from = grad + <usize>(y * args.outputWidth) * gradPixel;
        copyPixels<T>(from, gradPixel, even + <usize>y * sourceLine, partPixel, args.outputWidth, filters);
      }
      source = even;
    }
    for (let top = 0; top < down; top += tileRows) {
      const rows = min(tileRows, down - top);
      const count = rows * across;
      const tilePlane = planeBytes<T>(count, wideOf<T>(channels));
      const gradPlane = planeBytes<T>(count, part);
      transformInput<T>(image + <usize>(2 * top) * line, line, pixel, rows, across, tiles, tilePlane);
      transformGradient<T>(source, sourceLine, sourcePixel, partPixel, rows, across, gradients, gradPlane);
      for (let plane: usize = 0; plane < 16; plane++) {
        for (let left = 0, band = 0; left < part; left += band) {
          band = bandColumns<T>(part, left, 4);
          const vectors = vectorCount<T>(band);
          const offset = <usize>left * sizeof<T>();
          const columns = gradients + plane * gradPlane + offset;
          packColumns<T>(columns, partPixel, sizeof<T>(), count, vectors, band - laneCount<T>(), panel);
          const c = sums + plane * sumPlane + offset;
          const last = <usize>(band - laneCount<T>()) * sizeof<T>();
          const start = row + top > 0 ? c : 0;
          columnBand<T>(
            vectors,
            tiles + plane * tilePlane,
            pixel,
            0,
            1,
            panel,
            count,
            c,
            partPixel,
            last,
            channels,
            start,
          );
        }
      }
      source += <usize>(2 * rows) * sourceLine;
    }
    input += inputRow;
    grad += gradRow;
  }
  const weightGrad = args.weightGrad + <usize>begin * sizeof<T>();
  transformSums<T>(sums, sumPlane, filters, weightGrad, gradPixel, channels);
}

/** Returns G g Gᵀ of the plain panels: 16 kernels of one element, kernelBytes apart, in panels of all bands. */
function transformKernels<T extends number>(
  plain: usize,
  filters: i32,
  channels: i32,
  kernels: usize,
  kernelBytes: usize,
): void {
  const tap = <usize>channels * panelStep;
  for (let bands = bandCount<T>(filters, 4); bands > 0; bands--) {
    for (let offset: usize = 0; offset < tap; offset += 16) {
      const from = plain + offset;
      const to = kernels + offset;
      for (let row = 0; row < 4; row++) {
        // @unroll
        const x0 = kernelRow<T>(row, from, 3 * tap);
        const x1 = kernelRow<T>(row, from + tap, 3 * tap);
        const x2 = kernelRow<T>(row, from + 2 * tap, 3 * tap);
        const target = to + <usize>(4 * row) * kernelBytes;
        v128.store(target, x0);
        v128.store(target + kernelBytes, halfOf<T>(v128.add<T>(v128.add<T>(x0, x2), x1)));
        v128.store(target + 2 * kernelBytes, halfOf<T>(v128.sub<T>(v128.add<T>(x0, x2), x1)));
        v128.store(target + 3 * kernelBytes, x2);
      }
    }
    plain += 9 * tap;
    kernels += tap;
  }
}

/** @inline Row `row` of G g, of the column at `g`, whose rows are `step` bytes apart. */
function kernelRow<T extends number>(row: i32, g: usize, step: usize): v128 {
  if (row == 0) return v128.load(g);
  if (row == 3) return v128.load(g + 2 * step);
  const outer = v128.add<T>(v128.load(g), v128.load(g + 2 * step));
  const inner = v128.load(g + step);
  return halfOf<T>(row == 1 ? v128.add<T>(outer, inner) : v128.sub<T>(outer, inner));
}

/** @inline */
function halfOf<T extends number>(x: v128): v128 {
  return v128.mul<T>(splat<T>(0.5), x);
}

/**
 * Transforms tiles of 4 × 4 pixels, which overlap by two: plane 4i + j has element (i, j) of Bᵀ d B, for each tile and channel.
 *
 * @param image the first pixel of the first tile
 */
function transformInput<T extends number>(
  image: usize,
  line: usize,
  pixel: usize,
  rows: i32,
  across: i32,
  planes: usize,
  plane: usize,
): void {
  for (; rows > 0; rows--) {
    let tile = image;
    for (let rest = across; rest > 0; rest--) {
      for (let channel: usize = 0; channel < pixel; channel += 16) {
        const top = tile + channel;
        const upper = top + line;
        const lower = upper + line;
        const bottom = lower + line;
        const plane4: usize = 4 * plane;
        inputRow<T>(1, top, lower, pixel, planes, plane);
        if (!planes) break; // never: it keeps the four rows apart, which together need more registers than there are
        inputRow<T>(0, upper, lower, pixel, planes + plane4, plane);
        if (!planes) break;
        inputRow<T>(1, lower, upper, pixel, planes + 2 * plane4, plane);
        if (!planes) break;
        inputRow<T>(1, upper, bottom, pixel, planes + 3 * plane4, plane);
        planes += 16;
      }
      tile += 2 * pixel;
    }
    image += 2 * line;
  }
}

/** @inline One row of Bᵀ d B: of the sum or the difference of two rows of pixels. */
function inputRow<T extends number>(minus: i32, a: usize, b: usize, pixel: usize, to: usize, plane: usize): void {
  const x0 = joined<T>(minus, a, b);
  const x1 = joined<T>(minus, a + pixel, b + pixel);
  const x2 = joined<T>(minus, a + 2 * pixel, b + 2 * pixel);
  const x3 = joined<T>(minus, a + 3 * pixel, b + 3 * pixel);
  v128.store(to, v128.sub<T>(x0, x2));
  v128.store(to + plane, v128.add<T>(x1, x2));
  v128.store(to + 2 * plane, v128.sub<T>(x2, x1));
  v128.store(to + 3 * plane, v128.sub<T>(x1, x3));
}

/** @inline The sum of two vectors in memory, or their difference. */
function joined<T extends number>(minus: i32, a: usize, b: usize): v128 {
  if (minus) return v128.sub<T>(v128.load(a), v128.load(b));
  return v128.add<T>(v128.load(a), v128.load(b));
}

/** Transforms products back: 2 × 2 pixels of each tile are Aᵀ m A + bias, where plane 4i + j has element (i, j) of m. */
function transformOutput<T extends number>(
  planes: usize,
  plane: usize,
  bias: usize,
  output: usize,
  line: usize,
  pixel: usize,
  rows: i32,
  across: i32,
): void {
  for (; rows > 0; rows--) {
    let tile = output;
    for (let rest = across; rest > 0; rest--) {
      for (let filter: usize = 0; filter < pixel; filter += 16) {
        const shift = bias ? v128.load(bias + filter) : splat<T>(0);
        outputRow<T>(0, planes, plane, shift, tile + filter, pixel);
        if (!planes) break; // never: see transformInput
        outputRow<T>(1, planes + 4 * plane, plane, shift, tile + filter + line, pixel);
        planes += 16;
      }
      tile += 2 * pixel;
    }
    output += 2 * line;
  }
}

/** @inline One row of Aᵀ m A + bias, two pixels: of the sum of three rows of m, or of one less the two others. */
function outputRow<T extends number>(
  minus: i32,
  m: usize,
  plane: usize,
  shift: v128,
  output: usize,
  pixel: usize,
): void {
  const x0 = threeRows<T>(minus, m, 4 * plane);
  const x1 = threeRows<T>(minus, m + plane, 4 * plane);
  const x2 = threeRows<T>(minus, m + 2 * plane, 4 * plane);
  const x3 = threeRows<T>(minus, m + 3 * plane, 4 * plane);
  v128.store(output, v128.add<T>(shift, v128.add<T>(v128.add<T>(x0, x1), x2)));
  v128.store(output + pixel, v128.add<T>(shift, v128.sub<T>(v128.sub<T>(x1, x2), x3)));
}

/** @inline */
function threeRows<T extends number>(minus: i32, m: usize, row: usize): v128 {
  const first = v128.load(m);
  const second = v128.load(m + row);
  const third = v128.load(m + 2 * row);
  if (minus) return v128.sub<T>(v128.sub<T>(first, second), third);
  return v128.add<T>(v128.add<T>(first, second), third);
}

/** Transforms gradients of 2 × 2 pixels: plane 4i + j has element (i, j) of A dy Aᵀ, of each tile and filter of the part. */
function transformGradient<T extends number>(
  grad: usize,
  line: usize,
  pixel: usize,
  partPixel: usize,
  rows: i32,
  across: i32,
  planes: usize,
  plane: usize,
): void {
  for (; rows > 0; rows--) {
    let tile = grad;
    for (let rest = across; rest > 0; rest--) {
      for (let filter: usize = 0; filter < partPixel; filter += 16) {
        const at = tile + filter;
        const y00 = v128.load(at);
        const y01 = v128.load(at + pixel);
        const y10 = v128.load(at + line);
        const y11 = v128.load(at + line + pixel);
        gradientRow<T>(y00, y01, planes, plane);
        gradientRow<T>(v128.add<T>(y00, y10), v128.add<T>(y01, y11), planes + 4 * plane, plane);
        gradientRow<T>(v128.sub<T>(y00, y10), v128.sub<T>(y01, y11), planes + 8 * plane, plane);
        gradientRow<T>(v128.neg<T>(y10), v128.neg<T>(y11), planes + 12 * plane, plane);
        planes += 16;
      }
      tile += 2 * pixel;
    }
    grad += 2 * line;
  }
}

/** @inline */
function gradientRow<T extends number>(x0: v128, x1: v128, to: usize, plane: usize): void {
  v128.store(to, x0);
  v128.store(to + plane, v128.add<T>(x0, x1));
  v128.store(to + 2 * plane, v128.sub<T>(x0, x1));
  v128.store(to + 3 * plane, v128.neg<T>(x1));
}

/** weightGrad = Gᵀ s G, where plane 4i + j has element (i, j) of s: [channels, filters of the part, in whole vectors]. */
function transformSums<T extends number>(
  sums: usize,
  plane: usize,
  filters: i32,
  weightGrad: usize,
  gradPixel: usize,
  channels: i32,
): void {
  const tap = <usize>channels * gradPixel;
  for (let channel = 0; channel < channels; channel++) {
    let rest = filters;
    for (let filter: usize = 0; rest > 0; filter += 16, rest -= laneCount<T>()) {
      const count = min(rest, laneCount<T>());
      for (let row = 0; row < 3; row++) {
        // @unroll
        const from = sums + filter;
        const x0 = sumRow<T>(row, from, 4 * plane);
        const x1 = sumRow<T>(row, from + plane, 4 * plane);
        const x2 = sumRow<T>(row, from + 2 * plane, 4 * plane);
        const x3 = sumRow<T>(row, from + 3 * plane, 4 * plane);
        const to = weightGrad + filter + <usize>(3 * row) * tap;
        const middle = halfOf<T>(v128.add<T>(x1, x2));
        storeLanes<T>(to, v128.add<T>(x0, middle), count);
        storeLanes<T>(to + tap, halfOf<T>(v128.sub<T>(x1, x2)), count);
        storeLanes<T>(to + 2 * tap, v128.add<T>(x3, middle), count);
      }
    }
    sums += <usize>wideOf<T>(filters) * sizeof<T>();
    weightGrad += gradPixel;
  }
}

/** @inline Row `row` of Gᵀ s, of the column at `s`, whose rows are `step` bytes apart. */
function sumRow<T extends number>(row: i32, s: usize, step: usize): v128 {
  const upper = v128.load(s + step);
  const lower = v128.load(s + 2 * step);
  if (row == 1) return halfOf<T>(v128.sub<T>(upper, lower));
  return v128.add<T>(v128.load(row == 0 ? s : s + 3 * step), halfOf<T>(v128.add<T>(upper, lower)));
}
