/**
 * softmax and logSoftmax over the columns of each row, and their derivatives.
 *
 * Shapes    every array is [rows, columns], row-major without padding, so rows need not be aligned. The range is of rows.
 * Writes    forward: output (overwritten), which may be input; backward: inputGrad (overwritten), which may be outputGrad.
 * Requires  every block's address 16-byte aligned; rows and columns >= 1.
 * Numerics  the row's maximum is subtracted first, so nothing overflows. A row with NaN or +infinity becomes NaN. Sums run
 *           lane by lane in column order, then over the lanes: the order depends on `columns` alone.
 */
import { exp, expOfNegative, log } from "../vector/exponential";
import {
  isAligned,
  laneCount,
  loadPart,
  partMask,
  splat,
  storePart,
  swapHalves,
  swapNeighbours,
} from "../vector/lanes";
import { mapForward } from "../vector/map";
import { rowMaximum } from "../vector/row";
import { ActivationBackward, ActivationForward } from "./loops";

/** Bytes of a row whose sum is one of its own, so that a long row's terms do not get lost. */
const blockBytes: usize = 4096;

/** @inline The sum of the lanes, in every lane. */
function sumOfLanes<T extends number>(x: v128): v128 {
  x = v128.add<T>(x, swapHalves(x));
  return sizeof<T>() == 4 ? v128.add<T>(x, swapNeighbours(x)) : x;
}

