/** The gradient of a convolution's kernel: a product of the windows, down their columns, with the gradient of the output. */
import { packColumns, panelAt, panelDepth } from "../products/panel";
import { isAligned, laneCount } from "../vector/lanes";
import { bandColumns, columnBand, vectorCount } from "./bands";
import { acrossOf, coveredColumns, extentOf, firstPixelOf, firstWindowOf, padLeftOf, widthOf } from "./geometry";
import { copyPadded, copyPixels } from "./image";
import { packNarrow } from "./packing";
import { ConvolutionBackwardWeight } from "./records";

/**
 * weightGrad[i, j, c, f] = Σ input[row, y · strideHeight + i · dilationHeight − padTop, …, c] · outputGrad[row, y, x, f].
 *
 * Range     filters.
 * Writes    weightGrad (overwritten); the working space. It may not alias an input.
 * Requires  sizes of at least 1; channels and filters multiples of groups; every block on 16 bytes.
 * Numerics  each element is a sum in the order of row, y, x, each product rounded, in blocks of at most panelDepth pixels of an image.
 *           Padding is zeros, which are multiplied and added.
 */
export function convolutionBackwardWeight<T extends number>(
  args: ConvolutionBackwardWeight,
  begin: i32,
  end: i32,
): void {
  const groups = args.groups;
  const channels = args.channels / groups;
  const filters = args.filters / groups;
  const rows = args.batch.rows;
  assert(end > begin && rows > 0 && channels > 0 && filters > 0, "sizes must be positive");
  assert(isAligned(args.input | args.outputGrad | args.weightGrad | args.space), "blocks start on 16 bytes");
  const lines = (args.outputHeight - 1) * args.strideHeight + extentOf(args.kernelHeight, args.dilationHeight);
  const isRagged = args.sequences != 0;
  assert(!isRagged || (args.height == 1 && args.outputHeight == 1), "sequences are images of height 1");
  const mostColumns = coveredColumns(args, args.outputWidth);
  const fits = lines <= args.height && mostColumns <= args.width;
  const copies = isRagged || groups > 1 || args.padTop != 0 || args.padLeft != 0 || !fits;
  const inputPixel = <usize>args.channels * sizeof<T>();
  const pixel = <usize>channels * sizeof<T>();
  const gradPixel = <usize>args.filters * sizeof<T>();
  const line = <usize>(copies ? mostColumns : args.width) * pixel;
  const padded = args.space;
  // The sums of fewer filters than a vector has lanes are vectors beside the gradient.
  const narrow = (padded + (copies ? <usize>(lines * mostColumns) * pixel : 0) + 15) & ~15;
  if (copies) memory.fill(padded, 0, <usize>(lines * mostColumns) * pixel);
  for (let group = begin / filters; group * filters < end; group++) {
    const first = max(begin, group * filters);
    const count = min(end, (group + 1) * filters) - first;
    const isNarrow = count < laneCount<T>();
    const weightGrad = args.weightGrad + <usize>first * sizeof<T>();
    const c = isNarrow ? narrow : weightGrad;
    const cRow: usize = isNarrow ? 16 : gradPixel;
    const gradients = args.outputGrad + <usize>first * sizeof<T>();
    for (let row = 0; row < rows; row++) {
      const image = args.input + <usize>firstPixelOf(args, row) * inputPixel;
      const grad = gradients + <usize>firstWindowOf(args, row) * gradPixel;
      const across = acrossOf(args, row);
      if (copies) {
        const columns = isRagged ? coveredColumns(args, across) : mostColumns;
        const width = widthOf(args, row);
        const padLeft = padLeftOf(args, row);
        // What is padding of this sequence was a step of the one before.
        if (isRagged) memory.fill(padded, 0, <usize>columns * pixel);
        copyPadded<T>(args, image, width, padLeft, padded, lines, columns, pixel, group * channels, channels);
      }
      addImage<T>(args, copies ? padded : image, line, across, channels, grad, count, c, cRow, row > 0);
    }
    const weights = args.kernelHeight * args.kernelWidth * channels;
    if (isNarrow) copyPixels<T>(narrow, 16, weightGrad, gradPixel, weights, count);
  }
}

/** Adds an image's part, of `filters` filters, to c, if that goes on; or writes it there. */
function addImage<T extends number>(
  args: ConvolutionBackwardWeight,
  image: usize,
  line: usize,
  across: i32,
  channels: i32,
  grad: usize,
  filters: i32,
  c: usize,
  cRow: usize,
  goesOn: bool,
): void {
  const lanes = laneCount<T>();
  const pixel = <usize>channels * sizeof<T>();
  const gradPixel = <usize>args.filters * sizeof<T>();
  const windowStep = <usize>args.strideWidth * pixel;
  const windowLine = <usize>args.strideHeight * line;
  // Rows of the kernel are one run of weights, unless they are dilated.
  const isDilated = args.dilationWidth > 1;
  const runs = isDilated ? args.kernelWidth : 1;
  const runRows = isDilated ? channels : args.kernelWidth * channels;
  const panel = panelAt(0);
  // Pixels that a panel holds: some lines, or a part of one.
  const group = max(1, panelDepth / across);
  const piece = min(across, panelDepth);
  for (let y = 0; y < args.outputHeight; y += group) {
    const segments = min(group, args.outputHeight - y);
    for (let x = 0; x < across; x += piece) {
      const depth = min(piece, across - x);
      const source = grad + <usize>(y * across + x) * gradPixel;
      const windows = image + <usize>y * windowLine + <usize>x * windowStep;
      for (let left = 0, band = 0; left < filters; left += band) {
        band = bandColumns<T>(filters, left, 4);
        const vectors = vectorCount<T>(band);
        const columns = source + <usize>left * sizeof<T>();
        // Several segments are whole lines, which lie behind each other.
        if (filters < lanes) packNarrow<T>(columns, gradPixel, sizeof<T>(), depth * segments, filters, panel);
        else packColumns<T>(columns, gradPixel, sizeof<T>(), depth * segments, vectors, band - lanes, panel);
        const last: usize = filters < lanes ? 0 : <usize>(band - lanes) * sizeof<T>();
        let to = c + <usize>left * sizeof<T>();
        for (let row = 0; row < args.kernelHeight; row++) {
          let a = windows + <usize>(row * args.dilationHeight) * line;
          for (let run = 0; run < runs; run++) {
            const start = goesOn || y + x > 0 ? to : 0;
            columnBand<T>(vectors, a, windowStep, windowLine, segments, panel, depth, to, cRow, last, runRows, start);
            a += <usize>args.dilationWidth * pixel;
            to += <usize>runRows * cRow;
          }
        }
      }
    }
  }
}
