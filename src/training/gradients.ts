/** A check of a trainer's gradients by central differences, for anybody who changes layers or losses, and for our tests. */

import { checkArguments, checkFinite, checkOptions, shown } from "../errors.ts";
import type { Values } from "../kernels/dtype.ts";
import type { Network } from "../topology/network.ts";
import type { TrainingInputs, TrainingTargets } from "./examples.ts";
import type { BatchOptions } from "./fitOptions.ts";
import type { Trainer } from "./trainer.ts";

/** The difference between the gradient of one parameter and its central differences. */
export interface ParameterCheck {
  /** The name of the parameter, such as "dense1.weight". */
  readonly name: string;
  /** |gradient − differences| / max(|gradient|, |differences|), by Euclidean norms; 0 if both are 0. */
  readonly relativeError: number;
  /** The place in `values` of the element with the largest error, and both of its derivatives. */
  readonly element: number;
  readonly gradient: number;
  readonly difference: number;
}

/** The result of `checkGradients`. */
export interface GradientCheck {
  /** The parameter with the largest relative error. */
  readonly worst: ParameterCheck;
  /** The check of each parameter that is trained, in the network's order. */
  readonly parameters: readonly ParameterCheck[];
}

export interface GradientCheckOptions extends BatchOptions {
  /** The distance by which each element is moved. Default 1e-5. */
  readonly step?: number | undefined;
}

/**
 * Compares the gradients of one batch with (loss(w + step) − loss(w − step)) / 2 step, element by element: two forward passes
 * and two backward passes an element. Right gradients differ by about 1e-9. A kink (relu at 0, the absolute error at 0) within a
 * step of an element shows as an error, too. The row of an embedding's padding has no gradient by definition and is left out.
 *
 * @param trainer of a float64 network. Nothing but the gradients has changed afterwards
 * @throws {RangeError | TypeError} if the network is float32, whose differences are mostly rounding, if nothing in it is trained, or
 *   the examples do not fit
 */
export function checkGradients(
  trainer: Trainer,
  inputs: TrainingInputs,
  targets: TrainingTargets,
  options: GradientCheckOptions = {},
): GradientCheck {
  checkArguments("checkGradients", arguments.length, 4);
  if (typeof Object(trainer).gradients !== "function") {
    throw new TypeError(`checkGradients: got ${shown(trainer)}, need a Trainer`);
  }
  checkOptions("checkGradients", options, ["step", "exampleWeights", "lengths"]);
  const { step = 1e-5, exampleWeights, lengths } = options;
  if (checkFinite("checkGradients: step", step) <= 0) {
    throw new RangeError(`checkGradients: got step ${shown(step)}, need a number above 0`);
  }
  const { network } = trainer;
  if (network.dtype !== "float64") {
    throw new RangeError(`checkGradients: got a network of ${network.dtype}, need one of dtype "float64"`);
  }
  const layers = network.engine.graph.layers.filter(({ trainable }) => trainable);
  const trained = new Set(layers.flatMap((layer) => layer.parameters.map(({ fullName }) => fullName)));
  const parameters = network.parameters.filter(({ name }) => trained.has(name));
  if (parameters.length === 0) throw new RangeError("checkGradients: got a network of which nothing is trained");
  const evaluate = () => trainer.gradients(inputs, targets, { exampleWeights, ...(lengths && { lengths }) });
  evaluate();
  const claimed = parameters.map(({ gradients }) => (gradients as Values).slice());
  const checks = parameters.map(({ name, values }, index) =>
    compare(name, claimed[index], centralDifferences(evaluate, values, step, zeroRowOf(network, name))),
  );
  evaluate();
  return { worst: checks.reduce((worst, check) => (isWorse(check, worst) ? check : worst)), parameters: checks };
}

/** Returns the first element and the end of the row of a parameter that training leaves at 0; twice 0 if there is none. */
function zeroRowOf({ engine }: Network, name: string): readonly [from: number, to: number] {
  const { zeroRow, shape } = engine.graph.parameters.find(({ fullName }) => fullName === name)!;
  return zeroRow === undefined ? [0, 0] : [zeroRow * shape[1], (zeroRow + 1) * shape[1]];
}

/** Moves each of `values` up, down and back again, except those from `from` up to `to`. @returns the differences */
function centralDifferences(
  evaluate: () => number,
  values: Values,
  step: number,
  [from, to]: readonly [number, number],
): Values {
  const differences = new Float64Array(values.length);
  for (let index = 0; index < values.length; index++) {
    if (index >= from && index < to) continue;
    const value = values[index];
    try {
      values[index] = value + step;
      const above = evaluate();
      values[index] = value - step;
      differences[index] = (above - evaluate()) / (2 * step);
    } finally {
      values[index] = value;
    }
  }
  return differences;
}

function compare(name: string, gradient: Values, differences: Values): ParameterCheck {
  const errors = differences.map((difference, index) => Math.abs(gradient[index] - difference));
  let element = 0;
  errors.forEach((error, index) => {
    if (error > errors[element] || Number.isNaN(error)) element = index;
  });
  const size = Math.max(norm(gradient), norm(differences));
  return {
    name,
    relativeError: size === 0 ? 0 : norm(errors) / size,
    element,
    gradient: gradient[element],
    difference: differences[element],
  };
}

/** Returns true if the error of `one` is larger than that of `other`. NaN is larger than any number. */
const isWorse = (one: ParameterCheck, other: ParameterCheck) =>
  one.relativeError > other.relativeError || Number.isNaN(one.relativeError);

function norm(values: Values): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