/** exp(x) for x <= 0. */
@final
@unmanaged
class Power {
  /** @inline @staged exp(x) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return expOfNegative<T>(x);
  }
}

/** Elements, at most, of the rows that the three passes of softmax take together: they stay in the first-level cache. */
const groupElements: i32 = 1024;

/** output = exp(input - max) / sum(exp(input - max)), a group of rows at a time: short rows alone would not fill blocks. */
export function softmaxForward<T extends number>(args: ActivationForward, begin: i32, end: i32): void {
  const columns = args.columns;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  assert(isAligned(args.input | args.output), "input and output must be 16-byte aligned");
  const rowBytes = <usize>columns * sizeof<T>();
  let input = args.input + <usize>begin * rowBytes;
  let output = args.output + <usize>begin * rowBytes;
  const group = max(groupElements / columns, 1);
  for (let rest = end - begin; rest > 0; rest -= group) {
    const rows = min(rest, group);
    const bytes = <usize>rows * rowBytes;
    for (let row: usize = 0; row < bytes; row += rowBytes) subtractMaximum<T>(input + row, output + row, columns);
    mapForward<T, Power>(output, output, rows * columns, 0);
    for (let row: usize = 0; row < bytes; row += rowBytes) divideBySum<T>(output + row, columns);
    input += bytes;
    output += bytes;
  }
}

/** output = input - max, for one row. */
function subtractMaximum<T extends number>(input: usize, output: usize, columns: i32): void {
  const maximum = v128.splat<T>(rowMaximum<T>(input, columns));
  if (columns < laneCount<T>()) {
    storePart<T>(output, v128.sub<T>(loadPart<T>(input, columns), maximum), columns);
    return;
  }
  // The last vector may overlap the one before. It is read first, as output may be input.
  const end = <usize>(columns - laneCount<T>()) * sizeof<T>();
  const last = v128.sub<T>(v128.load(input + end), maximum);
  for (let offset: usize = 0; offset < end; offset += 16) {
    v128.store(output + offset, v128.sub<T>(v128.load(input + offset), maximum));
  }
  v128.store(output + end, last);
}

/** Divides a row by its sum. */
function divideBySum<T extends number>(row: usize, columns: i32): void {
  if (columns < laneCount<T>()) {
    const x = loadPart<T>(row, columns);
    storePart<T>(row, v128.div<T>(x, sumOfLanes<T>(x)), columns);
    return;
  }
  const rest = columns & (laneCount<T>() - 1);
  const whole = row + <usize>(columns - rest) * sizeof<T>();
  let sum = splat<T>(0);
  for (let from = row; from < whole; ) {
    let part = splat<T>(0);
    for (const blockEnd = min(from + blockBytes, whole); from < blockEnd; from += 16)
      part = v128.add<T>(part, v128.load(from));
    sum = v128.add<T>(sum, part);
  }
  if (rest) sum = v128.add<T>(sum, loadPart<T>(whole, rest));
  sum = sumOfLanes<T>(sum);
  // The last vector may overlap the one before, so it is read first.
  const end = row + <usize>(columns - laneCount<T>()) * sizeof<T>();
  const last = v128.div<T>(v128.load(end), sum);
  for (; row < end; row += 16) v128.store(row, v128.div<T>(v128.load(row), sum));
  v128.store(end, last);
}

/** inputGrad = activation (outputGrad - sum(outputGrad · activation)), a row at a time. */
export function softmaxBackward<T extends number>(args: ActivationBackward, begin: i32, end: i32): void {
  const columns = args.columns;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  assert(isAligned(args.activation | args.outputGrad | args.inputGrad), "all arrays must be 16-byte aligned");
  const rest = columns & (laneCount<T>() - 1);
  const wholeBytes = <usize>(columns - rest) * sizeof<T>();
  const rowBytes = <usize>columns * sizeof<T>();
  let activation = args.activation + <usize>begin * rowBytes;
  let outputGrad = args.outputGrad + <usize>begin * rowBytes;
  let inputGrad = args.inputGrad + <usize>begin * rowBytes;
  for (let rows = end - begin; rows > 0; rows--) {
    let sum = splat<T>(0);
    for (let offset: usize = 0; offset < wholeBytes; ) {
      let part = splat<T>(0);
      for (const blockEnd = min(offset + blockBytes, wholeBytes); offset < blockEnd; offset += 16) {
        part = v128.add<T>(part, v128.mul<T>(v128.load(outputGrad + offset), v128.load(activation + offset)));
      }
      sum = v128.add<T>(sum, part);
    }
    let restActivation = sum;
    let restGrad = sum;
    if (rest) {
      restActivation = loadPart<T>(activation + wholeBytes, rest);
      restGrad = loadPart<T>(outputGrad + wholeBytes, rest);
      sum = v128.add<T>(sum, v128.mul<T>(restGrad, restActivation));
    }
    sum = sumOfLanes<T>(sum);
    for (let offset: usize = 0; offset < wholeBytes; offset += 16) {
      const difference = v128.sub<T>(v128.load(outputGrad + offset), sum);
      v128.store(inputGrad + offset, v128.mul<T>(v128.load(activation + offset), difference));
    }
    if (rest) {
      storePart<T>(inputGrad + wholeBytes, v128.mul<T>(restActivation, v128.sub<T>(restGrad, sum)), rest);
    }
    activation += rowBytes;
    outputGrad += rowBytes;
    inputGrad += rowBytes;
  }
}

/** output = input - max - log(sum(exp(input - max))), a row at a time. */
export function logSoftmaxForward<T extends number>(args: ActivationForward, begin: i32, end: i32): void {
  const columns = args.columns;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  assert(isAligned(args.input | args.output), "input and output must be 16-byte aligned");
  const rest = columns & (laneCount<T>() - 1);
  const isRest = partMask<T>(rest);
  const wholeBytes = <usize>(columns - rest) * sizeof<T>();
  const rowBytes = <usize>columns * sizeof<T>();
  let input = args.input + <usize>begin * rowBytes;
  let output = args.output + <usize>begin * rowBytes;
  for (let rows = end - begin; rows > 0; rows--) {
    const maximum = v128.splat<T>(rowMaximum<T>(input, columns));
    let sum = splat<T>(0);
    for (let offset: usize = 0; offset < wholeBytes; ) {
      let part = splat<T>(0);
      for (const blockEnd = min(offset + blockBytes, wholeBytes); offset < blockEnd; offset += 16) {
        part = v128.add<T>(part, expOfNegative<T>(v128.sub<T>(v128.load(input + offset), maximum)));
      }
      sum = v128.add<T>(sum, part);
    }
    let shifted = sum;
    if (rest) {
      shifted = v128.sub<T>(loadPart<T>(input + wholeBytes, rest), maximum);
      sum = v128.add<T>(sum, v128.and(expOfNegative<T>(shifted), isRest));
    }
    const logSum = log<T>(sumOfLanes<T>(sum));
    for (let offset: usize = 0; offset < wholeBytes; offset += 16) {
      v128.store(output + offset, v128.sub<T>(v128.sub<T>(v128.load(input + offset), maximum), logSum));
    }
    if (rest) storePart<T>(output + wholeBytes, v128.sub<T>(shifted, logSum), rest);
    input += rowBytes;
    output += rowBytes;
  }
}

/** inputGrad = outputGrad - exp(activation) · sum(outputGrad), a row at a time. */
export function logSoftmaxBackward<T extends number>(args: ActivationBackward, begin: i32, end: i32): void {
  const columns = args.columns;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  assert(isAligned(args.activation | args.outputGrad | args.inputGrad), "all arrays must be 16-byte aligned");
  const rest = columns & (laneCount<T>() - 1);
  const wholeBytes = <usize>(columns - rest) * sizeof<T>();
  const rowBytes = <usize>columns * sizeof<T>();
  let activation = args.activation + <usize>begin * rowBytes;
  let outputGrad = args.outputGrad + <usize>begin * rowBytes;
  let inputGrad = args.inputGrad + <usize>begin * rowBytes;
  for (let rows = end - begin; rows > 0; rows--) {
    let sum = splat<T>(0);
    for (let offset: usize = 0; offset < wholeBytes; ) {
      let part = splat<T>(0);
      for (const blockEnd = min(offset + blockBytes, wholeBytes); offset < blockEnd; offset += 16) {
        part = v128.add<T>(part, v128.load(outputGrad + offset));
      }
      sum = v128.add<T>(sum, part);
    }
    const restGrad = rest ? loadPart<T>(outputGrad + wholeBytes, rest) : splat<T>(0);
    sum = sumOfLanes<T>(v128.add<T>(sum, restGrad));
    for (let offset: usize = 0; offset < wholeBytes; offset += 16) {
      const share = v128.mul<T>(exp<T>(v128.load(activation + offset)), sum);
      v128.store(inputGrad + offset, v128.sub<T>(v128.load(outputGrad + offset), share));
    }
    if (rest) {
      const share = v128.mul<T>(exp<T>(loadPart<T>(activation + wholeBytes, rest)), sum);
      storePart<T>(inputGrad + wholeBytes, v128.sub<T>(restGrad, share), rest);
    }
    activation += rowBytes;
    outputGrad += rowBytes;
    inputGrad += rowBytes;
  }
}
