/** Adam's update of a vector of parameters with its moments, and the two ways of weight decay. */
import { flushed, loadLanes, storeLanes } from "../vector/lanes";
import { areFinite, blended, decayed } from "./loops";

@final
@unmanaged
export class CoupledDecay {
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
export class DecoupledDecay {
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
export function momentLanes<T extends number, Decay>(
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
 * Tells whether a finite parameter stays finite if the square of the gradient is. Then |m| < √MAX_VALUE, so the change is
 * below √MAX_VALUE · stepSize / epsilon. A change below half an ulp of MAX_VALUE never turns a finite number into infinity.
 */
export function isBounded<T extends number>(stepSize: f64, epsilon: f64, decay: f64): bool {
  const halfUlp = sizeof<T>() == 4 ? 1e31 : 9e291;
  const largestMean = sizeof<T>() == 4 ? 1.9e19 : 1.4e154;
  return largestMean * (stepSize / epsilon) < halfUlp && decay <= 1;
}
