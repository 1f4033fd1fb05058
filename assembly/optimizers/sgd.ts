/**
 * Gradient descent, plain and with a velocity: each one pass over the parameter block and the blocks laid out like it.
 * Every block is [count] of T. Where parameter, gradient and velocity are zero they stay zero, so padding stays padding.
 */
import { nextMarked } from "../embedding/rows";
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

/**
 * parameter = parameter - learningRate · (gradient + weightDecay · parameter).
 *
 * Shapes    parameters, gradients: [count].
 * Writes    parameters (in place), except a vector in which a new one is not finite. Returns 1, or 0 if there was one.
 * Requires  both blocks on 16 bytes; count >= 1.
 * Source    PyTorch's SGD.
 */
export function sgdStep<T extends number>(
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

/**
 * sgdStep without decay of a table whose gradient is 0 in all rows that are not marked: it does the vectors of the others alone, since
 * those would not change.
 *
 * Shapes    parameters, gradients: [rows, columns], padded to whole vectors; marks: [rows], a byte each (embedding/rows.ts).
 * Writes    as sgdStep, and returns the same.
 * Requires  every block on 16 bytes; rows, columns >= 1.
 */
export function sgdRows<T extends number>(
  parameters: usize,
  gradients: usize,
  marks: usize,
  rows: i32,
  columns: i32,
  learningRate: f64,
): i32 {
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  assert(isAligned(parameters | gradients | marks), "blocks start on 16 bytes");
  let stored = 1;
  let done = 0;
  for (let row = nextMarked(marks, 0, rows); row < rows; row = nextMarked(marks, row + 1, rows)) {
    const first = max(done, firstElement<T>(row, columns));
    done = endElement<T>(row, columns);
    if (first == done) continue;
    const at = <usize>first * sizeof<T>();
    stored &= sgdStep<T>(parameters + at, gradients + at, done - first, learningRate, 0);
  }
  return stored;
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
export function momentumStep<T extends number>(
  parameters: usize,
  gradients: usize,
  velocity: usize,
  count: i32,
  learningRate: f64,
  momentum: f64,
  weightDecay: f64,
): i32 {
  return velocityStep<T, Momentum>(parameters, gradients, velocity, count, learningRate, momentum, weightDecay);
}

/**
 * Does the same as momentumStep, but with parameter -= learningRate · (g + momentum · velocity).
 *
 * Shapes    parameters, gradients, velocity: [count].
 * Writes    as momentumStep, and returns the same.
 * Requires  every block on 16 bytes; count >= 1; velocity all zero before the first step.
 * Source    PyTorch's SGD with nesterov.
 */
export function nesterovStep<T extends number>(
  parameters: usize,
  gradients: usize,
  velocity: usize,
  count: i32,
  learningRate: f64,
  momentum: f64,
  weightDecay: f64,
): i32 {
  return velocityStep<T, Nesterov>(parameters, gradients, velocity, count, learningRate, momentum, weightDecay);
}
