/**
 * Gradient descent, plain and with a velocity: each one pass over the parameter block and the blocks laid out like it.
 * Every block is [count] of T. Where parameter, gradient and velocity are zero they stay zero, so padding stays padding.
 */
import { nextMarked } from "../embedding/rows";
import { Update } from "../program/step";
import { flushed, isAligned, laneCount, loadLanes, splat, storeLanes } from "../vector/lanes";
import { areFinite, decayed, endElement, firstElement } from "./loops";

/** @inline One vector's sgdStep: 1, or 0 if it is left as it was. */
function sgdLanes<T extends number>(
  parameters: usize,
  gradients: usize,
  lanes: i32,
  learningRate: v128,
  weightDecay: v128,
): i32 {
  const parameter = loadLanes<T>(parameters, lanes);
  const gradient = decayed<T>(loadLanes<T>(gradients, lanes), parameter, weightDecay);
  const result = v128.sub<T>(parameter, v128.mul<T>(gradient, learningRate));
  if (!areFinite<T>(result)) return 0;
  storeLanes<T>(parameters, result, lanes);
  return 1;
}

/** @inline The parameters of one vector after an sgdStep. */
function sgdResult<T extends number>(parameters: usize, gradients: usize, rate: v128, decay: v128): v128 {
  const parameter = v128.load(parameters);
  return v128.sub<T>(parameter, v128.mul<T>(decayed<T>(v128.load(gradients), parameter, decay), rate));
}

/** @inline Four vectors' sgdLanes, where all may be stored: one question for them all. @returns whether they have been */
function sgdQuad<T extends number>(parameters: usize, gradients: usize, rate: v128, decay: v128): bool {
  const result0 = sgdResult<T>(parameters, gradients, rate, decay);
  const result1 = sgdResult<T>(parameters + 16, gradients + 16, rate, decay);
  const result2 = sgdResult<T>(parameters + 32, gradients + 32, rate, decay);
  const result3 = sgdResult<T>(parameters + 48, gradients + 48, rate, decay);
  if (!areFinite<T>(v128.add<T>(v128.add<T>(result0, result1), v128.add<T>(result2, result3)))) return false;
  v128.store(parameters, result0);
  v128.store(parameters, result1, 16);
  v128.store(parameters, result2, 32);
  v128.store(parameters, result3, 48);
  return true;
}

/** sgdStep of `count` elements. @returns 1, or 0 if a vector was left as it was */
function sgdRange<T extends number>(
  parameters: usize,
  gradients: usize,
  count: i32,
  learningRate: f64,
  weightDecay: f64,
): i32 {
  assert(count > 0, "count must be positive");
  assert(isAligned(parameters | gradients), "blocks start on 16 bytes");
  const rate = splat<T>(learningRate);
  const decay = splat<T>(weightDecay);
  const end = parameters + <usize>(count & -laneCount<T>()) * sizeof<T>();
  let stored = 1;
  while (parameters < end) {
    if (parameters + 64 <= end && sgdQuad<T>(parameters, gradients, rate, decay)) {
      parameters += 64;
      gradients += 64;
      continue;
    }
    stored &= sgdLanes<T>(parameters, gradients, laneCount<T>(), rate, decay);
    parameters += 16;
    gradients += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) stored &= sgdLanes<T>(parameters, gradients, rest, rate, decay);
  return stored;
}

/** The record of sgdStep. */
@final
@unmanaged
export class SgdStep extends Update {
  weightDecay: f64;
}

/**
 * parameter = parameter - learningRate · (gradient + weightDecay · parameter).
 *
 * Shapes    parameters, gradients: [count].
 * Writes    parameters (in place), except a vector in which a new one is not finite; now.stored is 0 then.
 * Range     elements.
 * Requires  both blocks on 16 bytes.
 * Source    PyTorch's SGD.
 */
export function sgdStep<T extends number>(args: SgdStep, begin: i32, end: i32): void {
  const at = <usize>begin * sizeof<T>();
  const rate = args.now.learningRate * args.factor;
  const stored = sgdRange<T>(args.parameters + at, args.gradients + at, end - begin, rate, args.weightDecay);
  if (!stored) args.now.stored = 0;
}

/** sgdRows of `rows` rows. @returns 1, or 0 if a vector was left as it was */
function sgdMarked<T extends number>(
  parameters: usize,
  gradients: usize,
  marks: usize,
  begin: i32,
  end: i32,
  columns: i32,
  learningRate: f64,
): i32 {
  assert(begin < end && columns > 0, "rows and columns must be positive");
  assert(isAligned(parameters | gradients | marks), "blocks start on 16 bytes");
  let stored = 1;
  let done = 0;
  for (let row = nextMarked(marks, begin, end); row < end; row = nextMarked(marks, row + 1, end)) {
    const first = max(done, firstElement<T>(row, columns));
    done = endElement<T>(row, columns);
    if (first == done) continue;
    const at = <usize>first * sizeof<T>();
    stored &= sgdRange<T>(parameters + at, gradients + at, done - first, learningRate, 0);
  }
  return stored;
}

/** The record of sgdRows. */
@final
@unmanaged
export class SgdRows extends Update {
  /** A byte for each row (embedding/rows.ts). */
  marks: usize;
  columns: i32;
}

