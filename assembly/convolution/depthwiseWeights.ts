/** The gradient of a depthwise convolution's kernel: the products of lines of gradients with what lies at the places of their windows. */
import { panelDepth } from "../products/panel";
import { copyElements } from "../vector/copy";
import { addAlone, addProduct, isAligned, splat } from "../vector/lanes";
import { acrossOf, coveredColumns, extentOf, firstPixelOf, firstWindowOf, padLeftOf, widthOf } from "./geometry";
import { copyPixels } from "./image";
import { ConvolutionBackwardWeight } from "./records";
import { pairFilters, placeTaps } from "./taps";

/** Places of a window that are summed up at a time. */
const tapsAtOnce: i32 = 3;

/**
 * Does the same as `convolutionBackwardWeight` for as many groups as channels.
 *
 * Range     filters.
 * Writes    weightGrad (overwritten); the working space. It may not alias an input.
 * Requires  sizes of at least 1; filters a multiple of channels; every block on 16 bytes.
 * Numerics  each element is a sum in the order of row, y, x, each product rounded; each line is a sum of its own, in blocks of panelDepth
 *           pixels. Padding is zeros, which are multiplied and added.
 */
export function depthwiseBackwardWeight<T extends number>(args: ConvolutionBackwardWeight, begin: i32, end: i32): void {
  const repeats = args.filters / args.channels;
  const count = end - begin;
  const isRagged = args.sequences != 0;
  const most = args.outputWidth;
  const rows = args.batch.rows;
  assert(count > 0 && rows > 0 && most > 0, "sizes must be positive");
  assert(args.groups == args.channels, "groups must be as many as channels");
  assert(!isRagged || (args.height == 1 && args.outputHeight == 1), "sequences are images of height 1");
  assert(isAligned(args.input | args.outputGrad | args.weightGrad | args.space), "blocks start on 16 bytes");
  const pair = pairFilters<T>();
  const width = max(count, pair);
  const pixel = <usize>width * sizeof<T>();
  const taps = args.kernelHeight * args.kernelWidth;
  // Sums of places past the last are of the first place, and nobody reads them.
  const places = ((taps + tapsAtOnce - 1) / tapsAtOnce) * tapsAtOnce;
  const sums = args.space;
  const offsets = sums + <usize>(((width + pair - 1) / pair) * places) * 32;
  // Gradients of fewer filters than two vectors are copied to a line of such.
  const isNarrow = count < pair;
  const narrow = (offsets + <usize>places * 4 + 15) & ~15;
  const ring = narrow + (isNarrow ? <usize>most * pixel : 0);
  const ringLine = <usize>extentOf(args.kernelHeight, args.dilationHeight) * pixel;
  const ringEnd = ring + <usize>coveredColumns(args, most) * ringLine;
  memory.fill(sums, 0, ringEnd - sums);
  const windowStep = <usize>args.strideWidth * pixel;
  const gradPixel = <usize>args.filters * sizeof<T>();
  const inputPixel = <usize>args.channels * sizeof<T>();
  const gradients = args.outputGrad + <usize>begin * sizeof<T>();
  for (let row = 0; row < rows; row++) {
    const input = args.input + <usize>firstPixelOf(args, row) * inputPixel;
    let grad = gradients + <usize>firstWindowOf(args, row) * gradPixel;
    const across = acrossOf(args, row);
    const imageWidth = widthOf(args, row);
    const padLeft = padLeftOf(args, row);
    const columns = coveredColumns(args, across);
    // What is padding of this sequence was a step of the one before.
    if (isRagged) memory.fill(ring, 0, <usize>columns * ringLine);
    for (let y = 0; y < args.outputHeight; y++) {
      placeTaps<T>(args, input, imageWidth, padLeft, y, ring, columns, pixel, repeats, 1, begin, count, offsets);
      if (isNarrow) copyPixels<T>(grad, gradPixel, narrow, pixel, across, count);
      let to = sums;
      for (let left = 0; left < count; left += pair) {
        // The last two vectors may overlap others.
        const at = <usize>min(left, width - pair) * sizeof<T>();
        const d = isNarrow ? narrow : grad + at;
        const dStep = isNarrow ? pixel : gradPixel;
        for (let tap = 0; tap < places; tap += tapsAtOnce) {
          for (let x = 0; x < across; x += panelDepth) {
            const from = ring + at + <usize>x * windowStep;
            const pixels = min(panelDepth, across - x);
            sumTaps<T>(from, windowStep, offsets + <usize>tap * 4, d + <usize>x * dStep, dStep, pixels, to);
          }
          to += tapsAtOnce * 32;
        }
      }
      grad += <usize>across * gradPixel;
    }
  }
  let from = sums;
  for (let left = 0; left < count; left += pair) {
    let to = args.weightGrad + <usize>(begin + max(0, min(left, count - pair))) * sizeof<T>();
    for (let tap = 0; tap < taps; tap++) {
      copyElements<T>(from + <usize>tap * 32, to, min(count, pair));
      to += gradPixel;
    }
    from += <usize>places * 32;
  }
}

/** Adds to the sums of three places the products of a line's gradients, two vectors of filters wide, with what lies there. */
function sumTaps<T extends number>(
  a: usize,
  aStep: usize,
  offsets: usize,
  d: usize,
  dStep: usize,
  across: i32,
  to: usize,
): void {
  let p = a + load<u32>(offsets);
  let q = a + load<u32>(offsets, 4);
  let r = a + load<u32>(offsets, 8);
  let p0 = splat<T>(0);
  let p1 = p0;
  let q0 = p0;
  let q1 = p0;
  let r0 = p0;
  let r1 = p0;
  do {
    const d0 = v128.load(d);
    const d1 = v128.load(d, 16);
    p0 = addProduct<T>(p0, v128.load(p), d0);
    p1 = addProduct<T>(p1, v128.load(p, 16), d1);
    q0 = addProduct<T>(q0, v128.load(q), d0);
    q1 = addProduct<T>(q1, v128.load(q, 16), d1);
    r0 = addProduct<T>(r0, v128.load(r), d0);
    r1 = addProduct<T>(r1, v128.load(r, 16), d1);
    p += aStep;
    q += aStep;
    r += aStep;
    d += dStep;
  } while (--across);
  v128.store(to, addAlone<T>(p0, v128.load(to)));
  v128.store(to, addAlone<T>(p1, v128.load(to, 16)), 16);
  v128.store(to, addAlone<T>(q0, v128.load(to, 32)), 32);
  v128.store(to, addAlone<T>(q1, v128.load(to, 48)), 48);
  v128.store(to, addAlone<T>(r0, v128.load(to, 64)), 64);
  v128.store(to, addAlone<T>(r1, v128.load(to, 80)), 80);
}
