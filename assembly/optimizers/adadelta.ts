/**
 * Adadelta: one pass over the parameter block and the three blocks laid out like it.
 * Every block is [count] of T. Where parameter, gradient and what is remembered are zero they stay zero, so padding stays padding.
 */
import { Update } from "../program/step";
import { flushed, isAligned, laneCount, loadLanes, splat, storeLanes } from "../vector/lanes";
import { areFinite, blended, decayed } from "./loops";

/** @inline One vector's adadeltaStep: 1, or 0 if it is left as it was. */
function adadeltaLanes<T extends number>(
  parameters: usize,
  gradients: usize,
  squareMean: usize,
  changeMean: usize,
  lanes: i32,
  learningRate: v128,
  rho: v128,
  rhoRest: v128,
  epsilon: v128,
  weightDecay: v128,
): i32 {
  const parameter = loadLanes<T>(parameters, lanes);
  const gradient = decayed<T>(loadLanes<T>(gradients, lanes), parameter, weightDecay);
  const square = flushed<T>(blended<T>(loadLanes<T>(squareMean, lanes), v128.mul<T>(gradient, gradient), rho, rhoRest));
  const oldChange = loadLanes<T>(changeMean, lanes);
  const root = v128.sqrt<T>(v128.add<T>(oldChange, epsilon));
  const change = v128.mul<T>(v128.div<T>(root, v128.sqrt<T>(v128.add<T>(square, epsilon))), gradient);
  const newChange = flushed<T>(blended<T>(oldChange, v128.mul<T>(change, change), rho, rhoRest));
  const result = v128.sub<T>(parameter, v128.mul<T>(change, learningRate));
  // An infinite mean would leave the parameter finite, and where it is for ever.
  if (!areFinite<T>(v128.add<T>(result, v128.add<T>(square, newChange)))) return 0;
  storeLanes<T>(squareMean, square, lanes);
  storeLanes<T>(changeMean, newChange, lanes);
  storeLanes<T>(parameters, result, lanes);
  return 1;
}

/** adadeltaStep of `count` elements. @returns 1, or 0 if a vector was left as it was */
function adadeltaRange<T extends number>(
  parameters: usize,
  gradients: usize,
  squareMean: usize,
  changeMean: usize,
  count: i32,
  learningRate: f64,
  rho: f64,
  epsilon: f64,
  weightDecay: f64,
): i32 {
  assert(count > 0, "count must be positive");
  assert(epsilon > 0, "epsilon must be positive, or zeros become NaN");
  assert(isAligned(parameters | gradients | squareMean | changeMean), "blocks start on 16 bytes");
  const rate = splat<T>(learningRate);
  const keep = splat<T>(rho);
  const add = splat<T>(1 - rho);
  const least = splat<T>(epsilon);
  const decay = splat<T>(weightDecay);
  const end = parameters + <usize>(count & -laneCount<T>()) * sizeof<T>();
  let stored = 1;
  while (parameters < end) {
    stored &= adadeltaLanes<T>(
      parameters,
      gradients,
      squareMean,
      changeMean,
      laneCount<T>(),
      rate,
      keep,
      add,
      least,
      decay,
    );
    parameters += 16;
    gradients += 16;
    squareMean += 16;
    changeMean += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) {
    stored &= adadeltaLanes<T>(parameters, gradients, squareMean, changeMean, rest, rate, keep, add, least, decay);
  }
  return stored;
}

/** The record of adadeltaStep. */
@final
@unmanaged
export class AdadeltaStep extends Update {
  squareMean: usize;
  changeMean: usize;
  rho: f64;
  epsilon: f64;
  weightDecay: f64;
}

/**
 * g = gradient + weightDecay · parameter; s = rho · s + (1 - rho)g²; change = √(u + epsilon) / √(s + epsilon) · g;
 * u = rho · u + (1 - rho)change²; parameter -= learningRate · change.
 *
 * Shapes    parameters, gradients, squareMean (s), changeMean (u): [count].
 * Writes    parameters, squareMean, changeMean (in place), except a vector of them in which a new number is not finite;
 *           now.stored is 0 then.
 * Range     elements.
 * Requires  every block on 16 bytes; epsilon > 0; both means zero before the first step.
 * Numerics  both means are kept out of the subnormal numbers (lanes.ts, flushed).
 * Source    Zeiler 2012, as PyTorch's Adadelta.
 */
export function adadeltaStep<T extends number>(args: AdadeltaStep, begin: i32, end: i32): void {
  const at = <usize>begin * sizeof<T>();
  const rate = args.now.learningRate * args.factor;
  const stored = adadeltaRange<T>(
    args.parameters + at,
    args.gradients + at,
    args.squareMean + at,
    args.changeMean + at,
    end - begin,
    rate,
    args.rho,
    args.epsilon,
    args.weightDecay,
  );
  if (!stored) args.now.stored = 0;
}
