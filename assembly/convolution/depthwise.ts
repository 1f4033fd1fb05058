/**
 * Depthwise convolution: each channel has filters of its own. An element of the output sums up places of a window, not channels, so vectors
 * of filters are computed for several pixels at a time; there is no product in it.
 */
import { panelDepth } from "../products/panel";
import { addAlone, addProduct, isAligned, splat } from "../vector/lanes";
import { acrossOf, coveredColumns, extentOf, firstPixelOf, padLeftOf, widthOf } from "./geometry";
import { copyPixels } from "./image";
import { Convolution, outputOf } from "./records";
import { pairFilters, placeTaps } from "./taps";

/**
 * Does the same as `convolution` for as many groups as channels, or as many as filters.
 *
 * Range     rows.
 * Writes    output (overwritten where the operation says so); the working space. It may not alias an input.
 * Requires  sizes of at least 1; channels and filters multiples of groups, of which one is equal to them; every block on 16 bytes but
 *           weight and output, which are on an element.
 * Numerics  each element is Σ + bias, in the order of i, j, c, each product rounded, in blocks of panelDepth elements of a window.
 *           Padding is zeros, which are multiplied and added.
 */
export function depthwiseConvolution<T extends number>(args: Convolution, begin: i32, end: i32): void {
  const filters = args.filters;
  const planes = args.channels / args.groups;
  const repeats = filters / args.groups;
  const isRagged = args.sequences != 0;
  const most = args.outputWidth;
  assert(end > begin && planes > 0 && repeats > 0 && most > 0, "sizes must be positive");
  assert(!isRagged || (args.height == 1 && args.outputHeight == 1), "sequences are images of height 1");
  assert(planes == 1 || repeats == 1, "groups must be as many as channels or filters");
  assert(isAligned(args.input | args.bias | args.space), "blocks start on 16 bytes");
  const pair = pairFilters<T>();
  const width = max(filters, pair);
  const pixel = <usize>width * sizeof<T>();
  const taps = args.kernelHeight * args.kernelWidth * planes;
  const panels = args.space;
  const offsets = packTaps<T>(args, planes, repeats, panels);
  // Pixels of fewer filters than two vectors are computed beside the output.
  const isNarrow = filters < pair;
  const narrow = (offsets + <usize>taps * 4 + 15) & ~15;
  const ring = narrow + (isNarrow ? <usize>most * pixel : 0);
  const lines = extentOf(args.kernelHeight, args.dilationHeight);
  const ringLine = <usize>(lines * planes) * pixel;
  memory.fill(ring, 0, <usize>coveredColumns(args, most) * ringLine);
  const windowStep = <usize>args.strideWidth * pixel;
  const outputPixel = <usize>args.outputPixel * sizeof<T>();
  const outputLine = <usize>most * outputPixel + <usize>args.outputWrap * sizeof<T>();
  const inputPixel = <usize>args.channels * sizeof<T>();
  for (let row = begin; row < end; row++) {
    const across = acrossOf(args, row);
    // An operation that writes every second step and so on may have none of a short sequence.
    if (across == 0) continue;
    const input = args.input + <usize>firstPixelOf(args, row) * inputPixel;
    let output = args.output + outputOf(args, row) * sizeof<T>();
    const imageWidth = widthOf(args, row);
    const padLeft = padLeftOf(args, row);
    const columns = coveredColumns(args, across);
    // What is padding of this sequence was a step of the one before.
    if (isRagged) memory.fill(ring, 0, <usize>columns * ringLine);
    for (let y = 0; y < args.outputHeight; y++) {
      placeTaps<T>(args, input, imageWidth, padLeft, y, ring, columns, pixel, repeats, planes, 0, filters, offsets);
      let b = panels;
      for (let left = 0; left < filters; left += pair) {
        // The last two vectors may overlap others.
        const at = <usize>min(left, width - pair) * sizeof<T>();
        const c = isNarrow ? narrow : output + at;
        const cPixel = isNarrow ? pixel : outputPixel;
        let start = b;
        b += 32;
        for (let tap = 0; tap < taps; tap += panelDepth) {
          const places = offsets + <usize>tap * 4;
          const count = min(panelDepth, taps - tap);
          pixelTaps<T>(ring + at, windowStep, places, count, b, c, cPixel, across, start, tap ? cPixel : 0);
          b += <usize>count * 32;
          start = c;
        }
      }
      if (isNarrow) copyPixels<T>(narrow, pixel, output, outputPixel, across, filters);
      output += outputLine;
    }
  }
}

