/**
 * Nadam: one pass over the parameter block and the three blocks laid out like it.
 * Every block is [count] of T. Where parameter, gradient and what is remembered are zero they stay zero, so padding stays padding.
 */
import { Update } from "../program/step";
import { flushed, isAligned, laneCount, loadLanes, splat, storeLanes } from "../vector/lanes";
import { areFinite, blended, decayed, power } from "./loops";

/** @inline One vector's nadamStep: 1, or 0 if it is left as it was. */
function nadamLanes<T extends number>(
  parameters: usize,
  gradients: usize,
  firstMoment: usize,
  secondMoment: usize,
  lanes: i32,
  gradientRate: v128,
  momentRate: v128,
  beta1: v128,
  beta1Rest: v128,
  beta2: v128,
  beta2Rest: v128,
  secondCorrection: v128,
  epsilon: v128,
  weightDecay: v128,
): i32 {
  const parameter = loadLanes<T>(parameters, lanes);
  const gradient = decayed<T>(loadLanes<T>(gradients, lanes), parameter, weightDecay);
  const first = flushed<T>(blended<T>(loadLanes<T>(firstMoment, lanes), gradient, beta1, beta1Rest));
  const second = blended<T>(loadLanes<T>(secondMoment, lanes), v128.mul<T>(gradient, gradient), beta2, beta2Rest);
  const divisor = v128.add<T>(v128.mul<T>(v128.sqrt<T>(second), secondCorrection), epsilon);
  const direction = v128.add<T>(v128.mul<T>(gradient, gradientRate), v128.mul<T>(first, momentRate));
  const result = v128.sub<T>(parameter, v128.div<T>(direction, divisor));
  // An infinite second moment would leave the parameter finite, and where it is for ever.
  if (!areFinite<T>(v128.add<T>(result, second))) return 0;
  storeLanes<T>(firstMoment, first, lanes);
  storeLanes<T>(secondMoment, second, lanes);
  storeLanes<T>(parameters, result, lanes);
  return 1;
}

/** nadamStep of `count` elements. @returns 1, or 0 if a vector was left as it was */
function nadamRange<T extends number>(
  parameters: usize,
  gradients: usize,
  firstMoment: usize,
  secondMoment: usize,
  count: i32,
  step: i32,
  gradientRate: f64,
  momentRate: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
  weightDecay: f64,
): i32 {
  assert(count > 0 && step > 0, "count and step must be positive");
  assert(epsilon > 0, "epsilon must be positive, or zeros become NaN");
  assert(isAligned(parameters | gradients | firstMoment | secondMoment), "blocks start on 16 bytes");
  const ofGradient = splat<T>(gradientRate);
  const ofMoment = splat<T>(momentRate);
  const keep1 = splat<T>(beta1);
  const add1 = splat<T>(1 - beta1);
  const keep2 = splat<T>(beta2);
  const add2 = splat<T>(1 - beta2);
  const secondCorrection = splat<T>(1 / sqrt<f64>(1 - power(beta2, step)));
  const least = splat<T>(epsilon);
  const decay = splat<T>(weightDecay);
  const end = parameters + <usize>(count & -laneCount<T>()) * sizeof<T>();
  let stored = 1;
  while (parameters < end) {
    stored &= nadamLanes<T>(
      parameters,
      gradients,
      firstMoment,
      secondMoment,
      laneCount<T>(),
      ofGradient,
      ofMoment,
      keep1,
      add1,
      keep2,
      add2,
      secondCorrection,
      least,
      decay,
    );
    parameters += 16;
    gradients += 16;
    firstMoment += 16;
    secondMoment += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) {
    stored &= nadamLanes<T>(
      parameters,
      gradients,
      firstMoment,
      secondMoment,
      rest,
      ofGradient,
      ofMoment,
      keep1,
      add1,
      keep2,
      add2,
      secondCorrection,
      least,
      decay,
    );
  }
  return stored;
}

/** The record of nadamStep. */
@final
@unmanaged
export class NadamStep extends Update {
  firstMoment: usize;
  secondMoment: usize;
  beta1: f64;
  beta2: f64;
  epsilon: f64;
  weightDecay: f64;
}

/**
 * g = gradient + weightDecay · parameter; m = β₁m + (1 - β₁)g; v = β₂v + (1 - β₂)g²;
 * parameter -= learningRate · (g · (1 - momentum) / (1 - product) + m · next / (1 - product · next)) / (√(v/(1 - β₂ᵗ)) + epsilon),
 * where t is `step`, next is nextMomentum and product is momentumProduct.
 *
 * Shapes    parameters, gradients, firstMoment (m), secondMoment (v): [count].
 * Writes    parameters, firstMoment, secondMoment (in place), except a vector of them in which a new parameter or second
 *           moment is not finite; now.stored is 0 then.
 * Range     elements.
 * Requires  every block on 16 bytes; step counts from 1; epsilon > 0; both moments zero before step 1.
 * Numerics  the scalars are f64 until they are rounded to T once; m is kept out of the subnormal numbers (lanes.ts, flushed).
 * Source    Dozat 2016, as PyTorch's NAdam.
 */
export function nadamStep<T extends number>(args: NadamStep, begin: i32, end: i32): void {
  const at = <usize>begin * sizeof<T>();
  const now = args.now;
  const rate = now.learningRate * args.factor;
  const stored = nadamRange<T>(
    args.parameters + at,
    args.gradients + at,
    args.firstMoment + at,
    args.secondMoment + at,
    end - begin,
    now.step,
    (rate * (1 - now.momentum)) / (1 - now.momentumProduct),
    (rate * now.nextMomentum) / (1 - now.momentumProduct * now.nextMomentum),
    args.beta1,
    args.beta2,
    args.epsilon,
    args.weightDecay,
  );
  if (!stored) now.stored = 0;
}