/**
 * sgdStep without decay of a table whose gradient is 0 in all rows that are not marked: it does the vectors of the others alone, since
 * those would not change.
 *
 * Shapes    parameters, gradients: [rows, columns], padded to whole vectors; marks: [rows], a byte each (embedding/rows.ts).
 * Writes    as sgdStep.
 * Range     rows.
 * Requires  every block on 16 bytes; columns >= 1.
 */
export function sgdRows<T extends number>(args: SgdRows, begin: i32, end: i32): void {
  const rate = args.now.learningRate * args.factor;
  const stored = sgdMarked<T>(args.parameters, args.gradients, args.marks, begin, end, args.columns, rate);
  if (!stored) args.now.stored = 0;
}

@final
@unmanaged
class Momentum {
  /** @inline The direction of the update: the velocity. */
  direction<_T extends number>(_gradient: v128, velocity: v128, _momentum: v128): v128 {
    return velocity;
  }
}

@final
@unmanaged
class Nesterov {
  /** @inline The direction of the update: the gradient and the velocity as it will be at the next step. */
  direction<T extends number>(gradient: v128, velocity: v128, momentum: v128): v128 {
    return v128.add<T>(gradient, v128.mul<T>(velocity, momentum));
  }
}

/** @inline One vector's momentumStep or nesterovStep: 1, or 0 if it is left as it was. */
function velocityLanes<T extends number, Rule>(
  parameters: usize,
  gradients: usize,
  velocity: usize,
  lanes: i32,
  learningRate: v128,
  momentum: v128,
  weightDecay: v128,
): i32 {
  const parameter = loadLanes<T>(parameters, lanes);
  const gradient = decayed<T>(loadLanes<T>(gradients, lanes), parameter, weightDecay);
  const newVelocity = flushed<T>(v128.add<T>(v128.mul<T>(loadLanes<T>(velocity, lanes), momentum), gradient));
  const direction = changetype<Rule>(0).direction<T>(gradient, newVelocity, momentum);
  // A velocity that is not finite makes such a parameter, at a learning rate of 0, too: 0 · infinity is NaN.
  const result = v128.sub<T>(parameter, v128.mul<T>(direction, learningRate));
  if (!areFinite<T>(result)) return 0;
  storeLanes<T>(velocity, newVelocity, lanes);
  storeLanes<T>(parameters, result, lanes);
  return 1;
}

function velocityStep<T extends number, Rule>(
  parameters: usize,
  gradients: usize,
  velocity: usize,
  count: i32,
  learningRate: f64,
  momentum: f64,
  weightDecay: f64,
): i32 {
  assert(count > 0, "count must be positive");
  assert(isAligned(parameters | gradients | velocity), "blocks start on 16 bytes");
  const rate = splat<T>(learningRate);
  const keep = splat<T>(momentum);
  const decay = splat<T>(weightDecay);
  const end = parameters + <usize>(count & -laneCount<T>()) * sizeof<T>();
  let stored = 1;
  while (parameters < end) {
    stored &= velocityLanes<T, Rule>(parameters, gradients, velocity, laneCount<T>(), rate, keep, decay);
    parameters += 16;
    gradients += 16;
    velocity += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) stored &= velocityLanes<T, Rule>(parameters, gradients, velocity, rest, rate, keep, decay);
  return stored;
}

/** The record of momentumStep and nesterovStep. */
@final
@unmanaged
export class VelocityStep extends Update {
  velocity: usize;
  momentum: f64;
  weightDecay: f64;
}

function velocityRange<T extends number, Rule>(args: VelocityStep, begin: i32, end: i32): void {
  const at = <usize>begin * sizeof<T>();
  const rate = args.now.learningRate * args.factor;
  const stored = velocityStep<T, Rule>(
    args.parameters + at,
    args.gradients + at,
    args.velocity + at,
    end - begin,
    rate,
    args.momentum,
    args.weightDecay,
  );
  if (!stored) args.now.stored = 0;
}

/**
 * g = gradient + weightDecay · parameter; velocity = momentum · velocity + g; parameter -= learningRate · velocity.
 *
 * Shapes    parameters, gradients, velocity: [count].
 * Writes    parameters, velocity (in place), except a vector of them in which a new parameter is not finite. Returns 1, or 0 if
 *           there was one.
 * Requires  every block on 16 bytes; count >= 1; velocity all zero before the first step.
 * Numerics  the velocity is kept out of the subnormal numbers (lanes.ts, flushed).
 * Source    PyTorch's SGD with momentum, dampening 0.
 */
export function momentumStep<T extends number>(args: VelocityStep, begin: i32, end: i32): void {
  velocityRange<T, Momentum>(args, begin, end);
}

/**
 * Does the same as momentumStep, but with parameter -= learningRate · (g + momentum · velocity).
 *
 * Shapes    parameters, gradients, velocity: [count].
 * Writes    as momentumStep, and returns the same.
 * Requires  every block on 16 bytes; count >= 1; velocity all zero before the first step.
 * Source    PyTorch's SGD with nesterov.
 */
export function nesterovStep<T extends number>(args: VelocityStep, begin: i32, end: i32): void {
  velocityRange<T, Nesterov>(args, begin, end);
}