/** Packs the bias and then, place by place, the kernel: two vectors of filters beside each other. @returns the end */
function packTaps<T extends number>(args: Convolution, planes: i32, repeats: i32, panel: usize): usize {
  const filters = args.filters;
  const pair = pairFilters<T>();
  const group = args.weightFilter == 1 ? repeats : planes;
  const places = args.kernelHeight * args.kernelWidth;
  for (let left = 0; left < filters; left += pair) {
    const first = max(0, min(left, filters - pair));
    const count = min(pair, filters);
    memory.fill(panel, 0, <usize>(places * planes + 1) * 32);
    if (args.bias) memory.copy(panel, args.bias + <usize>first * sizeof<T>(), <usize>count * sizeof<T>());
    panel += 32;
    for (let place = 0; place < places; place++) {
      const tap = (place / args.kernelWidth) * args.weightRow + (place % args.kernelWidth) * args.weightColumn;
      for (let q = 0; q < planes; q++) {
        for (let f = 0; f < count; f++) {
          const filter = first + f;
          const ofGroup = (filter / repeats) * group + (filter % repeats) * args.weightFilter;
          const element = tap + ofGroup + q * args.weightChannel;
          const value = load<T>(args.weight + <usize>(<isize>element * <isize>sizeof<T>()));
          store<T>(panel + <usize>f * sizeof<T>(), value);
        }
        panel += 32;
      }
    }
  }
  return panel;
}

/**
 * A line of pixels, four at a time, of two vectors of filters. Their windows lie aPixel bytes apart, their outputs cPixel.
 *
 * @param b the kernel place by place
 * @param start is added: two vectors, startPixel bytes apart for each pixel, which are the outputs; or 0 bytes, the same for all
 */
function pixelTaps<T extends number>(
  a: usize,
  aPixel: usize,
  offsets: usize,
  taps: i32,
  b: usize,
  c: usize,
  cPixel: usize,
  across: i32,
  start: usize,
  startPixel: usize,
): void {
  let s1 = aPixel;
  let s2 = s1 + aPixel;
  let s3 = s2 + aPixel;
  let o1 = cPixel;
  let o2 = o1 + cPixel;
  let o3 = o2 + cPixel;
  const isOutput: usize = startPixel ? 1 : 0;
  const end = offsets + <usize>taps * 4;
  do {
    if (across < 4) {
      // Pixels past the last one repeat it, and write its sums again.
      s1 = across > 1 ? aPixel : 0;
      s2 = across > 2 ? s2 : s1;
      s3 = s2;
      o1 = across > 1 ? cPixel : 0;
      o2 = across > 2 ? o2 : o1;
      o3 = o2;
    }
    let a0 = splat<T>(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    let b3 = a0;
    let offset = offsets;
    let weight = b;
    do {
      const x = a + load<u32>(offset);
      const w = v128.load(weight);
      a0 = addProduct<T>(a0, v128.load(x), w);
      a1 = addProduct<T>(a1, v128.load(x + s1), w);
      a2 = addProduct<T>(a2, v128.load(x + s2), w);
      a3 = addProduct<T>(a3, v128.load(x + s3), w);
      if (!x) break; // never: it keeps the two vectors apart, which together need more registers than there are
      const u = v128.load(weight, 16);
      b0 = addProduct<T>(b0, v128.load(x, 16), u);
      b1 = addProduct<T>(b1, v128.load(x + s1, 16), u);
      b2 = addProduct<T>(b2, v128.load(x + s2, 16), u);
      b3 = addProduct<T>(b3, v128.load(x + s3, 16), u);
      offset += 4;
      weight += 32;
    } while (offset < end);
    const start1 = start + isOutput * o1;
    const start2 = start + isOutput * o2;
    const start3 = start + isOutput * o3;
    a0 = addAlone<T>(a0, v128.load(start));
    a1 = addAlone<T>(a1, v128.load(start1));
    a2 = addAlone<T>(a2, v128.load(start2));
    a3 = addAlone<T>(a3, v128.load(start3));
    b0 = addAlone<T>(b0, v128.load(start, 16));
    b1 = addAlone<T>(b1, v128.load(start1, 16));
    b2 = addAlone<T>(b2, v128.load(start2, 16));
    b3 = addAlone<T>(b3, v128.load(start3, 16));
    v128.store(c, a0);
    v128.store(c + o1, a1);
    v128.store(c + o2, a2);
    v128.store(c + o3, a3);
    v128.store(c, b0, 16);
    v128.store(c + o1, b1, 16);
    v128.store(c + o2, b2, 16);
    v128.store(c + o3, b3, 16);
    across -= 4;
    a += 4 * aPixel;
    c += 4 * cPixel;
    start += 4 * startPixel;
  } while (across > 0);
}
