/**
 * Convolution of images: cross-correlation, as everywhere in neural networks. An image is [height, width, channels], so a row of the
 * kernel is one run of kernelWidth · channels elements in it, and an output pixel is a row of a product with as many segments of k
 * as the kernel has rows. No matrix of windows is made.
 */
import { panelDepth, panelStep } from "../products/panel";
import { isAligned, laneCount, loadPart } from "../vector/lanes";
import { bandColumns, bandCount, pixelBand, vectorCount, widestBand } from "./bands";
import { acrossOf, coveredColumns, extentOf, firstPixelOf, padLeftOf, widthOf } from "./geometry";
import { copyPadded, copyPixels } from "./image";
import { packWeights } from "./packing";
import { Convolution, outputOf } from "./records";

/**
 * output[row, y, x, f] = bias[f] + Σ input[row, y · strideHeight + i · dilationHeight − padTop, …, c] · weight[i, j, c, f].
 *
 * Range     rows.
 * Writes    output (overwritten where the operation says so); the working space. It may not alias an input.
 * Requires  sizes of at least 1; channels and filters multiples of groups; every block on 16 bytes but weight and output, which are
 *           on an element.
 * Numerics  each element is Σ + bias, in the order of i, j, c, each product rounded. Where a window has more than panelDepth elements,
 *           each of its rows is a sum of its own, in blocks of panelDepth. Padding is zeros, which are multiplied and added. So a sequence has the same bits beside others of other lengths as alone.
 */
export function convolution<T extends number>(args: Convolution, begin: i32, end: i32): void {
  const groups = args.groups;
  const channels = args.channels / groups;
  const filters = args.filters / groups;
  const kernelHeight = args.kernelHeight;
  const kernelWidth = args.kernelWidth;
  const isRagged = args.sequences != 0;
  const most = args.outputWidth;
  assert(end > begin && channels > 0 && filters > 0 && args.outputHeight * most > 0, "sizes must be positive");
  assert(!isRagged || (args.height == 1 && args.outputHeight == 1), "sequences are images of height 1");
  assert(isAligned(args.input | args.bias | args.space), "blocks start on 16 bytes");
  // The part of the padded image that windows cover.
  const lines = (args.outputHeight - 1) * args.strideHeight + extentOf(kernelHeight, args.dilationHeight);
  const mostColumns = coveredColumns(args, most);
  const fits = lines <= args.height && mostColumns <= args.width;
  const copies = isRagged || groups > 1 || args.padTop != 0 || args.padLeft != 0 || !fits;
  const inputPixel = <usize>args.channels * sizeof<T>();
  const pixel = <usize>channels * sizeof<T>();
  const line = <usize>(copies ? mostColumns : args.width) * pixel;
  const taps = kernelHeight * kernelWidth;
  const bandBytes = <usize>(taps * channels) * panelStep;
  const widest = widestBand(kernelWidth * channels, kernelHeight);
  const panels = args.space;
  const padded = panels + <usize>(groups * bandCount<T>(filters, widest)) * bandBytes;
  // A pixel of fewer filters than a vector has lanes is computed as a vector beside the output: first its bias, then the pixels.
  const isNarrow = filters < laneCount<T>();
  const narrow = (padded + (copies ? <usize>(lines * mostColumns) * pixel : 0) + 15) & ~15;
  packWeights<T>(args, channels, filters, widest, panels);
  if (copies) memory.fill(padded, 0, <usize>(lines * mostColumns) * pixel);

  // Where runs are short, or a window is more than a panel, sums go on from the output with each row of the kernel.
  const isDilated = args.dilationWidth > 1 && kernelWidth > 1;
  const parts = isDilated || taps * channels > panelDepth ? kernelHeight : 1;
  const depth = isDilated ? channels : kernelWidth * channels;
  const kernelLine = <usize>args.dilationHeight * line;
  const segments = isDilated ? kernelWidth : kernelHeight / parts;
  const segment = isDilated ? <usize>args.dilationWidth * pixel : kernelLine;
  // So they do where a row is more than a panel: after each segment, and each block of it.
  const together = segments * depth > panelDepth ? 1 : segments;
  const windowStep = <usize>args.strideWidth * pixel;
  const windowWrap = <usize>args.strideHeight * line - <usize>most * windowStep;
  const outputPixel = <usize>args.outputPixel * sizeof<T>();
  const outputWrap = <usize>args.outputWrap * sizeof<T>();
  const cPixel: usize = isNarrow ? 16 : outputPixel;
  const cWrap: usize = isNarrow ? 0 : outputWrap;
  for (let row = begin; row < end; row++) {
    const across = acrossOf(args, row);
    // An operation that writes every second step and so on may have none of a short sequence.
    if (across == 0) continue;
    const input = args.input + <usize>firstPixelOf(args, row) * inputPixel;
    const output = args.output + outputOf(args, row) * sizeof<T>();
    const width = widthOf(args, row);
    const padLeft = padLeftOf(args, row);
    const columns = isRagged ? coveredColumns(args, across) : mostColumns;
    const count = args.outputHeight * across;
    let panel = panels;
    for (let group = 0; group < groups; group++) {
      // What is padding of this sequence was a step of the one before.
      if (isRagged) memory.fill(padded, 0, <usize>columns * pixel);
      if (copies) {
        copyPadded<T>(args, input, width, padLeft, padded, lines, columns, pixel, group * channels, channels);
      }
      const image = copies ? padded : input;
      for (let left = 0, band = 0; left < filters; left += band) {
        band = bandColumns<T>(filters, left, widest);
        const offset = <usize>(group * filters + left) * sizeof<T>();
        let start = args.bias ? args.bias + offset : 0;
        if (isNarrow && start) {
          v128.store(narrow, loadPart<T>(start, filters));
          start = narrow;
        }
        let goesOn = false;
        for (let part = 0; part < parts; part++) {
          for (let index = 0; index < segments; index += together) {
            const window = image + <usize>part * kernelLine + <usize>index * segment;
            for (let k = 0; k < depth; k += panelDepth) {
              const steps = min(panelDepth, depth - k);
              pixelBand<T>(
                vectorCount<T>(band),
                window + <usize>k * sizeof<T>(),
                windowStep,
                windowWrap,
                segment,
                together,
                panel,
                steps,
                isNarrow ? narrow + 16 : output + offset,
                cPixel,
                cWrap,
                isNarrow ? 0 : <usize>(band - laneCount<T>()) * sizeof<T>(),
                across,
                count,
                start,
                goesOn,
              );
              panel += <usize>(together * steps) * panelStep;
              goesOn = true;
            }
          }
        }
        if (isNarrow) {
          for (let y = 0; y < args.outputHeight; y++) {
            const source = narrow + 16 + <usize>(y * across) * 16;
            const target = output + offset + <usize>y * (<usize>across * outputPixel + outputWrap);
            copyPixels<T>(source, 16, target, outputPixel, across, filters);
          }
        }
      }
    }
  }
}
