/**
 * Adam for a table of which a batch has a gradient for some rows only: the other rows, and what is remembered of them, stay as they are.
 */
import { nextMarked } from "../embedding/rows";
import { Update } from "../program/step";
import { isAligned, laneCount, splat } from "../vector/lanes";
import { power } from "./loops";
import { DecoupledDecay, isBounded, momentLanes } from "./moments";

/** sparseAdamStep of `rows` rows. @returns 1, or 0 if a vector was left as it was */
function sparseAdamMarked<T extends number>(
  parameters: usize,
  gradients: usize,
  firstMoment: usize,
  secondMoment: usize,
  marks: usize,
  begin: i32,
  end: i32,
  columns: i32,
  step: i32,
  learningRate: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
): i32 {
  assert(begin < end && columns > 0 && step > 0, "rows, columns and step must be positive");
  assert(epsilon > 0, "epsilon must be positive, or zeros become NaN");
  assert(isAligned(parameters | gradients | firstMoment | secondMoment | marks), "blocks start on 16 bytes");
  const size = (learningRate / (1 - power(beta1, step))) * sqrt<f64>(1 - power(beta2, step));
  const stepSize = splat<T>(size);
  const keep1 = splat<T>(beta1);
  const add1 = splat<T>(1 - beta1);
  const keep2 = splat<T>(beta2);
  const add2 = splat<T>(1 - beta2);
  const least = splat<T>(epsilon);
  const none = splat<T>(0);
  const rest = columns & (laneCount<T>() - 1);
  const rowBytes = <usize>columns * sizeof<T>();
  const wholeBytes = <usize>(columns - rest) * sizeof<T>();
  // As in momentStep, most vectors go the fast way.
  const boundedBytes = isBounded<T>(size, epsilon, 0) ? wholeBytes : 0;
  let stored = 1;
  for (let row = nextMarked(marks, begin, end); row < end; row = nextMarked(marks, row + 1, end)) {
    let at = <usize>row * rowBytes;
    const bounded = at + boundedBytes;
    const whole = at + wholeBytes;
    const rowEnd = at + rowBytes;
    while (at < rowEnd) {
      while (at < bounded) {
        const isStored = momentLanes<T, DecoupledDecay>(
          true,
          parameters + at,
          gradients + at,
          firstMoment + at,
          secondMoment + at,
          laneCount<T>(),
          stepSize,
          keep1,
          add1,
          keep2,
          add2,
          least,
          none,
        );
        if (!isStored) break;
        at += 16;
      }
      if (at >= rowEnd) break;
      stored &= momentLanes<T, DecoupledDecay>(
        false,
        parameters + at,
        gradients + at,
        firstMoment + at,
        secondMoment + at,
        at < whole ? laneCount<T>() : rest,
        stepSize,
        keep1,
        add1,
        keep2,
        add2,
        least,
        none,
      );
      at += 16;
    }
  }
  return stored;
}

/** The record of sparseAdamStep. */
@final
@unmanaged
export class SparseAdamStep extends Update {
  firstMoment: usize;
  secondMoment: usize;
  /** A byte for each row (embedding/rows.ts). */
  marks: usize;
  columns: i32;
  beta1: f64;
  beta2: f64;
  epsilon: f64;
}

/**
 * In the marked rows: m = β₁m + (1 - β₁)gradient; v = β₂v + (1 - β₂)gradient²;
 * parameter -= learningRate · √(1 - β₂ᵗ)/(1 - β₁ᵗ) · m / (√v + epsilon), where t is `step`.
 *
 * Shapes    parameters, gradients, firstMoment (m), secondMoment (v): [rows, columns]; marks: [rows], a byte each (embedding/rows.ts).
 * Writes    the marked rows of parameters, firstMoment, secondMoment (in place), except a vector of a row in which a new
 *           parameter or second moment is not finite; now.stored is 0 then.
 * Range     rows.
 * Requires  every block on 16 bytes; columns >= 1; step counts from 1; epsilon > 0; both moments zero before step 1.
 * Numerics  as adamStep, but for epsilon, which the correction of the second moment does not scale.
 * Source    PyTorch's SparseAdam.
 */
export function sparseAdamStep<T extends number>(args: SparseAdamStep, begin: i32, end: i32): void {
  const rate = args.now.learningRate * args.factor;
  const stored = sparseAdamMarked<T>(
    args.parameters,
    args.gradients,
    args.firstMoment,
    args.secondMoment,
    args.marks,
    begin,
    end,
    args.columns,
    args.now.step,
    rate,
    args.beta1,
    args.beta2,
    args.epsilon,
  );
  if (!stored) args.now.stored = 0;
}
