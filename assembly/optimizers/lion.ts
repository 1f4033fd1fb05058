/**
 * Lion: one pass over the parameter block and the two blocks laid out like it.
 * Every block is [count] of T. Where parameter, gradient and what is remembered are zero they stay zero, so padding stays padding.
 */
import { Update } from "../program/step";
import { flushed, isAligned, laneCount, loadLanes, splat, storeLanes } from "../vector/lanes";
import { areFinite, blended } from "./loops";

/** @inline One vector's lionStep: 1, or 0 if it is left as it was. */
function lionLanes<T extends number>(
  parameters: usize,
  gradients: usize,
  firstMoment: usize,
  lanes: i32,
  learningRate: v128,
  beta1: v128,
  beta1Rest: v128,
  beta2: v128,
  beta2Rest: v128,
  weightDecay: v128,
): i32 {
  const parameter = loadLanes<T>(parameters, lanes);
  const gradient = loadLanes<T>(gradients, lanes);
  const old = loadLanes<T>(firstMoment, lanes);
  const direction = blended<T>(old, gradient, beta1, beta1Rest);
  const first = flushed<T>(blended<T>(old, gradient, beta2, beta2Rest));
  const zero = splat<T>(0);
  const up = v128.and(v128.gt<T>(direction, zero), learningRate);
  const down = v128.and(v128.lt<T>(direction, zero), learningRate);
  const kept = v128.sub<T>(parameter, v128.mul<T>(parameter, weightDecay));
  const result = v128.add<T>(v128.sub<T>(kept, up), down);
  // A sign is finite whatever its number is; the moment is not.
  if (!areFinite<T>(v128.add<T>(result, first))) return 0;
  storeLanes<T>(firstMoment, first, lanes);
  storeLanes<T>(parameters, result, lanes);
  return 1;
}

/** lionStep of `count` elements. @returns 1, or 0 if a vector was left as it was */
function lionRange<T extends number>(
  parameters: usize,
  gradients: usize,
  firstMoment: usize,
  count: i32,
  learningRate: f64,
  beta1: f64,
  beta2: f64,
  weightDecay: f64,
): i32 {
  assert(count > 0, "count must be positive");
  assert(isAligned(parameters | gradients | firstMoment), "blocks start on 16 bytes");
  const rate = splat<T>(learningRate);
  const look = splat<T>(beta1);
  const lookRest = splat<T>(1 - beta1);
  const keep = splat<T>(beta2);
  const add = splat<T>(1 - beta2);
  const decay = splat<T>(learningRate * weightDecay);
  const end = parameters + <usize>(count & -laneCount<T>()) * sizeof<T>();
  let stored = 1;
  while (parameters < end) {
    stored &= lionLanes<T>(parameters, gradients, firstMoment, laneCount<T>(), rate, look, lookRest, keep, add, decay);
    parameters += 16;
    gradients += 16;
    firstMoment += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) {
    stored &= lionLanes<T>(parameters, gradients, firstMoment, rest, rate, look, lookRest, keep, add, decay);
  }
  return stored;
}

/** The record of lionStep. */
@final
@unmanaged
export class LionStep extends Update {
  firstMoment: usize;
  beta1: f64;
  beta2: f64;
  weightDecay: f64;
}

/**
 * parameter -= learningRate · (sign(β₁m + (1 - β₁)gradient) + weightDecay · parameter); m = β₂m + (1 - β₂)gradient.
 *
 * Shapes    parameters, gradients, firstMoment (m): [count].
 * Writes    parameters, firstMoment (in place), except a vector of them in which a new number is not finite; now.stored is 0
 *           then.
 * Range     elements.
 * Requires  every block on 16 bytes; firstMoment zero before the first step.
 * Numerics  sign(0) is 0; m is kept out of the subnormal numbers (lanes.ts, flushed).
 * Source    Chen et al. 2023, algorithm 2.
 */
export function lionStep<T extends number>(args: LionStep, begin: i32, end: i32): void {
  const at = <usize>begin * sizeof<T>();
  const rate = args.now.learningRate * args.factor;
  const stored = lionRange<T>(
    args.parameters + at,
    args.gradients + at,
    args.firstMoment + at,
    end - begin,
    rate,
    args.beta1,
    args.beta2,
    args.weightDecay,
  );
  if (!stored) args.now.stored = 0;
}
