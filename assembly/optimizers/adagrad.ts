/**
 * Adagrad: one pass over the parameter block and the two blocks laid out like it.
 * Every block is [count] of T. Where parameter, gradient and what is remembered are zero they stay zero, so padding stays padding.
 */
import { nextMarked } from "../embedding/rows";
import { isAligned, laneCount, loadLanes, splat, storeLanes } from "../vector/lanes";
import { areFinite, decayed, endElement, firstElement } from "./loops";

/** @inline One vector's adagradStep: 1, or 0 if it is left as it was. */
function adagradLanes<T extends number>(
  parameters: usize,
  gradients: usize,
  squareSum: usize,
  lanes: i32,
  learningRate: v128,
  epsilon: v128,
  weightDecay: v128,
): i32 {
  const parameter = loadLanes<T>(parameters, lanes);
  const gradient = decayed<T>(loadLanes<T>(gradients, lanes), parameter, weightDecay);
  const sum = v128.add<T>(loadLanes<T>(squareSum, lanes), v128.mul<T>(gradient, gradient));
  const divisor = v128.add<T>(v128.sqrt<T>(sum), epsilon);
  const result = v128.sub<T>(parameter, v128.div<T>(v128.mul<T>(gradient, learningRate), divisor));
  // An infinite sum would leave the parameter finite, and where it is for ever.
  if (!areFinite<T>(v128.add<T>(result, sum))) return 0;
  storeLanes<T>(squareSum, sum, lanes);
  storeLanes<T>(parameters, result, lanes);
  return 1;
}

/**
 * g = gradient + weightDecay · parameter; s += g²; parameter -= learningRate · g / (√s + epsilon).
 *
 * Shapes    parameters, gradients, squareSum (s): [count].
 * Writes    parameters, squareSum (in place), except a vector of them in which a new number is not finite. Returns 1, or 0 if
 *           there was one.
 * Requires  every block on 16 bytes; count >= 1; epsilon > 0; squareSum zero before the first step.
 * Source    Duchi et al. 2011, as PyTorch's Adagrad, whose decay of the learning rate is the caller's.
 */
export function adagradStep<T extends number>(
  parameters: usize,
  gradients: usize,
  squareSum: usize,
  count: i32,
  learningRate: f64,
  epsilon: f64,
  weightDecay: f64,
): i32 {
  assert(count > 0, "count must be positive");
  assert(epsilon > 0, "epsilon must be positive, or zeros become NaN");
  assert(isAligned(parameters | gradients | squareSum), "blocks start on 16 bytes");
  const rate = splat<T>(learningRate);
  const least = splat<T>(epsilon);
  const decay = splat<T>(weightDecay);
  const end = parameters + <usize>(count & -laneCount<T>()) * sizeof<T>();
  let stored = 1;
  while (parameters < end) {
    stored &= adagradLanes<T>(parameters, gradients, squareSum, laneCount<T>(), rate, least, decay);
    parameters += 16;
    gradients += 16;
    squareSum += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) {
    stored &= adagradLanes<T>(parameters, gradients, squareSum, rest, rate, least, decay);
  }
  return stored;
}

/**
 * adagradStep without decay of a table whose gradient is 0 in all rows that are not marked: it does the vectors of the others alone,
 * since those would not change.
 *
 * Shapes    parameters, gradients, squareSum: [rows, columns], padded to whole vectors; marks: [rows], a byte each (embedding/rows.ts).
 * Writes    as adagradStep, and returns the same.
 * Requires  every block on 16 bytes; rows, columns >= 1; epsilon > 0; squareSum zero before the first step.
 */
export function adagradRows<T extends number>(
  parameters: usize,
  gradients: usize,
  squareSum: usize,
  marks: usize,
  rows: i32,
  columns: i32,
  learningRate: f64,
  epsilon: f64,
): i32 {
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  assert(isAligned(parameters | gradients | squareSum | marks), "blocks start on 16 bytes");
  let stored = 1;
  let done = 0;
  for (let row = nextMarked(marks, 0, rows); row < rows; row = nextMarked(marks, row + 1, rows)) {
    const first = max(done, firstElement<T>(row, columns));
    done = endElement<T>(row, columns);
    if (first == done) continue;
    const at = <usize>first * sizeof<T>();
    const count = done - first;
    stored &= adagradStep<T>(parameters + at, gradients + at, squareSum + at, count, learningRate, epsilon, 0);
  }
  return stored;
}
