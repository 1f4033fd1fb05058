/**
 * Adam and AdamW: each one pass over the parameter block and the three blocks laid out like it.
 * Every block is [count] of T. Where parameter, gradient and moments are zero they stay zero, so padding stays padding.
 */
import { Update } from "../program/step";
import { isAligned, laneCount, splat } from "../vector/lanes";
import { power } from "./loops";
import { CoupledDecay, DecoupledDecay, isBounded, momentLanes } from "./moments";

function momentStep<T extends number, Decay>(
  parameters: usize,
  gradients: usize,
  firstMoment: usize,
  secondMoment: usize,
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
  assert(isAligned(parameters | gradients | firstMoment | secondMoment), "blocks start on 16 bytes");
  // The correction of the second moment, √(v / correction²) + epsilon, is taken out of the quotient: a product less a vector.
  const correction = sqrt<f64>(1 - power(beta2, step));
  const correctedSize = (learningRate / (1 - power(beta1, step))) * correction;
  const correctedEpsilon = epsilon * correction;
  const factor = weightDecay * changetype<Decay>(0).factor(learningRate);
  const stepSize = splat<T>(correctedSize);
  const keep1 = splat<T>(beta1);
  const add1 = splat<T>(1 - beta1);
  const keep2 = splat<T>(beta2);
  const add2 = splat<T>(1 - beta2);
  const least = splat<T>(correctedEpsilon);
  const decay = splat<T>(factor);
  const end = parameters + <usize>count * sizeof<T>();
  const whole = parameters + <usize>(count & -laneCount<T>()) * sizeof<T>();
  const bounded = isBounded<T>(correctedSize, correctedEpsilon, factor) ? whole : parameters;
  let stored = 1;
  // Vectors of the last lanes and those with strangers in them go the careful way. (It also keeps V8 from computing the
  // splats in the inner loop: it moves there what nothing after a loop needs.)
  while (parameters < end) {
    while (parameters < bounded) {
      const isStored = momentLanes<T, Decay>(
        true,
        parameters,
        gradients,
        firstMoment,
        secondMoment,
        laneCount<T>(),
        stepSize,
        keep1,
        add1,
        keep2,
        add2,
        least,
        decay,
      );
      if (!isStored) break;
      parameters += 16;
      gradients += 16;
      firstMoment += 16;
      secondMoment += 16;
    }
    if (parameters >= end) break;
    stored &= momentLanes<T, Decay>(
      false,
      parameters,
      gradients,
      firstMoment,
      secondMoment,
      parameters < whole ? laneCount<T>() : count & (laneCount<T>() - 1),
      stepSize,
      keep1,
      add1,
      keep2,
      add2,
      least,
      decay,
    );
    parameters += 16;
    gradients += 16;
    firstMoment += 16;
    secondMoment += 16;
  }
  return stored;
}

/** The record of adamStep and adamWStep. */
@final
@unmanaged
export class AdamStep extends Update {
  firstMoment: usize;
  secondMoment: usize;
  beta1: f64;
  beta2: f64;
  epsilon: f64;
  weightDecay: f64;
}

function momentRange<T extends number, Decay>(args: AdamStep, begin: i32, end: i32): void {
  const at = <usize>begin * sizeof<T>();
  const rate = args.now.learningRate * args.factor;
  const stored = momentStep<T, Decay>(
    args.parameters + at,
    args.gradients + at,
    args.firstMoment + at,
    args.secondMoment + at,
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

/**
 * g = gradient + weightDecay · parameter; m = β₁m + (1 - β₁)g; v = β₂v + (1 - β₂)g²;
 * parameter -= learningRate · m/(1 - β₁ᵗ) / (√(v/(1 - β₂ᵗ)) + epsilon), where t is `step`.
 *
 * Shapes    parameters, gradients, firstMoment (m), secondMoment (v): [count].
 * Writes    parameters, firstMoment, secondMoment (in place), except a vector of them in which a new parameter or second
 *           moment is not finite. Returns 1, or 0 if there was one.
 * Requires  every block on 16 bytes; count >= 1; step counts from 1; epsilon > 0; both moments zero before step 1.
 * Numerics  the scalars are f64 until they are rounded to T once; m is kept out of the subnormal numbers (lanes.ts, flushed).
 * Source    Kingma & Ba 2015, as PyTorch's Adam.
 */
export function adamStep<T extends number>(args: AdamStep, begin: i32, end: i32): void {
  momentRange<T, CoupledDecay>(args, begin, end);
}

/**
 * Does the same as adamStep with g = gradient, after parameter -= learningRate · weightDecay · parameter.
 *
 * Shapes    parameters, gradients, firstMoment, secondMoment: [count].
 * Writes    as adamStep, and returns the same.
 * Requires  as adamStep.
 * Source    Loshchilov & Hutter 2019, as PyTorch's AdamW.
 */
export function adamWStep<T extends number>(args: AdamStep, begin: i32, end: i32): void {
  momentRange<T, DecoupledDecay>(args, begin, end);
}
