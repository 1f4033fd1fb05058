/**
 * RMSprop, plain, centered, with a velocity, or both: one pass over the parameter block and the blocks laid out like it.
 * Every block is [count] of T. Where parameter, gradient and what is remembered are zero they stay zero, so padding stays padding.
 */
import { Update } from "../program/step";
import { flushed, isAligned, laneCount, loadLanes, splat, storeLanes } from "../vector/lanes";
import { areFinite, blended, decayed } from "./loops";

/** @inline One vector's rmspropStep: 1, or 0 if it is left as it was. */
function rmspropLanes<T extends number>(
  parameters: usize,
  gradients: usize,
  squareMean: usize,
  mean: usize,
  velocity: usize,
  lanes: i32,
  isCentered: bool,
  hasVelocity: bool,
  learningRate: v128,
  alpha: v128,
  alphaRest: v128,
  epsilon: v128,
  momentum: v128,
  weightDecay: v128,
): i32 {
  const parameter = loadLanes<T>(parameters, lanes);
  const gradient = decayed<T>(loadLanes<T>(gradients, lanes), parameter, weightDecay);
  const square = flushed<T>(
    blended<T>(loadLanes<T>(squareMean, lanes), v128.mul<T>(gradient, gradient), alpha, alphaRest),
  );
  let newMean = splat<T>(0);
  let variance = square;
  if (isCentered) {
    newMean = flushed<T>(blended<T>(loadLanes<T>(mean, lanes), gradient, alpha, alphaRest));
    // Rounding takes it below 0 where the gradient stays the same; pmax keeps a NaN.
    variance = v128.pmax<T>(v128.sub<T>(square, v128.mul<T>(newMean, newMean)), splat<T>(0));
  }
  let direction = v128.div<T>(gradient, v128.add<T>(v128.sqrt<T>(variance), epsilon));
  if (hasVelocity) {
    direction = flushed<T>(v128.add<T>(v128.mul<T>(loadLanes<T>(velocity, lanes), momentum), direction));
  }
  const result = v128.sub<T>(parameter, v128.mul<T>(direction, learningRate));
  // An infinite mean would leave the parameter finite, and where it is for ever.
  if (!areFinite<T>(v128.add<T>(result, square))) return 0;
  storeLanes<T>(squareMean, square, lanes);
  if (isCentered) storeLanes<T>(mean, newMean, lanes);
  if (hasVelocity) storeLanes<T>(velocity, direction, lanes);
  storeLanes<T>(parameters, result, lanes);
  return 1;
}

/** rmspropStep of `count` elements. @returns 1, or 0 if a vector was left as it was */
function rmspropRange<T extends number>(
  parameters: usize,
  gradients: usize,
  squareMean: usize,
  mean: usize,
  velocity: usize,
  count: i32,
  learningRate: f64,
  alpha: f64,
  epsilon: f64,
  momentum: f64,
  weightDecay: f64,
): i32 {
  assert(count > 0, "count must be positive");
  assert(epsilon > 0, "epsilon must be positive, or zeros become NaN");
  assert(isAligned(parameters | gradients | squareMean | mean | velocity), "blocks start on 16 bytes");
  const rate = splat<T>(learningRate);
  const keep = splat<T>(alpha);
  const add = splat<T>(1 - alpha);
  const least = splat<T>(epsilon);
  const keepVelocity = splat<T>(momentum);
  const decay = splat<T>(weightDecay);
  const isCentered = mean != 0;
  const hasVelocity = velocity != 0;
  const end = parameters + <usize>(count & -laneCount<T>()) * sizeof<T>();
  let stored = 1;
  while (parameters < end) {
    stored &= rmspropLanes<T>(
      parameters,
      gradients,
      squareMean,
      mean,
      velocity,
      laneCount<T>(),
      isCentered,
      hasVelocity,
      rate,
      keep,
      add,
      least,
      keepVelocity,
      decay,
    );
    parameters += 16;
    gradients += 16;
    squareMean += 16;
    mean += 16;
    velocity += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) {
    stored &= rmspropLanes<T>(
      parameters,
      gradients,
      squareMean,
      mean,
      velocity,
      rest,
      isCentered,
      hasVelocity,
      rate,
      keep,
      add,
      least,
      keepVelocity,
      decay,
    );
  }
  return stored;
}

/** The record of rmspropStep. */
@final
@unmanaged
export class RmspropStep extends Update {
  squareMean: usize;
  /** 0 where it is not centered. */
  mean: usize;
  /** 0 where there is none. */
  velocity: usize;
  alpha: f64;
  epsilon: f64;
  momentum: f64;
  weightDecay: f64;
}

/**
 * g = gradient + weightDecay · parameter; s = αs + (1 - α)g²; direction = g / (√s + epsilon);
 * parameter -= learningRate · direction. Centered, with m = αm + (1 - α)g, it is √(s - m²) instead of √s; with a velocity,
 * velocity = momentum · velocity + direction takes the direction's place.
 *
 * Shapes    parameters, gradients, squareMean (s), mean (m; 0 if not centered), velocity (0 without): [count].
 * Writes    parameters, squareMean, mean, velocity (in place), except a vector of them in which a new parameter or mean is not
 *           finite; now.stored is 0 then.
 * Range     elements.
 * Requires  every block on 16 bytes; epsilon > 0; what is remembered zero before the first step.
 * Numerics  what is remembered is kept out of the subnormal numbers (lanes.ts, flushed); s - m² is at least 0.
 * Source    Hinton's lecture 6e, 2012; Graves 2013 for the centered form; as PyTorch's RMSprop.
 */
export function rmspropStep<T extends number>(args: RmspropStep, begin: i32, end: i32): void {
  const at = <usize>begin * sizeof<T>();
  const rate = args.now.learningRate * args.factor;
  const stored = rmspropRange<T>(
    args.parameters + at,
    args.gradients + at,
    args.squareMean + at,
    args.mean ? args.mean + at : 0,
    args.velocity ? args.velocity + at : 0,
    end - begin,
    rate,
    args.alpha,
    args.epsilon,
    args.momentum,
    args.weightDecay,
  );
  if (!stored) args.now.stored = 0;
}
