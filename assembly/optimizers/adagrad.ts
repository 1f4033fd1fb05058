/**
 * Adagrad: one pass over the parameter block and the two blocks laid out like it.
 * Every block is [count] of T. Where parameter, gradient and what is remembered are zero they stay zero, so padding stays padding.
 */
import { nextMarked } from "../embedding/rows";
import { Step, Update } from "../program/step";
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

/** adagradStep of `count` elements. @returns 1, or 0 if a vector was left as it was */
function adagradRange<T extends number>(
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

function decayedRate(now: Step, factor: f64, decay: f64): f64 {
  return (now.learningRate * factor) / (1 + <f64>(now.step - 1) * decay);
}

/** The record of adagradStep. */
@final
@unmanaged
export class AdagradStep extends Update {
  squareSum: usize;
  /** The learning rate is divided by 1 + learningRateDecay · updates so far. */
  learningRateDecay: f64;
  epsilon: f64;
  weightDecay: f64;
}

/**
 * g = gradient + weightDecay · parameter; s += g²; parameter -= learningRate · g / (√s + epsilon).
 *
 * Shapes    parameters, gradients, squareSum (s): [count].
 * Writes    parameters, squareSum (in place), except a vector of them in which a new number is not finite; now.stored is 0
 *           then.
 * Range     elements.
 * Requires  every block on 16 bytes; epsilon > 0; squareSum zero before the first step.
 * Source    Duchi et al. 2011, as PyTorch's Adagrad.
 */
export function adagradStep<T extends number>(args: AdagradStep, begin: i32, end: i32): void {
  const at = <usize>begin * sizeof<T>();
  const rate = decayedRate(args.now, args.factor, args.learningRateDecay);
  const stored = adagradRange<T>(
    args.parameters + at,
    args.gradients + at,
    args.squareSum + at,
    end - begin,
    rate,
    args.epsilon,
    args.weightDecay,
  );
  if (!stored) args.now.stored = 0;
}

/** adagradRows of `rows` rows. @returns 1, or 0 if a vector was left as it was */
function adagradMarked<T extends number>(
  parameters: usize,
  gradients: usize,
  squareSum: usize,
  marks: usize,
  begin: i32,
  end: i32,
  columns: i32,
  learningRate: f64,
  epsilon: f64,
): i32 {
  assert(begin < end && columns > 0, "rows and columns must be positive");
  assert(isAligned(parameters | gradients | squareSum | marks), "blocks start on 16 bytes");
  let stored = 1;
  let done = 0;
  for (let row = nextMarked(marks, begin, end); row < end; row = nextMarked(marks, row + 1, end)) {
    const first = max(done, firstElement<T>(row, columns));
    done = endElement<T>(row, columns);
    if (first == done) continue;
    const at = <usize>first * sizeof<T>();
    const count = done - first;
    stored &= adagradRange<T>(parameters + at, gradients + at, squareSum + at, count, learningRate, epsilon, 0);
  }
  return stored;
}

/** The record of adagradRows. */
@final
@unmanaged
export class AdagradRows extends Update {
  squareSum: usize;
  /** The learning rate is divided by 1 + learningRateDecay · updates so far. */
  learningRateDecay: f64;
  epsilon: f64;
  /** A byte for each row (embedding/rows.ts). */
  marks: usize;
  columns: i32;
}

/**
 * adagradStep without decay of a table whose gradient is 0 in all rows that are not marked: it does the vectors of the others alone,
 * since those would not change.
 *
 * Shapes    parameters, gradients, squareSum: [rows, columns], padded to whole vectors; marks: [rows], a byte each (embedding/rows.ts).
 * Writes    as adagradStep.
 * Range     rows.
 * Requires  every block on 16 bytes; columns >= 1; epsilon > 0; squareSum zero before the first step.
 */
export function adagradRows<T extends number>(args: AdagradRows, begin: i32, end: i32): void {
  const rate = decayedRate(args.now, args.factor, args.learningRateDecay);
  const stored = adagradMarked<T>(
    args.parameters,
    args.gradients,
    args.squareSum,
    args.marks,
    begin,
    end,
    args.columns,
    rate,
    args.epsilon,
  );
  if (!stored) args.now.stored = 0;
}
