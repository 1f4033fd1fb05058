/**
 * Inverted dropout: each element is dropped with the chance `rate`, the others are divided by 1 - rate; or each column of an example,
 * at all of its positions alike. Nothing is stored: what is dropped is a pure function of seed, step, stream and the index of the
 * element or of the column, the same for f32 and f64.
 */
import { Batch } from "../program/batch";
import { firstStep } from "../program/sequences";
import { isAligned, splat } from "../vector/lanes";
import { dropRow, firstKey, secondKey, thresholdsOf } from "./mask";

@final
@unmanaged
export class Dropout {
  batch: Batch;
  /** [rows, positions, columns]; of sequences that differ in length [steps of all, positions, columns] */
  input: usize;
  /** It is laid out as `input`, and may be the same memory. */
  output: usize;
  /** The first step of each sequence (program/sequences.ts), which drops the same columns at all of its steps; or 0. */
  offsets: usize;
  /** Positions of an example, or of a step, that drop the same columns; 1 if each element is dropped by itself. */
  positions: i32;
  columns: i32;
  /** Differs between the uses of layers in a network. */
  stream: i32;
  /** The share that is dropped, from 0 to below 1. */
  rate: f64;
}

/**
 * output = 0 where hash(index) < rate · 2³², else input / (1 - rate): forward, and of the gradients backward. An element's index is
 * row · columns + column, at every position and step.
 *
 * Range     rows.
 * Writes    output (overwritten).
 * Requires  both blocks on 16 bytes; 0 <= rate < 1.
 * Numerics  1 / (1 - rate) is rounded to T, then one multiplication. What is dropped becomes 0, also NaN and infinities. The hash is
 *           lowbias32 twice, each time with a key of the batch's seed and step and of the stream.
 * Source    Srivastava et al. 2014; the hash from a counter, as Salmon et al. 2011 propose, is ours, so that nothing is stored.
 */
export function dropout<T extends number>(args: Dropout, begin: i32, end: i32): void {
  const rate = args.rate;
  const columns = args.columns;
  const seed = args.batch.seed;
  const step = args.batch.step;
  const stream = args.stream;
  const positions = args.positions;
  assert(end > begin && columns > 0 && positions > 0, "rows, columns and positions must be positive");
  assert(isAligned(args.input | args.output), "blocks start on 16 bytes");
  assert(rate >= 0 && rate < 1, "rate must be from 0 to below 1");
  const factor = splat<T>(1 / (1 - rate));
  const thresholds = thresholdsOf(rate);
  const key1 = firstKey(seed, step, stream);
  const key2 = secondKey(seed, step, stream);
  const partBytes = <usize>columns * <usize>positions * sizeof<T>();
  const offsets = args.offsets;
  let at = <usize>firstStep(offsets, 1, begin) * partBytes;
  if (positions == 1 && !offsets) {
    const count = (end - begin) * columns;
    dropRow<T>(args.input + at, args.output + at, 1, count, key1 + begin * columns, key2, thresholds, factor);
    return;
  }
  for (let row = begin; row < end; row++) {
    const parts = firstStep(offsets, 1, row + 1) - firstStep(offsets, 1, row);
    const key = key1 + row * columns;
    dropRow<T>(args.input + at, args.output + at, parts * positions, columns, key, key2, thresholds, factor);
    at += <usize>parts * partBytes;
  }
}
