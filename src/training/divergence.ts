/** What is known of a training whose loss or update is not finite: its error, with what to try. */

import { DivergenceError } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import type { Engine } from "../topology/engine.ts";
import { gradientNorm } from "./regularization.ts";

/** Inputs and targets beyond this are taken for unscaled ones. */
const largeValue = 30;

/** Where a training stands. */
export interface Place {
  /** What is not finite. */
  readonly cause: "a loss that is not finite" | "an update that is not finite";
  readonly epoch: number;
  readonly step: number;
  readonly learningRate: number;
}

/**
 * The error, with the largest parameter, the norm of the last gradients, and a hint.
 *
 * @param inputs of the batch, all of them
 * @param targets of the batch, as far as they are numbers and not classes
 */
export function divergence(
  engine: Engine,
  place: Place,
  inputs: readonly Values[],
  targets: readonly Values[],
): DivergenceError {
  const largestParameter = { name: "", value: 0 };
  for (const parameter of engine.graph.parameters) {
    const value = largestOf(engine.tensorView(parameter));
    if (Math.abs(value) > Math.abs(largestParameter.value))
      Object.assign(largestParameter, { name: parameter.fullName, value });
  }
  const hint = hintOf(largestOf(inputs.map(largestOf)), largestOf(targets.map(largestOf)));
  return new DivergenceError({ ...place, largestParameter, gradientNorm: gradientNorm(engine), hint });
}

function hintOf(input: number, target: number): string {
  if (Number.isNaN(input)) return "an input is NaN: validate: true finds it";
  if (Math.abs(input) > largeValue) {
    return `the inputs are not scaled, one is ${input}: standardize them (standardize of simdnet/data), or try a smaller learning rate`;
  }
  if (Math.abs(target) > largeValue) {
    return `the targets are not scaled, one is ${target}: standardize them, or try a smaller learning rate`;
  }
  return "try a smaller learning rate, or clipNorm";
}

/** The element of the largest absolute value; NaN if there is one. */
function largestOf(values: Iterable<number>): number {
  let largest = 0;
  for (const value of values) {
    if (Number.isNaN(value)) return value;
    if (Math.abs(value) > Math.abs(largest)) largest = value;
  }
  return largest;
}
