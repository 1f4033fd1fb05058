/**
 * Adamax: one pass over the parameter block and the three blocks laid out like it.
 * Every block is [count] of T. Where parameter, gradient and moment are zero, parameter and moment stay zero.
 */
import { Update } from "../program/step";
import { flushed, isAligned, laneCount, loadLanes, splat, storeLanes } from "../vector/lanes";
import { areFinite, blended, decayed, power } from "./loops";

/** @inline One vector's adamaxStep: 1, or 0 if it is left as it was. */
function adamaxLanes<T extends number>(
  parameters: usize,
  gradients: usize,
  firstMoment: usize,
  largest: usize,
  lanes: i32,
  stepSize: v128,
  beta1: v128,
  beta1Rest: v128,
  beta2: v128,
  epsilon: v128,
  weightDecay: v128,
): i32 {
  const parameter = loadLanes<T>(parameters, lanes);
  const gradient = decayed<T>(loadLanes<T>(gradients, lanes), parameter, weightDecay);
  const first = flushed<T>(blended<T>(loadLanes<T>(firstMoment, lanes), gradient, beta1, beta1Rest));
  const size = v128.add<T>(v128.abs<T>(gradient), epsilon);
  const bound = v128.pmax<T>(v128.mul<T>(loadLanes<T>(largest, lanes), beta2), size);
  // A gradient that is not finite makes such a moment, and an infinite bound at most NaN of it.
  const result = v128.sub<T>(parameter, v128.div<T>(v128.mul<T>(first, stepSize), bound));
  if (!areFinite<T>(result)) return 0;
  storeLanes<T>(firstMoment, first, lanes);
  storeLanes<T>(largest, bound, lanes);
  storeLanes<T>(parameters, result, lanes);
  return 1;
}

/** adamaxStep of `count` elements. @returns 1, or 0 if a vector was left as it was */
function adamaxRange<T extends number>(
  parameters: usize,
  gradients: usize,
  firstMoment: usize,
  largest: usize,
  count: i32,
  step: i32,
  learningRate: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
  weightDecay: f64,
): i32 {
  assert(count > 0 && step > 0, "count and step must be positive");
  assert(epsilon > 0, "epsilon must be positive, or zeros become NaN");
  assert(isAligned(parameters | gradients | firstMoment | largest), "blocks start on 16 bytes");
  const stepSize = splat<T>(learningRate / (1 - power(beta1, step)));
  const keep = splat<T>(beta1);
  const add = splat<T>(1 - beta1);
  const shrink = splat<T>(beta2);
  const least = splat<T>(epsilon);
  const decay = splat<T>(weightDecay);
  const end = parameters + <usize>(count & -laneCount<T>()) * sizeof<T>();
  let stored = 1;
  while (parameters < end) {
    stored &= adamaxLanes<T>(
      parameters,
      gradients,
      firstMoment,
      largest,
      laneCount<T>(),
      stepSize,
      keep,
      add,
      shrink,
      least,
      decay,
    );
    parameters += 16;
    gradients += 16;
    firstMoment += 16;
    largest += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) {
    stored &= adamaxLanes<T>(
      parameters,
      gradients,
      firstMoment,
      largest,
      rest,
      stepSize,
      keep,
      add,
      shrink,
      least,
      decay,
    );
  }
  return stored;
}

/** The record of adamaxStep. */
@final
@unmanaged
export class AdamaxStep extends Update {
  firstMoment: usize;
  largest: usize;
  beta1: f64;
  beta2: f64;
  epsilon: f64;
  weightDecay: f64;
}

/**
 * g = gradient + weightDecay · parameter; m = β₁m + (1 - β₁)g; u = max(β₂u, |g| + epsilon);
 * parameter -= learningRate / (1 - β₁ᵗ) · m / u, where t is `step`.
 *
 * Shapes    parameters, gradients, firstMoment (m), largest (u): [count].
 * Writes    parameters, firstMoment, largest (in place), except a vector of them in which a new parameter is not finite;
 *           now.stored is 0 then.
 * Range     elements.
 * Requires  every block on 16 bytes; step counts from 1; epsilon > 0; m and u zero before step 1.
 * Numerics  the scalars are f64 until they are rounded to T once; m is kept out of the subnormal numbers (lanes.ts, flushed).
 * Source    Kingma & Ba 2015, as PyTorch's Adamax.
 */
export function adamaxStep<T extends number>(args: AdamaxStep, begin: i32, end: i32): void {
  const at = <usize>begin * sizeof<T>();
  const rate = args.now.learningRate * args.factor;
  const stored = adamaxRange<T>(
    args.parameters + at,
    args.gradients + at,
    args.firstMoment + at,
    args.largest + at,
    end - begin,
    args.now.step,
    rate,
    args.beta1,
    args.beta2,
    args.epsilon,
    args.weightDecay,
  );
  if (!stored) args.now.stored = 0;
}
