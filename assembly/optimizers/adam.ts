/**
 * Adam and AdamW: each one pass over the parameter block and the three blocks laid out like it.
 * Every block is [count] of T. Where parameter, gradient and moments are zero they stay zero, so padding stays padding.
 */
import { flushed, isAligned, laneCount, loadLanes, splat, storeLanes } from "../vector/lanes";
import { areFinite, blended, decayed, power } from "./loops";

@final
@unmanaged
class CoupledDecay {
  /** @inline What to multiply weightDecay by. */
  factor(_learningRate: f64): f64 {
    return 1;
  }

  /** @inline The parameter before the step. */
  parameter<_T extends number>(parameter: v128, _decay: v128): v128 {
    return parameter;
  }

  /** @inline The gradient that the moments see. */
  gradient<T extends number>(gradient: v128, parameter: v128, decay: v128): v128 {
    return decayed<T>(gradient, parameter, decay);
  }
}

@final
@unmanaged
class DecoupledDecay {
  /** @inline What to multiply weightDecay by. */
  factor(learningRate: f64): f64 {
    return learningRate;
  }

  /** @inline The parameter before the step. */
  parameter<T extends number>(parameter: v128, decay: v128): v128 {
    return v128.sub<T>(parameter, v128.mul<T>(parameter, decay));
  }

  /** @inline The gradient that the moments see. */
  gradient<_T extends number>(gradient: v128, _parameter: v128, _decay: v128): v128 {
    return gradient;
  }
}

/**
 * @inline One vector's adamStep or adamWStep: 1, or 0 if it is left as it was, because a new number of it is not finite.
 *
 * `early` asks that of the squared gradient instead, in good time before the root and the division, which answers for the
 * parameter as well where the change is bounded (momentStep).
 */
function momentLanes<T extends number, Decay>(
  early: bool,
  parameters: usize,
  gradients: usize,
  firstMoment: usize,
  secondMoment: usize,
  lanes: i32,
  stepSize: v128,
  beta1: v128,
  beta1Rest: v128,
  beta2: v128,
  beta2Rest: v128,
  epsilon: v128,
  weightDecay: v128,
): i32 {
  const old = loadLanes<T>(parameters, lanes);
  const gradient = changetype<Decay>(0).gradient<T>(loadLanes<T>(gradients, lanes), old, weightDecay);
  const square = v128.mul<T>(gradient, gradient);
  if (early) {
    if (!areFinite<T>(square)) return 0;
  }
  const second = blended<T>(loadLanes<T>(secondMoment, lanes), square, beta2, beta2Rest);
  // Without a gradient it is subnormal after some hundred steps; the second moment only after tens of thousands.
  const first = flushed<T>(blended<T>(loadLanes<T>(firstMoment, lanes), gradient, beta1, beta1Rest));
  const change = v128.div<T>(v128.mul<T>(first, stepSize), v128.add<T>(v128.sqrt<T>(second), epsilon));
  const parameter = v128.sub<T>(changetype<Decay>(0).parameter<T>(old, weightDecay), change);
  if (!early) {
    // An infinite second moment would leave the parameter finite, and where it is for ever.
    if (!areFinite<T>(v128.add<T>(parameter, second))) return 0;
  }
  storeLanes<T>(firstMoment, first, lanes);
  storeLanes<T>(secondMoment, second, lanes);
  storeLanes<T>(parameters, parameter, lanes);
  return 1;
}

/**
 * Whether a finite parameter stays finite wherever the square of the gradient is. Then |m| < √MAX_VALUE, so that the change
 * is below √MAX_VALUE · stepSize / epsilon, and a change below half an ulp of MAX_VALUE leads from no finite number to infinity.
 */
function isBounded<T extends number>(stepSize: f64, epsilon: f64, decay: f64): bool {
  const halfUlp = sizeof<T>() == 4 ? 1e31 : 9e291;
  const largestMean = sizeof<T>() == 4 ? 1.9e19 : 1.4e154;
  return largestMean * (stepSize / epsilon) < halfUlp && decay <= 1;
}

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
export function adamStep<T extends number>(
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
  return momentStep<T, CoupledDecay>(
    parameters,
    gradients,
    firstMoment,
    secondMoment,
    count,
    step,
    learningRate,
    beta1,
    beta2,
    epsilon,
    weightDecay,
  );
}

/**
 * As adamStep with g = gradient, and parameter -= learningRate · weightDecay · parameter first.
 *
 * Shapes    parameters, gradients, firstMoment, secondMoment: [count].
 * Writes    as adamStep, and returns the same.
 * Requires  as adamStep.
 * Source    Loshchilov & Hutter 2019, as PyTorch's AdamW.
 */
export function adamWStep<T extends number>(
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
  return momentStep<T, DecoupledDecay>(
    parameters,
    gradients,
    firstMoment,
    secondMoment,
    count,
    step,
    learningRate,
    beta1,
    beta2,
    epsilon,
    weightDecay,
  );
}
